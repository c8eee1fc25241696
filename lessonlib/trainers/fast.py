"""Negative sampling compiled by Numba: the same blocks as the reference, one after the other, on several threads.

The arithmetic is that of `negative_sampling.block_loss`: three small matrix products for each block, over copies of
the rows that it needs, and one addition to each row at the end. No lock is held: threads share the tables.
"""

from __future__ import annotations

import numpy as np

from lessonlib.trainers.blocks import Piece
from lessonlib.trainers.fast_rows import (
    add,
    add_times,
    clear,
    combine,
    combine_block,
    combine_down_block,
    compiled,
    copy,
    dot,
    f32,
    mean_of_rows,
    pull,
    push,
    scores,
    scores_block,
    spread,
    sum_of_rows,
)
from lessonlib.trainers.noise_contrast import NoiseContrast

SLICE = 2048  # words trained in one call, between which Ctrl-C can act


class FastEngine:
    """Trains the float32 tables of a trainer in place."""

    def __init__(self, trainer: NoiseContrast):
        self.trainer = trainer
        self.kernel = train_cbow if trainer.kind == "cbow" else train_skipgram
        # Rows of W that make up the hidden vector of word i: rows[first[i] : first[i + 1]].
        self.first, self.rows = trainer._input_rows()

    def train(self, piece: Piece, rate: float) -> tuple[float, float]:
        """Train on one piece; return the summed loss and the number of examples."""
        t, loss, examples = self.trainer, 0.0, 0
        step = SLICE // piece.block * piece.block
        for start in range(0, len(piece.ids), step):
            more, pairs = self.kernel(
                t.W, t.U, self.first, self.rows, piece.ids, piece.sentence, piece.reach, piece.negatives,
                start, min(start + step, len(piece.ids)), piece.block, t.window, t.negative, f32(rate),
            )  # fmt: skip
            loss, examples = loss + more, examples + pairs
        return loss, examples

    def hand_over(self) -> None:
        """Nothing to do: the kernels work on the trainer's own tables."""


@compiled
def train_skipgram(W, U, first, rows, ids, sentence, reach, negatives, start, stop, T, window, k, rate):
    """Skip-gram over ids[start:stop], block by block; start must be a multiple of T. Returns (loss, pairs).

    X: (T, d) hidden vectors. Z: (C, d) output vectors of the words around the block. N: (S, d) those of the negatives.
    Q: (T, 2 * window + 1) and P: (T, S) hold scores, then rate times the negative gradients by the scores.
    """
    d, S = (W.shape[1] + 7) // 8 * 8, negatives.shape[1]  # whole vectors of 8; what is too much stays 0
    C = T + 2 * window
    X, dX = np.zeros((T, d), f32), np.zeros((T, d), f32)
    Z, dZ = np.zeros((C, d), f32), np.zeros((C, d), f32)
    N, dN = np.zeros((S, d), f32), np.zeros((S, d), f32)
    P, Q = np.zeros((T, S), f32), np.zeros((T, (2 * window + 8) // 8 * 8), f32)  # whole vectors of 8
    loss, pairs = 0.0, 0
    for b in range(start, stop, T):
        n = min(b + T, stop) - b
        left, right = max(0, b - window), min(len(ids), b + n + window)
        for i in range(n):
            mean_of_rows(W, rows, first[ids[b + i]], first[ids[b + i] + 1], X, i)
            clear(dX, i)
        for j in range(right - left):
            copy(Z, j, U, ids[left + j])
            clear(dZ, j)
        for s in range(S):
            copy(N, s, U, negatives[b // T, s])
            clear(dN, s)
        scores_block(X, n, N, P)
        for i in range(n):
            low, high = band(sentence, b + i, reach[b + i], left, right)
            n_pairs = high - low - 1
            scores(X, i, Z, low - left, high - low, Q)
            Q[i, b + i - low] = 100  # the center itself: its sigmoid is 1 and its gradient 0
            loss += pull(Q[i], high - low, rate)
            weight = k * n_pairs / S
            loss += weight * push(P[i], f32(weight * rate))
            pairs += n_pairs
            combine(Q, i, Z, low - left, high - low, dX)
            spread(Q, i, X, dZ, low - left, high - low)
        combine_block(P, n, N, dX)
        combine_down_block(P, n, X, dN)
        for i in range(n):
            for r in range(first[ids[b + i]], first[ids[b + i] + 1]):
                add(W, rows[r], dX, i)
        for j in range(right - left):
            add(U, ids[left + j], dZ, j)
        for s in range(S):
            add(U, negatives[b // T, s], dN, s)
    return loss, pairs


@compiled
def train_cbow(W, U, first, rows, ids, sentence, reach, negatives, start, stop, T, window, k, rate):
    """CBOW over ids[start:stop], block by block. Returns (loss, centers with company).

    A: (C, d) input vectors of the words around the block. X: (T, d) means of the windows. Z: (T, d) output vectors of
    the centers. N: (S, d) those of the negatives. Q: (1, T) and P: (T, S) as in `train_skipgram`.
    """
    d, S = (W.shape[1] + 7) // 8 * 8, negatives.shape[1]  # whole vectors of 8; what is too much stays 0
    C = T + 2 * window
    A, dA = np.zeros((C, d), f32), np.zeros((C, d), f32)
    X, dX = np.zeros((T, d), f32), np.zeros((T, d), f32)
    Z, N, dN = np.zeros((T, d), f32), np.zeros((S, d), f32), np.zeros((S, d), f32)
    P, Q = np.zeros((T, S), f32), np.zeros((1, (T + 7) // 8 * 8), f32)
    low, high = np.empty(T, np.int64), np.empty(T, np.int64)
    loss, examples = 0.0, 0
    for b in range(start, stop, T):
        n = min(b + T, stop) - b
        left, right = max(0, b - window), min(len(ids), b + n + window)
        for j in range(right - left):
            copy(A, j, W, ids[left + j])
            clear(dA, j)
        for s in range(S):
            copy(N, s, U, negatives[b // T, s])
            clear(dN, s)
        for i in range(n):
            low[i], high[i] = band(sentence, b + i, reach[b + i], left, right)
            sum_of_rows(A, low[i] - left, high[i] - left, b + i - left, f32(1 / max(high[i] - low[i] - 1, 1)), X, i)
            copy(Z, i, U, ids[b + i])
            clear(dX, i)
            Q[0, i] = dot(X, i, Z, i)
        scores_block(X, n, N, P)
        for i in range(n):
            if high[i] - low[i] == 1:  # no company: scores with a sigmoid of 1 and 0, nothing to learn
                Q[0, i] = 100
                for s in range(S):
                    P[i, s] = -100
            else:
                examples += 1
        loss += pull(Q[0], n, rate)
        for i in range(n):
            loss += k / S * push(P[i], f32(k / S * rate))
            add_times(dX, i, Q[0, i], Z, i)
        combine_block(P, n, N, dX)
        combine_down_block(P, n, X, dN)
        for i in range(n):
            for j in range(low[i] - left, high[i] - left):
                if j != b + i - left:
                    add(dA, j, dX, i)
            add_times(U, ids[b + i], Q[0, i], X, i)
        for j in range(right - left):
            add(W, ids[left + j], dA, j)
        for s in range(S):
            add(U, negatives[b // T, s], dN, s)
    return loss, examples


@compiled
def band(sentence, t, reach, left, right):
    """The places [low, high) around t that are within reach and in the same sentence; t is one of them."""
    low, high = t, t + 1
    while low > left and t - low < reach and sentence[low - 1] == sentence[t]:
        low -= 1
    while high < right and high - t <= reach and sentence[high] == sentence[t]:
        high += 1
    return low, high
