"""Questions of lesson 05: counting with a discount, the weight of a pair, and the gradients of GloVe."""

from __future__ import annotations

import numpy as np

from lessonlib.exercises.question import Case, Question


def count_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def text(V: int, lengths: tuple[int, ...]) -> list[list[int]]:
        return [[int(i) for i in rng.integers(0, V, size=length)] for length in lengths]

    middle = [int(i) for i in rng.permutation(5)]
    return [
        *(Case((text(V, (7, 5, int(rng.integers(4, 9)))), V, window)) for V, window in ((6, 3), (9, 4), (5, 2))),
        Case(([[2, 2, 0, 2, 2, 1]], 3, 3), "value", "a word that occurs several times in a sentence"),
        Case((text(6, (3, 4)), 6, 10), "edge", "a window wider than the sentences"),
        Case((text(4, (1, 0, 1, 2)), 4, 3), "edge", "an empty sentence, and sentences of one word"),
        Case(([[middle[0], -1, middle[1], middle[2]], [-1, 4, -1, -1, 3]], 5, 3), "edge", "words without an id"),
        Case(([], 3, 2), "edge", "a text without sentences"),
    ]


def symmetric(args: tuple, output: np.ndarray, values: dict) -> bool:
    return bool(np.allclose(output, output.T) and (output > 0).any() and (output >= 0).all())


def weight_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    x_max = values["X_MAX"]
    return [
        Case((rng.uniform(0, 2 * x_max, size=(4, 5)),)),
        Case((rng.exponential(x_max, size=int(rng.integers(9, 14))),)),
        Case((np.concatenate([[0.0, x_max, 5 * x_max], rng.uniform(0, x_max / 2, 6)]),), "value", "counts of 0"),
        Case((rng.integers(0, 2 * x_max, size=(3, 6)),), "edge", "whole numbers"),
        Case((np.zeros((2, 3)),), "edge", "zeros only"),
        Case((np.zeros((0, 4)),), "edge", "a table without rows"),
    ]


def between_zero_and_one(args: tuple, output: np.ndarray, values: dict) -> bool:
    x = args[0].ravel()
    y = output.ravel()[np.argsort(x)]
    full, inside = x >= values["X_MAX"], bool((y >= 0).all() and (y <= 1).all())
    return bool(inside and (np.diff(y) >= 0).all() and y[0] < y[-1] and np.allclose(output.ravel()[full], 1))


def loss_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def batch(n: int, d: int, X_ij: np.ndarray | None = None) -> tuple:
        drawn = rng.uniform(0.2, 1.0, n) * values["LIMIT"] * rng.choice([0.05, 0.5, 4.0], n)
        vectors = (rng.normal(0, 0.7, (n, d)) for _ in range(2))
        return *vectors, rng.normal(0, 1, n), rng.normal(0, 1, n), drawn if X_ij is None else X_ij

    limit = values["LIMIT"]
    return [
        *(Case(batch(n, d)) for n, d in ((6, 3), (4, 5), (int(rng.integers(7, 11)), 2))),
        Case(batch(4, 3, np.array([0.5, 2 * limit, 1.5 * limit, 9 * limit])), "value", "counts above the limit"),
        Case(batch(5, 3, np.array([0.0, 2.5, 0.0, limit, 7.0])), "edge", "pairs that never occur"),
        Case(batch(3, 2, np.zeros(3)), "edge", "a batch in which no pair occurs"),
        Case(batch(1, 4), "edge", "a batch of one pair"),
    ]


def agrees_with_finite_differences(args: tuple, output: tuple, values: dict) -> bool:
    *tables, X_ij = args

    def loss(w: np.ndarray, u: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
        weights = np.where(X_ij < values["LIMIT"], (X_ij / values["LIMIT"]) ** 0.75, 1.0)
        miss = np.einsum("nd,nd->n", w, u) + b + c - np.log(X_ij)
        return float(values["FACTOR"] * (weights * miss**2).sum())

    eps = 1e-5
    for n, found in enumerate(output[1:]):
        for index in np.ndindex(found.shape):
            above, below = ([array.copy() for array in tables] for _ in range(2))
            above[n][index] += eps
            below[n][index] -= eps
            slope = (loss(*above) - loss(*below)) / (2 * eps)
            if abs(values["SIGN"] * slope - found[index]) > 1e-4 * max(1.0, abs(slope)):
                return False
    return True


QUESTIONS = (
    Question(
        id="05.1",
        name="weighted_cooccurrence",
        kind="write",
        points=2,
        after="1",
        cases=count_cases,
        variants=(
            {"POWER": -1.0, "RULE": r"\frac{1}{\delta}"},
            {"POWER": -2.0, "RULE": r"\frac{1}{\delta^2}"},
            {"POWER": -0.5, "RULE": r"\frac{1}{\sqrt{\delta}}"},
            {"POWER": -1.5, "RULE": r"\frac{1}{\delta^{1.5}}"},
            {"POWER": -3.0, "RULE": r"\frac{1}{\delta^3}"},
        ),
        properties=(symmetric,),
        weights={"edge": 2},
    ),
    Question(
        id="05.2",
        name="glove_weight",
        kind="debug",
        points=2,
        after="4",
        cases=weight_cases,
        variants=tuple(
            {"X_MAX": x_max, "EXPONENT": exponent}
            for x_max, exponent in ((100, 0.75), (10, 0.75), (50, 0.5), (20, 0.6), (10, 0.9))
        ),
        properties=(between_zero_and_one,),
        weights={"value": 1, "clean": 9},  # the faulty code as it stands reaches "value"
    ),
    Question(
        id="05.3",
        name="glove_loss_and_gradients",
        kind="write",
        points=4,
        after="5",
        cases=loss_cases,
        variants=tuple(
            {
                "FACTOR": factor,
                "SIGN": sign,
                "LIMIT": limit,
                "HALF": {0.5: r"\tfrac12 ", 1.0: ""}[factor],
                "NOTE": {0.5: "", 1.0: "Mind that there is no half in front of the sum.\n\n"}[factor],
                "WANTED": {
                    1: "the gradients of the loss",
                    -1: "the directions of descent, which are the negatives of the gradients,",
                }[sign],
            }
            for factor, sign, limit in (
                (0.5, 1, 100),
                (1.0, 1, 100),
                (0.5, -1, 100),
                (1.0, -1, 50),
                (0.5, 1, 10),
                (1.0, 1, 20),
            )
        ),
        properties=(agrees_with_finite_differences,),
        weights={"edge": 2},
    ),
)
