"""The leaderboard: every score stands beside what it was measured on, and each agrees with a count by hand."""

from __future__ import annotations

import numpy as np
import pytest
from gensim.models import KeyedVectors

from lessonlib import evaluate, leaderboard, similarity
from lessonlib.toyworld import answer_key


def table_of(words: list[str], vectors: np.ndarray) -> KeyedVectors:
    wv = KeyedVectors(vectors.shape[1])
    wv.add_vectors(words, vectors.astype(np.float32))
    return wv


@pytest.fixture
def planted() -> KeyedVectors:
    """Eight capitals and eight other words, each group around a direction of its own."""
    rng = np.random.default_rng(1)
    capitals = sorted(leaderboard.capitals())[:8]
    others = [f"thing{i}" for i in range(8)]
    return table_of(capitals + others, np.repeat(np.eye(2, 6), 8, axis=0) + rng.normal(0, 0.05, (16, 6)))


def test_capitals_are_capitals_and_no_countries():
    assert {"paris", "cairo", "brasilia", "lima", "tokyo"} <= leaderboard.capitals()
    assert not {"france", "egypt", "iraq", "greece"} & leaderboard.capitals()
    assert all(name == name.lower() and " " not in name for name in leaderboard.capitals())


def test_capitals_near_counts_neighbors_that_are_capitals(planted):
    near = leaderboard.capitals_near(planted)
    assert near == dict.fromkeys(planted.index_to_key[:8], 5)
    rng = np.random.default_rng(0)
    mixed = table_of(planted.index_to_key, rng.normal(size=(16, 6)))
    for word, count in leaderboard.capitals_near(mixed).items():
        five = [name for name, _ in mixed.most_similar(word, topn=5)]
        assert count == len(set(five) & leaderboard.capitals())


def test_no_capital_no_score(planted):
    line = leaderboard.score("x", table_of(["tea", "cup"], np.eye(2)))
    assert (line.near, line.capitals, line.right, line.questions, line.rho) == (None, 0, None, 0, None)
    assert leaderboard.table([line]).count("–") == 3
    two = leaderboard.score("x", table_of(["train", "car", "cup", "coffee"], np.eye(4)))
    assert two.rho is None and two.pairs == 2  # the interval needs three


def test_score_agrees_with_its_parts():
    key = answer_key()
    words = {word for questions in key.analogies.values() for question in questions for word in question}
    words = [*sorted(words)[::2], *sorted(words)[1:200:4], "train", "car", "book", "paper", "forest", "bird"]
    words = list(dict.fromkeys(words))
    wv = table_of(words, np.random.default_rng(3).normal(size=(len(words), 20)))
    line = leaderboard.score("x", wv)
    known = [q for questions in key.analogies.values() for q in questions if all(word in wv for word in q)]
    assert 0 < line.questions == len(known) < line.all_questions
    assert line.right == evaluate.analogy_accuracy(wv, known)
    assert line.rho[1:] == similarity.benchmark(wv, "wordsim353")[1:]
    assert line.pairs == line.rho.found >= 3
    assert line.all_pairs == len(similarity.load_pairs("wordsim353"))


def test_coverage_stands_beside_each_score(planted):
    row = leaderboard.table([leaderboard.score("mine", planted)]).splitlines()[-1]
    assert row.startswith("| mine | 5.0 of 5 (8 of ") and "(0 of 353 pairs)" in row
    assert row.count("|") == leaderboard.table([]).splitlines()[0].count("|")


def test_random_vectors_have_the_same_words_and_know_nothing(planted):
    none = leaderboard.random_like(planted)
    assert none.index_to_key == planted.index_to_key and none.vector_size == planted.vector_size
    assert not np.allclose(none.vectors, planted.vectors)
    assert np.array_equal(none.vectors, leaderboard.random_like(planted).vectors)
    assert leaderboard.score("none", none).near < 5
