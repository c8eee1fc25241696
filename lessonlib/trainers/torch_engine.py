"""Negative sampling in PyTorch: the same batches as the NumPy reference, with the gradients left to autograd."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn.functional import logsigmoid

from lessonlib.trainers.blocks import Batch, Piece, batches
from lessonlib.trainers.noise_contrast import NoiseContrast, count_examples


class TorchEngine:
    """Trains the tables of a trainer on the CPU (one thread, in the trainer's own memory) or on another device."""

    def __init__(self, trainer: NoiseContrast):
        self.trainer, self.device = trainer, torch.device(trainer.device or "cpu")
        self.W = torch.from_numpy(trainer.W).to(self.device)
        self.U = torch.from_numpy(trainer.U).to(self.device)

    def train(self, piece: Piece, rate: float) -> tuple[float, float]:
        """Train on one piece; return the summed loss and the number of examples."""
        step = {"skipgram": self.skipgram, "cbow": self.cbow, "fasttext": self.fasttext}[self.trainer.kind]
        loss, examples, threads = 0.0, 0, torch.get_num_threads()
        torch.set_num_threads(1)  # small products: a second thread waits more than it works
        try:
            for batch in batches(piece, self.trainer.window, self.trainer._n_blocks):
                loss += step(batch, rate)
                examples += count_examples(batch, self.trainer.kind)
        finally:
            torch.set_num_threads(threads)
        return float(loss), examples

    def hand_over(self) -> None:
        """Copy the tables back to the trainer (on the CPU they never left it)."""
        if self.device.type != "cpu":
            self.trainer.W[...], self.trainer.U[...] = self.W.cpu().numpy(), self.U.cpu().numpy()

    def skipgram(self, batch: Batch, rate: float) -> torch.Tensor:
        """One update; the summed loss before it."""
        rows = (self.W, batch.centers), (self.U, np.hstack([batch.contexts, batch.negatives]))
        near = self.move(batch.near)
        return self.descend(rows, rate, lambda hidden, u: self.loss(hidden, u, near))

    def cbow(self, batch: Batch, rate: float) -> torch.Tensor:
        """One update; the summed loss before it."""
        near = self.move(batch.near).to(self.W.dtype)
        n_near = near.sum(dim=2, keepdim=True)
        itself = torch.eye(batch.centers.shape[1], dtype=torch.bool, device=self.device) & (n_near > 0)
        rows = (self.W, batch.contexts), (self.U, np.hstack([batch.centers, batch.negatives]))
        return self.descend(rows, rate, lambda window, u: self.loss(mean_of(near @ window, n_near), u, itself))

    def fasttext(self, batch: Batch, rate: float) -> torch.Tensor:
        """One update; the summed loss before it."""
        near, parts = self.move(batch.near), self.trainer._parts[batch.centers.ravel()]
        n_parts = np.diff(parts.indptr)
        owner = self.move(np.repeat(np.arange(len(n_parts)), n_parts))
        rows = (self.W, parts.indices), (self.U, np.hstack([batch.contexts, batch.negatives]))

        def loss(pieces: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
            total = pieces.new_zeros(len(n_parts), pieces.shape[1]).index_add(0, owner, pieces)
            hidden = mean_of(total, self.move(n_parts).to(total.dtype)[:, None])
            return self.loss(hidden.view(*batch.centers.shape, -1), u, near)

        return self.descend(rows, rate, loss)

    def loss(self, hidden: torch.Tensor, u: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
        """As `negative_sampling.block_loss`, without the gradients, in one product: -Σ weight · log σ(sign · score).

        Args:
            hidden: (B, T, d).
            u: (B, C + S, d) output vectors of C words that may be true, then of the S negatives.
            true: (B, T, C) bool: which pairs are from the text.
        """
        C, S = true.shape[2], u.shape[1] - true.shape[2]
        true = true.to(hidden.dtype)
        weight = torch.cat([true, (true.sum(dim=2, keepdim=True) * (self.trainer.negative / S)).expand(-1, -1, S)], 2)
        sign = hidden.new_ones(C + S)
        sign[C:] = -1
        return -(weight * logsigmoid(sign * (hidden @ u.transpose(1, 2)))).sum()

    def descend(self, rows_of_tables: tuple, rate: float, loss_of: Callable) -> torch.Tensor:
        """Gather rows of tables, take the loss and its gradients, add the changes to the rows."""
        wanted = [(table, self.move(rows)) for table, rows in rows_of_tables]
        parts = [table.index_select(0, rows.flatten()).view(*rows.shape, -1).requires_grad_() for table, rows in wanted]
        loss = loss_of(*parts)
        for (table, rows), gradient in zip(wanted, torch.autograd.grad(loss, parts)):
            table.index_add_(0, rows.flatten(), gradient.reshape(-1, table.shape[1]), alpha=-rate)
        return loss.detach()

    def move(self, array: np.ndarray) -> torch.Tensor:
        """An array as a tensor on the device."""
        return torch.from_numpy(np.array(array)).to(self.device)


def mean_of(total: torch.Tensor, n: torch.Tensor) -> torch.Tensor:
    """total / n, but with the gradient of `total`: the rows of a mean get the whole gradient, as in word2vec.c."""
    return total + (total / n.clamp(min=1) - total).detach()
