"""Right answers for lesson 05: the model answer of each question, and another one written differently."""

from __future__ import annotations

import math

import numpy as np

POWER = -1.0
X_MAX, EXPONENT = 100, 0.75
FACTOR, SIGN, LIMIT = 0.5, 1, 100


def weighted_cooccurrence(sentences: list, vocabulary_size: int, window: int) -> np.ndarray:
    """Weighted counts of neighbors. sentences: lists of word ids, -1 for a word without one.

    Returns the table, (V, V).
    """
    X = np.zeros((vocabulary_size, vocabulary_size))
    for ids in sentences:
        for gap in range(1, window + 1):
            for i, j in zip(ids, ids[gap:]):
                if i >= 0 and j >= 0:
                    X[i, j] += gap**POWER
                    X[j, i] += gap**POWER
    return X


def weighted_cooccurrence__whole_text(sentences, vocabulary_size, window):
    ids = np.array([i for sentence in sentences for i in sentence], dtype=int)
    number = np.repeat(np.arange(len(sentences)), [len(sentence) for sentence in sentences])
    X = np.zeros((vocabulary_size, vocabulary_size))
    for gap in range(1, min(window, len(ids) - 1) + 1):
        a, b = ids[:-gap], ids[gap:]
        fits = (number[:-gap] == number[gap:]) & (a >= 0) & (b >= 0)
        np.add.at(X, (a[fits], b[fits]), float(gap) ** POWER)
    return X + X.T


def glove_weight(X: np.ndarray) -> np.ndarray:
    """How much pairs with these counts matter. X: any shape, from 0; returns the same shape."""
    return np.minimum(1, X / X_MAX) ** EXPONENT


def glove_weight__loop(X):
    found = [(x / X_MAX) ** EXPONENT if x < X_MAX else 1.0 for x in X.ravel().tolist()]
    return np.array(found, dtype=float).reshape(X.shape)


def glove_loss_and_gradients(w, u, b, c, X_ij) -> tuple:
    """Loss of n pairs, and four arrays as the statement asks. w, u: (n, d); b, c, X_ij: (n,).

    Returns (loss, for w: (n, d), for u: (n, d), for b: (n,), for c: (n,)).
    """
    factor, sign, x_max = FACTOR, SIGN, LIMIT
    f = np.minimum(1, X_ij / x_max) ** 0.75  # (n,), 0 for pairs that never occur
    miss = (w * u).sum(axis=1) + b + c - np.log(np.where(X_ij > 0, X_ij, 1))
    pull = sign * 2 * factor * f * miss  # (n,)
    loss = factor * (f * miss**2).sum()
    return loss, pull[:, None] * u, pull[:, None] * w, pull, pull.copy()


def glove_loss_and_gradients__loop(w, u, b, c, X_ij):
    loss, d_w, d_u, d_b = 0.0, np.zeros_like(w), np.zeros_like(u), np.zeros(len(b))
    for n, x in enumerate(X_ij.tolist()):
        if x == 0:
            continue
        f = 1.0 if x >= LIMIT else (x / LIMIT) ** 0.75
        miss = sum(p * q for p, q in zip(w[n], u[n])) + b[n] + c[n] - math.log(x)
        loss += FACTOR * f * miss * miss
        slope = SIGN * FACTOR * 2 * f * miss
        d_w[n], d_u[n], d_b[n] = slope * u[n], slope * w[n], slope
    return loss, d_w, d_u, d_b, d_b.copy()
