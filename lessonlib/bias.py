"""Associations in vectors that we would rather not have: WEAT, a direction, and taking it out. No proof of fairness."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessonlib.nearest import unit_rows
from lessonlib.text import require_at_least, require_known

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

SUBSETS = 2**18  # numbers of words that are summed at once


class Weat(NamedTuple):
    """What the word-embedding association test gave.

    Attributes:
        statistic: sum of the associations of X minus those of Y.
        effect: difference of their means in standard deviations of all associations, between -2 and 2 or so.
        p: share of the ways to part the words in two halves of this size that give at least this statistic.
        exact: whether all ways were tried, or a random sample.
    """

    statistic: float
    effect: float
    p: float
    exact: bool

    def __str__(self) -> str:
        sign = "=" if self.exact else "≈"
        return f"effect {self.effect:+.2f}, p {sign} {self.p:.4f}"


def associations(wv: KeyedVectors, words: Sequence[str], A: Sequence[str], B: Sequence[str]) -> np.ndarray:
    """For each word its mean cosine with the words of A minus that with the words of B: (n,) float64."""
    words, A, B = (unit_rows(_rows(wv, group, name)) for group, name in ((words, "words"), (A, "A"), (B, "B")))
    return words @ (A.mean(axis=0) - B.mean(axis=0))


def weat(
    wv: KeyedVectors,
    X: Sequence[str],
    Y: Sequence[str],
    A: Sequence[str],
    B: Sequence[str],
    *,
    permutations: int = 10_000,
    seed: int = 0,
) -> Weat:
    """Are the words of X closer to A than to B, compared with the words of Y? Caliskan, Bryson & Narayanan (2017).

    The p-value is one-sided and comes from parting X and Y anew. All ways are tried where there are at most
    `permutations` of them; else that many are drawn, and the observed one counts as one more (Phipson & Smyth 2010).

    Args:
        X, Y: the two groups of target words, of the same size, at least 2.
        A, B: the two groups of attribute words.

    Raises:
        KeyError: for an unknown word; names the nearest spelling.
        ValueError: for an empty group, X and Y of different size or with a word in common, or permutations below 1.
    """
    require_at_least("permutations", permutations, 1)
    require_at_least("len(X)", len(X), 2)
    if len(X) != len(Y):
        raise ValueError(f"X, Y: have {len(X)} and {len(Y)} words; give both the same number")
    if common := sorted({*X} & {*Y}):
        raise ValueError(f"X, Y: {common[0]!r} is in both")
    values = associations(wv, [*X, *Y], A, B)
    n = len(X)
    statistic = values[:n].sum() - values[n:].sum()
    sd = values.std(ddof=1)
    effect = (values[:n].mean() - values[n:].mean()) / sd if sd > 0 else 0.0
    ways = math.comb(2 * n, n)
    exact = ways <= permutations
    halves = itertools.combinations(range(2 * n), n) if exact else _random_halves(n, permutations, seed)
    reached = 0
    while chosen := list(itertools.islice(halves, max(1, SUBSETS // n))):
        sums = 2 * values[np.array(chosen)].sum(axis=1) - values.sum()
        reached += int((sums >= statistic - 1e-12).sum())  # the observed way must reach itself
    p = reached / ways if exact else (reached + 1) / (permutations + 1)
    return Weat(float(statistic), float(effect), p, exact)


def direction(wv: KeyedVectors, pairs: Iterable[tuple[str, str]]) -> np.ndarray:
    """The direction that differences b - a of the pairs (a, b) share: (d,) float64 of length 1, pointing from a to b.

    The first principal component of the differences of unit vectors, not centered (after Bolukbasi et al. 2016).

    Raises:
        ValueError: for no pairs, or pairs without any difference.
    """
    pairs = list(pairs)
    if not pairs:
        raise ValueError("pairs: none given")
    a, b = (unit_rows(_rows(wv, side, "pairs")) for side in zip(*pairs))
    differences = b - a
    _, sizes, components = np.linalg.svd(differences, full_matrices=False)
    if sizes[0] < 1e-12:
        raise ValueError("pairs: the two vectors of each pair are equal; they show no direction")
    return components[0] * (1 if (differences @ components[0]).sum() >= 0 else -1)


def project_out(wv: KeyedVectors, direction: np.ndarray, words: Iterable[str] | None = None) -> KeyedVectors:
    """A new table without the given direction: w - (w·g / g·g) g for each of the `words`, all if left out.

    What the direction carried is then gone from the dot product with it, and from nothing else: what other dimensions
    know stays (Gonen & Goldberg 2019). `wv` itself is not changed.

    Raises:
        ValueError: for a direction of another shape than (d,), of zeros, or not finite.
    """
    from gensim.models import KeyedVectors

    direction = np.asarray(direction, dtype=np.float64)
    if direction.shape != (wv.vector_size,):
        raise ValueError(f"direction: shape {direction.shape}, expected ({wv.vector_size},)")
    length = np.linalg.norm(direction)
    if not (np.isfinite(length) and length > 0):
        raise ValueError("direction: must be finite and not all zeros")
    unit = direction / length
    chosen = range(len(wv)) if words is None else [wv.key_to_index[require_known(w, wv.key_to_index)] for w in words]
    rows = np.fromiter(chosen, dtype=np.int64)
    vectors = wv.vectors.astype(np.float64)
    vectors[rows] -= np.outer(vectors[rows] @ unit, unit)
    changed = KeyedVectors(wv.vector_size, dtype=wv.vectors.dtype)
    changed.add_vectors(wv.index_to_key, vectors.astype(wv.vectors.dtype))
    return changed


def _rows(wv: KeyedVectors, words: Sequence[str], name: str) -> np.ndarray:
    if not len(words):
        raise ValueError(f"{name}: is empty; name at least one word")
    return wv.vectors[[wv.key_to_index[require_known(word, wv.key_to_index)] for word in words]]


def _random_halves(n: int, count: int, seed: int) -> Iterable[np.ndarray]:
    rng = np.random.default_rng(seed)
    return (rng.permutation(2 * n)[:n] for _ in range(count))
