"""Exact nearest rows in batches, against a full sort of all cosines in float64, and the Google analogies."""

import numpy as np
import pytest
from gensim.models import KeyedVectors
from gensim.test.utils import datapath
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib import evaluate, nearest


def sorted_cosines(table, queries, topn, left_out=None):
    """The slow way: every cosine in float64, one stable sort for each query."""
    lengths = np.linalg.norm(table.astype(np.float64), axis=1)
    unit = table / np.where(lengths > 0, lengths, 1)[:, None]
    rows, cosines = [], []
    for i, query in enumerate(queries.astype(np.float64)):
        scores = unit @ (query / (np.linalg.norm(query) or 1))
        if left_out is not None:
            scores[left_out[i]] = -np.inf
        rows.append(np.argsort(-scores.round(12), kind="stable")[:topn])
        cosines.append(scores[rows[-1]])
    return np.array(rows), np.array(cosines)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 5000), st.integers(1, 12), st.integers(1, 9), st.integers(0, 3), st.integers(0, 10**6),
    st.sampled_from([np.float32, np.float64]),
)  # fmt: skip
def test_the_same_rows_as_a_full_sort(V, d, n, m, seed, dtype):
    rng = np.random.default_rng(seed)
    table, queries = rng.normal(size=(V, d)).astype(dtype), rng.normal(size=(n, d))
    left_out = rng.integers(0, V, (n, m)) if m else None
    topn = int(rng.integers(1, min(V, 30) + 1))
    rows, cosines = nearest.nearest(table, queries, topn, left_out)
    expected_rows, expected = sorted_cosines(table, queries, topn, left_out)
    np.testing.assert_allclose(cosines, expected, atol=1e-12)
    if d > 1:  # in one dimension all cosines are 1 or -1: rounding decides between equals
        finite = np.isfinite(expected)
        np.testing.assert_array_equal(rows[finite], expected_rows[finite])


def test_rows_that_float32_cannot_tell_apart():
    rng = np.random.default_rng(0)
    center = rng.normal(size=50)
    table = center + 1e-6 * rng.normal(size=(6000, 50))  # cosines differ in the 12th digit
    single = (table.astype(np.float32) @ center.astype(np.float32)).argsort()[::-1][:20]
    rows, _ = nearest.nearest(table, center[None], 20)
    lengths = np.linalg.norm(
        table - center * (table @ center / (center @ center))[:, None], axis=1
    )  # across, not along
    assert set(rows[0]) == set(np.argsort(lengths)[:20]) != set(single)


def test_equal_rows_come_by_number_and_rows_of_zeros_have_cosine_zero():
    table = np.zeros((5000, 3))
    table[[4000, 17, 2500]] = [[2.0, 0, 0], [1.0, 0, 0], [4.0, 0, 0]]
    rows, cosines = nearest.nearest(table, np.array([[3.0, 0, 0]]), 5)
    assert rows.tolist() == [[17, 2500, 4000, 0, 1]] and cosines.tolist() == [[1, 1, 1, 0, 0]]


def test_many_queries_are_cut_into_parts(monkeypatch):
    rng = np.random.default_rng(1)
    table, queries = rng.normal(size=(500, 6)), rng.normal(size=(37, 6))
    left_out = rng.integers(0, 500, (37, 2))
    whole = nearest.nearest(table, queries, 4, left_out)
    monkeypatch.setattr(nearest, "SCORES", 700)
    monkeypatch.setattr(nearest, "PART", 64)
    for part, all_at_once in zip(nearest.nearest(table, queries, 4, left_out), whole):
        np.testing.assert_array_equal(part, all_at_once)


@pytest.mark.parametrize(("V", "topn", "part"), [(8000, 1500, 2**15), (500, 100, 64), (500, 500, 64)])
def test_more_answers_than_groups_or_than_rows_in_a_part(V, topn, part, monkeypatch):
    monkeypatch.setattr(nearest, "PART", part)
    rng = np.random.default_rng(3)
    table, queries = rng.normal(size=(V, 6)), rng.normal(size=(5, 6))
    rows, cosines = nearest.nearest(table, queries, topn)
    expected_rows, expected = sorted_cosines(table, queries, topn)
    np.testing.assert_array_equal(rows, expected_rows)
    np.testing.assert_allclose(cosines, expected, atol=1e-12)


def test_what_cannot_be_answered():
    table = np.ones((4, 2))
    with pytest.raises(ValueError, match="topn=5: the table has only 4 rows"):
        nearest.nearest(table, table, 5)
    with pytest.raises(ValueError, match="topn"):
        nearest.nearest(table, table, 0)
    with pytest.raises(ValueError, match="queries: .* NaN"):
        nearest.nearest(table, np.array([[np.nan, 1]]), 1)
    table[2, 1] = np.inf
    with pytest.raises(ValueError, match="table: .* infinite"):
        nearest.nearest(table, np.ones((1, 2)), 1)


def google_vectors(seed=0):
    """Words of the Google analogies with planted offsets and noise, in mixed case, some twice in different case."""
    rng = np.random.default_rng(seed)
    found, offset = {}, None
    with open(datapath("questions-words.txt"), encoding="utf-8") as file:
        for line in file:
            if line.startswith(":"):
                offset = rng.normal(size=12)
                continue
            a, b, c, d = line.split()
            for left, right in ((a, b), (c, d)):
                found.setdefault(left, rng.normal(size=12))
                found.setdefault(right, found[left] + offset + rng.normal(size=12) * 0.3)
    words = list(found)
    rng.shuffle(words)
    words = [word.lower() if rng.random() < 0.5 else word for word in words]
    twice = [word.upper() for word in words[:200] if word.upper() not in words]  # half near their twins, half anywhere
    vectors = [found.get(word, found.get(word.capitalize())) for word in words]
    near = dict(zip((word.upper() for word in words), vectors))
    vectors += [
        rng.normal(size=12) if i % 2 or near[word] is None else near[word] * 1.5 + rng.normal(size=12) * 0.01
        for i, word in enumerate(twice)
    ]
    known = [(w, v) for w, v in zip(words + twice, vectors) if v is not None]
    wv = KeyedVectors(12)
    wv.add_vectors([w for w, _ in known], np.array([v for _, v in known], dtype=np.float32))
    return wv


@pytest.mark.parametrize("restrict_vocab", [300_000, 500])
def test_the_google_analogies_are_answered_as_gensim_does(restrict_vocab):
    wv = google_vectors()
    score, theirs = wv.evaluate_word_analogies(datapath("questions-words.txt"), restrict_vocab=restrict_vocab)
    ours = evaluate.word_analogies(wv, restrict_vocab=restrict_vocab)
    assert [section.name for section in ours] == [section["section"] for section in theirs[:-1]]
    for section, other in zip(ours, theirs):
        assert section.correct == other["correct"] and section.incorrect == other["incorrect"]
    total = sum(len(s.correct) for s in ours), sum(len(s.incorrect) for s in ours)
    assert total[0] / sum(total) == pytest.approx(score)
    assert 0.1 < score < 0.9 and sum(total) > 200


def test_a_file_of_questions_without_sections(tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text("a b c d\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 1: a question before"):
        evaluate.word_analogies(google_vectors(), path)


def test_neighbor_lists_are_those_of_one_word_at_a_time_and_of_gensim():
    wv = google_vectors(1)
    words = wv.index_to_key[5:45]
    lists = evaluate.neighbor_lists(wv, words, topn=8)
    assert list(lists) == words
    for word, found in lists.items():
        assert found == evaluate.neighbors(wv, word, topn=8)
        assert [w for w, _ in found] == [w for w, _ in wv.most_similar(word, topn=8)]
