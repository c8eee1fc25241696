"""Counting which words occur together: the matrix X that GloVe and PPMI start from.

X_ij is the number of times that word j occurs within `window` places of word i in the same sentence. With harmonic
weights a pair at distance 3 counts 1/3 (Pennington, Socher & Manning 2014, section 4.2). X is symmetric.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import sparse

from lessonlib.stream import EncodedText
from lessonlib.trainers.engines import cores


def count_pairs(
    text: EncodedText, n_words: int, window: int, harmonic: bool, engine: str = "numpy", workers: int | None = None
) -> sparse.csr_array:
    """The matrix X of a text.

    Args:
        text: the encoded text.
        n_words: V.
        window: how many places to look on each side.
        harmonic: weight a pair by 1 / distance; else every pair counts 1.
        engine: "fast" counts with Numba, in float32 at the end; any other with SciPy, in float64.
        workers: threads for "fast"; None takes every core.

    Returns:
        (V, V) sparse, with the columns of each row in order.
    """
    if engine == "fast":
        return _fast(text, n_words, window, harmonic, cores(workers))
    sentence = np.repeat(np.arange(len(text.starts) - 1), np.diff(text.starts))
    X = sparse.csr_array((n_words, n_words))
    for distance in range(1, min(window, len(text.ids) - 1) + 1):
        near = sentence[distance:] == sentence[:-distance]
        left, right = text.ids[:-distance][near], text.ids[distance:][near]
        weights = np.full(len(left), 1 / distance if harmonic else 1.0)
        X = X + sparse.coo_array((weights, (left, right)), shape=X.shape).tocsr()
    X = X + X.T.tocsr()
    X.sort_indices()
    return X


def _fast(text: EncodedText, n_words: int, window: int, harmonic: bool, workers: int) -> sparse.csr_array:
    """Row by row: an index says where each word occurs; a dense row of V numbers adds up what stands around it."""
    from lessonlib.trainers import fast_counts

    weights = 1 / np.arange(1, window + 1) if harmonic else np.ones(window)
    first, places = fast_counts.index_places(text.ids, n_words)
    sentence = np.repeat(np.arange(len(text.starts) - 1, dtype=np.int32), np.diff(text.starts))
    longest = np.minimum(np.diff(first) * 2 * window, n_words)  # no row has more entries than that
    cuts = np.r_[0, np.flatnonzero(np.diff(np.cumsum(longest) // 2**22)) + 1, n_words]

    def rows(number: int):
        low, high = cuts[number], cuts[number + 1]
        room = int(longest[low:high].sum())
        lengths = np.zeros(high - low, np.int64)
        columns, values = np.empty(room, np.int32), np.empty(room, np.float32)
        n = fast_counts.count_rows(
            text.ids, sentence, first, places, weights, low, high, n_words, lengths, columns, values
        )
        return lengths, columns[:n].copy(), values[:n].copy()

    with ThreadPoolExecutor(workers, thread_name_prefix="lessonlib") as pool:
        lengths, columns, values = zip(*pool.map(rows, range(len(cuts) - 1)))
    starts = np.r_[0, np.cumsum(np.concatenate(lengths))]
    return sparse.csr_array((np.concatenate(values), np.concatenate(columns), starts), shape=(n_words, n_words))
