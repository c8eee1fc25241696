"""The interactive map as text: structure, neighbors, determinism, hostile words. Browser tests drive it for real."""

import itertools
import re
import time
import xml.etree.ElementTree as ElementTree
from base64 import b64decode

import numpy as np
import pytest
from explore_reader import HOSTILE, Reader, kept, make_vectors, numbers
from gensim.models import KeyedVectors
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib import explore_page, explore_picture
from lessonlib.explore import word_map

ROYALTY, ANIMALS = ["king", "queen", "prince", "duke"], ["cat", "dog", "horse", "wolf", "bear"]
CATEGORIES = {"royalty": ROYALTY, "animals": ANIMALS}


@pytest.fixture(scope="module")
def world():
    return make_vectors([*ROYALTY, *ANIMALS, "bank"])


def positions(data):
    return np.array(numbers(data["at"], 2 * len(data["words"]))).reshape(-1, 2)


def test_repr_is_short_and_stable(world):
    assert repr(word_map(world, categories=CATEGORIES, k=3)) == "WordMap(9 words, 2 categories, k=3)"
    assert repr(word_map(world)) == "WordMap(10 words, k=5)"
    assert word_map(world)._repr_html_() == word_map(world).html


def test_every_word_is_there_with_its_category(world):
    data = Reader(word_map(world, world.index_to_key, categories=CATEGORIES, k=2, title="Two groups").html).data
    assert data["words"] == world.index_to_key and data["names"] == {} and data["label"] == "Two groups"
    assert data["groups"] == ["royalty", "animals"]
    assert numbers(data["kinds"], 10) == [0] * 4 + [1] * 5 + [2]  # 2: no category


def test_neighbors_equal_a_naive_computation_in_all_dimensions(world):
    words = world.index_to_key
    data = Reader(word_map(world, words, k=4).html).data
    near, cosines_shown = numbers(data["near"], 40), numbers(data["cosines"], 40)
    for i, word in enumerate(words):
        u = world[word].astype(float)
        cosines = {}
        for other in words:
            v = world[other].astype(float)
            cosines[other] = sum(u * v) / (sum(u * u) ** 0.5 * sum(v * v) ** 0.5)
        expected = sorted((w for w in words if w != word), key=lambda w: -cosines[w])[:4]
        assert [words[j] for j in near[4 * i : 4 * i + 4]] == expected
        assert [c - 100 for c in cosines_shown[4 * i : 4 * i + 4]] == [round(100 * cosines[w]) for w in expected]


def test_same_input_same_bytes_and_no_ids_at_all(world):
    first, again = word_map(world, categories=CATEGORIES, k=3), word_map(world, categories=CATEGORIES, k=3)
    assert first.html == again.html
    assert not any("id" in attributes for _, attributes in Reader(first.html).tags)
    tiny_drift = KeyedVectors(8)
    tiny_drift.add_vectors(world.index_to_key, world.vectors.astype(np.float64) + 1e-9)
    assert word_map(tiny_drift, categories=CATEGORIES, k=3).html == first.html


def test_positions_are_whole_pixels_inside_the_picture(world):
    at = positions(Reader(word_map(world).html).data)
    assert (at > 0).all() and (at < explore_picture.SIZE).all()


def test_picture_is_the_principal_plane_in_one_scale(world):
    vectors = world.vectors.astype(np.float64)
    centered = vectors - vectors.mean(axis=0)
    plane = np.linalg.svd(centered)[2][:2]
    flat = centered @ plane.T
    data = Reader(word_map(world).html).data
    at = positions(data)
    pairs = list(itertools.combinations(range(len(at)), 2))
    seen = np.array([np.linalg.norm(at[i] - at[j]) for i, j in pairs])
    true = np.array([np.linalg.norm(flat[i] - flat[j]) for i, j in pairs])
    assert np.corrcoef(seen, true)[0, 1] > 0.9999
    share = (flat**2).sum(axis=0) / (centered**2).sum()
    assert [f"{s:.0%}" for s in share] == re.findall(r"\d+%", " ".join(data["axes"]))


def test_the_still_picture_shows_each_word_and_the_labels_that_fit(world):
    page = Reader(word_map(world, world.index_to_key, categories=CATEGORIES, k=2).html)
    still, at = page.still(), positions(page.data)
    drawn = [attributes["d"] for attributes in still.all("path") if "marker-mid" in attributes]
    assert sorted(re.findall(r"\d+ \d+", " ".join(drawn))) == sorted(f"{x} {y}" for x, y in at)
    assert [len(re.findall(r"\d+ \d+", d)) for d in drawn] == [1, 4, 5]  # no category, royalty, animals
    shapes = [
        attributes["d"] for attributes in still.all("path") if "stroke-width" in attributes and "fill" in attributes
    ]
    assert len(set(shapes)) == 3
    labels = numbers(page.data["wide"], 30)
    fitting = [word for i, word in enumerate(world.index_to_key) if labels[3 * i] % 4]
    assert still.texts["text"][2:] == [*fitting, "royalty", "animals"] and len(fitting) > 5
    assert page.all("img")[0]["alt"].startswith("Map of 10 words: 10 words, 2 categories, k=2. principal component 1")
    assert "Run the cell" in " ".join(page.texts["p"])


def test_hostile_words_are_text_and_nothing_else():
    made = word_map(
        make_vectors(HOSTILE), HOSTILE, categories={"<img src=x onerror=1>": HOSTILE[:3]}, k=3, title="<i>&"
    )
    page = Reader(made.html)
    harmless = Reader(word_map(make_vectors(ANIMALS), k=3, title="t", categories={"a": ANIMALS[:4]}).html)
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in harmless.tags]
    assert made.html.lower().count("</script") == 2 and "<!--" not in made.html and "<" not in page.json
    assert made.html.count("</style>") == 1
    assert page.data["words"] == [kept(word) for word in HOSTILE]
    assert page.data["groups"] == ["<img src=x onerror=1>"] and page.texts["p"][0] == "<i>&"
    assert {"nul\ufffd", "\ufffd"} <= set(page.data["words"])
    assert set(tag for tag, _ in page.still().tags) == {"svg", "path", "marker", "text"}
    ElementTree.fromstring(b64decode(page.all("img")[0]["src"].split(",")[1]))  # well-formed, or the image stays blank
    made.html.encode("utf-8")


@settings(max_examples=60, deadline=None)
@given(words=st.lists(st.text(max_size=40), min_size=2, max_size=6, unique=True), title=st.text(max_size=20))
def test_any_unicode_comes_back_exactly(words, title):
    page = Reader(word_map(make_vectors(words), words, categories={title: words[:1]}, k=1, title=title).html)
    assert page.data["words"] == [kept(word) for word in words]
    assert page.data["groups"] == [kept(title)]
    assert [tag for tag, _ in page.tags].count("script") == 2
    ElementTree.fromstring(b64decode(page.all("img")[0]["src"].split(",")[1]))


def test_words_that_cannot_be_seen_or_are_too_long_get_a_name():
    short = explore_picture.short_name
    assert short("cat") == "cat" and short(" ") == "U+0020" and short("\u200b\u00a0") == "U+200B U+00A0"
    assert short("") == "(empty)" and short("\n" * 5) == "U+000A U+000A U+000A…"
    assert short("w" * 31) == "w" * 29 + "…" and short("w" * 30) == "w" * 30
    words = ["cat", " ", "w" * 31]
    assert Reader(word_map(make_vectors(words), words, k=1).html).data["names"] == {"1": "U+0020", "2": "w" * 29 + "…"}


def test_script_builds_with_text_only_and_nothing_comes_from_elsewhere(world):
    html = word_map(world, categories=CATEGORIES, k=3).html.replace('"http://www.w3.org/2000/svg"', "")
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "http:", "https:", "url(",
                      "@import", "fetch", "href="):  # fmt: skip
        assert forbidden not in html
    assert re.findall(r"\bsrc=.{10}", html) == ['src="data:imag']


def test_sizes_stay_below_what_a_notebook_can_bear():
    words = [f"word{i:03d}x" for i in range(100)]
    groups = {f"group {i}": words[i * 12 : i * 12 + 12] for i in range(8)}
    assert len(word_map(make_vectors(words, 50), words, categories=groups, title="A map").html.encode()) < 40_000
    words = [f"word{i:04d}" for i in range(2000)]
    started = time.process_time()
    made = word_map(make_vectors(words, 100), words, categories={str(i): words[i::10] for i in range(10)}, k=8)
    assert len(made.html.encode()) < 150_000
    assert time.process_time() - started < 8  # about 2 s of processor time


@pytest.mark.parametrize("name, font", [("wide", explore_picture.FONT), ("narrow", explore_picture.NARROW_FONT)])
def test_labels_shown_do_not_overlap(name, font):
    words = [f"word{i:03d}x" for i in range(90)]
    page = Reader(word_map(make_vectors(words, 50), words).html)
    data, boxes = page.data, []
    at = positions(data)
    width = explore_picture.text_width(words[0], font)
    for (x, y), (code, dx, dy) in zip(at, np.array(numbers(data[name], 270)).reshape(-1, 3)):
        if code % 4:
            left = x + dx - 1024 - {1: 0, 2: width / 2, 3: width}[code % 4]
            boxes.append((left, y + dy - 1024))
            assert 0 <= left and left + width <= explore_picture.WIDTH
    assert (45 if name == "wide" else 15) < len(boxes) < 90
    assert name == "narrow" or len(page.still().texts["text"]) == 2 + len(boxes)
    for (x0, y0), (x1, y1) in itertools.combinations(boxes, 2):
        assert abs(x0 - x1) >= width - 2 or abs(y0 - y1) >= font


def test_axes_can_be_named(world):
    made = word_map(world, axes=("small to large", "here <to> there"))
    assert Reader(made.html).data["axes"] == ["small to large", "here <to> there"]
    assert Reader(made.html).still().texts["text"][:2] == ["small to large →", "here <to> there →"]


def test_left_out_words_mean_all_categories_or_the_most_frequent():
    wv = make_vectors([f"w{i}" for i in range(120)])
    assert Reader(word_map(wv).html).data["words"] == wv.index_to_key[:90]
    assert Reader(word_map(wv, categories={"a": ["w3", "w1"]}, k=1).html).data["words"] == ["w3", "w1"]


@pytest.mark.parametrize(
    "arguments, named",
    [
        ({"words": []}, "words: 0 given"),
        ({"words": ["king"]}, "words: 1 given"),
        ({"words": ["king"] * 2001}, "words: 2,001 given, at most 2,000 fit"),
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
    for value in (np.nan, np.inf):
        broken = make_vectors(ANIMALS)
        broken.vectors[2, 1] = value
        with pytest.raises(ValueError, match="wv: the vector of 'horse' holds NaN or infinity"):
            word_map(broken, k=2)


def test_vectors_without_direction_or_spread_are_drawn():
    same = KeyedVectors(3)
    same.add_vectors(ANIMALS, np.ones((5, 3)))
    at = positions(Reader(word_map(same, k=2).html).data)
    assert (at == [360, 260]).all()
    same.vectors[:] = 0
    data = Reader(word_map(same, k=2).html).data
    assert set(numbers(data["cosines"], 10)) == {100} and numbers(data["near"], 10)[:4] == [1, 2, 0, 2]


def test_colors_of_the_map_are_those_of_the_figures():
    from lessonlib.plots import MARKERS, PALETTE

    css = explore_page.asset("word_map.css")
    assert tuple(re.findall(r"\.c\d \{ --fill: light-dark\((#\w{6}),", css)) == tuple(PALETTE) == explore_picture.FILLS
    assert len(MARKERS) == len(explore_picture.SHAPES) == len(set(explore_picture.SHAPES))
