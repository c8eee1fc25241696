r"""Positive pointwise mutual information and its truncated SVD: word vectors with no gradient and no epochs.

    PMI(w, c) = log [ p(w, c) / (p(w) p(c)) ]        PPMI(w, c) = max(PMI(w, c) - log k, 0)

Negative sampling with k negatives looks for the same numbers: its best dot products are PMI(w, c) - log k (Levy &
Goldberg 2014, section 3). The smoothed p(c), and the power of the singular values, are from Levy, Goldberg & Dagan
(2015), section 3.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from lessonlib.stream import EncodedText
from lessonlib.trainers.base import Progress, Trainer
from lessonlib.trainers.cooccurrence import count_pairs
from lessonlib.trainers.engines import choose_engine


def ppmi_matrix(X: sparse.csr_array, exponent: float = 1.0, shift: float = 0.0) -> sparse.csr_array:
    """PPMI from counts.

    Args:
        X: (V, V) counts of pairs.
        exponent: p(c) is proportional to (column sum) ** exponent; below 1 it dampens the PMI of rare context words.
        shift: log k, taken off before the negative values are set to 0.

    Returns:
        (V, V) sparse; only positive entries are stored, in nats.
    """
    X = X.astype(np.float64).tocoo()
    p_word = X.sum(axis=1) / X.sum()
    p_context = X.sum(axis=0) ** exponent
    p_context = p_context / p_context.sum()
    pmi = np.log(X.data / X.sum() / (p_word[X.row] * p_context[X.col])) - shift
    keep = pmi > 0
    return sparse.csr_array((pmi[keep], (X.row[keep], X.col[keep])), shape=X.shape)


class PPMI(Trainer):
    """PPMI and truncated SVD: W = A σ^power, with A the first `vector_size` left singular vectors of the PPMI matrix.

    Args:
        vector_size: d, at most V - 1. Counting methods need more dimensions than the networks: 200 is a good start.
        window: how many places to look on each side; every pair counts 1.
        exponent, shift: see `ppmi_matrix`.
        power: 0 gives all directions the same length, 1 keeps their lengths.

    After `fit`: W, wv and vocabulary as in `Trainer`; `matrix` is the PPMI matrix, U = B σ^power belongs to the
    contexts, and `losses` holds one number, the share of the matrix (in squares) that the cut leaves out.
    """

    def __init__(
        self,
        vector_size: int = 200,
        window: int = 5,
        exponent: float = 0.75,
        shift: float = 0.0,
        power: float = 0.5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        seed: int = 1,
    ):
        super().__init__(vector_size, window, 1, 1.0, 1.0, min_count, max_vocab_size, seed)
        for name, value in dict(exponent=exponent, shift=shift, power=power).items():
            if not value >= 0:
                raise ValueError(f"{name}={value!r}: must be at least 0")
        self.exponent, self.shift, self.power = exponent, shift, power

    def _prepare(self, text: EncodedText, rng: np.random.Generator) -> None:
        V = len(self.vocabulary)
        if self.vector_size >= V:
            raise ValueError(f"vector_size={self.vector_size}: must be less than the number of words, {V}")
        self._words, self._rng = len(text.ids), rng
        X = count_pairs(text, V, self.window, False, choose_engine("auto"))
        self.matrix = ppmi_matrix(X, self.exponent, self.shift)
        if self.matrix.nnz == 0:
            raise ValueError(f"shift={self.shift}: leaves no positive entry; lower it")

    def _epoch(self, epoch: int) -> Iterator[Progress]:
        from scipy.sparse.linalg import svds

        start = self._rng.standard_normal(self.matrix.shape[0])
        A, sigma, B = svds(self.matrix, k=self.vector_size, v0=start)  # smallest first
        A, sigma, B = A[:, ::-1], sigma[::-1], B[::-1]
        sign = np.where(A[np.abs(A).argmax(axis=0), np.arange(len(sigma))] < 0, -1.0, 1.0)  # svd leaves the sign open
        self.W, self.U = A * sign * sigma**self.power, (B.T * sign) * sigma**self.power
        left_out = 1 - (sigma**2).sum() / (self.matrix.data**2).sum()
        yield Progress(self._words, float(left_out), 1)
