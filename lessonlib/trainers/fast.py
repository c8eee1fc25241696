"""Negative sampling compiled by Numba: the same blocks as the reference, one after the other, on several threads.

The arithmetic of `negative_sampling.block_loss`, three small matrix products for each block, is written as plain loops
over rows. Four rows at a time are combined, so that most numbers are read once from the fastest memory and used four
times; the compiler turns the inner loops into vector instructions. No lock is held: threads share the tables.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from lessonlib.trainers.blocks import Piece
from lessonlib.trainers.noise_contrast import NoiseContrast

SLICE = 2048  # words trained in one call, between which Ctrl-C can act
compiled = njit(nogil=True, fastmath=True, error_model="numpy", cache=True)
f32 = np.float32


class FastEngine:
    """Trains the float32 tables of a trainer in place."""

    def __init__(self, trainer: NoiseContrast):
        self.trainer = trainer
        self.kernel = {"skipgram": train_skipgram, "cbow": train_cbow}[trainer.kind]
        # Rows of W that make up the hidden vector of word i: rows[first[i] : first[i + 1]].
        self.first, self.rows = trainer._input_rows()

    def train(self, piece: Piece, rate: float) -> tuple[float, float]:
        """Train on one piece; return the summed loss and the number of examples."""
        t, loss, examples = self.trainer, 0.0, 0
        for start in range(0, len(piece.ids), SLICE):
            more, pairs = self.kernel(
                t.W, t.U, self.first, self.rows, piece.ids, piece.sentence, piece.reach, piece.negatives,
                start, min(start + SLICE, len(piece.ids)), piece.block, t.window, t.negative, f32(rate),
            )  # fmt: skip
            loss, examples = loss + more, examples + pairs
        return loss, examples

    def hand_over(self) -> None:
        """Nothing to do: the kernels work on the trainer's own tables."""


@compiled
def train_skipgram(W, U, first, rows, ids, sentence, reach, negatives, start, stop, T, window, k, rate):
    """Skip-gram over ids[start:stop], block by block; start must be a multiple of T. Returns (loss, pairs).

    X: (T, d) hidden vectors. Z: (C + S, d) output vectors of the words around the block, then of the negatives.
    P: (T, C + S) scores, then rate times the negative gradient by each score.
    """
    d, S = W.shape[1], negatives.shape[1]
    C = T + 2 * window
    X, dX = np.empty((T, d), f32), np.empty((T, d), f32)
    Z, dZ = np.empty((C + S, d), f32), np.empty((C + S, d), f32)
    P = np.zeros((T, C + S), f32)
    out = np.empty(C + S, np.int32)
    loss, pairs = 0.0, 0
    for b in range(start, stop, T):
        n = min(b + T, stop) - b
        left, right = max(0, b - window), min(len(ids), b + n + window)
        c = right - left
        out[:c] = ids[left:right]
        out[c : c + S] = negatives[b // T]
        for i in range(n):
            mean_of_rows(W, rows, first[ids[b + i]], first[ids[b + i] + 1], X, i)
            dX[i] = 0
        for j in range(c + S):
            Z[j] = U[out[j]]
            dZ[j] = 0
        for i in range(n):
            low, high = band(sentence, b + i, reach[b + i], left, right)
            p = P[i]
            p[:c] = 0
            n_pairs = high - low - 1
            if n_pairs > 0:
                scores(X, i, Z, low - left, high - left, P)
                scores(X, i, Z, c, c + S, P)
                p[b + i - left] = 100  # the center itself: its sigmoid is 1 and its gradient 0
                loss += pull(p[low - left : high - left], rate)
                weight = k * n_pairs / S
                loss += weight * push(p[c : c + S], f32(weight * rate))
                pairs += n_pairs
                combine(P, i, low - left, high - left, Z, dX)
                combine(P, i, c, c + S, Z, dX)
            else:
                p[c : c + S] = 0
        for j in range(c):
            at = left + j - b  # place of word j, counted from the start of the block
            combine_down(P, j, max(0, at - window), min(n, at + window + 1), X, dZ)
        for j in range(c, c + S):
            combine_down(P, j, 0, n, X, dZ)
        for i in range(n):
            for r in range(first[ids[b + i]], first[ids[b + i] + 1]):
                add(W, rows[r], dX, i)
        for j in range(c + S):
            add(U, out[j], dZ, j)
    return loss, pairs


@compiled
def train_cbow(W, U, first, rows, ids, sentence, reach, negatives, start, stop, T, window, k, rate):
    """CBOW over ids[start:stop], block by block. Returns (loss, centers with company).

    X: (T, d) means of the windows. Z: (T + S, d) output vectors of the centers, then of the negatives. A and dA:
    (C, d) input vectors of the words around the block and their changes.
    """
    d, S = W.shape[1], negatives.shape[1]
    C = T + 2 * window
    X, dX = np.empty((T, d), f32), np.empty((T, d), f32)
    Z, dZ = np.empty((T + S, d), f32), np.empty((T + S, d), f32)
    A, dA = np.empty((C, d), f32), np.empty((C, d), f32)
    P = np.zeros((T, T + S), f32)
    loss, examples = 0.0, 0
    for b in range(start, stop, T):
        n = min(b + T, stop) - b
        left, right = max(0, b - window), min(len(ids), b + n + window)
        for j in range(right - left):
            A[j] = W[ids[left + j]]
            dA[j] = 0
        for i in range(n):
            Z[i] = U[ids[b + i]]
            dZ[i] = 0
        for s in range(S):
            Z[T + s] = U[negatives[b // T, s]]
            dZ[T + s] = 0
        for i in range(n):
            low, high = band(sentence, b + i, reach[b + i], left, right)
            p, n_near = P[i], high - low - 1
            if n_near == 0:
                p[:] = 0
                continue
            sum_of_rows(A, low - left, high - left, b + i - left, f32(1 / n_near), X, i)
            scores(X, i, Z, i, i + 1, P)
            scores(X, i, Z, T, T + S, P)
            loss += pull(p[i : i + 1], rate)
            loss += k / S * push(p[T : T + S], f32(k / S * rate))
            examples += 1
            dX[i] = 0
            combine(P, i, i, i + 1, Z, dX)
            combine(P, i, T, T + S, Z, dX)
            combine_down(P, i, i, i + 1, X, dZ)
            for j in range(low - left, high - left):
                if j != b + i - left:
                    add(dA, j, dX, i)
        for s in range(T, T + S):
            combine_down(P, s, 0, n, X, dZ)
        for j in range(right - left):
            add(W, ids[left + j], dA, j)
        for i in range(n):
            add(U, ids[b + i], dZ, i)
        for s in range(S):
            add(U, negatives[b // T, s], dZ, T + s)
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
def sigmoids(p):
    """p[j] becomes σ(p[j]), to float32 accuracy. exp(-|x|) is a short series, squared eight times: no calls, no branch."""
    for j in range(len(p)):
        x = min(max(p[j], f32(-30)), f32(30))
        y = -abs(x) * f32(1 / 256)
        e = f32(1) + y * (f32(1) + y * (f32(1 / 2) + y * (f32(1 / 6) + y * f32(1 / 24))))
        e *= e
        e *= e
        e *= e
        e *= e
        e *= e
        e *= e
        e *= e
        e *= e
        s = f32(1) / (f32(1) + e)
        p[j] = s if x >= 0 else e * s


@compiled
def pull(p, rate):
    """Scores of true pairs become rate * (1 - σ). Returns the sum of -log σ."""
    sigmoids(p)
    product, loss = 1.0, 0.0
    for j in range(len(p)):
        product *= p[j]
        if product < 1e-200:  # one logarithm for many factors, before they are too small for a float64
            loss -= math.log(product)
            product = 1.0
        p[j] = rate * (f32(1) - p[j])
    return loss - math.log(product)


@compiled
def push(p, rate):
    """Scores of negatives become -rate * σ. Returns the sum of -log(1 - σ)."""
    product, loss = 1.0, 0.0
    for j in range(len(p)):
        p[j] = -p[j]
    sigmoids(p)  # σ(-x) = 1 - σ(x), without the loss of digits
    for j in range(len(p)):
        product *= p[j]
        if product < 1e-200:
            loss -= math.log(product)
            product = 1.0
        p[j] = -rate * (f32(1) - p[j])
    return loss - math.log(product)


@compiled
def scores(X, i, Z, a, e, P):
    """P[i, j] = X[i] · Z[j] for a <= j < e."""
    d, j = X.shape[1], a
    while j + 4 <= e:
        s0, s1, s2, s3 = f32(0), f32(0), f32(0), f32(0)
        for q in range(d):
            x = X[i, q]
            s0 += x * Z[j, q]
            s1 += x * Z[j + 1, q]
            s2 += x * Z[j + 2, q]
            s3 += x * Z[j + 3, q]
        P[i, j], P[i, j + 1], P[i, j + 2], P[i, j + 3] = s0, s1, s2, s3
        j += 4
    while j < e:
        s = f32(0)
        for q in range(d):
            s += X[i, q] * Z[j, q]
        P[i, j] = s
        j += 1


@compiled
def combine(P, i, a, e, Z, D):
    """D[i] += sum of P[i, j] * Z[j] for a <= j < e."""
    d, j = Z.shape[1], a
    while j + 4 <= e:
        g0, g1, g2, g3 = P[i, j], P[i, j + 1], P[i, j + 2], P[i, j + 3]
        for q in range(d):
            D[i, q] += g0 * Z[j, q] + g1 * Z[j + 1, q] + g2 * Z[j + 2, q] + g3 * Z[j + 3, q]
        j += 4
    while j < e:
        g = P[i, j]
        for q in range(d):
            D[i, q] += g * Z[j, q]
        j += 1


@compiled
def combine_down(P, j, a, e, X, D):
    """D[j] += sum of P[i, j] * X[i] for a <= i < e."""
    d, i = X.shape[1], a
    while i + 4 <= e:
        g0, g1, g2, g3 = P[i, j], P[i + 1, j], P[i + 2, j], P[i + 3, j]
        for q in range(d):
            D[j, q] += g0 * X[i, q] + g1 * X[i + 1, q] + g2 * X[i + 2, q] + g3 * X[i + 3, q]
        i += 4
    while i < e:
        g = P[i, j]
        for q in range(d):
            D[j, q] += g * X[i, q]
        i += 1


@compiled
def mean_of_rows(W, rows, a, e, X, i):
    """X[i] = mean of W[rows[r]] for a <= r < e."""
    d = X.shape[1]
    X[i] = W[rows[a]]
    if e > a + 1:
        for r in range(a + 1, e):
            add(X, i, W, rows[r])
        share = f32(1) / f32(e - a)
        for q in range(d):
            X[i, q] *= share


@compiled
def sum_of_rows(A, low, high, left_out, share, X, i):
    """X[i] = share * sum of A[j] for low <= j < high, without j = left_out."""
    d = X.shape[1]
    X[i] = 0
    for j in range(low, high):
        if j != left_out:
            add(X, i, A, j)
    for q in range(d):
        X[i, q] *= share


@compiled
def add(D, i, S, j):
    """D[i] += S[j]."""
    for q in range(D.shape[1]):
        D[i, q] += S[j, q]
