"""Hands a function to the learner's test, and says what came of it."""

from __future__ import annotations

import copy
import inspect
import math
import re
from collections.abc import Callable, Iterator

import numpy as np


def review(test: Callable, source: str | Callable, name: str = "", twin: str = "", role: str = "") -> str | float:
    """Run `test` on the function that `source` defines.

    Args:
        test: the learner's test; raises for a faulty function, returns nothing for a right one.
        source: text that defines one function, which may use `np` and `math`; or the function itself.
        name: of the function; the first one that is defined, if left out.
        twin: text of the counterpart: a right function for a faulty one, a faulty one for a right one. It is called
            with the same arguments, to see whether the two differ on what the test tries.
        role: "mended" for a right function whose rejection by anything but an AssertionError is told as that error;
            "useless" for a function that every test should catch.

    Returns:
        "failed" or "passed"; "passed, never called it" and "passed, never met the fault" say why a test could not
        fail; "returned False" for a test that reports in a way that nobody reads. For a useless function 1.0 if the
        test failed and 0.0 if not: a number, so that it plays no part where known mistakes are compared.

    Raises:
        TypeError: if `test` does not take exactly one argument.
        NotImplementedError: if the test is still to be written.
        ValueError: for a mended function that is called with something that the statement does not allow.
        Exception: what the test itself stopped with, for a mended function.
    """
    candidate = source if callable(source) else _function(source, name)
    other = _function(twin, name) if twin else None
    seen = {"called": False, "met": other is None, "outside": ""}

    def under_test(*args, **kwargs):
        seen["called"] = True
        if outside := _outside(candidate, name, args, kwargs):
            seen["outside"] = f"your test leaves the statement: {outside}"
            raise ValueError(seen["outside"])
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
    outcome = _outcome(test, under_test, seen, role)
    return float(outcome == "failed") if role == "useless" else outcome


def _outcome(test: Callable, under_test: Callable, seen: dict, role: str) -> str:
    returned, failed = None, False
    try:
        with np.errstate(divide="warn", over="warn", invalid="warn", under="ignore"):  # as in a notebook
            returned = test(under_test)
    except NotImplementedError:  # the test itself is still to be written
        raise
    except AssertionError:
        failed = True
    except Exception:
        if role == "mended":
            raise
        failed = True
    if seen["outside"] and role == "mended":
        raise ValueError(seen["outside"])
    if failed:
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


def _outside(candidate: Callable, name: str, args: tuple, kwargs: dict) -> str:
    """What in this call the statement does not allow, "" if nothing. What breaks here breaks in the candidate too."""
    try:
        rules = globals().get(f"_rules_{name}")
        called = inspect.signature(candidate).bind(*args, **kwargs).arguments
        return next((text for broken, text in rules(**called) if broken), "") if rules else ""
    except Exception:
        return ""


def _not_floats(name: str, value: object, axes: int) -> tuple[bool, str]:
    good = isinstance(value, np.ndarray) and value.ndim == axes and value.dtype.kind == "f"
    return not good, f"{name} must be a NumPy array of floats with {axes} {'axis' if axes == 1 else 'axes'}"


def _rules_sgns_step(W, U, center, words, labels, eta) -> Iterator[tuple[bool, str]]:
    yield _not_floats("W", W, 2)
    yield _not_floats("U", U, 2)
    yield W.shape != U.shape, "W and U must have the same shape"
    yield len(set(map(int, words))) < len(words), "words must be all different"
    yield len(words) != len(labels), "there must be one label for each word"
    yield any(label not in (0, 1) for label in labels), "a label is 0.0 or 1.0"


def _rules_share_right(answers, gold) -> Iterator[tuple[bool, str]]:
    yield len(answers) != len(gold), "answers and gold must be equally long"
    yield len(gold) == 0, "answers and gold must not be empty"


def _rules_adam_rows(table, m, v, rows, gradient, t, eta) -> Iterator[tuple[bool, str]]:
    for name, value in (("table", table), ("m", m), ("v", v)):
        yield _not_floats(name, value, 2)
    yield not table.shape == m.shape == v.shape, "table, m and v must have the same shape"
    yield gradient.shape != (len(rows), table.shape[1]), "gradient must have one row for each number in rows"
    yield len(set(map(int, rows))) < len(rows), "rows must be all different"
    yield t < 1, "t counts from 1"
    yield (v < 0).any(), "v is a mean of squares, never negative"


def _rules_log_sigmoid(scores) -> Iterator[tuple[bool, str]]:
    good = isinstance(scores, np.ndarray) and scores.ndim == 1
    yield not good, "scores must be a NumPy array with one axis"
    yield not np.isfinite(scores).all(), "scores must be finite"


def _rules_nearest_rows(vectors, query, n) -> Iterator[tuple[bool, str]]:
    good = isinstance(vectors, np.ndarray) and vectors.ndim == 2
    yield not good, "vectors must be a NumPy array with 2 axes"
    yield not vectors.any(axis=1).all(), "no row must be zero"
    yield not 0 <= query < len(vectors), "query must be the number of a row"
    yield n >= len(vectors), "n must be smaller than the number of rows"


def _rules_mean_of_words(table, ids, pad) -> Iterator[tuple[bool, str]]:
    good = isinstance(table, np.ndarray) and table.ndim == 2
    yield not good, "table must be a NumPy array with 2 axes"
    good = isinstance(ids, np.ndarray) and ids.ndim == 2 and ids.dtype.kind in "iu"
    yield not good, "ids must be a NumPy array of whole numbers with 2 axes"
    yield not (ids != pad).any(axis=1).all(), "each sentence must have at least one real word"


def _rules_map_of_words(vectors, words, reduce) -> Iterator[tuple[bool, str]]:
    yield len(words) == 0, "words must not be empty"
    yield any(word not in vectors for word in words), "each of words must be in vectors"
