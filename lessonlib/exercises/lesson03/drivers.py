"""How answers of lesson 03 are called: tensors go in, and what comes out is probed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch


def probe_table(answer: Callable, vectors: np.ndarray, frozen: bool) -> dict:
    """The rows of the returned table, whether it is trained, and the gradient after each row was asked for once.

    At the end the table is changed in place: if it shares memory with `vectors`, these change too.

    Raises:
        TypeError: if the answer is not an nn.Embedding.
    """
    table = answer(vectors, frozen)
    if not isinstance(table, torch.nn.Embedding):
        raise TypeError(f"an nn.Embedding is wanted, not {type(table).__name__}")
    weight = table.weight.detach().clone()
    gradient = torch.zeros_like(weight)
    if table.weight.requires_grad:
        push = torch.arange(1, weight.numel() + 1, dtype=weight.dtype).reshape(weight.shape)
        (table(torch.arange(len(weight))) * push).sum().backward()
        gradient = table.weight.grad.to_dense().clone()
    with torch.no_grad():
        table.weight.add_(1)
    return {"weight": weight.numpy(), "trained": table.weight.requires_grad, "gradient": gradient.numpy()}


def with_tensors(answer: Callable, table: np.ndarray, ids: np.ndarray, pad: int) -> object:
    """Call with tensors that share memory with the arrays, so that a change in place is seen."""
    return answer(torch.from_numpy(table), torch.from_numpy(ids), pad)


def loss_and_slope(answer: Callable, scores: np.ndarray, labels: np.ndarray, unit: float = 1.0) -> dict:
    """The loss and its gradient for the scores, (B,). With a `unit`, the loss alone, measured in it.

    PyTorch's own yes-or-no loss has a gradient of 0 where the loss is 1e-17, so that is not asked for.

    Raises:
        TypeError: if the answer is not a tensor of one number that autograd can follow.
    """
    given = torch.from_numpy(scores).requires_grad_()
    loss = answer(given, torch.from_numpy(labels))
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        raise TypeError("a tensor of one number is wanted")
    if not loss.requires_grad:
        raise TypeError("the loss has lost its record of the scores, so that nothing can be trained with it")
    if unit != 1.0:
        return {"loss": loss.item() / unit}
    (slope,) = torch.autograd.grad(loss.sum(), given)
    return {"loss": loss.item(), "gradient": slope.numpy()}
