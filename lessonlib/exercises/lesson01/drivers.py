"""How answers of lesson 01 are called when a plain call is not enough."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def strictly(answer: Callable, *args: object) -> object:
    """Where NumPy would warn of 0/0, a division by zero or an overflow, it raises FloatingPointError."""
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        return answer(*args)
