"""Asking trained vectors questions: neighbors, analogies, categories. All of it works on any gensim KeyedVectors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessonlib.text import require_at_least, require_known

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

Question = tuple[str, str, str, str]


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Each row of a (n, d) array divided by its length, as float64. A row of zeros stays a row of zeros."""
    vectors = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def cosine_matrix(vectors: np.ndarray) -> np.ndarray:
    """All cosines between the rows of a (n, d) array: (n, n)."""
    unit = unit_rows(vectors)
    return unit @ unit.T


def neighbors(wv: KeyedVectors, word: str, topn: int = 5) -> list[tuple[str, float]]:
    """The `topn` words whose vectors have the highest cosine with the vector of `word`, which itself is left out."""
    return _nearest(wv, _vector(wv, word), {word}, topn)


def analogy(wv: KeyedVectors, a: str, b: str, c: str, topn: int = 1) -> list[tuple[str, float]]:
    """Words d for "a is to b as c is to d": nearest to b - a + c by cosine (3CosAdd; Levy & Goldberg 2014, eq. 1).

    The three vectors are brought to length 1 first, and the three query words are left out of the answers.
    """
    va, vb, vc = (unit_rows(_vector(wv, word)[None])[0] for word in (a, b, c))
    return _nearest(wv, vb - va + vc, {a, b, c}, topn)


def analogy_accuracy(wv: KeyedVectors, questions: Iterable[Question]) -> float:
    """Share of questions (a, b, c, d) whose first answer is d. A question with an unknown word counts as missed."""
    questions = list(questions)
    if not questions:
        raise ValueError("questions: none given")
    table, words = unit_rows(wv.vectors), wv.key_to_index
    asked = np.array([[words[w] for w in q] for q in questions if all(w in words for w in q)]).reshape(-1, 4)
    a, b, c, d = asked.T
    scores = (table[b] - table[a] + table[c]) @ table.T  # (questions, V)
    scores[np.arange(len(asked))[:, None], asked[:, :3]] = -np.inf
    return float((scores.argmax(axis=1) == d).sum()) / len(questions)


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


def _vector(wv: KeyedVectors, word: str) -> np.ndarray:
    return wv[require_known(word, wv.key_to_index)]


def _nearest(wv: KeyedVectors, vector: np.ndarray, left_out: set[str], topn: int) -> list[tuple[str, float]]:
    require_at_least("topn", topn, 1)
    cosines = unit_rows(wv.vectors) @ unit_rows(vector[None])[0]
    order = np.argsort(-cosines, kind="stable")
    words = ((wv.index_to_key[i], float(cosines[i])) for i in order)
    return [(word, cosine) for word, cosine in words if word not in left_out][:topn]
