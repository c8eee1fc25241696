"""Right answers for lesson 08: the model answer of each question, and another one written differently."""

from __future__ import annotations

import numpy as np

SIGN_A, SIGN_B, SIGN_C, PLACE = -1, 1, 1, 0
FAR, NEAR, NEAR_TOO, EPSILON = 0, 1, 2, 1e-6
SIZE, SHARE = 1, 1.0


def three_cos_add(vectors: np.ndarray, a: int, b: int, c: int) -> int:
    """The row number of the answer to an analogy.

    vectors: (V, d), rows of any length; a, b, c: row numbers.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths > 0, lengths, 1)
    signs = np.array([SIGN_A, SIGN_B, SIGN_C])
    score = unit @ (signs @ unit[[a, b, c]])
    score[[a, b, c]] = -np.inf
    return int(np.argsort(-score)[PLACE])


def three_cos_add__loop(vectors, a, b, c):
    found = []
    for row in range(len(vectors)):
        if row not in (a, b, c):
            signed = ((SIGN_A, a), (SIGN_B, b), (SIGN_C, c))
            found.append((sum(sign * _cosine(vectors[row], vectors[i]) for sign, i in signed), row))
    return sorted(found, reverse=True)[PLACE][1]


def three_cos_mul(vectors: np.ndarray, a: int, b: int, c: int) -> np.ndarray:
    """The 3CosMul score of each row, (V,), and minus infinity for rows a, b and c.

    vectors: (V, d), rows of any length; a, b, c: row numbers.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths > 0, lengths, 1)
    shifted = (unit @ unit[[a, b, c]].T + 1) / 2  # (V, 3)
    score = shifted[:, NEAR] * shifted[:, NEAR_TOO] / (shifted[:, FAR] + EPSILON)
    score[[a, b, c]] = -np.inf
    return score


def three_cos_mul__loop(vectors, a, b, c):
    score = np.full(len(vectors), -np.inf)
    for row in range(len(vectors)):
        if row not in (a, b, c):
            s = [0.5 + 0.5 * _cosine(vectors[row], vectors[i]) for i in (a, b, c)]
            score[row] = s[NEAR] * s[NEAR_TOO] / (s[FAR] + EPSILON)
    return score


def spearman_rho(x: np.ndarray, y: np.ndarray) -> float:
    """Spearman's rank correlation, 0.0 where it is not defined.

    x, y: (n,) floats; a NaN marks a missing value.
    """
    known = ~(np.isnan(x) | np.isnan(y))
    ranks = []
    for values in (x[known], y[known]):
        below = (values[None, :] < values[:, None]).sum(axis=1)
        equal = (values[None, :] == values[:, None]).sum(axis=1)
        ranks.append(below + (equal + 1) / 2 - (len(values) + 1) / 2)
    size = np.sqrt((ranks[0] @ ranks[0]) * (ranks[1] @ ranks[1]))
    return float(ranks[0] @ ranks[1] / size) if size > 0 else 0.0


def spearman_rho__counts(x, y):
    kept = [(s, t) for s, t in zip(x, y) if s == s and t == t]
    first, second = (_ranks([pair[side] for pair in kept]) for side in (0, 1))
    if len(set(first)) < 2 or len(set(second)) < 2:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def without_direction(vectors: np.ndarray, pairs: list[tuple[int, int]]) -> np.ndarray:
    """The table without what the pairs of rows share: a new (V, d) array.

    vectors: (V, d), rows of any length; pairs: row numbers (i, j).
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths > 0, lengths, 1)
    first, second = np.array(pairs).T
    components = np.linalg.svd(unit[second] - unit[first], full_matrices=False)[2][:SIZE]
    share = SHARE
    return vectors - share * (vectors @ components.T) @ components


def without_direction__eigen(vectors, pairs):
    spread = np.zeros((vectors.shape[1], vectors.shape[1]))
    for i, j in pairs:
        step = vectors[j] / np.linalg.norm(vectors[j]) - vectors[i] / np.linalg.norm(vectors[i])
        spread += np.outer(step, step)
    result = vectors.copy()
    for g in np.linalg.eigh(spread)[1].T[::-1][:SIZE]:
        result = result - SHARE * np.outer(vectors @ g, g)
    return result


def _cosine(first, second):
    length = np.sqrt(np.sum(first * first)) * np.sqrt(np.sum(second * second))
    return float(np.sum(first * second) / length) if length > 0 else 0.0


def _ranks(values):
    """1 for the smallest; equal values share the mean of their places."""
    order = sorted(values)
    return [order.index(v) + (order.count(v) + 1) / 2 for v in values]
