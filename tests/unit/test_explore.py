"""The interactive map as text: structure, neighbors, determinism, hostile words. A browser test drives it for real."""

import itertools
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from gensim.models import KeyedVectors

from lessonlib import explore
from lessonlib.explore import word_map

ROYALTY, ANIMALS = ["king", "queen", "prince", "duke"], ["cat", "dog", "horse", "wolf", "bear"]
CATEGORIES = {"royalty": ROYALTY, "animals": ANIMALS}
HOSTILE = ['</script><script>alert("1")</script>', "a\"b'c", "<b>&amp;", "{{script}}", "\\u003c", "שלום", "🦉",
           "日本語", "x\u202ey", "nul\x00", "\ud800", "onload=1 x", "]]>", "<!--"]  # fmt: skip


def make_vectors(words, size=8, seed=0):
    wv = KeyedVectors(size)
    wv.add_vectors(list(words), np.random.default_rng(seed).normal(size=(len(words), size)))
    return wv


class Page(HTMLParser):
    """Collects the words, the tags in order, and checks that tags are closed in the right order."""

    EMPTY = {"meta", "path"}

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.words, self.labels = [], [], {}, []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.EMPTY:
            self.open.append(tag)
        if tag == "g" and "data-word" in dict(attributes):
            self.words[dict(attributes)["data-word"]] = dict(attributes)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "text":
            self.labels.append(data)


@pytest.fixture(scope="module")
def world():
    return make_vectors([*ROYALTY, *ANIMALS, "bank"])


def test_repr_is_short_and_stable(world):
    assert repr(word_map(world, categories=CATEGORIES, k=3)) == "WordMap(9 words, 2 categories, k=3)"
    assert repr(word_map(world)) == "WordMap(10 words, k=5)"
    assert word_map(world)._repr_html_() == word_map(world).html


def test_every_word_is_there_with_its_label_and_shape(world):
    page = Page(word_map(world, world.index_to_key, categories=CATEGORIES, k=2, title="Two groups").html)
    assert page.open == []
    assert list(page.words) == world.index_to_key
    assert page.labels[2:] == world.index_to_key  # the first two name the axes
    groups = {word: attributes["data-in"] for word, attributes in page.words.items()}
    assert groups == {**dict.fromkeys(ROYALTY, "0"), **dict.fromkeys(ANIMALS, "1"), "bank": "-1"}
    html = word_map(world, world.index_to_key, categories=CATEGORIES, k=2).html
    shapes = {word: re.search(rf'data-word="{word}".*?<path d="([^"]+)"', html)[1] for word in groups}
    assert len({(groups[word], shapes[word]) for word in groups}) == len(set(shapes.values())) == 3


def test_neighbors_equal_a_naive_computation_in_all_dimensions(world):
    words = world.index_to_key
    page = Page(word_map(world, words, k=4).html)
    for word in words:
        u = world[word].astype(float)
        cosines = {}
        for other in words:
            v = world[other].astype(float)
            cosines[other] = sum(u * v) / (sum(u * u) ** 0.5 * sum(v * v) ** 0.5)
        expected = sorted((w for w in words if w != word), key=lambda w: -cosines[w])[:4]
        found = [pair.split(":") for pair in page.words[word]["data-near"].split()]
        assert [words[int(number)] for number, _ in found] == expected
        assert [int(cosine) for _, cosine in found] == [round(100 * cosines[w]) for w in expected]


def test_same_input_same_bytes_and_no_ids_at_all(world):
    first, again = word_map(world, categories=CATEGORIES, k=3), word_map(world, categories=CATEGORIES, k=3)
    assert first.html == again.html
    assert not any("id" in attributes for _, attributes in Page(first.html).tags)
    tiny_drift = KeyedVectors(8)
    tiny_drift.add_vectors(world.index_to_key, world.vectors.astype(np.float64) + 1e-9)
    assert word_map(tiny_drift, categories=CATEGORIES, k=3).html == first.html


def test_positions_are_whole_pixels_inside_the_picture(world):
    for attributes in Page(word_map(world).html).words.values():
        x, y = map(int, re.fullmatch(r"translate\((\d+) (\d+)\)", attributes["transform"]).groups())
        assert 0 < x < explore.WIDTH and 0 < y < explore.HEIGHT


def test_picture_is_the_principal_plane_in_one_scale(world):
    vectors = world.vectors.astype(np.float64)
    centered = vectors - vectors.mean(axis=0)
    plane = np.linalg.svd(centered)[2][:2]
    flat = centered @ plane.T
    page = Page(word_map(world).html)
    at = np.array([re.findall(r"\d+", a["transform"]) for a in page.words.values()], dtype=float)
    pairs = list(itertools.combinations(range(len(at)), 2))
    seen = np.array([np.linalg.norm(at[i] - at[j]) for i, j in pairs])
    true = np.array([np.linalg.norm(flat[i] - flat[j]) for i, j in pairs])
    assert np.corrcoef(seen, true)[0, 1] > 0.9999
    share = (flat**2).sum(axis=0) / (centered**2).sum()
    assert [f"{s:.0%}" for s in share] == re.findall(r"\d+%", " ".join(page.labels[:2]))


def test_hostile_words_are_text_and_nothing_else():
    words = HOSTILE + ["plain"]
    made = word_map(make_vectors(words), words, categories={'<img src=x onerror="1">': words[:3]}, k=3, title="<i>&")
    page = Page(made.html)
    names = [tag for tag, _ in page.tags]
    harmless = word_map(make_vectors(ANIMALS), k=3, title="t", categories={"a": ANIMALS[:4]})
    plain = [tag for tag, _ in Page(harmless.html).tags]
    assert set(names) <= set(plain) | {"path"}
    assert names.count("script") == made.html.count("</script>") == 1
    assert names.count("style") == made.html.count("</style>") == 1
    allowed = {"class", "data-word", "data-in", "data-near", "transform"}
    assert all(set(attributes) == allowed for attributes in page.words.values())
    kept = [word.replace("\x00", "\ufffd").replace("\ud800", "\ufffd") for word in words]
    assert list(page.words) == kept and page.labels[2:] == kept
    made.html.encode("utf-8")


def test_script_builds_with_text_only_and_nothing_comes_from_elsewhere(world):
    html = word_map(world, categories=CATEGORIES, k=3).html
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "http:", "https:", "url(",
                      "@import", "fetch", "src=", "href="):  # fmt: skip
        assert forbidden not in html
    assert 'aria-live="polite"' in html and 'class="lessonlib-map"' in html


def test_a_hundred_words_stay_below_thirty_kilobytes():
    words = [f"word{i:03d}x" for i in range(100)]
    groups = {f"group {i}": words[i * 12 : i * 12 + 12] for i in range(8)}
    assert len(word_map(make_vectors(words, 50), words, categories=groups, title="A map").html.encode()) < 30_000


def test_labels_shown_do_not_overlap():
    words = [f"word{i:03d}x" for i in range(90)]
    page = Page(word_map(make_vectors(words, 50), words).html)
    shown = [word for word, attributes in page.words.items() if "quiet" not in attributes["class"]]
    assert 45 < len(shown)
    boxes, inside = [], None
    for tag, attributes in page.tags:
        if tag == "g" and "data-word" in attributes:
            inside = attributes
        elif tag == "text" and inside and "quiet" not in inside["class"]:
            x, y = map(int, re.findall(r"\d+", inside["transform"]))
            width = explore._text_width(inside["data-word"])
            left = x + int(attributes["x"]) - {"e": width, "m": width / 2}.get(attributes.get("class"), 0)
            boxes.append((left, y + int(attributes["y"])))
    for (x0, y0), (x1, y1) in itertools.combinations(boxes, 2):
        assert abs(x0 - x1) >= width - 2 or abs(y0 - y1) >= explore.FONT


def test_saved_page_is_complete_and_leaves_no_scraps(world, tmp_path):
    made = word_map(world, title="Größe")
    made.save(tmp_path / "map.html")
    made.save(str(tmp_path / "map.html"))
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>") and made.html in page and 'charset="utf-8"' in page
    assert [file.name for file in tmp_path.iterdir()] == ["map.html"]


def test_axes_can_be_named(world):
    assert Page(word_map(world, axes=("small to large", "here to there")).html).labels[:2] == [
        "small to large →",
        "here to there →",
    ]


def test_left_out_words_mean_all_categories_or_the_most_frequent():
    wv = make_vectors([f"w{i}" for i in range(120)])
    assert len(Page(word_map(wv).html).words) == 90
    assert list(Page(word_map(wv, categories={"a": ["w3", "w1"]}, k=1).html).words) == ["w3", "w1"]


@pytest.mark.parametrize(
    "arguments, named",
    [
        ({"words": []}, "words: 0 given"),
        ({"words": ["king"]}, "words: 1 given"),
        ({"words": ["king", "cat", "king"]}, "words: 'king' is given twice"),
        ({"words": ["king", "cat"], "k": 2}, "k=2"),
        ({"k": 0}, "k=0"),
        ({"k": 2.5}, "k=2.5"),
        ({"categories": {"a": ["king"], "b": ["king", "cat"]}, "words": ["king", "cat"], "k": 1}, "categories: 'king'"),
    ],
)
def test_bad_input_is_refused_in_one_line(world, arguments, named):
    with pytest.raises(ValueError) as error:
        word_map(world, **arguments)
    assert str(error.value).startswith(named) and "\n" not in str(error.value)


def test_unknown_word_and_nan_are_named(world):
    with pytest.raises(KeyError, match="'quen' is not in the vocabulary; nearest spelling: queen"):
        word_map(world, ["king", "quen"])
    broken = make_vectors(ANIMALS)
    broken.vectors[2, 1] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        word_map(broken, k=2)


def test_colors_of_the_map_are_those_of_the_figures():
    from lessonlib.plots import MARKERS, PALETTE

    css = explore._asset("word_map.css")
    assert tuple(re.findall(r"\.c\d \{ fill: light-dark\((#\w{6}),", css)) == PALETTE
    assert len(PALETTE) == explore.COLORS and len(MARKERS) == len(explore.SHAPES) == len(set(explore.SHAPES))
