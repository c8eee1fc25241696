"""Skip-gram and CBOW with the full softmax, in NumPy, with the gradients written out by hand.

This is the model before any shortcut (Mikolov et al. 2013a, sections 3.1 and 3.2; the gradients are derived line by
line in lesson 02 and in Rong 2014, sections 1 and 2). Two tables, W (input) and U (output), both of shape (V, d):

    p(o | c) = exp(U[o] . W[c]) / sum over j of exp(U[j] . W[c])          loss = -log p(o | c)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from lessonlib.stream import EncodedText
from lessonlib.text import context_table, pair_arrays, require_at_least
from lessonlib.trainers.base import Progress, Trainer


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


class Softmax(Trainer):
    """What the two share: batches of examples, and the step down the gradient.

    Args beyond those of `Trainer`:
        alpha: about 0.2 suits "adagrad", about 0.025 and a small batch suit "sgd".
        optimizer: "adagrad" gives each number of the tables its own step, smaller the more it has moved (Duchi, Hazan &
            Singer 2011); "sgd" is plain gradient descent: one step size for all.
        batch_size: examples that share one update.

    W and U are float64.
    """

    def __init__(
        self,
        vector_size: int = 50,
        window: int = 4,
        epochs: int = 5,
        alpha: float = 0.2,
        min_alpha: float = 1e-4,
        optimizer: Literal["adagrad", "sgd"] = "adagrad",
        min_count: int = 1,
        max_vocab_size: int | None = None,
        batch_size: int = 4096,
        seed: int = 1,
    ):
        super().__init__(vector_size, window, epochs, alpha, min_alpha, min_count, max_vocab_size, seed)
        require_at_least("batch_size", batch_size, 1)
        if optimizer not in ("adagrad", "sgd"):
            raise ValueError(f"optimizer={optimizer!r}: must be 'adagrad' or 'sgd'")
        self.optimizer, self.batch_size = optimizer, batch_size

    def _prepare(self, text: EncodedText, rng: np.random.Generator) -> None:
        ids = text.ids.astype(np.int64)
        self._parts = self._examples(np.split(ids, text.starts[1:-1]))
        self._words, self._rng = len(ids), rng
        self._start(rng)
        self._moved = {name: np.full(self.W.shape, 1e-8) for name in "WU"}  # AdaGrad: sum of squared gradients

    def _epoch(self, epoch: int) -> Iterator[Progress]:
        n = len(self._parts[0])
        order = self._rng.permutation(n)
        for first in range(0, n, self.batch_size):
            batch = order[first : first + self.batch_size]
            rate = self._rate((epoch - 1 + first / n) / self.epochs)
            loss = self._step([part[batch] for part in self._parts], rate)
            yield Progress(self._words * len(batch) / n, loss, len(batch))

    def _examples(self, encoded: list[np.ndarray]) -> tuple[np.ndarray, ...]:
        """Arrays of equal length; entry i of each belongs to example i."""
        raise NotImplementedError

    def _step(self, batch: list[np.ndarray], rate: float) -> float:
        """Update W and U for one batch and return the summed loss of its examples before the update."""
        raise NotImplementedError

    def _descend(self, table: Literal["W", "U"], rows: np.ndarray | slice, gradient: np.ndarray, rate: float) -> None:
        """Move the given (distinct) rows of a table against their summed gradient."""
        if self.optimizer == "adagrad":
            self._moved[table][rows] += gradient**2
            gradient = gradient / np.sqrt(self._moved[table][rows])
        getattr(self, table)[rows] -= rate * gradient

    def _also_lower(self) -> str:
        return f" or batch_size={self.batch_size}"


class SoftmaxSkipGram(Softmax):
    """Predict each context word from its center word. Arguments and attributes: see `Softmax`.

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


class SoftmaxCBOW(Softmax):
    """Predict each center word from the mean of its context vectors. Arguments and attributes: see `Softmax`.

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
