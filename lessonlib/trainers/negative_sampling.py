"""Skip-gram and CBOW with negative sampling, with the gradients written out.

The loss is equation 4 of Mikolov et al. (2013b) with the sign turned, so that less is better. The paper states it for
skip-gram; their program word2vec.c applies it to CBOW too.

Instead of asking "which of V words is it?", the model answers k + 1 yes-or-no questions: is this pair from the text,
or from the noise? Let h be the hidden vector (skip-gram: W[center]; CBOW: a mean of rows of W), u the row of U of the
true word, and n_1 … n_k the rows of U of k words drawn from the noise (`lessonlib.sampling.noise_distribution`), all
of shape (d,). With σ(x) = 1 / (1 + exp(-x)), a number between 0 and 1:

    loss = -log σ(u · h) - Σ_j log σ(-n_j · h)

    pull   = d loss / d (u · h)   = σ(u · h) - 1    negative: a step down the gradient raises u · h
    push_j = d loss / d (n_j · h) = σ(n_j · h)      positive: a step down the gradient lowers n_j · h

By the chain rule:

    d loss / d h = pull u + Σ_j push_j n_j,    d loss / d u = pull h,    d loss / d n_j = push_j h

The noise may draw the true word itself. As in equation 4, it counts like any other; word2vec.c and gensim skip it.

`pair_loss` is this formula as it stands, there to be read. The trainers use `block_loss`, for T neighboring words at
once (T is 32 at most). Their windows overlap, so that all their contexts lie among C = T + 2 · window places. And all
T words share S negatives (`noise_contrast.SHARED`): each counts k / S times for every true pair of a word, so for a
word with m true pairs it has the weight m k / S. In expectation over the noise, loss and gradient are the same; a
single draw varies more. With window 5, 32 words make about 192 pairs. One by one, with k = 5, they ask for
192 · (1 + 5) = 1152 rows of U; the block asks for C + S = 42 + 32, and works on them with a few matrix products.
"""

from __future__ import annotations

import numpy as np

from lessonlib.trainers.blocks import Batch
from lessonlib.trainers.engines import add_rows
from lessonlib.trainers.noise_contrast import NoiseContrast


def sigmoid(x: np.ndarray) -> np.ndarray:
    """σ(x) = 1 / (1 + exp(-x)), without overflow for any x."""
    power = np.exp(-np.abs(x))  # between 0 and 1
    return np.where(x >= 0, 1, power) / (1 + power)  # for x < 0: exp(x) / (1 + exp(x)), the same number


def minus_log_sigmoid(x: np.ndarray) -> np.ndarray:
    """-log σ(x) = log(1 + exp(-x)), without overflow: for x < 0 it is -x + log(1 + exp(x))."""
    return np.maximum(-x, 0) + np.log1p(np.exp(-np.abs(x)))


def pair_loss(
    hidden: np.ndarray, positive: np.ndarray, negatives: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """The loss of n pairs, each with its own k negatives, and its gradients.

    No trainer calls it: the tests hold `block_loss` against it.

    Args:
        hidden: (n, d) hidden vectors.
        positive: (n, d) output vectors of the true words.
        negatives: (n, k, d) output vectors of the words drawn from the noise.

    Returns:
        loss: summed over the pairs, in nats.
        d_hidden, d_positive, d_negatives: its gradients, of the same shapes as the arguments.
    """
    true_score = (hidden * positive).sum(axis=1)  # (n,)
    noise_score = (hidden[:, None, :] * negatives).sum(axis=2)  # (n, k)
    loss = minus_log_sigmoid(true_score).sum() + minus_log_sigmoid(-noise_score).sum()
    pull = (sigmoid(true_score) - 1)[:, None]  # (n, 1)
    push = sigmoid(noise_score)[:, :, None]  # (n, k, 1)
    d_hidden = pull * positive + (push * negatives).sum(axis=1)  # (n, d)
    d_positive = pull * hidden  # (n, d)
    d_negatives = push * hidden[:, None, :]  # (n, k, d)
    return float(loss), d_hidden, d_positive, d_negatives


def block_loss(
    hidden: np.ndarray, candidates: np.ndarray, negatives: np.ndarray, is_pair: np.ndarray, k: int
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """The loss of B blocks of T hidden vectors, with S negatives shared in each block, and its gradients.

    Args:
        hidden: (B, T, d) hidden vectors.
        candidates: (B, C, d) output vectors of the C words that `is_pair` chooses from.
            Skip-gram: the words around the block, C = T + 2 * window. CBOW: its centers, C = T.
        negatives: (B, S, d) output vectors of words drawn from the noise, shared by the T hidden vectors of a block.
        is_pair: (B, T, C) bool: whether hidden vector t and candidate c are a pair of the text.
        k: negatives for each true pair. A shared one counts k / S times for each true pair of its hidden vector.

    Returns:
        loss: summed over all blocks and true pairs, with the weighted noise terms, in nats.
        d_hidden, d_candidates, d_negatives: its gradients, of the same shapes as the arguments.
    """
    n_pairs = is_pair.sum(axis=2, keepdims=True)  # (B, T, 1)
    weight = n_pairs * (k / negatives.shape[1])  # (B, T, 1): n_pairs k / S
    true_score = (hidden @ candidates.transpose(0, 2, 1))[is_pair]  # (number of true pairs,)
    noise_score = hidden @ negatives.transpose(0, 2, 1)  # (B, T, S)
    loss = minus_log_sigmoid(true_score).sum() + (weight * minus_log_sigmoid(-noise_score)).sum()
    pull = np.zeros(is_pair.shape)  # (B, T, C): 0 where there is no pair
    pull[is_pair] = sigmoid(true_score) - 1
    push = weight * sigmoid(noise_score)  # (B, T, S)
    d_hidden = pull @ candidates + push @ negatives  # (B, T, d)
    d_candidates = pull.transpose(0, 2, 1) @ hidden  # (B, C, d)
    d_negatives = push.transpose(0, 2, 1) @ hidden  # (B, S, d)
    return float(loss), d_hidden, d_candidates, d_negatives


class SkipGramNS(NoiseContrast):
    """Skip-gram with negative sampling: the hidden vector is W[center], the true words are those in its window.

    Arguments and attributes: see `NoiseContrast` and `Trainer`.
    """

    kind = "skipgram"  # chooses the number of shared negatives, and the step of the other engines

    def _step(self, batch: Batch, rate: float) -> float:
        hidden = self.W[batch.centers]  # (B, T, d)
        loss, d_hidden, d_contexts, d_negatives = block_loss(
            hidden, self.U[batch.contexts], self.U[batch.negatives], batch.near, self.negative
        )
        # add_rows, not -=: an id that occurs twice must get both changes
        add_rows(self.W, batch.centers, -rate * d_hidden)
        add_rows(self.U, batch.contexts, -rate * d_contexts)
        add_rows(self.U, batch.negatives, -rate * d_negatives)
        return loss


class CBOWNS(NoiseContrast):
    """CBOW with negative sampling: the hidden vector is the mean of the rows of W in the window, the center is true.

    The mean of m rows passes on 1/m of the gradient to each of them. word2vec.c and gensim (with its default
    cbow_mean=1) leave that factor out, and so does this class, so that `alpha` means the same as there: each row in a
    window of m words moves m times as far as the gradient says. U gets its exact gradient. İrsoy, Benton & Stratos
    (2021) discuss it. Arguments and attributes: see `NoiseContrast` and `Trainer`.
    """

    kind = "cbow"

    def _step(self, batch: Batch, rate: float) -> float:
        T = batch.centers.shape[1]
        n_near = batch.near.sum(axis=2, keepdims=True)  # (B, T, 1): words in each window
        mean = batch.near / np.maximum(n_near, 1)  # (B, T, C): 1 / n_near inside; an empty window has only zeros
        hidden = mean @ self.W[batch.contexts]  # (B, T, d)
        own_center = np.eye(T, dtype=bool) & (n_near > 0)  # (B, T, T): window t goes with center t, unless it is empty
        loss, d_hidden, d_centers, d_negatives = block_loss(
            hidden, self.U[batch.centers], self.U[batch.negatives], own_center, self.negative
        )
        d_contexts = batch.near.transpose(0, 2, 1) @ d_hidden  # near, not mean: the factor 1 / n_near is left out
        add_rows(self.W, batch.contexts, -rate * d_contexts)
        add_rows(self.U, batch.centers, -rate * d_centers)
        add_rows(self.U, batch.negatives, -rate * d_negatives)
        return loss
