"""Wrong answers that people give in lesson 04. The docstring is the hint that the learner reads."""

from __future__ import annotations

import numpy as np
import torch

EXPONENT = 0.75
WEIGHT, SIGN = 1.0, 1
POWER, EXTRA = 0.5, 1.0
DIM = 16


def noise_shares__no_power(counts, never):
    """These are the shares of the text itself. The counts are raised to a power first."""
    weights = counts.astype(float)
    weights[never] = 0
    return weights / weights.sum()


def noise_shares__power_of_shares(counts, never):
    """You raise shares to the power, and then they no longer sum to 1. Whatever you do to them, divide by the sum
    last."""
    weights = counts.astype(float)
    weights[never] = 0
    return (weights / weights.sum()) ** EXPONENT


def noise_shares__never_too_late(counts, never):
    """You take out the words of `never` after dividing, so what is left sums to less than 1. Mind the order."""
    weights = counts.astype(float) ** EXPONENT
    shares = weights / weights.sum()
    shares[never] = 0
    return shares


def noise_shares__never_ignored(counts, never):
    """Words of `never` are still drawn. Their share is 0."""
    weights = counts.astype(float) ** EXPONENT
    return weights / weights.sum()


def noise_shares__in_place(counts, never):
    """Your function writes zeros into the caller's counts. Change a copy."""
    counts[never] = 0
    weights = counts.astype(float) ** EXPONENT
    return weights / weights.sum()


def noise_shares__add_one(counts, never):
    """A word that never occurs gets a share. Nothing is added to the counts here."""
    weights = (counts + 1.0) ** EXPONENT
    weights[never] = 0
    return weights / weights.sum()


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _errors(v, u_pos, U_neg):
    """Right losses and errors for the mistakes that lie elsewhere."""
    true, noise = u_pos @ v, U_neg @ v
    loss = np.logaddexp(0, -true) + WEIGHT * np.logaddexp(0, noise).sum()
    return loss, -np.exp(-np.logaddexp(0, true)), WEIGHT * np.exp(-np.logaddexp(0, -noise))


def sgns_loss_and_gradients__overflow(v, u_pos, U_neg):
    """At large scores the sigmoid rounds to 0, and the logarithm of 0 is infinite. Never form the sigmoid before the
    logarithm: -ln σ(x) = ln(1 + e^-x) can be computed without overflow."""
    true, noise = u_pos @ v, U_neg @ v
    loss = -np.log(_sigmoid(true)) - WEIGHT * np.log(_sigmoid(-noise)).sum()
    e_pos, e_neg = _sigmoid(true) - 1, WEIGHT * _sigmoid(noise)
    return loss, SIGN * (e_pos * u_pos + e_neg @ U_neg), SIGN * e_pos * v, SIGN * np.outer(e_neg, v)


def sgns_loss_and_gradients__clipped(v, u_pos, U_neg):
    """You cut off large scores. A score of -1000 for the true word is a surprise of 1000, and must stay one."""
    true, noise = np.clip(u_pos @ v, -6, 6), np.clip(U_neg @ v, -6, 6)
    loss = np.logaddexp(0, -true) + WEIGHT * np.logaddexp(0, noise).sum()
    e_pos, e_neg = _sigmoid(true) - 1, WEIGHT * _sigmoid(noise)
    return loss, SIGN * (e_pos * u_pos + e_neg @ U_neg), SIGN * e_pos * v, SIGN * np.outer(e_neg, v)


def sgns_loss_and_gradients__other_direction(v, u_pos, U_neg):
    """All three arrays point the other way. Read in the statement whether the gradient or the direction of descent
    is wanted."""
    loss, e_pos, e_neg = _errors(v, u_pos, U_neg)
    return loss, -SIGN * (e_pos * u_pos + e_neg @ U_neg), -SIGN * e_pos * v, -SIGN * np.outer(e_neg, v)


def sgns_loss_and_gradients__noise_pulled(v, u_pos, U_neg):
    """Your noise words are pulled nearer, like the true word. Their question has the answer no: mind the sign of
    their scores."""
    true, noise = u_pos @ v, U_neg @ v
    loss = np.logaddexp(0, -true) + WEIGHT * np.logaddexp(0, -noise).sum()
    e_pos, e_neg = -np.exp(-np.logaddexp(0, true)), -WEIGHT * np.exp(-np.logaddexp(0, noise))
    return loss, SIGN * (e_pos * u_pos + e_neg @ U_neg), SIGN * e_pos * v, SIGN * np.outer(e_neg, v)


def sgns_loss_and_gradients__loss_pulls_noise(v, u_pos, U_neg):
    """Your three arrays are right, and your loss is not. In it, the questions about noise words have the answer no:
    mind the sign of their scores."""
    _, e_pos, e_neg = _errors(v, u_pos, U_neg)
    loss = np.logaddexp(0, -(u_pos @ v)) + WEIGHT * np.logaddexp(0, -(U_neg @ v)).sum()
    return loss, SIGN * (e_pos * u_pos + e_neg @ U_neg), SIGN * e_pos * v, SIGN * np.outer(e_neg, v)


def sgns_loss_and_gradients__center_without_noise(v, u_pos, U_neg):
    """The center feels only the true word. Each noise word has a share in the gradient of `v` too."""
    loss, e_pos, e_neg = _errors(v, u_pos, U_neg)
    return loss, SIGN * e_pos * u_pos, SIGN * e_pos * v, SIGN * np.outer(e_neg, v)


def sgns_loss_and_gradients__error_without_wanted(v, u_pos, U_neg):
    """The error is said minus wanted. For the true word the wanted answer is 1, not 0."""
    loss, e_pos, e_neg = _errors(v, u_pos, U_neg)
    e_pos = e_pos + 1
    return loss, SIGN * (e_pos * u_pos + e_neg @ U_neg), SIGN * e_pos * v, SIGN * np.outer(e_neg, v)


def sgns_loss_and_gradients__mean_of_noise(v, u_pos, U_neg):
    """You take the mean over the noise words. The formula has a sum."""
    true, noise = u_pos @ v, U_neg @ v
    loss = np.logaddexp(0, -true) + WEIGHT * np.logaddexp(0, noise).mean()
    e_pos = -np.exp(-np.logaddexp(0, true))
    e_neg = WEIGHT * np.exp(-np.logaddexp(0, -noise)) / len(U_neg)
    return loss, SIGN * (e_pos * u_pos + e_neg @ U_neg), SIGN * e_pos * v, SIGN * np.outer(e_neg, v)


def sgns_loss_and_gradients__transposed(v, u_pos, U_neg):
    """The last array has its axes exchanged. Each noise word has a row of its own, as in `U_neg`."""
    loss, e_pos, e_neg = _errors(v, u_pos, U_neg)
    return loss, SIGN * (e_pos * u_pos + e_neg @ U_neg), SIGN * e_pos * v, SIGN * np.outer(v, e_neg)


def keep_probabilities__dropped(counts, sample):
    """These are the probabilities to drop a word. Those to keep it are asked for."""
    keep, seen = np.ones(len(counts)), counts > 0
    if sample > 0:
        ratio = sample * counts.sum() / counts[seen]
        keep[seen] = np.minimum(1, ratio**POWER + EXTRA * ratio)
    return 1 - keep


def keep_probabilities__no_cap(counts, sample):
    """Rare words get more than 1, and that is no probability. Cut off at 1."""
    keep, seen = np.ones(len(counts)), counts > 0
    if sample > 0:
        ratio = sample * counts.sum() / counts[seen]
        keep[seen] = ratio**POWER + EXTRA * ratio
    return keep


def keep_probabilities__share_of_words(counts, sample):
    """You divide the counts by the number of different words. f is a share of all words of the text, repeats
    included."""
    keep, seen = np.ones(len(counts)), counts > 0
    if sample > 0:
        ratio = sample * len(counts) / counts[seen]
        keep[seen] = np.minimum(1, ratio**POWER + EXTRA * ratio)
    return keep


def keep_probabilities__counts_for_shares(counts, sample):
    """You put counts where the formula has shares. f is a count divided by the length of the text."""
    keep, seen = np.ones(len(counts)), counts > 0
    if sample > 0:
        ratio = sample / counts[seen]
        keep[seen] = np.minimum(1, ratio**POWER + EXTRA * ratio)
    return keep


def keep_probabilities__upside_down(counts, sample):
    """Your fraction is upside down: frequent words are kept, and rare ones dropped."""
    keep, seen = np.ones(len(counts)), counts > 0
    if sample > 0:
        ratio = counts[seen] / (sample * counts.sum())
        keep[seen] = np.minimum(1, ratio**POWER + EXTRA * ratio)
    return keep


def keep_probabilities__no_root(counts, sample):
    """You use t/f as it is. The formula has a power of it."""
    keep, seen = np.ones(len(counts)), counts > 0
    if sample > 0:
        keep[seen] = np.minimum(1, sample * counts.sum() / counts[seen])
    return keep


def keep_probabilities__zero_drops_all(counts, sample):
    """With `sample` = 0 your function drops everything. By convention 0 switches subsampling off."""
    keep, seen = np.ones(len(counts)), counts > 0
    ratio = sample * counts.sum() / counts[seen]
    keep[seen] = np.minimum(1, ratio**POWER + EXTRA * ratio)
    return keep


def keep_probabilities__unseen_zero(counts, sample):
    """A word that never occurs gets 0. Nothing speaks against keeping it: as f falls, the formula rises and is cut
    at 1."""
    keep, seen = np.zeros(len(counts)), counts > 0
    if sample == 0:
        return np.ones(len(counts))
    ratio = sample * counts.sum() / counts[seen]
    keep[seen] = np.minimum(1, ratio**POWER + EXTRA * ratio)
    return keep


def _train(centers, contexts, V, seed, steps=True, noise=True, one_table=False):
    if seed is not None:
        torch.manual_seed(seed)
    W, U = torch.nn.Embedding(V, DIM), torch.nn.Embedding(V, DIM)
    U = W if one_table else U
    for table in (W, U):
        torch.nn.init.uniform_(table.weight, -0.05, 0.05)
    optimizer = torch.optim.Adam([W.weight] if one_table else [W.weight, U.weight], lr=0.02)
    logs = torch.nn.functional.logsigmoid
    for _ in range(12):
        for rows in torch.randperm(len(centers)).split(128):
            h = W(centers[rows])
            loss = -logs((h * U(contexts[rows])).sum(dim=1)).sum()
            if noise:
                drawn = torch.randint(V, (len(rows), 5))
                loss = loss - logs(-(U(drawn) @ h[:, :, None])[:, :, 0]).sum()
            optimizer.zero_grad()
            (loss / len(rows)).backward()
            if steps:
                optimizer.step()
    return W.weight.detach(), U.weight.detach()


def train_sgns_torch__untrained(centers, contexts, V, seed):
    """Your table looks as if nothing had been learned. Does the optimizer hold both tables, does it step, is the
    learning rate large enough, and do the tables start with small numbers?"""
    return _train(centers, contexts, V, seed, steps=False)[0]


def train_sgns_torch__without_noise(centers, contexts, V, seed):
    """All vectors point nearly the same way: little has pushed words apart. Is the noise part of the loss missing,
    does it have the wrong sign, are its ids drawn from a few words only, is U not in the optimizer, or is training
    too short?"""
    return _train(centers, contexts, V, seed, noise=False)[0]


def train_sgns_torch__context_table(centers, contexts, V, seed):
    """Words are grouped by what stands before them, not by what comes after. You return the context table, or
    centers and contexts are exchanged."""
    return _train(centers, contexts, V, seed)[1]


def train_sgns_torch__one_table(centers, contexts, V, seed):
    """Words are near to what follows them. Centers and contexts need two tables: either yours share one, or you return
    both mixed together."""
    return _train(centers, contexts, V, seed, one_table=True)[0]


def train_sgns_torch__unseeded(centers, contexts, V, seed):
    """Two calls with the same seed give two tables. Set PyTorch's random seed before anything is drawn, the start of
    the tables included."""
    torch.seed()
    return _train(centers, contexts, V, None)[0]


def train_sgns_torch__one_seed_for_all(centers, contexts, V, seed):
    """Every seed gives the same table. Use the argument `seed`."""
    return _train(centers, contexts, V, 0)[0]


def train_sgns_torch__rows_from_the_ids(centers, contexts, V, seed):
    """Your table has too few rows: you took its size from the ids in the pairs. A word may be in no pair and still
    needs its row."""
    return _train(centers, contexts, int(max(centers.max(), contexts.max())) + 1, seed)[0]
