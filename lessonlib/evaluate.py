"""Asking trained vectors questions: neighbors, analogies, categories. All of it works on any gensim KeyedVectors."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessonlib.nearest import nearest, unit_rows
from lessonlib.text import require_at_least, require_known

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

Question = tuple[str, str, str, str]


def cosine_matrix(vectors: np.ndarray) -> np.ndarray:
    """All cosines between the rows of a (n, d) array: (n, n)."""
    unit = unit_rows(vectors)
    return unit @ unit.T


def neighbors(wv: KeyedVectors, word: str, topn: int = 5) -> list[tuple[str, float]]:
    """The `topn` words whose vectors have the highest cosine with the vector of `word`, which itself is left out."""
    return neighbor_lists(wv, [word], topn)[word]


def neighbor_lists(wv: KeyedVectors, words: Iterable[str], topn: int = 10) -> dict[str, list[tuple[str, float]]]:
    """For each word what `neighbors` gives, all asked at once: many times faster with a big table."""
    ids = np.array([wv.key_to_index[require_known(word, wv.key_to_index)] for word in words], dtype=np.int64)
    found = _named(wv, wv.vectors[ids], ids[:, None], topn)
    return {wv.index_to_key[i]: answers for i, answers in zip(ids, found)}


def analogy(wv: KeyedVectors, a: str, b: str, c: str, topn: int = 1) -> list[tuple[str, float]]:
    """Words d for "a is to b as c is to d": nearest to b - a + c by cosine (3CosAdd; Levy & Goldberg 2014, eq. 1).

    The three vectors are brought to length 1 first, and the three query words are left out of the answers.
    """
    asked = np.array([[wv.key_to_index[require_known(word, wv.key_to_index)] for word in (a, b, c)]])
    return _named(wv, _fourth_corner(wv.vectors, asked), asked, topn)[0]


def analogy_accuracy(wv: KeyedVectors, questions: Iterable[Question]) -> float:
    """Share of questions (a, b, c, d) whose first answer is d. A question with an unknown word counts as missed."""
    questions = list(questions)
    if not questions:
        raise ValueError("questions: none given")
    words = wv.key_to_index
    asked = np.array([[words[w] for w in q] for q in questions if all(w in words for w in q)]).reshape(-1, 4)
    if len(asked) == 0:
        return 0.0
    rows, _ = nearest(wv.vectors, _fourth_corner(wv.vectors, asked), 1, left_out=asked[:, :3])
    return float((rows[:, 0] == asked[:, 3]).sum()) / len(questions)


class Section(NamedTuple):
    """One part of an analogy benchmark: its name, and the questions that were answered rightly and wrongly."""

    name: str
    correct: list[Question]
    incorrect: list[Question]


def word_analogies(
    wv: KeyedVectors, path: str | os.PathLike | None = None, restrict_vocab: int = 300_000
) -> list[Section]:
    """The sections of a benchmark in the format of the Google analogies (Mikolov et al. 2013a), answered by 3CosAdd.

    Answers are those of gensim's `evaluate_word_analogies`: only the first `restrict_vocab` words take part, upper and
    lower case are the same, and a question with an unknown word is left out.

    Args:
        path: a UTF-8 file with lines ": name of a section" and "a b c d"; the Google analogies that gensim installs,
            if left out.
        restrict_vocab: how many words, from the front of the table, are known and may be answers.
    """
    from gensim.test.utils import datapath

    table = wv.vectors[:restrict_vocab]
    names = [word.upper() for word in wv.index_to_key[: len(table)]]
    ids = {name: i for i, name in reversed(list(enumerate(names)))}  # of two that differ in case, the first
    sections: list[Section] = []
    with open(path or datapath("questions-words.txt"), encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            words = line.split()
            if line.startswith(":"):
                sections.append(Section(line[1:].strip(), [], []))
            elif len(words) == 4 and not sections:
                raise ValueError(f"{path}, line {number}: a question before the first line that starts with ':'")
            elif len(words) == 4 and all(word.upper() in ids for word in words):
                sections[-1].incorrect.append(tuple(word.upper() for word in words))
    asked = np.array([[ids[w] for w in q] for section in sections for q in section.incorrect]).reshape(-1, 4)
    rows, cosines = nearest(table, _fourth_corner(table, asked), min(5, len(table)), left_out=asked[:, :3])
    answers = iter(zip(rows, cosines))
    for section in sections:
        questions = section.incorrect.copy()
        section.incorrect.clear()
        for question, (row, cosine) in zip(questions, answers):
            named = (names[i] for i, c in zip(row, cosine) if c > -np.inf)
            answer = next((name for name in named if name not in question[:3]), None)
            (section.correct if answer == question[3] else section.incorrect).append(question)
    return sections


def category_shares(wv: KeyedVectors, categories: Mapping[str, Sequence[str]], k: int = 5) -> dict[str, float]:
    """For each labeled word: the share of its k nearest labeled words that carry its own label.

    Neighbors are looked for among the words in `categories` only. Words the model does not know are left out.
    """
    require_at_least("k", k, 1)
    labeled = [(w, name) for name, members in categories.items() for w in members if w in wv.key_to_index]
    if len(labeled) <= k:
        raise ValueError(f"k={k}: needs more than k labeled words that the model knows, found {len(labeled)}")
    labels = np.array([name for _, name in labeled])
    cosines = cosine_matrix(np.array([wv[w] for w, _ in labeled]))
    np.fill_diagonal(cosines, -np.inf)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    shares = (labels[nearest] == labels[:, None]).mean(axis=1)
    return {word: float(share) for (word, _), share in zip(labeled, shares)}


def category_purity(wv: KeyedVectors, categories: Mapping[str, Sequence[str]], k: int = 5) -> float:
    """Mean of `category_shares` over all labeled words: 1 is perfect."""
    return float(np.mean(list(category_shares(wv, categories, k).values())))


class Spread(NamedTuple):
    """Mean and sample standard deviation of n values, one for each seed."""

    mean: float
    sd: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.sd:.2f} ({self.n} seeds)"


def spread(values: Iterable[float]) -> Spread:
    """Mean and standard deviation (n - 1 in the denominator) over at least two seeds."""
    values = np.array(list(values), dtype=np.float64)
    require_at_least("number of seeds", len(values), 2)
    return Spread(float(values.mean()), float(values.std(ddof=1)), len(values))


def inside_spread(first: Iterable[float], second: Iterable[float]) -> bool:
    """Whether two methods, run on the same seeds, show no difference: the 95 % interval of the mean holds zero.

    The values are paired: first[i] and second[i] come from the same seed. The interval is that of Student's t (1908)
    for the mean of first[i] - second[i]. True means that no difference was shown, not that there is none.
    """
    from scipy import stats

    differences = spread(np.subtract(list(first), list(second)))
    margin = stats.t.ppf(0.975, differences.n - 1) * differences.sd / math.sqrt(differences.n)
    return bool(abs(differences.mean) <= margin)


def _fourth_corner(table: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """b - a + c of unit vectors, for rows (a, b, c, …) of word numbers: (n, d)."""
    a, b, c = (unit_rows(table[column]) for column in asked.T[:3])
    return b - a + c


def _named(wv: KeyedVectors, queries: np.ndarray, left_out: np.ndarray, topn: int) -> list[list[tuple[str, float]]]:
    """For each query its nearest words with their cosines, without those that are left out."""
    require_at_least("topn", topn, 1)
    found = zip(*nearest(wv.vectors, queries, min(topn, len(wv.vectors)), left_out))
    return [[(wv.index_to_key[i], float(c)) for i, c in zip(*one) if c > -np.inf] for one in found]
