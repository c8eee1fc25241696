"""Asking trained vectors questions: neighbors, analogies, categories. All of it works on any gensim KeyedVectors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessonlib.analogies import METHODS, Question, analogy, analogy_accuracy, analogy_answers, word_analogies
from lessonlib.nearest import named, nearest, unit_rows
from lessonlib.text import require_at_least, require_known

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

__all__ = [
    "METHODS", "Question", "Spread", "analogy", "analogy_accuracy", "analogy_answers", "category_purity",
    "category_shares", "cosine_matrix", "inside_spread", "neighbor_lists", "neighbors", "spread", "word_analogies",
]  # fmt: skip


def cosine_matrix(vectors: np.ndarray) -> np.ndarray:
    """All cosines between the rows of a (n, d) array: (n, n)."""
    unit = unit_rows(vectors)
    return unit @ unit.T


def neighbors(wv: KeyedVectors, word: str, topn: int = 5) -> list[tuple[str, float]]:
    """The `topn` words whose vectors have the highest cosine with the vector of `word`, which itself is left out."""
    return neighbor_lists(wv, [word], topn)[word]


def neighbor_lists(wv: KeyedVectors, words: Iterable[str], topn: int = 10) -> dict[str, list[tuple[str, float]]]:
    """For each word what `neighbors` gives, all asked at once: many times faster with a big table."""
    ids = np.array([wv.key_to_index[require_known(word, wv.key_to_index)] for word in words], dtype=np.int64)
    require_at_least("topn", topn, 1)
    found = named(wv, *nearest(wv.vectors, wv.vectors[ids], min(topn, len(wv.vectors)), ids[:, None]))
    return {wv.index_to_key[i]: answers for i, answers in zip(ids, found)}


def category_shares(wv: KeyedVectors, categories: Mapping[str, Sequence[str]], k: int = 5) -> dict[str, float]:
    """For each labeled word: the share of its k nearest labeled words that carry its own label.

    Neighbors are looked for among the words in `categories` only. Words the model does not know are left out.
    """
    require_at_least("k", k, 1)
    labeled = [(w, name) for name, members in categories.items() for w in members if w in wv.key_to_index]
    if len(labeled) <= k:
        raise ValueError(f"k={k}: needs more than k labeled words that the model knows, found {len(labeled)}")
    labels = np.array([name for _, name in labeled])
    cosines = cosine_matrix(np.array([wv[w] for w, _ in labeled]))
    np.fill_diagonal(cosines, -np.inf)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    shares = (labels[nearest] == labels[:, None]).mean(axis=1)
    return {word: float(share) for (word, _), share in zip(labeled, shares)}


def category_purity(wv: KeyedVectors, categories: Mapping[str, Sequence[str]], k: int = 5) -> float:
    """Mean of `category_shares` over all labeled words: 1 is perfect."""
    return float(np.mean(list(category_shares(wv, categories, k).values())))


class Spread(NamedTuple):
    """Mean and sample standard deviation of n values, one for each seed."""

    mean: float
    sd: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.sd:.2f} ({self.n} seeds)"


def spread(values: Iterable[float]) -> Spread:
    """Mean and standard deviation (n - 1 in the denominator) over at least two seeds."""
    values = np.array(list(values), dtype=np.float64)
    require_at_least("number of seeds", len(values), 2)
    return Spread(float(values.mean()), float(values.std(ddof=1)), len(values))


def inside_spread(first: Iterable[float], second: Iterable[float]) -> bool:
    """Whether two methods, run on the same seeds, show no difference: the 95 % interval of the mean holds zero.

    The values are paired: first[i] and second[i] come from the same seed. The interval is that of Student's t (1908)
    for the mean of first[i] - second[i]. True means that no difference was shown, not that there is none.
    """
    from scipy import stats

    differences = spread(np.subtract(list(first), list(second)))
    margin = stats.t.ppf(0.975, differences.n - 1) * differences.sd / math.sqrt(differences.n)
    return bool(abs(differences.mean) <= margin)
