"""Maps and explorers as files, in an exported notebook and in a Sphinx site: clicks, keys, themes, no network."""

import json
import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from playwright.sync_api import expect
from touching import (
    EXPLORER,
    MAP,
    SCREENSHOTS,
    ask,
    assert_contrast,
    hostile_words_do_no_harm,
    pictures,
    search,
    touch_explorer,
    touch_map,
    words_of,
)

from lessonlib.explore import word_map
from lessonlib.explore_vectors import replay, shrink
from tools.notebooks import execute

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, pictures_notebook):
    """The pictures as saved pages, and the notebook with them, run as `make notebooks` would."""
    folder = tmp_path_factory.mktemp("pages")
    for name, made in pictures()[0].items():
        made.save(folder / f"{name}.html")
    nbformat.write(pictures_notebook, folder / "pictures.ipynb")
    execute(folder / "pictures.ipynb")
    return folder


def test_map_as_a_file(folder, open_page):
    page = open_page()
    page.goto((folder / "map.html").as_uri())
    touch_map(page, page.locator(MAP))
    assert page.outside == page.troubles == []


def test_explorer_as_a_file(folder, open_page):
    page = open_page()
    page.goto((folder / "explorer.html").as_uri())
    touch_explorer(page, page.locator(EXPLORER))
    assert page.outside == page.troubles == []


def test_the_page_answers_as_python_measured(folder, open_page):
    """Every question: the answer, the four next best and the cosines are those of `replay`, and so is the count."""
    made, variables = pictures()
    page, wv = open_page(), variables["wv"]
    page.goto((folder / "explorer.html").as_uri())
    page.wait_for_selector(f"{EXPLORER} .result")
    seen = page.evaluate("""() => {
        const seen = [], relation = document.querySelector("select"), next = document.querySelector(".next");
        for (const option of relation.options) {
            relation.value = option.value;
            relation.dispatchEvent(new Event("change"));
            const count = Number(document.querySelector(".bar .soft").textContent.split(" of ")[1]);
            for (let i = 0; i < count; i++) {
                const rows = [...document.querySelectorAll(".answer li")].map(row => [...row.children]);
                const good = document.querySelector(".verdict").classList.contains("good");
                seen.push([...rows.map(([_, word, cosine]) => [word.textContent, cosine.textContent]), [good]]);
                next.click();
            }
        }
        return seen;
    }""")
    known = [q for each in variables["key"].analogies.values() for q in each if all(w in wv.key_to_index for w in q)]
    asked = np.array([[wv.key_to_index[word] for word in question] for question in known])
    bits = int(re.search(r"in (\d+) bits", repr(made["explorer"]))[1])
    small = shrink(wv.vectors, asked, 10**6)
    assert small.bits == bits
    rows, cosines = replay(small.numbers, asked, 5)
    expected = [
        [*([wv.index_to_key[i], f"{cosine:.2f}"] for i, cosine in zip(ids, values)), [bool(ids[0] == d)]]
        for ids, values, d in zip(rows, cosines, asked[:, 3])
    ]
    assert len(seen) == len(expected) > 1000
    wrong = [(question, a, b) for question, a, b in zip(known, seen, expected) if a != b]
    assert all([w for w, *_ in a] == [w for w, *_ in b] for _, a, b in wrong), wrong[:3]
    assert len(wrong) < 5, wrong[:3]  # a cosine that ends in 5 may be rounded up here and down there
    note = page.locator(".measured").inner_text()
    assert f"equal those of the full vectors in {small.agree} of {len(known)} questions" in note
    assert f"among {len(wv.index_to_key)} words, all 50 dimensions" in note and f"to {small.limit}." in note


def test_hostile_words(folder, open_page, tmp_path):
    made, _ = pictures()
    both = tmp_path / "hostile.html"
    text = (folder / "hostile.html").read_text(encoding="utf-8")
    both.write_text(text.replace("</html>", made["hostile explorer"].html + "</html>"), encoding="utf-8")
    page = open_page()
    page.goto(both.as_uri())
    hostile_words_do_no_harm(page, page.locator(MAP), page.locator(EXPLORER))
    assert page.outside == []


def test_without_scripts_a_still_picture_stays(folder, open_page):
    page = open_page(java_script_enabled=False)
    page.goto((folder / "hostile.html").as_uri())
    image = page.get_by_role("img")
    expect(image).to_be_visible()
    assert image.bounding_box()["height"] > 400
    page.screenshot(path=SCREENSHOTS / "map_still.png")
    page.goto((folder / "explorer.html").as_uri())
    assert page.locator("table tr").count() == 1 + 7
    assert page.outside == []


def test_two_thousand_words_are_quick(open_page, tmp_path):
    from gensim.models import KeyedVectors

    words = [f"word{i:04d}" for i in range(2000)]
    wv = KeyedVectors(50)
    wv.add_vectors(words, np.random.default_rng(0).normal(size=(2000, 50)))
    word_map(wv, words, categories={str(i): words[i::20] for i in range(12)}).save(tmp_path / "map.html")
    page = open_page()
    page.goto((tmp_path / "map.html").as_uri())
    page.wait_for_selector("g.word")
    box = page.locator(MAP)
    assert box.locator("g.word").count() == 2000
    search(page, box, "word1234", "wrd1234")
    seconds = page.evaluate("""() => {
        const started = performance.now(), words = document.querySelectorAll("g.word");
        for (let i = 0; i < 50; i++) { words[i * 40].focus(); document.body.offsetHeight; }
        return (performance.now() - started) / 1000;
    }""")
    assert seconds < 10  # 50 words chosen one after the other
    assert page.troubles == []


THEMES = {
    "system": lambda page, theme: page.emulate_media(color_scheme=theme),
    "jupyterlab": lambda page, theme: page.evaluate(
        f"document.body.setAttribute('data-jp-theme-light', {json.dumps(theme == 'light')})"
    ),
    "sphinx": lambda page, theme: page.evaluate(f"document.documentElement.dataset.theme = '{theme}'"),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("host", THEMES)
def test_themes_are_followed_and_have_contrast(folder, open_page, host, theme):
    other = {"light": "dark", "dark": "light"}[theme]
    page = open_page(color_scheme=theme if host == "system" else other)  # a page's own theme wins over the system's
    for name, selector in (("map", MAP), ("explorer", EXPLORER)):
        page.goto((folder / f"{name}.html").as_uri())
        THEMES[host](page, theme)
        box = page.locator(selector)
        if name == "map":
            box.get_by_role("button", name="food", exact=True).click()
            box.get_by_label("Find a word").fill("tiger")
            box.get_by_label("Find a word").press("Enter")
        assert_contrast(box, theme)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_screenshots_in_both_themes_and_on_a_phone(folder, open_page, theme):
    for width, suffix in ((1000, ""), (400, "_phone")):
        page = open_page(width=width, height=800, color_scheme=theme)
        page.goto((folder / "map.html").as_uri())
        page.get_by_label("Find a word").fill("tiger")
        page.get_by_label("Find a word").press("Enter")
        assert len(words_of(page.locator(MAP), ".lit")) == 5
        font = page.locator("g.word.chosen text").evaluate(
            "text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a"
        )
        assert font > 9.5  # pixels on the screen: readable on a phone as well
        page.screenshot(path=SCREENSHOTS / f"map_{theme}{suffix}.png", full_page=True)
        page.goto((folder / "explorer.html").as_uri())
        ask(page.locator(EXPLORER), "france", "paris", "kenya")
        page.screenshot(path=SCREENSHOTS / f"explorer_{theme}{suffix}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def touch_everything(page):
    """The pictures of the notebook on any page that shows it."""
    touch_map(page, page.locator(MAP).first)
    touch_explorer(page, page.locator(EXPLORER).first)
    hostile_words_do_no_harm(page, page.locator(MAP).nth(1), page.locator(EXPLORER).nth(1))


def test_exported_notebook(folder, open_page):
    """nbconvert's page asks for MathJax and others; blocked, the pictures work nonetheless and ask for nothing."""
    plain = nbformat.read(folder / "pictures.ipynb", as_version=4)
    plain.cells = plain.cells[:1]
    nbformat.write(plain, folder / "plain.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--log-level=ERROR", "plain.ipynb", "pictures.ipynb"]
    subprocess.run(command, cwd=folder, check=True)
    baseline, page = open_page(), open_page()
    baseline.goto((folder / "plain.html").as_uri())
    page.goto((folder / "pictures.html").as_uri())
    page.troubles.clear()  # errors of the template, whose own scripts were blocked
    touch_everything(page)
    assert sorted(page.outside) == sorted(baseline.outside)


CONFIGURATION = """
extensions = ["myst_nb"]
html_theme = "sphinx_book_theme"
nb_execution_mode = "off"
project = "pictures"
"""


@pytest.fixture(scope="module")
def site(folder, tmp_path_factory):
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    (source / "conf.py").write_text(CONFIGURATION, encoding="utf-8")
    (source / "index.md").write_text("# Course\n\n```{toctree}\npictures\nplain\n```\n", encoding="utf-8")
    (source / "plain.md").write_text("# Plain\n\nNo pictures.\n", encoding="utf-8")
    (source / "pictures.ipynb").write_bytes((folder / "pictures.ipynb").read_bytes())
    subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", source, built], check=True, cwd=source)
    return built


def test_site(site, open_page):
    """Pages of the theme may ask for what they like; blocked, the pictures work nonetheless and ask for nothing."""
    baseline, page = open_page(), open_page()
    baseline.goto((site / "plain.html").as_uri())
    page.goto((site / "pictures.html").as_uri())
    page.wait_for_load_state("load")
    before = list(page.outside)
    page.troubles.clear()
    touch_everything(page)
    assert page.outside == before and set(before) <= set(baseline.outside) | mathjax(before)


def mathjax(urls):
    return {url for url in urls if "mathjax" in url.lower()}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_site_theme(site, open_page, theme):
    page = open_page(width=1200)
    page.add_init_script(f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')")
    page.goto((site / "pictures.html").as_uri())
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    for name, selector in (("map", MAP), ("explorer", EXPLORER)):
        box = page.locator(selector).first
        assert_contrast(box, theme)
        box.scroll_into_view_if_needed()
        page.screenshot(path=SCREENSHOTS / f"site_{name}_{theme}.png")
