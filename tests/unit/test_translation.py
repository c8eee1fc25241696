"""The invented language, and the map between two tables: a planted turn is found, no other turn is nearer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib.translation import Foreign, centered, precision, rotation

SENTENCES = [s.split() for s in ("the king lost his crown", "she met a king", "her crown was old", "an old king")]


def turn(rng, d):
    return np.linalg.qr(rng.normal(size=(d, d)))[0]


@pytest.mark.parametrize("backward", [True, False])
def test_the_language_says_every_word_but_those_it_lacks(backward):
    foreign = Foreign(3, backward=backward)
    said = foreign.say(SENTENCES)
    back = {spelling: word for word, spelling in foreign.spelling.items()}
    assert len(back) == len(foreign.spelling), "two words must not share a spelling"
    for sentence, translated in zip(SENTENCES, said):
        kept = [{"she": "he", "her": "his"}.get(w, w) for w in sentence if w not in ("the", "a", "an")]
        assert [back[word] for word in (translated[::-1] if backward else translated)] == kept
    assert said == Foreign(3, backward=backward).say(SENTENCES) != Foreign(4, backward=backward).say(SENTENCES)
    assert foreign.say(SENTENCES) == said, "a word keeps its spelling"


def test_reduced_is_the_same_for_sentences_that_the_language_cannot_tell_apart():
    foreign = Foreign()
    one, two, three = "she met a king".split(), "he met the king".split(), "the king met her".split()
    assert foreign.reduced(one) == foreign.reduced(two) == ["he", "met", "king"] != foreign.reduced(three)
    assert foreign.say([one]) == foreign.say([two]) != foreign.say([three])
    assert foreign.spelling.keys() == {*foreign.reduced(one), *foreign.reduced(three)}


def test_the_dictionary_leaves_out_shared_and_missing_words():
    foreign = Foreign()
    foreign.say(SENTENCES)
    assert set(foreign.dictionary()) == {"king", "lost", "crown", "met", "was", "old"}
    assert all(foreign.spelling[word] == spelling for word, spelling in foreign.dictionary().items())
    assert not set(foreign.dictionary().values()) & {word for sentence in SENTENCES for word in sentence}


def test_ten_thousand_words_get_different_spellings():
    foreign = Foreign(dropped=(), merged={})
    foreign.say([[str(i) for i in range(10_000)]])
    assert len(set(foreign.dictionary().values())) == 10_000


@given(st.integers(0, 500), st.integers(1, 8), st.integers(0, 30))
def test_a_planted_turn_is_found_and_is_orthogonal(seed, d, more):
    rng = np.random.default_rng(seed)
    planted, source = turn(rng, d), rng.normal(size=(d + more, d))
    found = rotation(source, source @ planted)
    np.testing.assert_allclose(found, planted, atol=1e-6)
    np.testing.assert_allclose(found.T @ found, np.eye(d), atol=1e-9)


@settings(max_examples=25)
@given(st.integers(0, 500))
def test_no_other_turn_comes_nearer(seed):
    rng = np.random.default_rng(seed)
    source, target = rng.normal(size=(20, 4)), rng.normal(size=(20, 4))
    best = np.square(source @ rotation(source, target) - target).sum()
    small, _ = np.linalg.qr(np.eye(4) + 0.05 * rng.normal(size=(4, 4)))
    others = [turn(rng, 4) for _ in range(200)] + [rotation(source, target) @ small]
    assert all(np.square(source @ other - target).sum() >= best - 1e-9 for other in others)


@given(st.integers(0, 200), st.integers(1, 5))
def test_fewer_pairs_than_dimensions_map_the_rest_to_zero(seed, n):
    rng = np.random.default_rng(seed)
    source = rng.normal(size=(n, 6))
    target = source @ turn(rng, 6)
    found = rotation(source, target)
    assert np.linalg.matrix_rank(found) == n
    np.testing.assert_allclose(source @ found, target, atol=1e-8)
    unseen = np.linalg.svd(source)[2][n:]  # directions that no pair reaches
    np.testing.assert_allclose(unseen @ found, 0, atol=1e-8)


@given(st.integers(0, 300), st.integers(1, 6))
def test_precision_against_a_naive_loop(seed, k):
    rng = np.random.default_rng(seed)
    mapped, table, answers = rng.normal(size=(9, 3)), rng.normal(size=(12, 3)), rng.integers(0, 12, 9)
    hits = 0
    for row, answer in zip(mapped, answers):
        cosines = [row @ other / np.linalg.norm(row) / np.linalg.norm(other) for other in table]
        hits += answer in np.argsort(cosines)[::-1][:k]
    assert precision(mapped, table, answers, k) == pytest.approx(hits / 9)


def test_centered_rows_have_length_one_and_ignore_a_common_direction():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(40, 5)) + 3
    rows = centered(vectors)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1)
    assert np.linalg.norm(rows.mean(axis=0)) < 0.1 < np.linalg.norm((vectors / 8).mean(axis=0))
    np.testing.assert_allclose(centered(7 * vectors), rows)
    assert rows.dtype == np.float64 == centered(vectors.astype(np.float32)).dtype


@pytest.mark.parametrize("call, message", [
    (lambda: Foreign(-1), "seed=-1"),
    (lambda: rotation(np.ones((3, 2)), np.ones((4, 2))), r"shapes \(3, 2\) and \(4, 2\)"),
    (lambda: rotation(np.ones((0, 2)), np.ones((0, 2))), "give two tables"),
    (lambda: precision(np.ones((3, 2)), np.ones((4, 2)), [0, 1]), "answers: 2 for 3 rows"),
    (lambda: precision(np.ones((2, 2)), np.ones((4, 2)), [0, 1], 0), "k=0"),
])  # fmt: skip
def test_errors_name_the_parameter_and_the_cure(call, message):
    with pytest.raises(ValueError, match=message):
        call()
