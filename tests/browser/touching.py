"""What a learner does with a map and with an explorer, as functions that work on any page that shows them.

`CELLS` makes the pictures. The same code runs in a notebook and, by `pictures()`, here: vectors are counted and
factorized in float64, so both see the same words in the same places.
"""

import functools
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SCREENSHOTS = Path(__file__).resolve().parents[2] / "artefacts" / "browser"
HOSTILE = [
    '</script><script>alert("1")</script>', "<img src=x onerror=alert(2)>", "<!--<script>", "-->", "a\"b'c", "&lt;",
    "$x^2$", r"\(y\)", "{{script}}", "`${alert(3)}`", "שלום", "x\u202ey", "👩\u200d👧", "e\u0301\u0327", "日本語",
    "\u200b", " ", "two words", "__proto__", "constructor", "long" * 60, "tab\tnew\nline", "\u2028", "nul\x00",
]  # fmt: skip
CELLS = {
    "setup": """
import numpy as np
from gensim.models import KeyedVectors
from lessonlib import corpora, explore, toyworld
from lessonlib.trainers import PPMI
key = toyworld.answer_key()
wv = PPMI(vector_size=50, window=4, min_count=5).fit(corpora.load("toyworld", size=3500)).wv
names = ("capitals", "animals", "food", "weather")
groups = {name: [word for word in key.categories[name] if word in wv.key_to_index][:8] for name in names}
""",
    "map": 'explore.word_map(wv, [*wv.index_to_key[:12], *sum(groups.values(), [])], categories=groups, title="Map")',
    "explorer": 'explore.analogy_explorer(wv, key.analogies, title="Analogies")',
    "hostile": f"""
words = {ascii(HOSTILE)}
hostile = KeyedVectors(8)
hostile.add_vectors(words, np.random.default_rng(0).normal(size=(len(words), 8)))
explore.word_map(hostile, words, categories={{"<i>tag</i>": words[:3], "שלום": words[3:6]}}, title="<script>")
""",
    "hostile explorer": """
relations = {"</script>": [tuple(words[:4])], "b": [tuple(words[4:8])]}
explore.analogy_explorer(hostile, relations)
""",
}
MAP, EXPLORER = ".lessonlib-word-map", ".lessonlib-analogy-explorer"


@functools.cache
def pictures() -> tuple[dict, dict]:
    """The pictures of the notebook by name, and the variables of its cells."""
    variables: dict = {}
    exec(CELLS["setup"], variables)
    made = {}
    for name, source in list(CELLS.items())[1:]:
        *lines, last = source.strip().splitlines()
        exec("\n".join(lines), variables)
        made[name] = eval(last, variables)
    return made, variables


def kept(word: str) -> str:
    return word.replace("\x00", "\ufffd")


def words_of(box: Locator, which: str = "") -> list[str]:
    return box.locator(f"g.word{which}").evaluate_all("words => words.map(word => word.dataset.word)")


def loneliest(box: Locator) -> str:
    """The word farthest from all others: nothing lies over its marker, wherever the vectors put it."""
    return box.evaluate("""map => {
        const words = [...map.querySelectorAll("g.word")];
        const at = words.map(word => word.getAttribute("transform").match(/-?[0-9.]+/g).map(Number));
        const gap = (i, j) => i === j ? Infinity : Math.hypot(at[i][0] - at[j][0], at[i][1] - at[j][1]);
        const room = at.map((_, i) => Math.min(...at.map((_, j) => gap(i, j))));
        return words[room.indexOf(Math.max(...room))].dataset.word;
    }""")


def hover_and_click(page: Page, box: Locator) -> None:
    """Pointing lights up five neighbors; a click keeps them lit, another lets go."""
    box.locator(".sheet > svg").scroll_into_view_if_needed()
    word = loneliest(box)
    mark = box.locator(f'g.word[data-word="{word}"] .marker')
    mark.hover(force=True)
    expect(box.locator("g.word.chosen")).to_have_attribute("data-word", word)
    neighbors = words_of(box, ".lit")
    assert len(neighbors) == 5 and word not in neighbors
    panel = box.locator(".neighbors").inner_text()
    assert all(neighbor in panel for neighbor in [word, *neighbors]) and "0." in panel
    mark.click(force=True)
    page.mouse.move(2, 2)
    assert words_of(box, ".chosen.pinned") == [word] and words_of(box, ".lit") == neighbors
    mark.click(force=True)
    page.mouse.move(2, 2)
    expect(box.locator("g.word.chosen")).to_have_count(0)
    expect(box.locator(".lines path")).to_have_count(0)


def walk(page: Page, box: Locator) -> None:
    """Tab from the legend or the search enters the picture, arrow keys walk, Enter keeps, Escape lets go."""
    entry = box.locator("button, input").last
    entry.focus()
    page.keyboard.press("Tab")
    expect(box.locator("g.word:focus")).to_have_count(1)
    first = words_of(box, ".chosen")
    seen = set()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp") * 3:
        page.keyboard.press(key)
        seen |= set(words_of(box, ".chosen"))
    assert len(seen - set(first)) >= 2
    page.keyboard.press("Enter")
    assert len(words_of(box, ".chosen.pinned")) == 1
    page.keyboard.press("Escape")
    expect(box.locator("g.word.chosen")).to_have_count(0)


def search(page: Page, box: Locator, word: str, misspelled: str) -> None:
    field, message = box.get_by_label("Find a word"), box.locator(".message")
    assert set(suggestions(page, field)) >= {word}
    field.fill(f"  {word.upper()} ")
    field.press("Enter")
    assert words_of(box, ".chosen.pinned") == [word] and message.inner_text() == ""
    field.fill(misspelled)
    field.press("Enter")
    expect(message).to_have_text(f"{misspelled} is not on this map. Nearest spelling: {word}")
    assert words_of(box, ".chosen") == []
    field.fill("qqqqqqqqqqqq")
    field.press("Enter")
    expect(message).to_have_text("qqqqqqqqqqqq is not on this map.")
    field.press("Escape")
    assert field.input_value() == "" and message.inner_text() == ""


def suggestions(page: Page, field: Locator) -> list[str]:
    return field.evaluate("field => [...field.list.options].map(option => option.value)")


def toggle(page: Page, box: Locator, category: str, word: str, members: list[str]) -> None:
    """Without a category its words are gone from the picture, the search and the keyboard, and named as hidden."""
    button, field = box.get_by_role("button", name=category, exact=True), box.get_by_label("Find a word")
    field.fill(word)
    field.press("Enter")
    neighbors = words_of(box, ".lit")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.focus()
    page.keyboard.press("Space")
    expect(button).to_have_attribute("aria-pressed", "false")
    gone = words_of(box, ".gone")
    assert set(gone) == set(members) and not box.locator("g.word.gone").first.is_visible()
    assert not set(suggestions(page, field)) & set(gone) and words_of(box, ".chosen") == []
    field.press("Enter")
    expect(box.locator(".message")).to_have_text(f"{word} is hidden: {category} is switched off in the legend.")
    reached, stuck = box.evaluate("""map => {  // from every word in every direction: where arrow keys lead
        const press = key => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        const ways = { ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowLeft: [-1, 0], ArrowDown: [0, 1] };
        const words = [...map.querySelectorAll("g.word:not(.gone)")], reached = new Set(), stuck = [];
        const at = word => word.getAttribute("transform").match(/-?[0-9.]+/g).map(Number);
        for (const word of words)
            for (const [key, [dx, dy]] of Object.entries(ways)) {
                word.focus();
                press(key);
                reached.add(document.activeElement.dataset.word);
                const [x, y] = at(word), ahead = words.some(other => {
                    const [u, v] = at(other), along = (u - x) * dx + (v - y) * dy;
                    return along > 1 && Math.abs((u - x) * dy) + Math.abs((v - y) * dx) <= along;
                });
                if (ahead && document.activeElement === word) stuck.push(word.dataset.word + key);
            }
        return [[...reached], stuck];
    }""")
    assert len(reached) > 5 and not set(reached) & set(gone) and stuck == []
    outsider = next(w for w in neighbors if w in members)
    for other in words_of(box, ":not(.gone)"):  # some visible word has a hidden neighbor: it is named, not lit
        field.fill(other)
        field.press("Enter")
        hidden = box.locator(".neighbors li.off").all_inner_texts()
        if hidden:
            assert all("(hidden)" in row for row in hidden)
            assert len(words_of(box, ".lit")) == 5 - len(hidden) == box.locator(".lines path").count()
            break
    else:
        raise AssertionError("no visible word has a hidden neighbor")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert words_of(box, ".gone") == [] and outsider in suggestions(page, field)
    field.press("Escape")


def touch_map(page: Page, box: Locator) -> None:
    """All that a learner can do with the map of the notebook."""
    _, variables = pictures()
    expect(box.locator(".asleep")).to_have_count(0)
    hover_and_click(page, box)
    walk(page, box)
    search(page, box, "tiger", "tigr")
    toggle(page, box, "animals", "tiger", list(variables["groups"]["animals"]))


def ask(box: Locator, a: str, b: str, c: str) -> str:
    """Type three words, press Enter, and read the answer."""
    for name, word in zip("abc", (a, b, c)):
        box.get_by_label(f"word {name}", exact=True).fill(word)
    box.get_by_label("word c", exact=True).press("Enter")
    return box.locator(".answer").inner_text()


def touch_explorer(page: Page, box: Locator) -> None:
    """The menu, the next question, typed words, a question that is none, and an unknown word."""
    expect(box.locator(".asleep")).to_have_count(0)
    box.get_by_label("Relation").select_option("capital")
    first = box.locator(".result").inner_text()
    assert first.startswith("brazil is to brasilia as ")
    expect(box.locator(".verdict")).to_contain_text("expected")
    expect(box.locator(".plane svg circle")).to_have_count(3 + 5 + 1)
    box.get_by_role("button", name="Next question").focus()
    page.keyboard.press("Enter")
    expect(box.locator(".result")).not_to_have_text(first)
    assert suggestions(page, box.get_by_label("word a"))[0] == "brazil"
    assert "No expected word" in ask(box, "france", "paris", "tiger")
    typed = ask(box, " France", "PARIS ", "kenya")
    assert typed.startswith("france is to paris as kenya is to ") and box.locator(".answer li").count() == 5
    assert "tigr is not among the" in ask(box, "tigr", "paris", "kenya")
    expect(box.locator(".answer")).to_contain_text("Nearest spelling: tiger")
    expect(box.get_by_label("word a", exact=True)).to_have_attribute("aria-invalid", "true")
    assert "Word b is missing" in ask(box, "france", " ", "kenya")
    assert ask(box, "france", "paris", "kenya") == typed


def assert_contrast(box: Locator, theme: str) -> None:
    """Texts have a contrast of 4.5 : 1 with their paper, markers and the edges of inputs 3 : 1."""
    found = box.evaluate(Path(__file__).with_name("contrast.js").read_text(encoding="utf-8"))
    assert (found["paper"] > 0.8) == (theme == "light")
    assert len(found["texts"]) > 5 and len(found["marks"]) > 3
    assert {name: ratio for name, ratio in found["texts"].items() if ratio < 4.5} == {}
    assert {name: ratio for name, ratio in found["marks"].items() if ratio < 3} == {}


def hostile_words_do_no_harm(page: Page, map_box: Locator, explorer_box: Locator) -> None:
    """Each hostile word is on the page letter by letter, and made nothing: no element, no dialog, no formula."""
    words = [kept(word) for word in HOSTILE]
    expect(map_box.locator(".asleep")).to_have_count(0)
    assert words_of(map_box) == words
    assert map_box.locator(".title").text_content() == "<script>"
    assert map_box.locator(".legend button bdi").all_text_contents() == ["<i>tag</i>", "שלום", "other"]
    field = map_box.get_by_label("Find a word")
    for word in words:
        if word.strip():
            field.fill(word.replace("\n", ""))
            field.press("Enter")
            assert map_box.locator(".neighbors b").text_content() == word
            assert map_box.locator("g.word.chosen").evaluate("g => g.dataset.word") == word
    assert map_box.locator("img, i, script:not([type]) ~ script, mjx-container, .MathJax").count() == 0
    labels = map_box.locator("g.word text").all_text_contents()
    assert labels[words.index("\u200b")] == "U+200B" and labels[words.index("long" * 60)] == ("long" * 60)[:29] + "…"
    assert labels[1:12] == words[1:12] and labels[0] == words[0][:29] + "…"
    for word in ("__proto__", words[0], "שלום"):
        assert ask(explorer_box, words[1], word, "&lt;").startswith(f"{words[1]} is to {word} as &lt; is to ")
    assert explorer_box.locator("option").all_text_contents()[:2] == ["</script>", "b"]
    assert "aaaaaa is not among" in ask(explorer_box, "aaaaaa", "-->", "&lt;")
    assert explorer_box.locator("img, i, mjx-container, .MathJax").count() == 0
    assert page.troubles == [] and page.evaluate("Object.keys(Object.prototype)") == []
