"""Questions of lesson 06: words in pieces, a number for each piece, and vectors for words never seen."""

from __future__ import annotations

import numpy as np

from lessonlib.exercises.question import Case, Question

# Five letters or more: with its marks, none is short enough to be one of its own n-grams of up to 6 characters.
PLAIN = ("where", "running", "moonflower", "kitabu", "tiger", "teacher")
OTHER = ("ağaçlar", "слово", "naïve", "ελλάδα", "नमस्ते", "đường")
CAPITALS = ("Nairobi", "Quito", "Hanoi", "Lagos", "Ankara")
PIECES = ("cat", "<un", "ing>", "café", "çi", "вод", "水", "🐯", "λόγ", "ö>", "the", "日本", "ñan", "x")


def ngram_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    first, second = (str(word) for word in rng.permutation(PLAIN)[:2])
    shortest = int(rng.integers(2, 4))
    return [
        Case((first, 3, 6)),
        Case((str(rng.choice(OTHER)), shortest, shortest + int(rng.integers(1, 3)))),
        Case((second, 3, 3)),
        Case(("banana", 2, 3), "value", "a word in which a piece occurs twice"),
        Case((str(rng.choice(CAPITALS)), 3, 4), "edge", "a word with a capital letter"),
        Case(("so", 2, 6), "edge", "a word that is itself short enough to be one of its n-grams"),
        Case(("a", 3, 6), "edge", "a word of one letter"),
        Case(("ox", 5, 6), "edge", "a word that is too short for any n-gram"),
    ]


def hash_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    letters = list("abcdefghijklmnopqrstuvwxyz<>")

    def plain() -> str:
        return "".join(rng.choice(letters, size=int(rng.integers(3, 7))))

    others = [str(piece) for piece in rng.permutation([p for p in PIECES if not p.isascii()])]
    capitals = [plain().upper() + str(rng.choice(list("ABCD"))) for _ in range(3)]
    odd = [2 * int(n) + 1 for n in rng.integers(1000, 1_000_000, size=3)]  # no power of two
    return [
        *(Case(([plain() for _ in range(int(rng.integers(4, 7)))], buckets)) for buckets in odd),
        # The bytes of "À" and of the Cyrillic "р" end with 128, the least one that is read as a negative number.
        Case((["À", "при", *others[:4]], odd[0]), "edge", "n-grams with letters outside ASCII"),
        Case((capitals, odd[2]), "edge", "n-grams with capital letters"),
        Case((["cat", "dog", "cat"], 2_000_000), "edge", "an n-gram that occurs twice"),
        Case(([], odd[1]), "edge", "a list without n-grams"),
    ]


def unseen_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def case(known: int, unknown: int, repeated: int = 0) -> tuple:
        """Row 0 is always among the known ones. The first known piece is never one that occurs twice."""
        names = [str(piece) for piece in rng.permutation(PIECES)[:8]]
        row = {names[i]: int(i) for i in rng.permutation(8)}
        used = [str(name) for name in rng.permutation(names[1:])[: max(0, known - 1)]]
        pieces = [*names[: min(1, known)], *used, *(f"?{i}" for i in range(unknown))]
        order = rng.permutation(pieces) if pieces else []
        if repeated:
            order = [pieces[0], *rng.permutation([*pieces[1:], *used[:repeated]])]
        return [str(piece) for piece in order], row, rng.normal(size=(8, int(rng.integers(3, 6))))

    return [
        Case(case(3, 0)),
        Case(case(4, 2)),
        Case(case(int(rng.integers(4, 7)), int(rng.integers(8, 11)))),
        Case(case(6, 4, repeated=3), "value", "a word in which a piece occurs twice"),
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
            {"LEAST": 1, "DIVISOR": "m", "RULE": "their **mean**, so divide the sum of the rows by $m$"},
            *(
                {
                    "LEAST": least,
                    "DIVISOR": rf"\max(m, {least})",
                    "RULE": f"the sum of the rows divided by $m$, but **never by less than {least}**",
                }
                for least in (4, 6, 9)
            ),
        ),
    ),
)
