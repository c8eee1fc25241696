"""How the answers of lesson 11 are called: texts and epochs come as streams that can be read once."""

from __future__ import annotations

import numpy as np


def count_in_stream(answer, sentences: list, words: list) -> dict:
    """Give the sentences as a generator, as a reader of large files does."""
    return answer((sentence for sentence in sentences), words)


def pairs_as_list(answer, encoded: list, keep: np.ndarray, window: int, seed: int) -> list:
    """(center, context) pairs, from the two arrays that the answer returns."""
    centers, contexts = (np.asarray(ids) for ids in answer(encoded, keep, window, seed))
    if centers.shape != contexts.shape or centers.ndim != 1:
        raise ValueError(f"two arrays of the same length P are wanted, not {centers.shape} and {contexts.shape}")
    return [(int(c), int(o)) for c, o in zip(centers, contexts)]


def train_once(answer, epochs: list, counts: np.ndarray, vector_size: int, negative: int, seed: int) -> tuple:
    """The table as an array and the losses as floats; the epochs come as an iterator.

    One thread: the products are small, and threads that wait for one another take many times as long.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        table, losses = answer(iter(epochs), counts, vector_size, negative, seed)
    finally:
        torch.set_num_threads(threads)
    if hasattr(table, "detach"):
        raise TypeError("the table is a tensor; return a NumPy array: .detach().numpy()")
    return np.array(table, dtype=np.float64), [float(loss) for loss in losses]
