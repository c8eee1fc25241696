"""GloVe's epochs compiled by Numba: pairs are met tile by tile, so that the rows they need stay in fast memory.

The words are numbered anew at random, which spreads the frequent ones evenly, and the matrix X is cut into tiles of 64
x 64 words. The 128 rows of a tile, with their sums of squares, take about 100 kB at d = 100. Tiles come in a new
random order in each epoch. Threads share the tables without locks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numba import njit
from scipy import sparse

from lessonlib.trainers.base import Progress
from lessonlib.trainers.engines import in_threads

TILE = 64
JOB = 200_000  # pairs trained in one call, between which Ctrl-C can act


class Tiles:
    """The pairs of X in the order of their tiles, ready for the epochs of a `GloVe` trainer."""

    def __init__(self, X: sparse.csr_array, trainer, rng: np.random.Generator):
        self.trainer, self.rng = trainer, rng
        label = rng.permutation(X.shape[0])
        self.first, *self.pairs = sort_into_tiles(
            X.indptr.astype(np.int64),
            X.indices,
            X.data,
            label // TILE,
            -(-X.shape[0] // TILE),
            rng,
        )

    def epoch(self) -> Iterator[Progress]:
        """Train on all tiles, in a new random order."""
        order = self.rng.permutation(len(self.first) - 1)
        order = order[self.first[order + 1] > self.first[order]]  # tiles that hold a pair
        sizes = np.cumsum(self.first[order + 1] - self.first[order])
        jobs = np.split(order, np.flatnonzero(np.diff(sizes // JOB)) + 1)
        t, n = self.trainer, len(self.pairs[0])

        def train(tiles: np.ndarray) -> Progress:
            loss, seen = train_tiles(
                t.W, t.U, t.b, t.c, *(t._sums[name] for name in ("W", "U", "b", "c")),
                tiles, self.first, *self.pairs, np.float32(t.alpha), t.x_max, t.exponent,
            )  # fmt: skip
            return Progress(t._words * seen / n, loss, seen)

        yield from in_threads(train, jobs, t.workers)


@njit(nogil=True, cache=True)
def sort_into_tiles(starts, columns, values, tile_of, n_tiles, rng):
    """Pairs (i, j, x) grouped by tile, shuffled within each. Tile t holds the pairs first[t] … first[t + 1] - 1."""
    first = np.zeros(n_tiles * n_tiles + 1, np.int64)
    for i in range(len(starts) - 1):
        for e in range(starts[i], starts[i + 1]):
            first[tile_of[i] * n_tiles + tile_of[columns[e]] + 1] += 1
    first = np.cumsum(first)
    at = first[:-1].copy()
    rows, cols, x = (
        np.empty(len(columns), np.int32),
        np.empty(len(columns), np.int32),
        np.empty(len(columns), np.float32),
    )
    for i in range(len(starts) - 1):
        for e in range(starts[i], starts[i + 1]):
            t = tile_of[i] * n_tiles + tile_of[columns[e]]
            rows[at[t]], cols[at[t]], x[at[t]] = i, columns[e], values[e]
            at[t] += 1
    for t in range(len(first) - 1):
        for e in range(first[t + 1] - 1, first[t], -1):
            o = rng.integers(first[t], e + 1)
            rows[e], rows[o] = rows[o], rows[e]
            cols[e], cols[o] = cols[o], cols[e]
            x[e], x[o] = x[o], x[e]
    return first, rows, cols, x


@njit(nogil=True, fastmath=True, error_model="numpy", cache=True)
def train_tiles(W, U, b, c, sum_W, sum_U, sum_b, sum_c, tiles, first, rows, cols, x, alpha, x_max, exponent):
    """AdaGrad, one pair after the other, over the given tiles. Returns (summed loss, number of pairs)."""
    d, loss, seen = W.shape[1], 0.0, 0
    for t in tiles:
        for e in range(first[t], first[t + 1]):
            i, j = rows[e], cols[e]
            score = np.float32(0)
            for q in range(d):
                score += W[i, q] * U[j, q]
            miss = score + b[i] + c[j] - math.log(x[e])
            f = 1.0 if x[e] >= x_max else (x[e] / x_max) ** exponent
            loss += 0.5 * f * miss * miss
            pull = np.float32(f * miss)
            for q in range(d):
                g_w, g_u = pull * U[j, q], pull * W[i, q]
                W[i, q] -= alpha * g_w / math.sqrt(sum_W[i, q])
                U[j, q] -= alpha * g_u / math.sqrt(sum_U[j, q])
                sum_W[i, q] += g_w * g_w
                sum_U[j, q] += g_u * g_u
            b[i] -= alpha * pull / math.sqrt(sum_b[i])
            c[j] -= alpha * pull / math.sqrt(sum_c[j])
            sum_b[i] += pull * pull
            sum_c[j] += pull * pull
        seen += first[t + 1] - first[t]
    return loss, seen
