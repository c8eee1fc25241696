"""Skip-gram and CBOW with the full softmax, in NumPy, with the gradients written out by hand.

This is the model before any shortcut (Mikolov et al. 2013a, sections 3.1 and 3.2; the gradients are derived line by
line in lesson 02 and in Rong 2014, sections 1 and 2). Two tables, W (input) and U (output), both of shape (V, d):

    p(o | c) = exp(U[o] . W[c]) / sum over j of exp(U[j] . W[c])          loss = -log p(o | c)
"""

from __future__ import annotations

import numpy as np

from lessonlib.text import context_table, pair_arrays
from lessonlib.trainers.base import Trainer


def softmax_loss(hidden: np.ndarray, U: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Cross-entropy of target counts under the softmax, and its two gradients.

    Args:
        hidden: (B, d) one hidden vector per row.
        U: (V, d) output table.
        targets: (B, V) how often each word is the target of that row. One row may stand for many pairs with the same
            hidden vector: they share one softmax, and the sum of their losses and gradients is the same.

    Returns:
        loss: the sum of -log p over all targets, in nats.
        d_hidden: (B, d) its gradient for `hidden`.
        d_U: (V, d) its gradient for U. Both are taken before anything is updated.
    """
    scores = hidden @ U.T  # (B, V)
    scores -= scores.max(axis=1, keepdims=True)  # changes no probability, and nothing can overflow
    error = np.exp(scores)
    totals, n_targets = error.sum(axis=1, keepdims=True), targets.sum(axis=1, keepdims=True)
    loss = float((n_targets * np.log(totals)).sum() - np.vdot(targets, scores))  # -log p = log(total) - score
    error *= n_targets / totals  # expected counts under the model ...
    error -= targets  # ... minus the observed ones
    return loss, error @ U, error.T @ hidden


class SoftmaxSkipGram(Trainer):
    """Predict each context word from its center word. Arguments and attributes: see `Trainer`.

    An example is one (center, context) pair. Pairs of a batch that have the same center have the same hidden vector
    W[center], so they are gathered into one row of counts: the same gradient as pair by pair, with fewer softmaxes.
    """

    def _examples(self, encoded: list[np.ndarray]) -> tuple[np.ndarray, ...]:
        return pair_arrays(encoded, self.window)

    def _step(self, batch: list[np.ndarray], rate: float) -> float:
        centers, contexts = batch
        rows, row_of_pair = np.unique(centers, return_inverse=True)
        targets = count_table(row_of_pair, contexts, len(rows), len(self.U))
        loss, d_rows, d_U = softmax_loss(self.W[rows], self.U, targets)
        self._descend("W", rows, d_rows, rate)
        self._descend("U", slice(None), d_U, rate)
        return loss


class SoftmaxCBOW(Trainer):
    """Predict each center word from the mean of its context vectors. Arguments and attributes: see `Trainer`.

    An example is one position of the text that has at least one neighbor. The mean is a product too: each row of
    `share` says how large a part each word has in the mean: hidden = share @ W, and the gradient goes back by share.T.
    """

    def _examples(self, encoded: list[np.ndarray]) -> tuple[np.ndarray, ...]:
        centers, contexts = context_table(encoded, self.window)
        has_context = (contexts >= 0).any(axis=1)
        return centers[has_context], contexts[has_context]

    def _step(self, batch: list[np.ndarray], rate: float) -> float:
        centers, contexts = batch
        position, slot = np.nonzero(contexts >= 0)
        used, column = np.unique(contexts[position, slot], return_inverse=True)
        share = count_table(position, column, len(centers), len(used)) / (contexts >= 0).sum(axis=1, keepdims=True)
        targets = count_table(np.arange(len(centers)), centers, len(centers), len(self.U))
        loss, d_hidden, d_U = softmax_loss(share @ self.W[used], self.U, targets)
        self._descend("W", used, share.T @ d_hidden, rate)
        self._descend("U", slice(None), d_U, rate)
        return loss


def count_table(rows: np.ndarray, columns: np.ndarray, n_rows: int, n_columns: int) -> np.ndarray:
    """How often each (row, column) occurs in two equally long arrays of indices: (n_rows, n_columns) float64."""
    counts = np.bincount(rows * n_columns + columns, minlength=n_rows * n_columns)
    return counts.reshape(n_rows, n_columns).astype(np.float64)
