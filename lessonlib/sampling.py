"""Which words a trainer gets to see: frequent words are thinned out, and negatives are drawn from the noise.

Both rules come from Mikolov et al. (2013b), "Distributed representations of words and phrases and their
compositionality", sections 2.2 and 2.3.
"""

from __future__ import annotations

import numpy as np


def keep_probability(counts: np.ndarray, sample: float) -> np.ndarray:
    """How likely each occurrence of a word is kept: min(1, sqrt(sample / f) + sample / f), f its share of the text.

    This is the rule of word2vec.c and gensim; the paper prints 1 - sqrt(sample / f) for the share that is dropped.

    Args:
        counts: (V,) how often each word occurs.
        sample: the threshold t, about 1e-3 to 1e-5; 0 keeps everything.

    Returns:
        (V,) float64 in (0, 1].
    """
    if sample == 0:
        return np.ones(len(counts))
    ratio = sample * counts.sum() / np.asarray(counts, dtype=np.float64)
    return np.minimum(1.0, np.sqrt(ratio) + ratio)


def noise_distribution(counts: np.ndarray, exponent: float = 0.75) -> np.ndarray:
    """The distribution that negatives are drawn from: counts ** exponent, divided by the sum. (V,) float64.

    exponent 1 draws words as often as the text has them, 0 draws all alike; 0.75 is the paper's choice.
    """
    weights = np.asarray(counts, dtype=np.float64) ** exponent
    return weights / weights.sum()


class NoiseSampler:
    """Draws word ids from any distribution at the same cost per draw, however many words there are.

    The alias method (Walker 1977; Vose 1991): V boxes of equal size hold all the probability, and each box holds at
    most two words, its own and one other. A draw takes a box, then tosses a coin for the word.
    """

    def __init__(self, distribution: np.ndarray):
        share = np.asarray(distribution, dtype=np.float64) * len(distribution)
        self.own = np.ones(len(share))  # (V,) the part of box i that belongs to word i ...
        self.other = np.arange(len(share), dtype=np.int32)  # (V,) ... and the word that has the rest
        poor = list(np.flatnonzero(share < 1))
        rich = list(np.flatnonzero(share >= 1))
        while poor and rich:
            i, j = poor.pop(), rich.pop()
            self.own[i], self.other[i] = share[i], j
            share[j] -= 1 - share[i]  # word j fills up the box of word i
            (poor if share[j] < 1 else rich).append(j)

    def draw(self, rng: np.random.Generator, shape: int | tuple[int, ...]) -> np.ndarray:
        """Independent draws: an int32 array of ids of the given shape."""
        box = rng.integers(0, len(self.own), shape, dtype=np.int32)
        return np.where(rng.random(shape) < self.own[box], box, self.other[box])
