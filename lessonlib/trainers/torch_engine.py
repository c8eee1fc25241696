"""Negative sampling in PyTorch: the same batches as the NumPy reference, with the gradients left to autograd."""

from __future__ import annotations

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
        step = {"skipgram": self.skipgram, "cbow": self.cbow}[self.trainer.kind]
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
        near = self.ids(batch.near)
        gathered = [
            (self.W, self.ids(batch.centers)),
            (self.U, self.ids(batch.contexts)),
            (self.U, self.ids(batch.negatives)),
        ]
        return self.descend(gathered, rate, lambda hidden, u, noise: self.loss(hidden, u, noise, near))

    def cbow(self, batch: Batch, rate: float) -> torch.Tensor:
        """One update; the summed loss before it. The rows of the window get n times the gradient of their mean."""
        near = self.ids(batch.near).to(self.W.dtype)
        n_near = near.sum(dim=2, keepdim=True)
        itself = torch.eye(batch.centers.shape[1], dtype=torch.bool, device=self.device) & (n_near > 0)

        def loss(window: torch.Tensor, u: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
            total = near @ window
            mean = (
                total.detach() / n_near.clamp(min=1) + total - total.detach()
            )  # the value of the mean, the gradient of the sum
            return self.loss(mean, u, noise, itself)

        gathered = [
            (self.W, self.ids(batch.contexts)),
            (self.U, self.ids(batch.centers)),
            (self.U, self.ids(batch.negatives)),
        ]
        return self.descend(gathered, rate, loss)

    def loss(
        self, hidden: torch.Tensor, positives: torch.Tensor, negatives: torch.Tensor, true: torch.Tensor
    ) -> torch.Tensor:
        """As `negative_sampling.block_loss`, without the gradients."""
        weight = true.sum(dim=2, keepdim=True) * (self.trainer.negative / negatives.shape[1])
        true_score = (hidden @ positives.transpose(1, 2))[true]
        noise_score = hidden @ negatives.transpose(1, 2)
        return -logsigmoid(true_score).sum() - (weight * logsigmoid(-noise_score)).sum()

    def descend(self, gathered: list, rate: float, loss_of) -> torch.Tensor:
        """Gather rows, take the loss and its gradients, add the changes to the rows."""
        parts = [
            table.index_select(0, rows.flatten()).view(*rows.shape, -1).requires_grad_() for table, rows in gathered
        ]
        loss = loss_of(*parts)
        for (table, rows), gradient in zip(gathered, torch.autograd.grad(loss, parts)):
            table.index_add_(0, rows.flatten(), gradient.flatten(0, 1), alpha=-rate)
        return loss.detach()

    def ids(self, array) -> torch.Tensor:
        return torch.from_numpy(array.copy()).to(self.device)
