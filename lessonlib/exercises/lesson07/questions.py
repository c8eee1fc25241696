"""Questions of lesson 07: a plane through many dimensions, and what a picture keeps."""

from __future__ import annotations

import itertools

import numpy as np

from lessonlib.exercises.question import Case, Question

CLOSE = 1e-4  # numbers of 32 bits are near enough, also after a decomposition
ORDERS = (2, 1, 3, 6)  # of the distance in the picture; 2 is the Euclidean one


def _plain_plane(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two widest directions (2, d) as numpy gives them, and the coordinates on them (n, 2)."""
    centered = vectors - vectors.mean(axis=0)
    directions = np.linalg.svd(centered, full_matrices=False)[2][:2]
    return directions, centered @ directions.T


def _sign_of_largest(numbers: np.ndarray) -> np.ndarray:
    """The sign of the largest absolute value in each column."""
    return np.sign(np.take_along_axis(numbers, np.abs(numbers).argmax(axis=0)[None], axis=0)[0])


def plane_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def cloud(n: int, d: int) -> np.ndarray:
        """A cloud with clear widths, whose mean is away from zero, and whose signs have to be mended."""
        while True:
            widths = rng.permutation(3.0 / 1.6 ** np.arange(d))
            vectors = rng.normal(size=(n, d)) * widths + rng.normal(0, 3, size=d)
            directions, plane = _plain_plane(vectors)
            spread = np.linalg.svd(vectors - vectors.mean(axis=0), compute_uv=False)[:3]
            top = np.sort(np.abs(plane), axis=0)[-2:]
            signs, by_direction = _sign_of_largest(plane), _sign_of_largest(directions.T)
            widest = plane.flat[np.abs(plane).argmax()]
            one_of_two = (
                signs[0] != signs[1] and widest * values["SIGN"] < 0
            )  # one column is right, the longer one is not
            clear = (spread[1:] < 0.9 * spread[:-1]).all() and (top[1] > 1.05 * top[0]).all()
            if (
                clear
                and one_of_two
                and (by_direction != values["SIGN"] * signs).any()
                and (by_direction != signs).any()
            ):
                return vectors

    constant = cloud(8, 4)
    constant[:, 1] = 2.5
    line = np.outer([-3.0, -1.0, 0.5, 1.0, 7.0], rng.normal(size=4)) + 1.0
    return [
        *(Case((cloud(int(rng.integers(7, 12)), int(rng.integers(3, 6))),)) for _ in range(3)),
        Case((cloud(7, 2),), "edge", "vectors that have two dimensions already"),
        Case((constant,), "edge", "a dimension in which all words have the same number"),
        Case((cloud(5, 8),), "edge", "more dimensions than words"),
        Case((line,), "edge", "words that lie on one line"),
    ]


def _middle_and_no_overlap(args: tuple, plane: np.ndarray, values: dict) -> bool:
    """The columns have mean zero, do not vary together, and hold as much variance as two directions can."""
    spread = np.linalg.svd(args[0] - args[0].mean(axis=0), compute_uv=False)
    squares, most = plane.T @ plane, (spread[:2] ** 2).sum()
    return bool(
        np.allclose(plane.mean(axis=0), 0, atol=CLOSE)
        and abs(squares[0, 1]) < CLOSE * most
        and np.isclose(squares.trace(), most, rtol=CLOSE)
    )


def _shares(vectors: np.ndarray, flat: np.ndarray, k: int, order: int) -> list[int]:
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    found = []
    for i in range(len(flat)):
        others = [j for j in range(len(flat)) if j != i]
        near = sorted(others, key=lambda j: -(units[j] @ units[i]))[:k]
        shown = sorted(others, key=lambda j: np.linalg.norm(flat[j] - flat[i], ord=order))[:k]
        found.append(len(set(near) & set(shown)))
    return found


def kept_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def tables(n: int, k: int) -> tuple[np.ndarray, np.ndarray, int]:
        """Random numbers have no ties. Lengths differ, and each variant of the question gives another result."""
        while True:
            lengths = np.exp(rng.normal(0, 0.7, size=(n, 1)))
            vectors = (rng.normal(size=(n, 5)) + 0.3) * lengths
            flat = vectors[:, :2] / lengths + rng.normal(0, 0.4, size=(n, 2)) + 2.0
            results = [_shares(vectors, flat, k, order) for order in ORDERS]
            if all(a != b for a, b in itertools.combinations(results, 2)):
                return vectors, flat, k

    vectors, flat, _ = tables(9, 2)
    return [
        *(Case(tables(int(rng.integers(10, 14)), k)) for k in (2, 3, 4)),
        Case((vectors, flat, 1), "edge", "one neighbor only"),
        Case((vectors, flat, 8), "edge", "k so large that all other words are neighbors"),
        Case((vectors[:2], flat[:2], 1), "edge", "a table of two words"),
    ]


QUESTIONS = (
    Question(
        id="07.1",
        name="pca_plane",
        kind="write",
        points=3,
        after="1",
        cases=plane_cases,
        properties=(_middle_and_no_overlap,),
        tolerance=CLOSE,
        variants=(
            {"ACROSS": 0, "UP": 1, "SIGN": 1, "AXES": "first", "OTHER": "second", "WORD": "positive"},
            {"ACROSS": 0, "UP": 1, "SIGN": -1, "AXES": "first", "OTHER": "second", "WORD": "negative"},
            {"ACROSS": 1, "UP": 0, "SIGN": 1, "AXES": "second", "OTHER": "first", "WORD": "positive"},
            {"ACROSS": 1, "UP": 0, "SIGN": -1, "AXES": "second", "OTHER": "first", "WORD": "negative"},
        ),
    ),
    Question(
        id="07.2",
        name="kept_neighbors",
        kind="debug",
        points=3,
        after="7",
        cases=kept_cases,
        variants=tuple(
            {
                "ORDER": order,
                "MEASURE": {2: "Euclidean distance", 1: "city-block distance"}.get(
                    order, f"Minkowski distance of order {order}"
                ),
                "FORMULA": {
                    2: r"\lVert y_i - y_j \rVert_2 = \sqrt{\sum_c (y_{ic} - y_{jc})^2}",
                    1: r"\lVert y_i - y_j \rVert_1 = \sum_c |y_{ic} - y_{jc}|",
                }.get(
                    order,
                    rf"\lVert y_i - y_j \rVert_{order} = \Big(\sum_c |y_{{ic}} - y_{{jc}}|^{order}\Big)^{{1/{order}}}",
                ),
            }
            for order in ORDERS
        ),
    ),
)
