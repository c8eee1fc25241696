import unicodedata
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib.text import (
    Vocabulary,
    context_table,
    pair_arrays,
    shuffle_across_sentences,
    tokenize,
    window_pairs,
)

words = st.text(st.characters(categories=["Ll"]), min_size=1, max_size=6)
corpora = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=9), max_size=8)


@given(st.text())
def test_tokens_are_lower_case_words_or_numbers_found_in_the_text(text):
    normal = unicodedata.normalize("NFC", text.lower())
    for token in tokenize(text):
        assert token in normal
        assert not any(c.isspace() or c in '.,;:!?()[]"' for c in token)
        assert token[0].isalnum()


@given(st.lists(words, max_size=10), st.sampled_from([" ", ", ", ". ", " -- ", "\n"]))
def test_words_come_back_whatever_separates_them(parts, separator):
    parts = [unicodedata.normalize("NFC", part) for part in parts]
    expected = [unicodedata.normalize("NFC", p.lower()) for p in parts]
    assert tokenize(separator.join(parts)) == expected


@given(st.text())
def test_tokenizing_twice_changes_nothing(text):
    once = tokenize(text)
    assert tokenize(" ".join(once)) == once


@pytest.mark.parametrize(
    "text, tokens",
    [
        ("The cat's hat.", ["the", "cat's", "hat"]),
        ("2024: 3rd place", ["2024", "3", "rd", "place"]),
        ("cafe\u0301", ["café"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("Привет, мир", ["привет", "мир"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
    ],
)
def test_tokenize_examples(text, tokens):
    assert tokenize(text) == tokens


def test_tokenize_refuses_bytes():
    with pytest.raises(TypeError, match="decode"):
        tokenize(b"bytes")


@given(corpora.filter(lambda c: any(c)), st.integers(1, 4))
def test_vocabulary_holds_exactly_the_words_frequent_enough(sentences, min_count):
    counts = Counter(t for s in sentences for t in s)
    kept = {w: n for w, n in counts.items() if n >= min_count}
    if not kept:
        with pytest.raises(ValueError, match="min_count"):
            Vocabulary.from_sentences(sentences, min_count)
        return
    vocabulary = Vocabulary.from_sentences(sentences, min_count)
    assert dict(zip(vocabulary.words, vocabulary.counts.tolist())) == kept
    assert [vocabulary[w] for w in vocabulary.words] == list(range(len(vocabulary)))
    assert (np.diff(vocabulary.counts) <= 0).all()
    reordered = Vocabulary.from_sentences(sentences[::-1], min_count)
    assert reordered.words == vocabulary.words
    decoded = [[vocabulary.words[i] for i in ids] for ids in vocabulary.encode(sentences)]
    assert decoded == [[t for t in s if t in kept] for s in sentences]


def test_max_size_keeps_the_most_frequent():
    vocabulary = Vocabulary.from_sentences([list("aaabbc")], max_size=2)
    assert vocabulary.words == ["a", "b"] and vocabulary.counts.tolist() == [3, 2]


@pytest.mark.parametrize(
    "sentences, options, error, message",
    [
        ([], {}, ValueError, "no tokens"),
        ([[], []], {}, ValueError, "no tokens"),
        ([["a"]], {"min_count": 2}, ValueError, "lower it"),
        ([["a"]], {"min_count": 0}, ValueError, "min_count=0"),
        ([["a"]], {"max_size": 0}, ValueError, "max_size=0"),
        ([["a", 7]], {}, TypeError, "token 7 in sentence 0 is int"),
        ([["a", None]], {}, TypeError, "NoneType"),
        (["a cat"], {}, TypeError, "split it into tokens"),
        ("a cat", {}, TypeError, "one string"),
        ((s for s in [["a"]]), {}, TypeError, "only once"),
        (iter([["a"]]), {}, TypeError, "only once"),
    ],
)
def test_bad_input_is_named_in_one_line(sentences, options, error, message):
    with pytest.raises(error, match=message) as caught:
        Vocabulary.from_sentences(sentences, **options)
    assert "\n" not in str(caught.value)


def test_unknown_word_names_the_nearest_spelling():
    with pytest.raises(KeyError, match="'quen' is not in the vocabulary; nearest spelling: queen"):
        Vocabulary.from_sentences([["queen", "king"]])["quen"]


@pytest.mark.parametrize("window", [0, -1, 1.5, True])
def test_window_must_be_a_positive_whole_number(window):
    for function in (lambda: window_pairs(["a", "b"], window), lambda: context_table([np.arange(3)], window)):
        with pytest.raises(ValueError, match="window="):
            function()


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 6))
def test_window_pairs_against_its_definition(tokens, window):
    n = len(tokens)
    expected = [(tokens[i], tokens[j]) for i in range(n) for j in range(n) if 0 < abs(i - j) <= window]
    assert window_pairs(tokens, window) == expected


@given(st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=6), st.integers(1, 5))
def test_pair_arrays_equal_the_loop_and_never_cross_a_sentence(sentences, window):
    encoded = [np.array(s, dtype=np.int64) for s in sentences]
    centers, contexts = pair_arrays(encoded, window)
    expected = [pair for s in sentences for pair in window_pairs(s, window)]
    assert list(zip(centers.tolist(), contexts.tolist())) == expected


@given(corpora, st.integers(0, 3))
def test_null_control_keeps_counts_and_lengths(sentences, seed):
    shuffled = shuffle_across_sentences(sentences, seed)
    assert [len(s) for s in shuffled] == [len(s) for s in sentences]
    assert Counter(t for s in shuffled for t in s) == Counter(t for s in sentences for t in s)


def test_null_control_breaks_company():
    sentences = [["a", "b"]] * 200 + [["c", "d"]] * 200
    mixed = sum(set(s) not in ({"a", "b"}, {"c", "d"}) for s in shuffle_across_sentences(sentences, seed=1))
    assert mixed > 200  # 3 in 4 expected; the original has none
