"""Questions of lesson 01: cosines of a whole table, the memory bill, and PPMI from counts."""

from __future__ import annotations

import numpy as np

from lessonlib.exercises.question import Case, Question


def cosine_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def table(rows: int, columns: int) -> np.ndarray:
        return rng.normal(0, 2, size=(rows, columns))

    with_zeros = table(4, 3)
    with_zeros[int(rng.integers(4))] = 0.0
    return [
        *(Case((table(int(rng.integers(3, 7)), int(rng.integers(2, 5))),)) for _ in range(3)),
        Case((rng.integers(1, 9, size=(4, 3)),), "value", "a table of whole numbers"),
        Case((with_zeros,), "edge", "a row of zeros"),
        Case((table(1, 3),), "edge", "a table with one row"),
        Case((table(300, 20),), "speed", "300 words"),
    ]


def symmetric_and_bounded(args: tuple, output: np.ndarray, values: dict) -> bool:
    """Word i with word j is word j with word i, no cosine lies outside of -1 to 1, and not all are the same."""
    others = output[~np.eye(len(output), dtype=bool)]
    bounded = (np.abs(others) <= 1 + 1e-9).all()
    return bool(np.allclose(output, output.T) and bounded and others.max() > others.min())


def memory_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    return [
        Case((1000 * int(rng.integers(20, 90)), 50 * int(rng.integers(2, 7)), 4, 4)),
        Case((1000 * int(rng.integers(20, 90)), 50 * int(rng.integers(2, 7)), 1, 4), "value", "1-byte ones and zeros"),
        Case((1000 * int(rng.integers(100, 900)), 50 * int(rng.integers(2, 7)), 8, 2), "value", "8 bytes and 2 bytes"),
        Case((20, 300, 4, 4), "edge", "a vocabulary smaller than the vectors are long"),
    ]


def count_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def counts(rows: int, columns: int) -> np.ndarray:
        table = rng.poisson(3, size=(rows, columns))
        table[0, 0], table[0, 1], table[1, 0], table[1, 1] = 0, 9, 1, 1  # a zero, a high count and low ones, always
        return table

    single = counts(4, 5)
    single[:, 1] = 0
    single[0, 1] = 40  # the most frequent context word, so its share shrinks when it is smoothed
    fractions = counts(3, 7) / 4
    fractions[2], fractions[:, 5] = 0, 0
    fractions[2, 5] = 0.5  # below 1: a power of it is larger than it is
    empty = counts(4, 5)
    empty[2] = 0
    bare = counts(5, 4)
    bare[:, 3] = 0
    return [
        *(Case((counts(int(rng.integers(4, 7)), int(rng.integers(4, 7))),)) for _ in range(2)),
        Case((single,), "value", "a context word that is seen with one center only"),
        Case((fractions,), "value", "counts with fractions"),
        Case((empty,), "edge", "a center without any context"),
        Case((bare,), "edge", "a context word that was never seen"),
        Case((np.zeros((2, 3), dtype=int),), "edge", "a table without any count"),
    ]


def keeps_the_zeros(args: tuple, output: np.ndarray, values: dict) -> bool:
    """Nothing is below 0, a pair never seen has 0, and some pair is above 0."""
    return bool((output >= 0).all() and (output[args[0] == 0] == 0).all() and output.max() > 0)


MORE = "And read again what is stored for the dense vectors."

QUESTIONS = (
    Question(
        id="01.1",
        name="cosine_table",
        kind="write",
        points=2,
        after="3",
        cases=cosine_cases,
        properties=(symmetric_and_bounded,),
        variants=({"SELF": -2.0}, {"SELF": -3.0}, {"SELF": -5.0}, {"SELF": -9.0}),
    ),
    Question(
        id="01.2",
        name="memory_bill",
        kind="predict",
        points=2,
        after="4",
        cases=memory_cases,
        variants=(
            {"COPIES": 1, "STORED": "one dense table", "MORE": ""},
            {"COPIES": 2, "STORED": "two dense tables of one size, one for centers and one for contexts", "MORE": MORE},
            {"COPIES": 3, "STORED": "the dense table, and two more of its size for training", "MORE": MORE},
            {"COPIES": 4, "STORED": "the dense table, and three more of its size for training", "MORE": MORE},
        ),
    ),
    Question(
        id="01.3",
        name="ppmi_table",
        kind="write",
        points=4,
        after="7",
        cases=count_cases,
        driver="strictly",
        properties=(keeps_the_zeros,),
        weights={"edge": 2},
        variants=({"POWER": 0.75}, {"POWER": 0.5}, {"POWER": 0.6}, {"POWER": 0.9}),
    ),
)
