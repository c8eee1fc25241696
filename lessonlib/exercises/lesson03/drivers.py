"""How answers of lesson 03 are called: tensors go in, and what comes out is probed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch


def probe_table(answer: Callable, vectors: np.ndarray, frozen: bool) -> object:
    """The rows of the returned table, whether it is trained, and the gradient after each row was asked for once.

    At the end the table is changed in place: if it shares memory with `vectors`, these change too.

    Returns a `_refused` thing where the answer returned no nn.Embedding.
    """
    table = answer(vectors, frozen)
    if not isinstance(table, torch.nn.Embedding):
        return _refused(type(table).__name__)
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


def loss_and_slope(answer: Callable, scores: np.ndarray, labels: np.ndarray, unit: float = 1.0) -> object:
    """The loss and its gradient for the scores, (B,). With a `unit`, the loss alone, measured in it.

    PyTorch's own yes-or-no loss has a gradient of 0 where the loss is 1e-17, so that is not asked for.

    Returns a `_refused` thing where the answer returned no tensor of one number that autograd can follow.
    """
    given = torch.from_numpy(scores).requires_grad_()
    loss = answer(given, torch.from_numpy(labels))
    if not isinstance(loss, torch.Tensor):
        return _refused(type(loss).__name__)
    if loss.numel() != 1:
        return _refused(f"tensor of {loss.numel()} numbers")
    slope = torch.autograd.grad(loss.sum(), given, allow_unused=True)[0] if loss.requires_grad else None
    if slope is None:
        return _refused("tensor without a record of the scores")
    if unit != 1.0:
        return {"loss": loss.item() / unit}
    return {"loss": loss.item(), "gradient": slope.numpy()}


def _refused(name: str) -> object:
    """A thing whose class has this name. It is no plain data, so the hint says "It returned a ..." with the name."""
    return type(name, (), {})()
