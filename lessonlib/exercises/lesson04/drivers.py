"""How the trainer of lesson 04 is called: with tensors, on one thread, and on a piece to see what the seed does."""

from __future__ import annotations

import numpy as np
import torch

PIECE = 200  # pairs of the piece; with fewer pairs than this the answer is called once
# PyTorch loads much of itself when the first optimizer is made. That must not count as time of the answer.
torch.optim.Adam([torch.zeros(1, requires_grad=True)]).step()


def call_trainer(answer, centers, contexts, V, seed):
    """Few pairs: the table. A piece: three tables, with the seed, with it again, with another. More: table and those.

    One thread, because on a busy machine two have taken more than ten times as long.
    """

    def table(n, seed):
        ids = (torch.tensor(centers[:n]), torch.tensor(contexts[:n]))
        found = answer(*ids, V, seed)
        if isinstance(found, torch.Tensor):
            found = found.detach().numpy()
        return found.copy() if isinstance(found, np.ndarray) else found  # it may be written to in the next call

    n, threads = len(centers), torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        if n < PIECE:
            return table(n, seed)
        whole = (table(n, seed),) if n > PIECE else ()
        return *whole, table(PIECE, seed), table(PIECE, seed), table(PIECE, seed + 1)
    finally:
        torch.set_num_threads(threads)
