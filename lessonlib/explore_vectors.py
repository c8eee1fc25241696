"""Vectors small enough for a page: whole numbers, as many dimensions as fit, and a measure of what that changes.

Each unit vector is stretched until its largest coordinate is the largest whole number, then rounded. The stretch
needs no storing, because only directions matter to a cosine. `replay` does in Python what the page's script does, in
the same order: dot products of whole numbers are exact, and square roots and quotients are rounded alike everywhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lessonlib.nearest import nearest, unit_rows

MORE, LESS = (8, 10, 12), (8, 7, 6, 5, 4)  # bits for each coordinate: if all dimensions fit, and if they do not
AT_ONCE = 500  # questions whose scores are held in memory


class Small(NamedTuple):
    """Vectors as whole numbers: (n, dimensions) int64 in -limit … limit, with limit = 2**(bits - 1) - 1."""

    numbers: np.ndarray
    bits: int
    agree: int  # questions whose first answer equals that of the full vectors

    @property
    def limit(self) -> int:
        return 2 ** (self.bits - 1) - 1


def shrink(vectors: np.ndarray, asked: np.ndarray, letters: int) -> Small:
    """The vectors in at most `letters` base64 digits.

    All dimensions with 8 bits for each coordinate, if they fit; if then not all questions agree with the full vectors,
    10 and 12 bits are tried. If they do not fit, each number of bits from 8 down to 4 is tried with as many dimensions
    as fit it. Of all that was tried the one that agrees on most questions is taken, and of equal ones the first.
    Dimensions are left out by a truncated singular value decomposition of the unit vectors, without centering, because
    that would change cosines.

    Args:
        vectors: (n, d).
        asked: (m, 3) or (m, 4) row numbers of the questions a, b, c.

    Raises:
        ValueError: if not even two dimensions fit.
    """
    unit = unit_rows(vectors)
    n, d = unit.shape
    exact = full_answers(vectors, asked)
    fitting = {bits: min(d, letters * 6 // (n * bits)) for bits in (*MORE, *LESS)}
    all_fit = fitting[MORE[0]] == d
    turned = None if all_fit else _turn(unit)
    found: list[Small] = []
    for bits in MORE if all_fit else LESS:
        kept = fitting[bits]
        if kept < (d if all_fit else min(2, d)):
            continue
        numbers = _whole(unit if kept == d else turned[:, :kept], bits)
        found.append(Small(numbers, bits, int((replay(numbers, asked, 1)[0][:, 0] == exact).sum())))
        if found[-1].agree == len(asked):
            break
    if not found:
        raise ValueError("words, questions: leave no room for vectors in 150 kB; give fewer or shorter ones")
    return max(found, key=lambda small: small.agree)


def full_answers(vectors: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The row of the first answer to each question, as `evaluate.analogy` finds it with the full vectors: (m,)."""
    a, b, c = (unit_rows(vectors[column]) for column in asked.T[:3])
    return nearest(vectors, b - a + c, 1, left_out=asked[:, :3])[0][:, 0]


def replay(numbers: np.ndarray, asked: np.ndarray, topn: int) -> tuple[np.ndarray, np.ndarray]:
    """What the page answers: rows (m, topn) and cosines (m, topn) for 3CosAdd, equal ones by row number."""
    numbers = numbers.astype(np.float64)  # products of whole numbers this small are exact
    lengths = np.sqrt(np.square(numbers).sum(axis=1))
    lengths[lengths == 0] = 1
    parts = []
    for start in range(0, len(asked), AT_ONCE):
        block = asked[start : start + AT_ONCE, :3]
        a, b, c = block.T
        dots = {name: numbers[ids] @ numbers.T for name, ids in zip("abc", (a, b, c))}
        scores = dots["b"] / lengths[b][:, None] - dots["a"] / lengths[a][:, None] + dots["c"] / lengths[c][:, None]
        scores /= lengths
        rows = np.arange(len(block))
        squared = scores[rows, b] - scores[rows, a] + scores[rows, c]  # the target's squared length
        np.put_along_axis(scores, block, -np.inf, axis=1)
        if topn == 1:
            order = scores.argmax(axis=1)[:, None]  # of equal ones the first, as below
        else:
            order = np.argsort(-scores, axis=1, kind="stable")[:, :topn]
        cosines = np.take_along_axis(scores, order, axis=1) / np.sqrt(np.maximum(squared, 1e-12))[:, None]
        parts.append((order, cosines))
    return np.concatenate([order for order, _ in parts]), np.concatenate([cosines for _, cosines in parts])


def _turn(unit: np.ndarray) -> np.ndarray:
    """The rows in the axes of their singular vectors, largest singular value first; each axis has a fixed direction."""
    axes = np.linalg.svd(unit, full_matrices=False)[2]
    largest = np.abs(axes).round(9).argmax(axis=1)
    return unit @ (axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]).T


def _whole(rows: np.ndarray, bits: int) -> np.ndarray:
    """Each row stretched to the limit of `bits` and rounded: int64."""
    largest = np.abs(rows).max(axis=1, keepdims=True)
    return np.round(rows / np.where(largest > 0, largest, 1) * (2 ** (bits - 1) - 1)).astype(np.int64)
