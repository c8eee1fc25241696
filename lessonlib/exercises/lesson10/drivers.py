"""Hands a function to the learner's test, and says what came of it."""

from __future__ import annotations

import copy
import inspect
import math
import re
from collections.abc import Callable

import numpy as np


def review(test: Callable, source: str, name: str = "", twin: str = "") -> str:
    """Run `test` on the function that `source` defines.

    Args:
        test: the learner's test; raises for a faulty function, returns nothing for a right one.
        source: text that defines one function; it may use `np` and `math`.
        name: of the function; the first one that is defined, if left out.
        twin: text of the counterpart: a right function for a faulty one, a faulty one for a right one. It is called
            with the same arguments, to see whether the two differ on what the test tries.

    Returns:
        "failed" or "passed"; "passed, never called it" and "passed, never met the fault" say why a test could not
        fail; "returned False" for a test that reports in a way that nobody reads.

    Raises:
        TypeError: if `test` does not take exactly one argument.
        NotImplementedError: if the test is still to be written.
    """
    candidate = _function(source, name)
    other = _function(twin, name) if twin else None
    seen = {"called": False, "met": other is None}

    def under_test(*args, **kwargs):
        seen["called"] = True
        if seen["met"] or any(map(callable, [*args, *kwargs.values()])):
            seen["met"] = True
            return candidate(*args, **kwargs)
        again = copy.deepcopy((args, kwargs))
        returned = candidate(*args, **kwargs)
        seen["met"] = _differs(other, again, (returned, args, kwargs))
        return returned

    under_test.__name__ = under_test.__qualname__ = name or candidate.__name__
    if not _takes_one(test):
        raise TypeError("a test takes one argument, the candidate")
    try:
        with np.errstate(divide="warn", over="warn", invalid="warn", under="ignore"):  # as in a notebook
            returned = test(under_test)
    except NotImplementedError:  # the test itself is still to be written
        raise
    except Exception:
        return "failed"
    if isinstance(returned, (bool, np.bool_)) and not returned:
        return "returned False"
    if not seen["called"]:
        return "passed, never called it"
    return "passed" if seen["met"] else "passed, never met the fault"


def _takes_one(test: Callable) -> bool:
    try:
        inspect.signature(test).bind(None)
    except TypeError:
        return False
    except ValueError:  # a built-in without a signature
        pass
    return True


def _function(source: str, name: str) -> Callable:
    namespace = {"np": np, "math": math, "__name__": "candidate"}
    exec(source, namespace)
    return namespace[name or re.search(r"^def (\w+)\(", source, flags=re.MULTILINE)[1]]


def _differs(other: Callable, inputs: tuple, outcome: tuple) -> bool:
    """Whether `other` returns something else for `inputs`, or leaves them in another state."""
    args, kwargs = inputs
    try:
        returned = other(*args, **kwargs)
    except Exception:
        return True
    theirs = [returned, *args, *kwargs.values()]
    ours = [outcome[0], *outcome[1], *outcome[2].values()]
    return not all(_alike(a, b) for a, b in zip(ours, theirs))


def _alike(first: object, second: object) -> bool:
    try:
        a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    except (TypeError, ValueError):
        return repr(first) == repr(second)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=0, equal_nan=True))
