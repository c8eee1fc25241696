"""3CosAdd and 3CosMul in batches, against gensim's single questions and against the equations, word by word."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib import analogies, evaluate
from tests.unit.test_evaluate import keyed
from tests.unit.test_nearest import google_vectors


def naive_mul(wv, a, b, c, leave_out):
    """3CosMul as equation 4 is written, one word at a time."""

    def shifted(d, word):
        x, y = wv[d], wv[word]
        return (1 + x @ y / np.sqrt((x @ x) * (y @ y))) / 2

    scores = {
        d: shifted(d, b) * shifted(d, c) / (shifted(d, a) + 1e-6)
        for d in wv.index_to_key
        if not leave_out or d not in (a, b, c)
    }
    return sorted(scores.items(), key=lambda item: -item[1])


@pytest.fixture
def wv():
    rng = np.random.default_rng(0)
    return keyed([f"w{i}" for i in range(70)], rng.normal(size=(70, 6)))


def gensims(wv, a, b, c, method):
    ask = wv.most_similar if method == "3CosAdd" else wv.most_similar_cosmul
    return ask(positive=[b, c], negative=[a], topn=5)


@pytest.mark.parametrize("method", analogies.METHODS)
def test_answers_and_scores_equal_gensims(wv, method):
    for i in range(0, 66, 3):
        asked = f"w{i}", f"w{i + 1}", f"w{i + 2}"
        ours, theirs = analogies.analogy(wv, *asked, topn=5, method=method), gensims(wv, *asked, method)
        assert [word for word, _ in ours] == [word for word, _ in theirs]
        np.testing.assert_allclose([s for _, s in ours], [s for _, s in theirs], rtol=1e-5)


@pytest.mark.parametrize("leave_out", [True, False])
def test_products_equal_the_equation(wv, leave_out):
    ours = analogies.analogy(wv, "w1", "w2", "w3", topn=70, method="3CosMul", leave_out=leave_out)
    naive = naive_mul(wv, "w1", "w2", "w3", leave_out)
    assert len(ours) == (67 if leave_out else 70)
    assert [word for word, _ in ours] == [word for word, _ in naive]
    np.testing.assert_allclose([s for _, s in ours], [s for _, s in naive], rtol=1e-9)


@pytest.mark.parametrize("method", analogies.METHODS)
def test_query_words_come_back_when_they_may(method):
    # in many dimensions b - a + c lies nearest to b or c when nothing relates the words (Linzen 2016)
    wv = keyed([f"w{i}" for i in range(70)], np.random.default_rng(1).normal(size=(70, 40)))
    asked = [tuple(f"w{i}" for i in np.random.default_rng(n).choice(70, 4, replace=False)) for n in range(60)]
    free = analogies.analogy_answers(wv, asked, method=method, leave_out=False)
    barred = analogies.analogy_answers(wv, asked, method=method)
    assert np.mean([answer in question[:3] for answer, question in zip(free, asked)]) > 0.5
    assert all(answer not in question[:3] for answer, question in zip(barred, asked))
    for question, answer in zip(asked, free):
        assert answer == analogies.analogy(wv, *question[:3], method=method, leave_out=False)[0][0]


def test_the_two_methods_differ_somewhere(wv):
    asked = [tuple(f"w{i}" for i in np.random.default_rng(n).choice(70, 4, replace=False)) for n in range(60)]
    by_sum, by_product = (analogies.analogy_answers(wv, asked, method=method) for method in analogies.METHODS)
    assert 0 < sum(a != b for a, b in zip(by_sum, by_product)) < 60


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(4, 40))
def test_parts_of_the_table_change_nothing(seed, topn, size):
    rng = np.random.default_rng(seed)
    wv = keyed([str(i) for i in range(size)], rng.normal(size=(size, 3)))
    asked = rng.integers(size, size=(9, 3))
    whole = analogies._multiplied(wv.vectors, asked, topn, True)
    before = analogies.ROWS, analogies.SCORES
    analogies.ROWS, analogies.SCORES = 5, 20
    try:
        parts = analogies._multiplied(wv.vectors, asked, topn, True)
    finally:
        analogies.ROWS, analogies.SCORES = before
    np.testing.assert_array_equal(whole[0], parts[0])
    np.testing.assert_allclose(whole[1], parts[1], rtol=1e-12)


def test_unknown_words_give_none_and_count_as_missed(wv):
    asked = [("w1", "w2", "w3", "w4"), ("w1", "w2", "w3", "nowhere")]
    for method in analogies.METHODS:
        answers = analogies.analogy_answers(wv, asked, method=method)
        assert answers[0] in wv.key_to_index and answers[1] is None
        right = [("w1", "w2", "w3", answers[0]), asked[1]]
        assert analogies.analogy_accuracy(wv, right, method=method) == 0.5
        assert analogies.analogy_answers(wv, asked[1:], method=method) == [None]
        assert analogies.analogy_answers(wv, [], method=method) == []


def test_errors_are_one_line(wv):
    with pytest.raises(ValueError, match="method='cos': must be one of 3CosAdd, 3CosMul"):
        analogies.analogy(wv, "w1", "w2", "w3", method="cos")
    with pytest.raises(KeyError, match="w1"):
        analogies.analogy(wv, "w1x", "w2", "w3", method="3CosMul")
    wv.vectors[5] = np.nan
    for method in analogies.METHODS:
        with pytest.raises(ValueError, match="NaN"):
            analogies.analogy(wv, "w1", "w2", "w3", method=method)


def test_a_row_of_zeros_is_an_answer_like_any_other():
    wv = keyed(list("abcde"), [[1, 0], [0, 1], [1, 1], [0, 0], [1, 2]])
    assert analogies.analogy(wv, "a", "b", "c", topn=2, method="3CosMul")[0][0] == "e"


def test_google_analogies_by_products_equal_gensim_one_by_one():
    wv = google_vectors()
    sections = analogies.word_analogies(wv, method="3CosMul")
    upper = {word.upper(): word for word in reversed(wv.index_to_key)}
    asked = [(q, True) for s in sections for q in s.correct] + [(q, False) for s in sections for q in s.incorrect]
    for i in np.random.default_rng(0).choice(len(asked), 150, replace=False):
        question, right = asked[i]
        a, b, c = (upper[word] for word in question[:3])
        found = [word.upper() for word, _ in wv.most_similar_cosmul(positive=[b, c], negative=[a], topn=5)]
        assert (next(word for word in found if word not in question[:3]) == question[3]) == right, question
    assert 0.1 < np.mean([right for _, right in asked]) < 0.9


def test_evaluate_passes_them_on():
    assert evaluate.analogy is analogies.analogy and evaluate.word_analogies is analogies.word_analogies
