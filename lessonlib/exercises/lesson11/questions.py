"""Questions of lesson 11, the capstone: counts, pairs, the trainer, neighbors, the rank of an answer."""

from __future__ import annotations

import numpy as np

from lessonlib.exercises.lesson11 import faults
from lessonlib.exercises.question import Case, Question

WORDS = ("paris", "tea", "rain", "drum", "goat", "lamp", "sings", "cold", "the", "on")


def count_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def text(n: int) -> list[list[str]]:
        return [[str(word) for word in rng.choice(WORDS[:-1], size=int(rng.integers(1, 9)))] for _ in range(n)]

    return [
        *(Case((text(12), [str(word) for word in rng.permutation(WORDS)[:4]])) for _ in range(2)),
        Case(([["the", "theme", "others"], ["the"]], ["the"]), "value", "a word that is a part of other words"),
        Case((text(3), ["on", "paris"]), "edge", "a word that does not occur"),
        Case(([], ["tea"]), "edge", "a text without sentences"),
    ]


def pair_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    """Every id occurs once in a text, so that each pair tells which two places it came from."""

    def text(n: int, length: int) -> list[np.ndarray]:
        return np.split(rng.permutation(n * length), n)

    sometimes = np.where(rng.random(1200) < 0.5, 0.55, 0.9)
    return [
        Case((text(30, 40), np.ones(1200), 5, int(rng.integers(1000)))),
        Case((text(30, 40), sometimes, 3, int(rng.integers(1000)))),
        Case((text(20, 3), np.ones(60), 8, 1), "edge", "a window wider than the sentences"),
        Case(([np.array([0]), np.array([1]), np.array([2, 3])], np.ones(4), 2, 3), "edge", "sentences of one word"),
        Case((text(4, 5), np.zeros(20), 2, 4), "edge", "a text of which nothing is kept"),
    ]


def train_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    """Ids 0 to 5 are centers only, ids 6 to 13 contexts only; the counts of the words are far apart."""

    def case(negative: int) -> tuple:
        while True:  # until another power of the counts would be seen in the loss
            share = rng.dirichlet(np.full(8, 0.8), size=6)  # of the contexts of each center
            centers = rng.integers(0, 6, size=512)
            pairs = centers, 6 + np.array([rng.choice(8, p=share[c]) for c in centers])
            counts = rng.permutation(np.geomspace(4, 4000, 14).astype(np.int64))
            least, plain, uniform = (faults.best_loss(pairs, counts, negative, power) for power in (0.75, 1, 0))
            if min(abs(least - plain), abs(least - uniform), abs(plain - uniform)) > 0.16:
                return [pairs] * 260, counts, 64, negative, int(rng.integers(1000))

    one = [(np.array([0]), np.array([1]))] * 3
    return [
        Case(case(int(rng.integers(3, 6)))),
        Case((one, np.array([3, 3]), 4, 2, 1), "edge", "an epoch of a single pair"),
    ]


def table_of(rng: np.random.Generator, V: int = 8, d: int = 4) -> tuple[np.ndarray, list[str]]:
    """Rows of very different lengths, so that a dot product orders them otherwise than a cosine."""
    return rng.normal(size=(V, d)) * rng.choice([0.2, 1.0, 6.0], size=(V, 1)), [
        str(w) for w in rng.permutation(WORDS)[:V]
    ]


def nearest_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    cases = []
    for topn in (1, 3, 5):
        table, words = table_of(rng)
        cases.append(Case((table, words, words[int(rng.integers(8))], topn)))
    table, words = table_of(rng)
    table[1] = table[0]
    cases.append(Case((table, words, words[1], 3), "edge", "a word with the same row as the query"))
    table, words = table_of(rng)
    cases.append(Case((table, words, words[3], 20), "edge", "more neighbors asked for than there are words"))
    return cases


def rank_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    cases = []
    for V in (8, 9, 10, 10):
        table, words = table_of(rng, V)
        a, b, c, d = (words[i] for i in rng.permutation(V)[:4])
        cases.append(Case((table, words, (a, b, c), d)))
    table, words = table_of(rng)
    table[3] = 5 * table[2]  # the answer points where c does: b - a + c is near to c itself if a and b are alike
    table[1] = table[0] * 1.1
    cases.append(Case((table, words, tuple(words[:3]), words[3]), "edge", "an answer in the same direction as c"))
    return cases


QUESTIONS = (
    Question(id="11.1", name="count_of", kind="write", points=2, cases=count_cases, driver="count_in_stream"),
    Question(
        id="11.2",
        name="draw_pairs",
        kind="write",
        points=5,
        cases=pair_cases,
        driver="pairs_as_list",
        accept=faults.pairs_are_right,
        diagnose=faults.fault_of_pairs,
    ),
    Question(
        id="11.3",
        name="train_sgns",
        kind="write",
        points=6,
        cases=train_cases,
        driver="train_once",
        accept=faults.training_is_right,
        diagnose=faults.fault_of_training,
        seconds=20.0,
    ),
    Question(id="11.4", name="closest_words", kind="write", points=2, cases=nearest_cases),
    Question(id="11.5", name="rank_of_answer", kind="write", points=3, cases=rank_cases),
)
