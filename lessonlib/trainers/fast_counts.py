"""Kernels of the co-occurrence count, compiled by Numba: an index of places, and a dense row to add up in."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def index_places(ids, n_words):
    """Where each word occurs: word w stands at places[first[w] : first[w + 1]], in the order of the text."""
    first = np.zeros(n_words + 1, np.int64)
    for i in ids:
        first[i + 1] += 1
    for w in range(n_words):
        first[w + 1] += first[w]
    places, at = np.empty(len(ids), np.int64), first[:-1].copy()
    for place in range(len(ids)):
        w = ids[place]
        places[at[w]] = place
        at[w] += 1
    return first, places


@njit(nogil=True, cache=True)
def count_rows(ids, sentence, first, places, weights, low, high, n_words, lengths, columns, values):
    """Rows low … high - 1 of X: lengths, columns (in order) and values, one after the other. Returns how many."""
    row, n = np.zeros(n_words), 0
    for w in range(low, high):
        start = n
        for p in range(first[w], first[w + 1]):
            place = places[p]
            for step in (-1, 1):
                for distance in range(1, len(weights) + 1):
                    near = place + step * distance
                    if near < 0 or near >= len(ids) or sentence[near] != sentence[place]:
                        break
                    other = ids[near]
                    if row[other] == 0:
                        columns[n] = other
                        n += 1
                    row[other] += weights[distance - 1]
        columns[start:n].sort()
        for e in range(start, n):
            values[e] = row[columns[e]]
            row[columns[e]] = 0
        lengths[w - low] = n - start
    return n
