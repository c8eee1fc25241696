"""Right answers for lesson 01: the model answer of each question, and another one written differently."""

from __future__ import annotations

import math

import numpy as np

SELF = -2.0
COPIES = 1
POWER = 0.75


def cosine_table(vectors: np.ndarray) -> np.ndarray:
    """Cosines of every two rows. vectors: (V, d), may hold rows of zeros; returns (V, V)."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(norms == 0, 1, norms)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, SELF)
    return cosines


def cosine_table__divides_last(vectors: np.ndarray) -> np.ndarray:
    dots = np.einsum("ik,jk->ij", vectors, vectors)
    squares = dots.diagonal()
    below = np.sqrt(np.multiply.outer(squares, squares))
    table = np.divide(dots, below, out=np.zeros(dots.shape), where=below > 0)
    table[np.arange(len(table)), np.arange(len(table))] = SELF
    return table


def memory_bill(V: int, d: int, onehot_bytes: int, dense_bytes: int) -> tuple[float, ...]:
    """Megabytes of the one-hot rows, of the dense rows, and how many times larger the first is."""
    onehot = V * V * onehot_bytes / 1e6
    dense_tables = COPIES
    dense = dense_tables * V * d * dense_bytes / 1e6
    return onehot, dense, onehot / dense


def memory_bill__per_word(V: int, d: int, onehot_bytes: int, dense_bytes: int) -> list[float]:
    row, dense_row = V * onehot_bytes, sum(d * dense_bytes for _ in range(COPIES))
    return [row * V / 10**6, dense_row * V / 10**6, row / dense_row]


def ppmi_table(X: np.ndarray) -> np.ndarray:
    """PPMI of counts X: (V, C), one row a center, one column a context word; returns (V, C)."""
    contexts = X.sum(axis=0) ** POWER
    together = X * contexts.sum()
    chance = X.sum(axis=1, keepdims=True) * contexts
    ratio = np.divide(together, chance, out=np.ones(X.shape), where=X > 0)
    return np.maximum(np.log(ratio), 0)


def ppmi_table__pair_by_pair(X: np.ndarray) -> np.ndarray:
    total = float(X.sum())
    weights = [float(column.sum()) ** POWER for column in X.T]
    table = np.zeros(X.shape)
    for i, j in zip(*np.nonzero(X)):
        share, center, context = X[i, j] / total, X[i].sum() / total, weights[j] / sum(weights)
        table[i, j] = max(0.0, math.log(share) - math.log(center) - math.log(context))
    return table
