"""Right answers for lesson 07: the model answer of each question, and another way to write it."""

from __future__ import annotations

import numpy as np

ACROSS, UP, SIGN = 0, 1, 1
ORDER = 2


def pca_plane(vectors: np.ndarray) -> np.ndarray:
    """The words on their two principal components. vectors: (n, d); returns (n, 2)."""
    centered = vectors - vectors.mean(axis=0)
    directions = np.linalg.svd(centered, full_matrices=False)[2]
    plane = centered @ directions[[ACROSS, UP]].T
    largest = plane[np.abs(plane).argmax(axis=0), [0, 1]]
    return np.where(np.sign(largest) == SIGN, plane, -plane)


def pca_plane__from_covariance(vectors: np.ndarray) -> np.ndarray:
    centered = vectors - sum(vectors) / len(vectors)
    basis = np.linalg.eigh(centered.T @ centered)[1][:, ::-1]
    columns = []
    for which in (ACROSS, UP):
        column = [float(row @ basis[:, which]) for row in centered]
        turned = SIGN * max(column, key=abs) < 0
        columns.append([-number if turned else number for number in column])
    return np.array(columns).T


def kept_neighbors(vectors: np.ndarray, flat: np.ndarray, k: int) -> np.ndarray:
    """How well a picture keeps the neighbors of each word, as shares from 0 to 1.

    vectors: (n, d), no row is zero; flat: (n, 2); 1 <= k < n. Returns (n,).
    """
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = units @ units.T
    gaps = np.linalg.norm(flat[:, None] - flat, ord=ORDER, axis=2)
    np.fill_diagonal(cosines, -np.inf)
    np.fill_diagonal(gaps, np.inf)
    truth = np.argsort(-cosines, axis=1)[:, :k]
    shown = np.argsort(gaps, axis=1)[:, :k]
    return np.array([len(set(a) & set(b)) / k for a, b in zip(truth, shown)])


def kept_neighbors__loop(vectors: np.ndarray, flat: np.ndarray, k: int) -> np.ndarray:
    def cosine(i: int, j: int) -> float:
        lengths = np.sqrt(vectors[i] @ vectors[i]) * np.sqrt(vectors[j] @ vectors[j])
        return float(vectors[i] @ vectors[j] / lengths)

    def gap(i: int, j: int) -> float:
        return sum(abs(a - b) ** ORDER for a, b in zip(flat[i], flat[j]))

    shares = []
    for i in range(len(flat)):
        others = [j for j in range(len(flat)) if j != i]
        near = sorted(others, key=lambda j: cosine(i, j), reverse=True)[:k]  # noqa: B023
        shown = sorted(others, key=lambda j: gap(i, j))[:k]  # noqa: B023
        shares.append(sum(j in shown for j in near) / k)
    return np.array(shares)
