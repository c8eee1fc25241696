"""Right answers for lesson 04: the model answer of each question, and another one written differently."""

from __future__ import annotations

import math

import numpy as np
import torch

EXPONENT = 0.75
WEIGHT, SIGN = 1.0, 1
POWER, EXTRA = 0.5, 1.0
DIM = 16


def noise_shares(counts: np.ndarray, never: list[int]) -> np.ndarray:
    """How often each word is drawn as noise. counts: (V,) whole numbers; returns shares, (V,)."""
    weights = counts.astype(float) ** EXPONENT
    weights[never] = 0
    return weights / weights.sum()


def noise_shares__loop(counts, never):
    powers = [math.exp(EXPONENT * math.log(n)) if n else 0.0 for n in counts.tolist()]
    weights = [0.0 if i in never else power for i, power in enumerate(powers)]
    total = math.fsum(weights)
    return np.array([w / total for w in weights])


def sgns_loss_and_gradients(v: np.ndarray, u_pos: np.ndarray, U_neg: np.ndarray) -> tuple:
    """Loss of one pair, and three arrays as the statement asks. v, u_pos: (d,); U_neg: (k, d).

    Returns (loss, for v: (d,), for u_pos: (d,), for U_neg: (k, d)).
    """
    weight, sign = WEIGHT, SIGN
    true, noise = u_pos @ v, U_neg @ v  # one score, (k,)
    loss = np.logaddexp(0, -true) + weight * np.logaddexp(0, noise).sum()
    e_pos = -np.exp(-np.logaddexp(0, true))  # sigmoid(true) - 1, without overflow
    e_neg = weight * np.exp(-np.logaddexp(0, -noise))  # (k,)
    d_v = e_pos * u_pos + e_neg @ U_neg
    return loss, sign * d_v, sign * e_pos * v, sign * np.outer(e_neg, v)


def sgns_loss_and_gradients__autograd(v, u_pos, U_neg):
    v, u_pos, U_neg = (torch.tensor(array, requires_grad=True) for array in (v, u_pos, U_neg))
    logs = torch.nn.functional.logsigmoid
    loss = -logs(torch.dot(u_pos, v)) - WEIGHT * logs(-torch.mv(U_neg, v)).sum()
    loss.backward()
    return loss.item(), *(SIGN * array.grad.numpy() for array in (v, u_pos, U_neg))


def sgns_loss_and_gradients__loop(v, u_pos, U_neg):
    def surprise_and_error(score, wanted):
        """-ln of the probability of the wanted answer, and said minus wanted."""
        power = math.exp(-abs(score))
        said = 1 / (1 + power) if score > 0 else power / (1 + power)
        against = -score if wanted else score
        return max(0.0, against) + math.log1p(power), said - wanted

    loss, d_v, d_pos, d_neg = 0.0, np.zeros_like(v), np.zeros_like(u_pos), np.zeros_like(U_neg)
    surprise, error = surprise_and_error(sum(v * u_pos), 1)
    loss, d_v, d_pos = loss + surprise, d_v + error * u_pos, error * v
    for j, row in enumerate(U_neg):
        surprise, error = surprise_and_error(sum(v * row), 0)
        loss, d_v = loss + WEIGHT * surprise, d_v + WEIGHT * error * row
        d_neg[j] = WEIGHT * error * v
    return loss, SIGN * d_v, SIGN * d_pos, SIGN * d_neg


def keep_probabilities(counts: np.ndarray, sample: float) -> np.ndarray:
    """How likely an occurrence of each word is kept. counts: (V,) whole numbers; returns (V,)."""
    power, extra = POWER, EXTRA
    keep, seen = np.ones(len(counts)), counts > 0
    if sample > 0:
        ratio = sample * counts.sum() / counts[seen]  # t / f
        keep[seen] = np.minimum(1, ratio**power + extra * ratio)
    return keep


def keep_probabilities__loop(counts, sample):
    total, keep = sum(counts.tolist()), []
    for n in counts.tolist():
        if n == 0 or sample == 0:
            keep.append(1.0)
            continue
        share = n / total
        keep.append(min(1.0, (sample / share) ** POWER + EXTRA * sample / share))
    return np.array(keep)


def train_sgns_torch(centers, contexts, V: int, seed: int) -> torch.Tensor:
    """Skip-gram with negative sampling on ids (n,) and (n,), int64. Returns the input table."""
    torch.manual_seed(seed)
    W, U = torch.nn.Embedding(V, DIM), torch.nn.Embedding(V, DIM)
    optimizer = torch.optim.Adam([*W.parameters(), *U.parameters()], lr=0.02)
    for table in (W, U):
        torch.nn.init.uniform_(table.weight, -0.05, 0.05)
    shares = torch.bincount(contexts, minlength=V) ** 0.75
    for _ in range(12):
        for rows in torch.randperm(len(centers)).split(128):
            h = W(centers[rows])  # (B, d)
            noise = torch.multinomial(shares, 5 * len(rows), replacement=True).view(-1, 5)
            true_score = (h * U(contexts[rows])).sum(dim=1)  # (B,)
            scores = torch.cat([true_score[:, None], -(U(noise) @ h[:, :, None])[:, :, 0]], dim=1)
            loss = -torch.nn.functional.logsigmoid(scores).sum() / len(rows)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return W.weight.detach()


def train_sgns_torch__by_hand(centers, contexts, V, seed):
    """NumPy, gradients by hand, plain steps; uniform noise; the output table starts at zero."""
    rng = np.random.default_rng(seed)
    centers, contexts = centers.numpy(), contexts.numpy()
    W, U = (rng.random((V, DIM)) - 0.5) / DIM, np.zeros((V, DIM))
    for epoch in range(30):
        order = rng.permutation(len(centers))
        for start in range(0, len(order), 64):
            c, o = centers[order[start : start + 64]], contexts[order[start : start + 64]]
            ids = np.column_stack([o, rng.integers(0, V, (len(c), 5))])  # (B, 6), true word first
            h, r = W[c], U[ids]
            error = 1 / (1 + np.exp(-np.einsum("bkd,bd->bk", r, h)))
            error[:, 0] -= 1
            eta = 0.05 * (1 - epoch / 30)
            np.add.at(U, ids, -eta * error[:, :, None] * h[:, None, :])
            np.add.at(W, c, -eta * np.einsum("bk,bkd->bd", error, r))
    return W
