"""One line of scores for each table of vectors, with its coverage beside every score. Nothing is sent anywhere."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessonlib import evaluate, similarity
from lessonlib.toyworld import answer_key

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

NEAREST = 5


class Line(NamedTuple):
    """What one table of vectors scored.

    Attributes:
        name: of the method.
        near: among the five nearest words of a capital, how many are capitals: the mean over the known capitals, 0 to
            5. None if fewer than two are known.
        capitals, all_capitals: capitals that the table knows, and all that were looked for.
        right: share of ToyWorld's analogies answered rightly, of those whose four words are known. None if none is.
        questions, all_questions: analogies whose words are known, and all of them.
        rho: Spearman's rho on WordSim-353 with its interval and coverage. None if fewer than three pairs are known.
        pairs, all_pairs: pairs of WordSim-353 whose words are known, and all of them.
    """

    name: str
    near: float | None
    capitals: int
    all_capitals: int
    right: float | None
    questions: int
    all_questions: int
    rho: similarity.Result | None
    pairs: int
    all_pairs: int


@functools.cache
def capitals() -> frozenset[str]:
    """Names of capitals in lower case: those in the Google analogies (Mikolov et al. 2013a) and those of ToyWorld.

    Only names of one word. Some are also names of other towns, or of people ("georgetown", "kingston").
    """
    from gensim.test.utils import datapath

    found, section = set(answer_key().categories["capitals"]), ""
    with open(datapath("questions-words.txt"), encoding="utf-8") as file:
        for line in file:
            if line.startswith(":"):
                section = line
            elif "capital" in section:
                found.update(line.lower().split()[::2])
    return frozenset(found)


def capitals_near(wv: KeyedVectors) -> dict[str, int]:
    """For each capital that the table knows: how many capitals are among its five nearest words, itself left out."""
    known = [word for word in wv.index_to_key if word in capitals()]
    if not known:
        return {}
    lists = evaluate.neighbor_lists(wv, known, NEAREST)
    return {word: sum(name in capitals() for name, _ in near) for word, near in lists.items()}


def score(name: str, wv: KeyedVectors) -> Line:
    """The line of one table of vectors; `name` stands in front of it."""
    near = capitals_near(wv)
    asked = [question for questions in answer_key().analogies.values() for question in questions]
    known = [question for question in asked if all(word in wv for word in question)]
    pairs = similarity.load_pairs("wordsim353")
    words = {word.upper() for word in wv.index_to_key}
    found = sum(pair.first.upper() in words and pair.second.upper() in words for pair in pairs)
    return Line(
        name,
        float(np.mean(list(near.values()))) if len(near) > 1 else None,
        len(near),
        len(capitals()),
        evaluate.analogy_accuracy(wv, known) if known else None,
        len(known),
        len(asked),
        similarity.benchmark(wv, pairs, name="WordSim-353") if found >= 3 else None,
        found,
        len(pairs),
    )


def random_like(wv: KeyedVectors, seed: int = 0) -> KeyedVectors:
    """Vectors that know nothing: the words of `wv`, each with a random direction of the same number of dimensions."""
    from gensim.models import KeyedVectors

    none = KeyedVectors(wv.vector_size)
    none.add_vectors(wv.index_to_key, np.random.default_rng(seed).normal(size=wv.vectors.shape).astype(np.float32))
    return none


def table(lines: Iterable[Line]) -> str:
    """The lines as a Markdown table; each score has what it was measured on in brackets."""
    head = ("vectors", "capitals among the 5 nearest of a capital", "ToyWorld's analogies", "WordSim-353, rho")
    rows = [head, ("---",) * len(head), *(_cells(line) for line in lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cells(line: Line) -> tuple[str, ...]:
    near = "–" if line.near is None else f"{line.near:.1f} of {NEAREST}"
    right = "–" if line.right is None else f"{line.right:.0%}"
    rho = "–" if line.rho is None else f"{line.rho.rho:.2f} [{line.rho.low:.2f}, {line.rho.high:.2f}]"
    return (
        line.name,
        f"{near} ({line.capitals} of {line.all_capitals} known)",
        f"{right} ({line.questions:,} of {line.all_questions:,} known)",
        f"{rho} ({line.pairs} of {line.all_pairs} pairs)",
    )
