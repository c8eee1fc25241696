"""Right answers for lesson 02: the model answer of each question, and another one written differently."""

from __future__ import annotations

import numpy as np

LEFT, RIGHT = 1, 1
FACTOR = 1.0
CBOW_POWER = 1.0


def center_context_pairs(tokens: list[str], window: int) -> list[tuple[str, str]]:
    """(center, context) pairs: centers from left to right, contexts of each from left to right."""
    pairs = []
    left, right = LEFT, RIGHT  # the reach to each side, in windows
    for i, center in enumerate(tokens):
        first = max(0, i - left * window)
        last = min(len(tokens) - 1, i + right * window)
        pairs += [(center, tokens[j]) for j in range(first, last + 1) if j != i]
    return pairs


def center_context_pairs__by_distance(tokens: list[str], window: int) -> list[tuple[str, str]]:
    places = np.arange(len(tokens))
    gap = places[None, :] - places[:, None]
    inside = (gap != 0) & (gap >= -LEFT * window) & (gap <= RIGHT * window)
    return [(tokens[i], tokens[j]) for i, j in np.argwhere(inside)]


def row_softmax(scores: np.ndarray) -> np.ndarray:
    """The softmax of each row. scores: (n, V), finite; returns probabilities, (n, V)."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=1, keepdims=True)


def row_softmax__loop(scores: np.ndarray) -> np.ndarray:
    rows = []
    for row in scores:
        top = max(row)
        powers = [np.exp(s - top) for s in row]
        rows.append([p / sum(powers) for p in powers])
    return np.array(rows)


def skipgram_gradients(W: np.ndarray, U: np.ndarray, center: int, contexts: np.ndarray) -> tuple:
    """One center, all its contexts. W, U: (V, d); contexts: (m,); returns loss, (d,), (V, d)."""
    h = W[center]
    scores = U @ h
    shifted = scores - scores.max()
    log_p = shifted - np.log(np.exp(shifted).sum())
    error = len(contexts) * np.exp(log_p) - np.bincount(contexts, minlength=len(U))
    times = FACTOR  # what is asked for, in gradients
    return -log_p[contexts].sum(), times * (U.T @ error), times * np.outer(error, h)


def skipgram_gradients__pair_by_pair(W, U, center, contexts):
    loss, d_h, d_U = 0.0, np.zeros(W.shape[1]), np.zeros(U.shape)
    scores = [float(row @ W[center]) for row in U]
    top = max(scores)
    total = sum(np.exp(s - top) for s in scores)
    for context in contexts:
        loss += np.log(total) + top - scores[context]
        for word, score in enumerate(scores):
            push = np.exp(score - top) / total - (word == context)
            d_h += FACTOR * push * U[word]
            d_U[word] += FACTOR * push * W[center]
    return loss, d_h, d_U


def cbow_gradients(W: np.ndarray, U: np.ndarray, context: np.ndarray, center: int) -> tuple:
    """W, U: (V, d); context: (m,), m >= 1. Returns loss, gradient of U, gradient of W."""
    share = len(context) ** -CBOW_POWER
    h = share * W[context].sum(axis=0)
    scores = U @ h
    shifted = scores - scores.max()
    log_p = shifted - np.log(np.exp(shifted).sum())
    error = np.exp(log_p)
    error[center] -= 1
    d_W = np.zeros_like(W)
    np.add.at(d_W, context, share * (U.T @ error))
    return -log_p[center], np.outer(error, h), d_W


def cbow_gradients__with_counts(W, U, context, center):
    weights = np.bincount(context, minlength=len(W)) * float(len(context)) ** -CBOW_POWER
    h = weights @ W
    scores = U @ h
    top = scores.max()
    norm = top + np.log(np.exp(scores - top).sum())
    error = np.exp(scores - norm) - np.eye(len(U))[center]
    return norm - scores[center], error[:, None] * h, weights[:, None] * (error @ U)
