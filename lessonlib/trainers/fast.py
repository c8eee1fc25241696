"""Negative sampling compiled by Numba: the same blocks as the reference, one after the other, on several threads.

The arithmetic is that of `negative_sampling.block_loss`: small matrix products for each block, over copies of the rows
that it needs, and one addition to each row at the end. No lock is held: threads share the tables.
"""

from __future__ import annotations

import numpy as np

from lessonlib.trainers.blocks import Piece
from lessonlib.trainers.fast_rows import (
    add,
    add_times,
    ask_for,
    combine,
    compiled,
    dot,
    f32,
    gather,
    mean_of_rows,
    pull,
    push,
    scatter,
    scores,
    spread,
    times,
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
    P: (T, S) and Q: (4, width) hold scores, then rate times the negative gradients by the scores. Q is for four
    centers at a time and all words that at least one of them sees; M: (4, width) is 1 where a center sees a word.
    """
    d, S = whole(W.shape[1], 8), negatives.shape[1]
    X, dX = zeros(whole(T, 4), d), zeros(whole(T, 4), d)
    Z, dZ = zeros(T + 2 * window + 3, d), zeros(T + 2 * window + 3, d)
    N, dN = zeros(S, d), zeros(S, d)
    P, Q, M = zeros(whole(T, 4), S), zeros(4, whole(2 * window + 4, 8)), zeros(4, whole(2 * window + 4, 8))
    low, high = np.empty(len(X), np.int64), np.empty(len(X), np.int64)
    loss, pairs = 0.0, 0
    for b in range(start, stop, T):
        n = min(b + T, stop) - b
        left, right = max(0, b - window), min(len(ids), b + n + window)
        for i in range(n):
            mean_of_rows(W, rows, first[ids[b + i]], first[ids[b + i] + 1], X, i)
            low[i], high[i] = band(sentence, b + i, reach[b + i], left, right)
        X[n:], low[n:], high[n:] = 0, b + n - 1, b + n - 1  # no centers: they see nothing
        gather(U, ids[left:right], Z)
        gather(U, negatives[b // T], N)
        if b + T < stop:
            for t in range(b + T, min(b + 2 * T, stop)):
                ask_for(W, rows[first[ids[t]] : first[ids[t] + 1]])
            ask_for(U, ids[b + T : min(b + 2 * T, stop)])
            ask_for(U, negatives[b // T + 1])
        dX[:], dZ[:], dN[:] = 0, 0, 0
        scores(X, 0, whole(n, 4), N, 0, S, P)
        for i in range(whole(n, 4)):
            n_pairs = max(high[i] - low[i] - 1, 0)
            weight = k * n_pairs / S
            loss += weight * push(P[i], f32(weight * rate))
            pairs += n_pairs
        combine(P, whole(n, 4), N, 0, S, dX, 0)
        spread(P, whole(n, 4), X, 0, dN, 0, S)
        for i in range(0, n, 4):
            begin, m = seen(low, high, i, b, M)
            scores(X, i, 4, Z, begin - left, m, Q)
            strangers(Q.reshape(-1), M.reshape(-1))
            loss += pull(Q.reshape(-1), rate)
            combine(Q, 4, Z, begin - left, m, dX, i)
            spread(Q, 4, X, i, dZ, begin - left, m)
        for i in range(n):
            for r in range(first[ids[b + i]], first[ids[b + i] + 1]):
                add(W, rows[r], dX, i)
        scatter(dZ, U, ids[left:right])
        scatter(dN, U, negatives[b // T])
    return loss, pairs


@compiled
def train_cbow(W, U, first, rows, ids, sentence, reach, negatives, start, stop, T, window, k, rate):
    """CBOW over ids[start:stop], block by block. Returns (loss, centers with company).

    A: (C, d) input vectors of the words around the block. X: (T, d) means of the windows. Z: (T, d) output vectors of
    the centers. N: (S, d) those of the negatives. P: (T, S) and Q: (T,) hold scores, then rate times the negative
    gradients by them. M: (T, width) is 1 where a center sees a word, four centers beginning at the same place, else 0.
    """
    d, S = whole(W.shape[1], 8), negatives.shape[1]
    A, dA = zeros(T + 2 * window + 3, d), zeros(T + 2 * window + 3, d)
    X, dX = zeros(whole(T, 4), d), zeros(whole(T, 4), d)
    Z, N, dN = zeros(T, d), zeros(S, d), zeros(S, d)
    P, Q = zeros(whole(T, 4), S), zeros(1, whole(T, 8))[0]
    M = zeros(len(X), whole(2 * window + 4, 8))
    begin, width = np.empty(len(X), np.int64), np.empty(len(X), np.int64)
    low, high = np.empty(len(X), np.int64), np.empty(len(X), np.int64)
    loss, examples = 0.0, 0
    for b in range(start, stop, T):
        n = min(b + T, stop) - b
        left, right = max(0, b - window), min(len(ids), b + n + window)
        low[:], high[:] = b + n - 1, b + n - 1
        gather(W, ids[left:right], A)
        gather(U, ids[b : b + n], Z)
        gather(U, negatives[b // T], N)
        if b + T < stop:
            ask_for(W, ids[b + T : min(b + 2 * T, stop)])
            ask_for(U, ids[b + T : min(b + 2 * T, stop)])
            ask_for(U, negatives[b // T + 1])
        X[:], dX[:], dA[:], dN[:] = 0, 0, 0, 0
        for i in range(n):
            low[i], high[i] = band(sentence, b + i, reach[b + i], left, right)
        for i in range(0, n, 4):
            begin[i], width[i] = seen(low, high, i, b, M[i : i + 4])
            combine(M[i : i + 4], 4, A, begin[i] - left, width[i], X, i)
        Q[:] = 100
        for i in range(n):
            if high[i] - low[i] > 1:
                times(X, i, f32(1) / f32(high[i] - low[i] - 1))
                Q[i] = dot(X, i, Z, i)
                examples += 1
        scores(X, 0, whole(n, 4), N, 0, S, P)
        for i in range(len(P)):
            if high[i] - low[i] <= 1:  # no company: nothing to learn
                P[i, :] = -100
        loss += pull(Q, rate) + k / S * push(P.reshape(-1), f32(k / S * rate))
        combine(P, whole(n, 4), N, 0, S, dX, 0)
        spread(P, whole(n, 4), X, 0, dN, 0, S)
        for i in range(n):
            add_times(dX, i, Q[i], Z, i)
            add_times(U, ids[b + i], Q[i], X, i)
        for i in range(0, n, 4):
            spread(M[i : i + 4], 4, dX, i, dA, begin[i] - left, width[i])
        scatter(dA, W, ids[left:right])
        scatter(dN, U, negatives[b // T])
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


@compiled
def seen(low, high, i, b, M):
    """M[r, s] becomes 1 where center i + r sees the word at place begin + s, else 0; a word does not see itself.

    Returns begin, the first place that one of four centers sees, and how many columns there are, a multiple of 4.
    """
    begin = min(min(low[i], low[i + 1]), min(low[i + 2], low[i + 3]))
    end = max(max(high[i], high[i + 1]), max(high[i + 2], high[i + 3]))
    for r in range(4):
        first, last = low[i + r] - begin, high[i + r] - begin
        for s in range(M.shape[1]):
            M[r, s] = f32(1) if first <= s < last else f32(0)
        if first < last:
            M[r, b + i + r - begin] = 0
    return begin, whole(end - begin, 4)


@compiled
def strangers(q, seen):
    """A score becomes 100 where there is no pair: its sigmoid is 1, its loss and its gradient are 0."""
    for j in range(len(q)):
        if seen[j] == 0:
            q[j] = 100


@compiled
def zeros(n, d):
    """(n, d) zeros."""
    return np.zeros((n, d), f32)


@compiled
def whole(n, unit):
    """n, rounded up to a multiple of unit."""
    return (n + unit - 1) // unit * unit
