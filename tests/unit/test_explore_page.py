"""What the interactive pictures share: packed numbers, harmless text, saving."""

import json

import numpy as np
import pytest
from explore_reader import kept, make_vectors, numbers
from hypothesis import given
from hypothesis import strategies as st

from lessonlib.explore import analogy_explorer, word_map
from lessonlib.explore_page import clean, escape, fill, pack, script_data


@given(st.lists(st.integers(0, 2**15 - 1), min_size=1), st.integers(0, 3))
def test_packed_numbers_come_back(values, spare):
    bits = max(1, max(values).bit_length())
    assert numbers(pack(values), len(values)) == values and pack(values)[0] == bits
    assert numbers(pack(np.array(values), bits + spare), len(values)) == values


def test_packed_numbers_are_dense():
    assert len(pack([0, 63, 1])[1]) == 3 and len(pack(np.zeros((10, 6), int), 8)[1]) == 80
    assert pack([])[1] == ""


@given(st.text())
def test_text_in_a_script_comes_back_and_cannot_end_it(text):
    made = script_data({"text": clean(text)})
    assert "<" not in made and json.loads(made) == {"text": kept(text)}


@given(st.text())
def test_escaped_text_has_no_markup(text):
    made = escape(text)
    assert not set("<>\"'") & set(made)
    made.encode("utf-8")


def test_a_slot_inside_a_word_is_not_filled():
    assert "{{name}}" in fill("page.html", name="{{body}}", body="{{name}}") and "{{body}}" in fill(
        "page.html", name="{{body}}", body=""
    )


@pytest.mark.parametrize("kind", ["map", "explorer"])
def test_saved_page_is_complete_and_leaves_no_scraps(tmp_path, kind):
    wv = make_vectors(["sun", "moon", "day", "night"])
    questions = {"time": [("sun", "day", "moon", "night")]}
    made = word_map(wv, k=2, title="Größe") if kind == "map" else analogy_explorer(wv, questions, title="Größe")
    made.save(tmp_path / "map.html")
    made.save(str(tmp_path / "map.html"))
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>") and made.html in page and 'charset="utf-8"' in page
    assert f"<title>{type(made).name}</title>" in page
    assert [file.name for file in tmp_path.iterdir()] == ["map.html"]
