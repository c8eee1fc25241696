r"""Skip-gram and CBOW with negative sampling (Mikolov et al. 2013b, equation 4), with the gradients written out.

Instead of asking "which of V words is it?", the model answers k + 1 yes-or-no questions: is this pair from the text,
or from the noise? With h the hidden vector, u the output vector of the true word and n_1 … n_k those of k words drawn
from the noise, all of shape (d,), and σ(x) = 1 / (1 + exp(-x)):

    loss = -log σ(u · h) - Σ_j log σ(-n_j · h)

    d loss / d (u · h) = σ(u · h) - 1      pulls h and u together
    d loss / d (n_j · h) = σ(n_j · h)      pushes h and n_j apart

`pair_loss` is this formula as it stands. `block_loss` is the same objective for a block of T neighboring words: the
text overlaps with itself, so the block needs few different rows, and its words share S negatives, each with weight
k / S. In expectation that is the same gradient, and thousands of dot products become three small matrix products.
"""

from __future__ import annotations

import numpy as np

from lessonlib.trainers.blocks import Batch
from lessonlib.trainers.engines import add_rows
from lessonlib.trainers.noise_contrast import NoiseContrast


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow for any x."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1 + small)


def minus_log_sigmoid(x: np.ndarray) -> np.ndarray:
    """-log σ(x) = log(1 + exp(-x)), without overflow for any x."""
    return np.maximum(-x, 0) + np.log1p(np.exp(-np.abs(x)))


def pair_loss(
    hidden: np.ndarray, positive: np.ndarray, negatives: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """The loss of n pairs, each with its own k negatives, and its gradients.

    Args:
        hidden: (n, d) hidden vectors.
        positive: (n, d) output vectors of the true words.
        negatives: (n, k, d) output vectors of the words drawn from the noise.

    Returns:
        loss: summed over the pairs, in nats.
        d_hidden, d_positive, d_negatives: its gradients, of the same shapes as the arguments.
    """
    true_score = (hidden * positive).sum(axis=1)  # (n,)
    noise_score = (negatives @ hidden[:, :, None])[:, :, 0]  # (n, k)
    loss = minus_log_sigmoid(true_score).sum() + minus_log_sigmoid(-noise_score).sum()
    pull = (sigmoid(true_score) - 1)[:, None]  # (n, 1)
    push = sigmoid(noise_score)[:, :, None]  # (n, k, 1)
    d_hidden = pull * positive + (push * negatives).sum(axis=1)
    return float(loss), d_hidden, pull * hidden, push * hidden[:, None, :]


def block_loss(
    hidden: np.ndarray, positives: np.ndarray, negatives: np.ndarray, true: np.ndarray, k: int
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """The loss of B blocks of T hidden vectors, with S negatives shared in each block, and its gradients.

    Args:
        hidden: (B, T, d) hidden vectors.
        positives: (B, C, d) output vectors of C words that may be true for some of them.
        negatives: (B, S, d) output vectors of the shared words from the noise.
        true: (B, T, C) bool: which pairs are from the text.
        k: negatives for each true pair; each shared one counts k / S times.

    Returns:
        loss: summed over the true pairs, in nats.
        d_hidden, d_positives, d_negatives: its gradients, of the same shapes as the arguments.
    """
    weight = true.sum(axis=2, keepdims=True) * (k / negatives.shape[1])  # (B, T, 1)
    noise_score = hidden @ negatives.transpose(0, 2, 1)  # (B, T, S)
    true_score = (hidden @ positives.transpose(0, 2, 1))[true]  # one number for each true pair
    loss = minus_log_sigmoid(true_score).sum() + (weight * minus_log_sigmoid(-noise_score)).sum()
    pull = np.zeros(true.shape, hidden.dtype)  # (B, T, C)
    pull[true] = sigmoid(true_score) - 1
    push = (weight * sigmoid(noise_score)).astype(hidden.dtype, copy=False)  # (B, T, S)
    d_hidden = pull @ positives + push @ negatives
    return float(loss), d_hidden, pull.transpose(0, 2, 1) @ hidden, push.transpose(0, 2, 1) @ hidden


class SkipGramNS(NoiseContrast):
    """Skip-gram with negative sampling: the hidden vector is W[center], the true words are those in its window.

    Arguments and attributes: see `NoiseContrast` and `Trainer`.
    """

    kind = "skipgram"

    def _step(self, batch: Batch, rate: float) -> float:
        loss, d_hidden, d_contexts, d_negatives = block_loss(
            self.W[batch.centers], self.U[batch.contexts], self.U[batch.negatives], batch.near, self.negative
        )
        add_rows(self.W, batch.centers, -rate * d_hidden)
        add_rows(self.U, batch.contexts, -rate * d_contexts)
        add_rows(self.U, batch.negatives, -rate * d_negatives)
        return loss


class CBOWNS(NoiseContrast):
    """CBOW with negative sampling: the hidden vector is the mean of the rows of W in the window, the center is true.

    The mean of n rows passes on 1/n of the gradient to each of them. word2vec.c and gensim leave that factor out, and
    so does this class: n times the gradient of W, so that `alpha` means the same as there (İrsoy, Benton & Stratos
    2021 discuss it). Arguments and attributes: see `NoiseContrast` and `Trainer`.
    """

    kind = "cbow"

    def _step(self, batch: Batch, rate: float) -> float:
        n_near = batch.near.sum(axis=2, keepdims=True)  # (B, T, 1)
        mean = batch.near / np.maximum(n_near, 1)  # (B, T, C)
        itself = np.eye(batch.centers.shape[1], dtype=bool) & (
            n_near > 0
        )  # (B, T, T): its own center, if it has company
        loss, d_hidden, d_centers, d_negatives = block_loss(
            mean @ self.W[batch.contexts], self.U[batch.centers], self.U[batch.negatives], itself, self.negative
        )
        add_rows(self.W, batch.contexts, -rate * (batch.near.transpose(0, 2, 1) @ d_hidden))
        add_rows(self.U, batch.centers, -rate * d_centers)
        add_rows(self.U, batch.negatives, -rate * d_negatives)
        return loss
