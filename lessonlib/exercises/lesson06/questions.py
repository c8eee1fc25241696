"""Questions of lesson 06: words in pieces, a number for each piece, and vectors for words never seen."""

from __future__ import annotations

import numpy as np

from lessonlib.exercises.question import Case, Question

WORDS = ("where", "running", "ağaç", "слово", "naïve", "moonflower", "kitabu", "ελλάδα", "tiger", "पानी")
PIECES = ("cat", "<un", "ing>", "café", "çi", "вод", "水", "🐯", "λόγ", "ö>", "the", "日本", "ñan", "x")


def ngram_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    words = [str(word) for word in rng.permutation(WORDS)]
    shortest = int(rng.integers(2, 4))
    return [
        Case((words[0], 3, 6)),
        Case((words[1], shortest, shortest + int(rng.integers(1, 3)))),
        Case((words[2], 3, 3)),
        Case(("banana", 2, 3), "value", "a word in which a piece occurs twice"),
        Case(("so", 2, 6), "edge", "a word that is itself short enough to be one of its n-grams"),
        Case(("a", 3, 6), "edge", "a word of one letter"),
        Case(("ox", 5, 6), "edge", "a word that is too short for any n-gram"),
    ]


def hash_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    letters = list("abcdefghijklmnopqrstuvwxyz<>")

    def plain() -> str:
        return "".join(rng.choice(letters, size=int(rng.integers(3, 7))))

    others = [str(piece) for piece in rng.permutation([p for p in PIECES if not p.isascii()])]
    odd = [2 * int(n) + 1 for n in rng.integers(1000, 1_000_000, size=3)]  # no power of two
    return [
        *(Case(([plain() for _ in range(int(rng.integers(4, 7)))], buckets)) for buckets in odd),
        Case((others[:5], odd[0]), "edge", "n-grams with letters outside ASCII"),
        Case((["cat", "dog", "cat"], 2_000_000), "edge", "an n-gram that occurs twice"),
        Case(([], odd[1]), "edge", "a list without n-grams"),
    ]


def unseen_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def table() -> tuple[dict, np.ndarray]:
        names = [str(piece) for piece in rng.permutation(PIECES)[:8]]
        return {name: int(i) for name, i in zip(names, rng.permutation(8))}, rng.normal(
            size=(8, int(rng.integers(3, 6)))
        )

    def case(known: int, unknown: int, repeated: int = 0) -> tuple:
        row, W = table()
        pieces = [*list(row)[:known], *(f"?{i}" for i in range(unknown)), *list(row)[:repeated]]
        return ([str(piece) for piece in rng.permutation(pieces)] if pieces else [], row, W)

    return [
        Case(case(4, 0)),
        Case(case(4, 2)),
        Case(case(int(rng.integers(3, 6)), int(rng.integers(2, 5)))),
        Case(case(5, 1, repeated=2), "value", "a word in which a piece occurs twice"),
        Case(case(0, 4), "edge", "a word with no known piece"),
        Case(case(0, 0), "edge", "a word with no pieces at all"),
    ]


QUESTIONS = (
    Question(
        id="06.1",
        name="marked_ngrams",
        kind="write",
        points=3,
        after="1",
        cases=ngram_cases,
        variants=(
            {"FRONT": "<", "BACK": ">"},
            {"FRONT": "^", "BACK": "$"},
            {"FRONT": "[", "BACK": "]"},
            {"FRONT": "«", "BACK": "»"},
            {"FRONT": "#", "BACK": "#"},
        ),
    ),
    Question(
        id="06.2",
        name="bucket_of",
        kind="write",
        points=3,
        after="2",
        required=False,
        cases=hash_cases,
        variants=(
            {"BASIS": 2166136261, "PRIME": 16777619, "WHOSE": "These are the numbers of FNV-1a and of fastText"},
            {"BASIS": 2166136261, "PRIME": 16777639, "WHOSE": "The prime is our own, not that of FNV-1a"},
            {"BASIS": 3141592653, "PRIME": 16777619, "WHOSE": "The first number is our own, not that of FNV-1a"},
            {"BASIS": 2718281829, "PRIME": 16777633, "WHOSE": "Both numbers are our own, not those of FNV-1a"},
        ),
        tolerance=0.0,
        weights={"edge": 2},
    ),
    Question(
        id="06.3",
        name="vector_for_unseen",
        kind="write",
        points=3,
        after="6",
        cases=unseen_cases,
        variants=(
            {"SHRINK": 1, "DIVISOR": "m", "RULE": "their **mean**, so divide the sum of the rows by $m$"},
            {"SHRINK": 0.5, "DIVISOR": r"\sqrt{m}", "RULE": r"the sum of the rows divided by $\sqrt{m}$"},
            {"SHRINK": 0.75, "DIVISOR": "m^{0.75}", "RULE": "the sum of the rows divided by $m^{0.75}$"},
            {"SHRINK": 2, "DIVISOR": "m^2", "RULE": "the sum of the rows divided by $m^2$"},
        ),
    ),
)
