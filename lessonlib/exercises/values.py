"""Plain data: numbers, strings, lists, tuples, dicts and NumPy arrays. What else a function returns is refused."""

from __future__ import annotations

import math
import sys

import numpy as np

ITEMS = 1_000_000  # more numbers than this in one reply are refused
DEPTH = 6
BITS = 4096  # of a whole number
KINDS = "biufU"  # of arrays: bool, signed, unsigned, float, text
SCALARS = frozenset(np.sctypeDict.values())


class Unfit(Exception):
    """A returned object that is not plain data."""


def plain(value: object, depth: int = 0, budget: list[int] | None = None) -> object:
    """`value` as numbers, strings, lists, dicts and NumPy arrays that belong to nobody else.

    NumPy's scalars and arrays without axes become numbers, torch tensors become arrays, a set becomes a sorted list.
    Methods of a class that the learner wrote are not called.

    Raises:
        Unfit: for anything else, or more than a million items, or more than six levels.
    """
    budget = budget if budget is not None else [ITEMS]
    kind = type(value)
    if value is None or kind in (bool, float):
        return value
    if kind is int:
        if value.bit_length() > BITS:
            raise Unfit(f"a whole number of {value.bit_length():,} bits")
        return value
    if kind is str:
        _spend(budget, len(value) // 64)
        return value
    torch = sys.modules.get("torch")
    if torch is not None and issubclass(kind, getattr(torch, "Tensor", ())):
        value = _from_torch(value, torch, budget)
    elif kind not in SCALARS and not issubclass(kind, np.ndarray):
        return _collection(value, kind, depth, budget)
    return _from_numpy(value, budget)


def same(first: object, second: object) -> bool:
    """True if two values hold exactly the same, NaN included."""
    if type(first) is not type(second):
        return False
    if hasattr(first, "detach"):
        first, second = first.detach().numpy(), second.detach().numpy()
    if isinstance(first, np.ndarray):
        alike = first.shape == second.shape and first.dtype == second.dtype
        return alike and np.array_equal(first, second, equal_nan=first.dtype.kind == "f")
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(same(a, b) for a, b in zip(first, second))
    if isinstance(first, dict):
        return list(first) == list(second) and all(same(first[k], second[k]) for k in first)
    if isinstance(first, float) and math.isnan(first):
        return math.isnan(second)
    if hasattr(first, "__dict__"):
        return True  # objects such as a table of the question itself: not looked into
    return first == second


def named(kind: type) -> str:
    """ "a list", "an Outer": what an object of this class is, in a few words."""
    name = str(type.__dict__["__name__"].__get__(kind))
    name = "".join(letter for letter in name if letter.isprintable())[:40] or "thing without a name"
    return f"{'an' if name[0] in 'aeiouAEIOU' or name == 'ndarray' else 'a'} {name}"


def _from_numpy(value: object, budget: list[int]) -> object:
    array = np.asarray(value)  # a matrix or a masked array becomes an array like any other
    if array.dtype.kind not in KINDS:
        words = {"O": "an array of objects (are its rows of different length?)", "c": "complex numbers"}
        raise Unfit(words.get(array.dtype.kind, f"an array of dtype {str(array.dtype)[:40]}"))
    _spend(budget, array.size + array.nbytes // 64)
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    return array.item() if array.ndim == 0 else np.array(array, copy=True)


def _from_torch(value: object, torch: object, budget: list[int]) -> np.ndarray:
    if value.is_meta:
        raise Unfit("a tensor on the device meta, which has a shape and no numbers")
    if value.layout is not torch.strided:
        raise Unfit("a sparse tensor; make it dense with .to_dense()")
    _spend(budget, value.numel() // 8)
    value = value.detach().cpu()
    if value.is_quantized:
        value = value.dequantize()
    if value.is_complex():
        raise Unfit("complex numbers")
    if value.is_floating_point() and value.dtype not in (torch.float16, torch.float32, torch.float64):
        value = value.to(torch.float32)  # bfloat16 and smaller: NumPy has none of these
    return value.resolve_neg().numpy()


def _collection(value: object, kind: type, depth: int, budget: list[int]) -> object:
    if kind is complex:
        raise Unfit("a complex number")
    base = next((base for base in (list, tuple, set, frozenset, dict) if issubclass(kind, base)), None)
    if base is None:
        more = "; make a list of it" if hasattr(kind, "__next__") or kind in (range, map, zip, filter) else ""
        raise Unfit(named(kind) + more)
    if depth >= DEPTH:
        raise Unfit(f"a value nested deeper than {DEPTH} levels")
    _spend(budget, base.__len__(value))
    if base is dict:
        return {_key(k, depth, budget): plain(v, depth + 1, budget) for k, v in dict.items(value)}
    parts = [
        item if type(item) is int and item.bit_length() <= BITS else plain(item, depth + 1, budget)
        for item in base.__iter__(value)
    ]
    if base in (set, frozenset):
        parts.sort(key=repr)
    return tuple(parts) if base in (tuple, frozenset) else parts


def _key(value: object, depth: int, budget: list[int]) -> object:
    key = plain(value, depth + 1, budget)
    try:
        hash(key)
    except TypeError:
        raise Unfit(f"a dict with {named(type(value))} among its keys") from None
    return key


def _spend(budget: list[int], items: int) -> None:
    budget[0] -= items
    if budget[0] < 0:
        raise Unfit(f"more than {ITEMS:,} items")
