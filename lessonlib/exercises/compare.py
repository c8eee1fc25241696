"""When two plain values count as equal, as of the same shape, and as finite. Nothing here raises for plain values."""

from __future__ import annotations

import math

import numpy as np

WHOLE = "biu"  # kinds of arrays that hold whole numbers


INSIDE = "Number "  # how a fault of one item begins


def equal(expected: object, got: object, tolerance: float = 1e-6) -> bool:
    """True if both hold the same. NaN equals NaN.

    Where `expected` holds floats, numbers may differ by `tolerance`, relative and absolute. Whole numbers (ids, counts,
    hashes) are compared exactly; a float may stand for one if it is within `tolerance`, absolute. A list and a tuple
    are alike, and so are 2 and 2.0, an array of float32 and one of float64. A list and an array are not, nor 1 and
    True outside of arrays.
    """
    try:
        return _equal(expected, got, tolerance)
    except Exception:  # something that is not plain data
        return False


def _equal(expected: object, got: object, tolerance: float) -> bool:
    if isinstance(expected, np.ndarray) or isinstance(got, np.ndarray):
        return type(expected) is type(got) and expected.shape == got.shape and _equal_arrays(expected, got, tolerance)
    if kind_of(expected) != kind_of(got):
        return False
    if isinstance(expected, (list, tuple)):
        return len(expected) == len(got) and all(_equal(a, b, tolerance) for a, b in zip(expected, got))
    if isinstance(expected, dict):
        return expected.keys() == got.keys() and all(_equal(expected[k], got[k], tolerance) for k in expected)
    if kind_of(expected) != "a number" or expected == got:
        return bool(expected == got)
    if isinstance(expected, int):
        return isinstance(got, float) and math.isfinite(got) and abs(expected - got) <= tolerance
    if not (is_finite(expected) and is_finite(got)):
        return is_nan(expected) and is_nan(got)
    return abs(expected - got) <= tolerance * max(1.0, abs(expected))


def _equal_arrays(expected: np.ndarray, got: np.ndarray, tolerance: float) -> bool:
    if "U" in (expected.dtype.kind, got.dtype.kind):
        return expected.dtype.kind == got.dtype.kind and bool((expected == got).all())
    if expected.dtype.kind in WHOLE:
        if got.dtype.kind in WHOLE:
            return bool(np.array_equal(expected, got))
        return bool(np.allclose(got, expected, rtol=0, atol=tolerance))
    with np.errstate(all="ignore"):
        return bool(np.allclose(got, expected, rtol=tolerance, atol=tolerance, equal_nan=True))


def kind_of(value: object) -> str:
    """What a value is, in a learner's words."""
    if isinstance(value, np.ndarray):
        return "an array"
    if isinstance(value, bool):
        return "True or False"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, (list, tuple)):
        return "a list or tuple"
    if isinstance(value, dict):
        return "a dict"
    return "None" if value is None else f"something else ({type(value).__name__})"


def is_finite(number: float) -> bool:
    """True for a number that is neither infinite nor NaN; a whole number of any length is finite."""
    return isinstance(number, int) or math.isfinite(number)


def is_nan(number: float) -> bool:
    return isinstance(number, float) and math.isnan(number)


def fault_of_shape(expected: object, got: object) -> str:
    """What is wrong with the kind or shape of `got`, "" if nothing.

    The length of a list is not part of its shape, but that of a tuple is, and of a list that holds arrays.
    """
    fault = _fault(expected, got)
    if not fault:
        return ""
    forgotten = " Is a `return` missing?" if got is None else ""
    return fault if fault.startswith(INSIDE) else f"It returned {fault}.{forgotten}"


def _fault(expected: object, got: object) -> str:
    """A whole sentence about an item inside `got`, or "None where an array is wanted"."""
    if kind_of(expected) != kind_of(got):
        return f"{kind_of(got)} where {kind_of(expected)} is wanted"
    if isinstance(expected, np.ndarray):
        if expected.shape != got.shape:
            return f"an array of shape {got.shape} where {expected.shape} is wanted"
        differ = "U" in (expected.dtype.kind, got.dtype.kind) and expected.dtype.kind != got.dtype.kind
        return "an array of another type" if differ else ""
    if not isinstance(expected, (list, tuple)) or not expected:
        return ""
    kinds = {kind_of(item) for item in expected}
    if isinstance(expected, tuple) or len(kinds) > 1 or "an array" in kinds:  # several results
        if len(expected) != len(got):
            return f"{len(got)} things where {len(expected)} are wanted"
        pairs = list(zip(expected, got))
    else:
        lengths = {len(item) if isinstance(item, tuple) else None for item in expected}
        length = lengths.pop() if len(lengths) == 1 else None
        for item in got:
            if length is not None and isinstance(item, (list, tuple)) and len(item) != length:
                return f"a list whose items hold {len(item)} things where {length} are wanted"
        pairs = [(expected[0], item) for item in got]
    for number, (wanted, item) in enumerate(pairs, start=1):
        if fault := _fault(wanted, item):
            return fault if fault.startswith(INSIDE) else f"{INSIDE}{number} of {len(pairs)} in the result is {fault}."
    return ""


def finite_where(expected: object, got: object) -> bool:
    """True if every number of `got` is finite where that of `expected` is, as far as both have the same form."""
    if isinstance(expected, np.ndarray) and isinstance(got, np.ndarray):
        if "U" in (expected.dtype.kind, got.dtype.kind) or expected.shape != got.shape:
            return True
        return bool((np.isfinite(got) | ~np.isfinite(expected)).all())
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        return all(finite_where(a, b) for a, b in zip(expected, got))
    if isinstance(expected, dict) and isinstance(got, dict):
        return all(finite_where(expected[k], got[k]) for k in expected if k in got)
    if kind_of(expected) == "a number" and kind_of(got) == "a number":
        return is_finite(got) or not is_finite(expected)
    return True
