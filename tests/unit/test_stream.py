"""The flat text against the list of sentences that it stands for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import corpora
from lessonlib.stream import encode
from lessonlib.text import Vocabulary

SENTENCES = st.lists(st.lists(st.sampled_from("abcdef"), max_size=8), min_size=1, max_size=20).filter(any)


@given(SENTENCES, st.integers(1, 2), st.sampled_from([1, 7, 10**6]))
def test_encode_in_memory_and_on_disk(sentences, min_count, in_memory):
    vocabulary = Vocabulary.from_sentences(sentences)
    vocabulary = vocabulary if min_count == 1 else Vocabulary(dict(zip(vocabulary.words[:3], vocabulary.counts)))
    text = encode(sentences, vocabulary, in_memory)
    assert text.ids.dtype == np.int32
    expected = vocabulary.encode(sentences)
    assert len(text.starts) == len(expected) + 1
    for m, ids in enumerate(expected):
        np.testing.assert_array_equal(text.ids[text.starts[m] : text.starts[m + 1]], ids)


@given(SENTENCES, st.integers(1, 30))
def test_pieces_cover_the_text_once(sentences, words):
    text = encode(sentences, Vocabulary.from_sentences(sentences))
    ranges = list(text.pieces(words))
    assert [first for first, _ in ranges] == [0, *(last for _, last in ranges[:-1])]
    assert ranges[-1][1] == len(sentences) and all(first < last for first, last in ranges)


def test_a_text_file_is_read_anew_on_each_pass(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("The cat sat.\n\nÉté à Zürich\n", encoding="utf-8")
    lines = corpora.Lines(path)
    assert list(lines) == list(lines) == [["the", "cat", "sat"], ["été", "à", "zürich"]] == corpora.load(path)
    with pytest.raises(ValueError, match="is not a file"):
        corpora.Lines(tmp_path / "none.txt")
