"""GloVe in PyTorch: the same batches as the NumPy reference, with the gradients left to autograd."""

from __future__ import annotations

import numpy as np
import torch


class TorchGloVe:
    """Trains the tables of a `GloVe` trainer on the CPU, in the trainer's own memory, or on another device."""

    NAMES = ("W", "U", "b", "c")

    def __init__(self, trainer):
        self.trainer, self.device = trainer, torch.device(trainer.device or "cpu")
        self.tables = {name: torch.from_numpy(getattr(trainer, name)).to(self.device) for name in self.NAMES}
        self.sums = {name: torch.ones_like(table) for name, table in self.tables.items()}

    def step(self, i: np.ndarray, j: np.ndarray, log_x: np.ndarray, f: np.ndarray) -> float:
        """One AdaGrad step for a batch of pairs; return the summed loss before it."""
        log_x, f = (torch.from_numpy(part).to(self.device, self.tables["W"].dtype) for part in (log_x, f))
        used, parts, places = [], [], []
        for name, rows in zip(self.NAMES, (i, j, i, j)):
            distinct, place = torch.unique(torch.from_numpy(rows).to(self.device), return_inverse=True)
            used.append(distinct)
            places.append(place)
            parts.append(self.tables[name].index_select(0, distinct).requires_grad_())
        w, u, b, c = (part[place] for part, place in zip(parts, places))
        loss = 0.5 * (f * ((w * u).sum(dim=1) + b + c - log_x) ** 2).sum()
        for name, rows, gradient in zip(self.NAMES, used, torch.autograd.grad(loss, parts)):
            table, sums = self.tables[name], self.sums[name]
            table[rows] -= self.trainer.alpha * gradient / sums[rows].sqrt()
            sums[rows] += gradient**2
        return float(loss.detach())

    def hand_over(self) -> None:
        """Copy the tables back to the trainer (on the CPU they never left it)."""
        if self.device.type != "cpu":
            for name, table in self.tables.items():
                getattr(self.trainer, name)[...] = table.cpu().numpy()
