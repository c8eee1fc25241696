"""Questions of lesson 02: the window, the softmax, and gradients by hand."""

from __future__ import annotations

import numpy as np

from lessonlib.exercises.question import Case, Question

WORDS = ("tea", "rain", "drum", "goat", "lamp", "sings", "runs", "cold", "the", "on")


def window_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def sentence(length: int) -> list[str]:
        return [str(word) for word in rng.choice(WORDS, size=length)]

    return [
        *(Case((sentence(int(rng.integers(6, 12))), window)) for window in (1, 2, 3)),
        Case((["so", "so", "good", "so"], 2), "value", "a sentence in which a word occurs twice"),
        Case((sentence(3), 10), "edge", "a window wider than the sentence"),
        Case((["alone"], 2), "edge", "a sentence of one word"),
        Case(([], 2), "edge", "an empty sentence"),
    ]


def softmax_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    return [
        *(Case((rng.normal(0, 2, size=(int(rng.integers(2, 5)), int(rng.integers(3, 7)))),)) for _ in range(3)),
        Case((rng.normal(0, 1, size=(3, 4)) + 1000.0,), "edge", "scores near 1000"),
        Case((np.array([[0.0, -2000.0], [5.0, 5.0]]),), "edge", "scores far apart"),
        Case((rng.normal(0, 1, size=(2, 3)) + [[1000.0], [-1000.0]],), "edge", "one row far below another"),
        Case((rng.normal(0, 1, size=(2, 3)) - 2000.0,), "edge", "scores near -2000"),
        Case((np.array([[1e5, 1e5 - 1, 0.0], [1.0, 3.0, 2.0]]),), "edge", "a score of 100000"),
    ]


def rows_of_probabilities(args: tuple, output: np.ndarray, values: dict) -> bool:
    """Each row sums to 1, and none gives every word the same: the scores of a row differ."""
    return bool(np.allclose(output.sum(axis=1), 1) and (np.ptp(output, axis=1) > 0).all())


def _tables(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """W and U, both (V, d), small."""
    size = int(rng.integers(5, 8)), int(rng.integers(2, 5))
    return rng.normal(0, 1, size=size), rng.normal(0, 1, size=size)


def skipgram_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def case(contexts: list[int], rung: str = "value", note: str = "", top: float = 0.0) -> Case:
        (W, U), center = _tables(rng), int(rng.integers(5))
        U[0] += top * W[center] / (W[center] @ W[center])  # raises the score of word 0 by `top`
        return Case((W, U, center, np.array(contexts, dtype=np.int64)), rung, note)

    return [
        case([int(rng.integers(5))], "value", "one context word"),
        case([int(i) for i in rng.choice(5, size=3, replace=False)]),
        case([int(i) for i in rng.choice(5, size=4, replace=False)]),
        case([3, 1, 3, 3], "value", "a context word that occurs three times"),
        case([0, 2, 4, 1], "edge", "a score of about 2000", top=2000.0),
        case([], "edge", "a center without any context"),
    ]


def _loss(U: np.ndarray, h: np.ndarray, contexts: np.ndarray) -> float:
    scores = U @ h
    return float(len(contexts) * np.log(np.exp(scores).sum()) - scores[contexts].sum())


def agrees_with_a_wiggle(args: tuple, output: tuple, values: dict) -> bool:
    """Both results are what finite differences of the loss give, times the factor of the variant."""
    W, U, center, contexts = args
    h, found, eps = W[center], [], 1e-5
    for table, loss_of in ((h, lambda x: _loss(U, x, contexts)), (U, lambda x: _loss(x, h, contexts))):
        slopes = np.zeros(table.shape)
        for index in np.ndindex(table.shape):
            step = np.zeros(table.shape)
            step[index] = eps
            slopes[index] = (loss_of(table + step) - loss_of(table - step)) / (2 * eps)
        found.append(values["FACTOR"] * slopes)
    return all(np.allclose(slopes, given, rtol=1e-4, atol=1e-5) for slopes, given in zip(found, output[1:]))


def cbow_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def case(context: list[int], rung: str = "value", note: str = "") -> Case:
        W, U = _tables(rng)
        return Case((W, U, np.array(context, dtype=np.int64), int(rng.integers(5))), rung, note)

    def high(center: int, note: str) -> Case:
        W, U = _tables(rng)
        total = W[[1, 4, 2]].sum(axis=0)
        U[0] += 9000.0 * total / (total @ total)  # word 0 gets a score of 9000, or of 3000 where h is a mean
        return Case((W, U, np.array([1, 4, 2]), center), "edge", note)

    return [
        case([int(i) for i in rng.choice(5, size=3, replace=False)]),
        case([int(i) for i in rng.choice(5, size=4, replace=False)]),
        case([2, 0, 2, 2, 4], "value", "a context word that occurs three times"),
        case([3], "edge", "a context of one word"),
        high(int(rng.integers(1, 5)), "a center whose score is some thousands below the best"),
        high(0, "a center whose score is some thousands above all others"),
    ]


def only_the_context_moves(args: tuple, output: tuple, values: dict) -> bool:
    """The rows of the context get a gradient, the others none; what all rows of U get sums to 0, in float32 too."""
    W, _, context, _ = args
    others = np.setdiff1d(np.arange(len(W)), context)
    moved = np.abs(output[2][context]).sum(axis=1) > 0
    return bool((output[2][others] == 0).all() and moved.all() and np.allclose(output[1].sum(axis=0), 0, atol=1e-5))


GRADIENTS = (
    "the gradient $\\partial L/\\partial h$, shape $(d,)$, and the gradient $\\partial L/\\partial U$, shape $(V, d)$"
)
STEPS = (
    "the *step* of plain gradient descent with learning rate $\\eta = {0}$ for $h$, which is "
    "$-{0}\\,\\partial L/\\partial h$, shape $(d,)$, and the step for $U$, which is "
    "$-{0}\\,\\partial L/\\partial U$, shape $(V, d)$"
)

QUESTIONS = (
    Question(
        id="02.1",
        name="center_context_pairs",
        kind="write",
        points=3,
        after="1",
        cases=window_cases,
        variants=(
            {"LEFT": 1, "RIGHT": 1, "RULE": "up to `window` words to the left and up to `window` words to the right"},
            {"LEFT": 1, "RIGHT": 2, "RULE": "up to `window` words to the left and up to twice as many to the right"},
            {"LEFT": 2, "RIGHT": 1, "RULE": "up to twice `window` words to the left and up to `window` to the right"},
            {
                "LEFT": 1,
                "RIGHT": 3,
                "RULE": "up to `window` words to the left and up to three times as many to the right",
            },
            {
                "LEFT": 3,
                "RIGHT": 1,
                "RULE": "up to three times `window` words to the left and up to `window` to the right",
            },
        ),
    ),
    Question(
        id="02.2",
        name="row_softmax",
        kind="debug",
        points=3,
        after="2",
        cases=softmax_cases,
        properties=(rows_of_probabilities,),
        weights={"value": 1, "edge": 5},  # the code to mend has all but the edges
    ),
    Question(
        id="02.3",
        name="skipgram_gradients",
        kind="write",
        points=4,
        after="3",
        cases=skipgram_cases,
        properties=(agrees_with_a_wiggle,),
        variants=(
            {"FACTOR": 1.0, "WANTED": GRADIENTS},
            {"FACTOR": -0.1, "WANTED": STEPS.format("0.1")},
            {"FACTOR": -0.5, "WANTED": STEPS.format("0.5")},
            {"FACTOR": -0.05, "WANTED": STEPS.format("0.05")},
        ),
    ),
    Question(
        id="02.4",
        name="cbow_gradients",
        kind="write",
        points=5,
        after="9",
        required=False,
        cases=cbow_cases,
        properties=(only_the_context_moves,),
        variants=(
            {"CBOW_POWER": 1.0, "BAG": "the mean of the context rows, which is their sum divided by $m$"},
            {"CBOW_POWER": 0.0, "BAG": "the sum of the context rows, not divided by anything"},
            {"CBOW_POWER": 0.5, "BAG": "the sum of the context rows divided by $\\sqrt m$"},
            {"CBOW_POWER": 0.75, "BAG": "the sum of the context rows divided by $m^{0.75}$"},
        ),
    ),
)
