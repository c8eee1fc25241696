"""Questions of lesson 04: the noise distribution, the loss and its gradients, subsampling, and a whole trainer."""

from __future__ import annotations

import numpy as np

from lessonlib.exercises.lesson04.world import V, measures, pairs
from lessonlib.exercises.question import Case, Question


def noise_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def counts() -> np.ndarray:
        drawn = rng.integers(2, 500, size=int(rng.integers(6, 10)))
        drawn[2] = 0
        return drawn

    return [
        Case((counts(), [0])),
        Case((counts(), [1, 4])),
        Case((rng.integers(1, 10**6, size=6), [5, 0])),
        Case((counts(), [2]), "value", "a word in `never` that does not occur"),
        Case((counts(), []), "edge", "an empty `never`"),
        Case((np.array([7, 0, 90, 0]), [2]), "edge", "only one word left to draw"),
    ]


def noise_is_a_distribution(args: tuple, output: np.ndarray, values: dict) -> bool:
    counts, never = args
    return bool(np.isclose(output.sum(), 1) and (output >= 0).all() and (output[never] == 0).all())


def loss_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def one(k: int, d: int, scale: float = 0.8) -> tuple:
        return rng.normal(0, scale, d), rng.normal(0, scale, d), rng.normal(0, scale, (k, d))

    v, u, noise = one(4, 3)
    ones = np.ones(5)
    return [
        Case(one(5, 4)),
        Case(one(3, int(rng.integers(5, 8)))),
        Case((v, u, noise[[0, 1, 0, 2]]), "value", "a noise word that is drawn twice"),
        Case((v, noise[0], noise), "value", "a noise word that is the true word"),
        Case(one(1, 4), "edge", "a single noise word"),
        Case((10 * ones, -20 * ones, np.array([20 * ones, -20 * ones])), "edge", "scores near 1000, all answers wrong"),
        Case((10 * ones, 20 * ones, np.array([-20 * ones, -30 * ones])), "edge", "scores near 1000, all answers right"),
    ]


def agrees_with_finite_differences(args: tuple, output: tuple, values: dict) -> bool:
    def loss(v: np.ndarray, u_pos: np.ndarray, U_neg: np.ndarray) -> float:
        surprise = np.log1p(np.exp(U_neg @ v)).sum()
        return float(np.log1p(np.exp(-(u_pos @ v))) + values["WEIGHT"] * surprise)

    eps = 1e-6
    for n, found in enumerate(output[1:]):
        for index in np.ndindex(found.shape):
            above, below = ([array.copy() for array in args] for _ in range(2))
            above[n][index] += eps
            below[n][index] -= eps
            slope = (loss(*above) - loss(*below)) / (2 * eps)
            if abs(values["SIGN"] * slope - found[index]) > 1e-4:
                return False
    return True


def keep_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def counts() -> np.ndarray:
        return rng.permutation(np.concatenate([rng.integers(1, 9, 3), rng.integers(100, 3000, 4)]))

    return [
        *(Case((counts(), float(t))) for t in (1e-3, 2e-3, rng.uniform(3e-3, 6e-3))),
        Case((counts() * 1000, 1e-3), "value", "a long text"),
        Case((np.array([0, 5, 800, 0, 3000]), 1e-3), "edge", "a word that never occurs"),
        Case((counts(), 0.0), "edge", "sample = 0"),
        Case((np.zeros(3, dtype=np.int64), 1e-3), "edge", "a text without words"),
    ]


def frequent_words_are_dropped_more(args: tuple, output: np.ndarray, values: dict) -> bool:
    ordered = output[np.argsort(args[0])]
    inside = (output >= 0).all() and (output <= 1).all()
    return bool(inside and (np.diff(ordered) <= 1e-12).all() and ordered[0] > ordered[-1])


def trainer_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    centers, contexts, seed = pairs(rng)
    few = rng.integers(0, 6, size=(2, 5))
    return [
        Case((centers[:100], contexts[:100], V, seed)),  # one table comes back, so its shape is spoken of as it is
        Case((centers, contexts, V, seed)),
        Case((*few, 8, seed), "edge", "a text of five pairs, fewer than a batch"),
        Case((centers[:200], contexts[:200], V, seed), "edge", "the same seed again, or for another seed"),
    ]


def trainer_accepts(args: tuple, output: object, expected: object, values: dict) -> bool:
    if isinstance(expected, np.ndarray):  # few pairs: the shape was compared, no more can be asked
        return bool(np.isfinite(output).all() and np.ptp(output) > 0)
    if len(expected) == 3:
        return not _seed_mistake(*output)
    found = measures(output[0], args[3])
    return found["leaders"] >= values["GAP"] and found["all"] <= values["CROWDED"] and found["across"] < 0.4


def trainer_diagnose(args: tuple, output: object, expected: object, values: dict) -> str:
    """The mistake that the tables show; thresholds measured in tests/calibration/exercise_trainer.md."""
    name = "train_sgns_torch__"
    if isinstance(expected, np.ndarray):
        rows = int(max(args[0].max(), args[1].max())) + 1
        return name + "rows_from_the_ids" if rows < V and np.shape(output)[:1] == (rows,) else ""
    shapes = [getattr(table, "shape", None) for table in output]
    if shapes != [table.shape for table in expected] or not all(np.isfinite(table).all() for table in output):
        return ""
    if trainer_accepts(args, output, expected, values):
        mistake = _seed_mistake(*output[1:])
        return name + mistake if mistake else ""
    found = measures(output[0], args[3])
    if found["across"] >= 0.4:
        return name + "one_table"
    if found["followers"] >= 0.25 and found["leaders"] < 0.15:
        return name + "context_table"
    if found["all"] > values["CROWDED"]:
        return name + "without_noise"
    return name + "untrained" if abs(found["leaders"]) < 0.15 and abs(found["all"]) < 0.15 else ""


def _seed_mistake(first: np.ndarray, again: np.ndarray, other: np.ndarray) -> str:
    """What three tables of one piece, trained with a seed, with it again, and with another one, show."""
    if not np.allclose(first, again, atol=1e-4):
        return "unseeded"
    return "one_seed_for_all" if np.allclose(first, other, atol=1e-4) else ""


QUESTIONS = (
    Question(
        id="04.1",
        name="noise_shares",
        kind="write",
        points=2,
        after="3",
        cases=noise_cases,
        variants=tuple({"EXPONENT": exponent} for exponent in (0.75, 0.5, 0.6, 0.9, 0.4)),
        properties=(noise_is_a_distribution,),
    ),
    Question(
        id="04.2",
        name="sgns_loss_and_gradients",
        kind="write",
        points=3,
        after="4",
        cases=loss_cases,
        variants=tuple(
            {
                "WEIGHT": weight,
                "SIGN": sign,
                "FACTOR": {1.0: "", 0.5: r"\tfrac12", 2.0: "2"}[weight],
                "COUNTING": {
                    1.0: "Each noise word counts in full.",
                    0.5: "Each noise word counts half.",
                    2.0: "Each noise word counts twice.",
                }[weight],
                "WANTED": {
                    1: "the three gradients of the loss",
                    -1: "for each array the direction of descent, which is the negative of the gradient,",
                }[sign],
            }
            for weight, sign in ((1.0, 1), (1.0, -1), (0.5, 1), (0.5, -1), (2.0, 1), (2.0, -1))
        ),
        properties=(agrees_with_finite_differences,),
        weights={"edge": 2},
    ),
    Question(
        id="04.3",
        name="keep_probabilities",
        kind="write",
        points=3,
        after="7",
        cases=keep_cases,
        variants=(
            {"POWER": 0.5, "EXTRA": 1.0, "FORMULA": r"\sqrt{t/f} + t/f", "ORIGIN": "This is the rule of the lesson."},
            {
                "POWER": 0.5,
                "EXTRA": 0.0,
                "FORMULA": r"\sqrt{t/f}",
                "ORIGIN": "This is the rule as the paper prints it.",
            },
            {
                "POWER": 0.5,
                "EXTRA": 2.0,
                "FORMULA": r"\sqrt{t/f} + 2\,t/f",
                "ORIGIN": "Mind: this is not the lesson's rule.",
            },
            {"POWER": 0.6, "EXTRA": 0.0, "FORMULA": "(t/f)^{0.6}", "ORIGIN": "Mind: this is not the lesson's rule."},
            {
                "POWER": 0.7,
                "EXTRA": 1.0,
                "FORMULA": "(t/f)^{0.7} + t/f",
                "ORIGIN": "Mind: this is not the lesson's rule.",
            },
        ),
        properties=(frequent_words_are_dropped_more,),
        weights={"edge": 2},
    ),
    Question(
        id="04.4",
        name="train_sgns_torch",
        kind="write",
        points=6,
        after="9",
        required=False,
        cases=trainer_cases,
        variants=({"DIM": 16, "GAP": 0.3, "CROWDED": 0.75, "SECONDS": 20},),
        accept=trainer_accepts,
        diagnose=trainer_diagnose,
        driver="call_trainer",
        weights={"edge": 2},
        seconds=20.0,
    ),
)
