"""Questions of lesson 03: a table with special rows, a masked mean, and a loss that does not overflow."""

from __future__ import annotations

import numpy as np

from lessonlib.exercises.question import Case, Question


def table_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def vectors(rows: int, columns: int) -> np.ndarray:
        return rng.normal(0.5, 1, size=(rows, columns))

    return [
        Case((vectors(int(rng.integers(3, 6)), 3), False), "value", "a table that is trained"),
        Case((vectors(int(rng.integers(3, 6)), 4), True), "value", "a frozen table"),
        Case((vectors(int(rng.integers(3, 6)), 2), False), "value", "a table that is trained"),
        Case((vectors(1, 3), False), "edge", "a table of one word"),
    ]


def rows_as_ordered(args: tuple, output: dict, values: dict) -> bool:
    """Two rows more than the vectors, the padding row is zero and stays so, and a trained table gets a gradient."""
    if not isinstance(output, dict) or set(output) != {"weight", "trained", "gradient"}:
        return False
    vectors, frozen = args
    weight, gradient = output["weight"], output["gradient"]
    if weight.shape != (len(vectors) + 2, vectors.shape[1]):
        return False
    still = (weight[values["PADDING"]] == 0).all() and (gradient[values["PADDING"]] == 0).all()
    return bool(still and output["trained"] is not frozen and (gradient != 0).any() != frozen)


def pool_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def case(pad: int, lengths: tuple[int, ...], rung: str = "value", note: str = "") -> Case:
        V, d = int(rng.integers(5, 9)), int(rng.integers(2, 5))
        *words, own = rng.permutation(np.setdiff1d(np.arange(V), [pad]))
        ids = np.full((len(lengths), max(lengths) + 2), pad)
        for row, length in zip(ids, lengths):
            row[:length] = rng.choice(words, size=length)
        ids[-1, 0] = own  # a word that stands in the last sentence only
        if lengths[0] > 2:
            ids[0, 1] = ids[0, 0]  # a word that occurs twice
        if lengths[0] == lengths[1]:  # the same words, the padding in other places
            ids[1] = np.roll(ids[0], 2)
        return Case((rng.normal(0.5, 1, size=(V, d)), ids, pad), rung, note)

    last = int(rng.integers(2, 5))
    return [
        case(0, (3, 3, 1, 5)),
        case(0, (4, 4, 2)),
        case(last, (2, 2, 6, 1), "value", f"padding with id {last}"),
        case(last, (5, 5, 3), "value", f"padding with id {last}"),
        case(1, (3, 3, 0, 2), "edge", "a sentence that is all padding"),
    ]


def padding_moves_nothing(args: tuple, output: np.ndarray, values: dict) -> bool:
    """The first two sentences hold the same words and as much padding, elsewhere. The last one is another sentence."""
    return bool(np.allclose(output[0], output[1]) and not np.allclose(output[0], output[-1]))


def loss_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    yes, no = values["YES"], values["NO"]

    def labels(truth: np.ndarray) -> np.ndarray:
        return np.where(truth, yes, no)

    def case(B: int) -> Case:
        truth = rng.permutation(np.arange(B) % 3 == 0)  # both answers occur
        return Case((rng.normal(0, 3, size=B), labels(truth)))

    scores = rng.choice([-1.0, 1.0], size=6) * rng.uniform(900, 1000, size=6)
    truth = np.array([True, False, True, False, True, False])
    scores[:2] = -1000.0, 1000.0  # wrong answers, given with certainty
    scores[2:4] = 1000.0, -1000.0  # right ones
    return [
        *(case(int(rng.integers(4, 9))) for _ in range(3)),
        Case((scores, labels(truth)), "edge", "scores near 1000 and -1000"),
        Case((rng.uniform(38, 42, size=4), labels(np.ones(4, dtype=bool)), 1e-17), "edge", "losses near 1e-17"),
    ]


QUESTIONS = (
    Question(
        id="03.1",
        name="pretrained_table",
        kind="write",
        points=3,
        after="7",
        cases=table_cases,
        driver="probe_table",
        properties=(rows_as_ordered,),
        variants=(
            {"PADDING": 0, "UNKNOWN": 1, "FIRST": 2, "ORDER": "padding, unknown, then the words"},
            {"PADDING": 1, "UNKNOWN": 0, "FIRST": 2, "ORDER": "unknown, padding, then the words"},
            {"PADDING": -1, "UNKNOWN": -2, "FIRST": 0, "ORDER": "first the words, then unknown, then padding"},
            {"PADDING": -2, "UNKNOWN": -1, "FIRST": 0, "ORDER": "first the words, then padding, then unknown"},
            {"PADDING": 0, "UNKNOWN": -1, "FIRST": 1, "ORDER": "padding, then the words, then unknown"},
            {"PADDING": -1, "UNKNOWN": 0, "FIRST": 1, "ORDER": "unknown, then the words, then padding"},
        ),
    ),
    Question(
        id="03.2",
        name="pooled_rows",
        kind="write",
        points=3,
        after="7",
        cases=pool_cases,
        driver="with_tensors",
        properties=(padding_moves_nothing,),
        variants=(
            {"POWER": 1.0, "RULE": "the number of words"},
            {"POWER": 0.5, "RULE": "$\\sqrt n$, where $n$ is the number of words"},
            {"POWER": 0.25, "RULE": "$n^{0.25}$, where $n$ is the number of words"},
            {"POWER": 0.75, "RULE": "$n^{0.75}$, where $n$ is the number of words"},
            {"POWER": 2.0, "RULE": "$n^2$, where $n$ is the number of words"},
        ),
    ),
    Question(
        id="03.3",
        name="stable_yes_no_loss",
        kind="debug",
        points=4,
        after="5",
        cases=loss_cases,
        driver="loss_and_slope",
        weights={"value": 1, "edge": 3},  # the code to mend has all but the edges
        variants=(
            {"YES": 1, "NO": 0},
            {"YES": 0, "NO": 1},
            {"YES": 2, "NO": 1},
            {"YES": -1, "NO": 1},
        ),
    ),
)
