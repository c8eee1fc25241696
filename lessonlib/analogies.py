"""Analogies: "a is to b as c is to d", by sums of cosines (3CosAdd) and by products (3CosMul), many at once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessonlib.nearest import highest, in_order, named, nearest, unit_rows
from lessonlib.text import require_at_least, require_known
from lessonlib.trainers.engines import cores, in_threads

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

Question = tuple[str, str, str, str]
METHODS = ("3CosAdd", "3CosMul")
EPSILON = 1e-6  # keeps 3CosMul from dividing by zero; gensim's value (Levy & Goldberg took 0.001)
ROWS = 2**13  # of the table that 3CosMul looks at together
SCORES = 2**21  # float64 scores that a thread holds at once: 16 MB


def analogy(
    wv: KeyedVectors, a: str, b: str, c: str, topn: int = 1, *, method: str = "3CosAdd", leave_out: bool = True
) -> list[tuple[str, float]]:
    """Words d for "a is to b as c is to d", best first, with their scores.

    With unit vectors, 3CosAdd takes the d nearest to b - a + c by cosine (Levy & Goldberg 2014, eq. 1). 3CosMul takes
    the d with the highest cos(d, b) cos(d, c) / (cos(d, a) + epsilon), each cosine moved into 0 … 1 first (eq. 4 and
    footnote 7). Answers are those of gensim's `most_similar` and `most_similar_cosmul`.

    Args:
        leave_out: whether the three query words are barred from the answers, as nearly everybody does.

    Raises:
        KeyError: for an unknown word; names the nearest spelling.
        ValueError: for another method, or topn below 1.
    """
    require_at_least("topn", topn, 1)
    asked = np.array([[wv.key_to_index[require_known(word, wv.key_to_index)] for word in (a, b, c)]])
    return named(wv, *_answers(wv.vectors, asked, min(topn, len(wv.vectors)), method, leave_out))[0]


def analogy_answers(
    wv: KeyedVectors, questions: Iterable[Question], *, method: str = "3CosAdd", leave_out: bool = True
) -> list[str | None]:
    """For each question (a, b, c, d) the first answer to its a, b, c, or None where one of the four is unknown."""
    questions, words = list(questions), wv.key_to_index
    known = [i for i, question in enumerate(questions) if all(word in words for word in question)]
    answers: list[str | None] = [None] * len(questions)
    asked = np.array([[words[word] for word in questions[i][:3]] for i in known]).reshape(-1, 3)
    for i, row in zip(known, _answers(wv.vectors, asked, 1, method, leave_out)[0][:, 0]):
        answers[i] = wv.index_to_key[row]
    return answers


def analogy_accuracy(
    wv: KeyedVectors, questions: Iterable[Question], *, method: str = "3CosAdd", leave_out: bool = True
) -> float:
    """Share of questions (a, b, c, d) whose first answer is d. A question with an unknown word counts as missed."""
    questions = list(questions)
    if not questions:
        raise ValueError("questions: none given")
    answers = analogy_answers(wv, questions, method=method, leave_out=leave_out)
    return sum(answer == d for answer, (*_, d) in zip(answers, questions)) / len(questions)


class Section(NamedTuple):
    """One part of an analogy benchmark: its name, and the questions that were answered rightly and wrongly."""

    name: str
    correct: list[Question]
    incorrect: list[Question]


def word_analogies(
    wv: KeyedVectors, path: str | os.PathLike | None = None, restrict_vocab: int = 300_000, method: str = "3CosAdd"
) -> list[Section]:
    """The sections of a benchmark in the format of the Google analogies (Mikolov et al. 2013a), answered.

    With 3CosAdd the answers are those of gensim's `evaluate_word_analogies`: only the first `restrict_vocab` words take
    part, upper and lower case are the same, and a question with an unknown word is left out.

    Args:
        path: a UTF-8 file with lines ": name of a section" and "a b c d"; the Google analogies that gensim installs,
            if left out.
        restrict_vocab: how many words, from the front of the table, are known and may be answers.
        method: "3CosAdd" or "3CosMul", see `analogy`.
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
    asked = np.array([[ids[w] for w in q[:3]] for section in sections for q in section.incorrect]).reshape(-1, 3)
    answers = iter(zip(*_answers(table, asked, min(5, len(table)), method, True)))
    for section in sections:
        questions = section.incorrect.copy()
        section.incorrect.clear()
        for question, (row, score) in zip(questions, answers):
            found = (names[i] for i, s in zip(row, score) if s > -np.inf)
            answer = next((name for name in found if name not in question[:3]), None)
            (section.correct if answer == question[3] else section.incorrect).append(question)
    return sections


def _answers(
    table: np.ndarray, asked: np.ndarray, topn: int, method: str, leave_out: bool
) -> tuple[np.ndarray, np.ndarray]:
    """For rows (a, b, c) of word numbers (n, 3): the `topn` best rows of the table and their scores, (n, topn) each."""
    if method not in METHODS:
        raise ValueError(f"method={method!r}: must be one of {', '.join(METHODS)}")
    asked = asked.astype(np.int64)
    if method == "3CosMul":
        return _multiplied(table, asked, topn, leave_out)
    a, b, c = (unit_rows(table[column]) for column in asked.T)
    return nearest(table, b - a + c, topn, asked if leave_out else None)


def _multiplied(table: np.ndarray, asked: np.ndarray, topn: int, leave_out: bool) -> tuple[np.ndarray, np.ndarray]:
    """3CosMul. A benchmark asks about few words many times, so their cosines with the table are taken only once."""
    if not np.isfinite(table).all():
        raise ValueError("table: a number is NaN or infinite; no cosine can be taken")
    words, at = np.unique(asked, return_inverse=True)
    at, units = at.reshape(asked.shape), unit_rows(table[words])
    found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
    for low in range(0, len(table), ROWS):
        shifted = (1 + units @ unit_rows(table[low : low + ROWS]).T) / 2  # (words asked about, rows)
        step = max(1, SCORES // shifted.shape[1])

        def answer(start: int, low: int = low, shifted: np.ndarray = shifted, step: int = step) -> tuple:
            a, b, c = at[start : start + step].T
            scores = shifted[b] * shifted[c] / (shifted[a] + EPSILON)
            if leave_out:
                barred = asked[start : start + step] - low
                query, place = np.nonzero((barred >= 0) & (barred < scores.shape[1]))
                scores[query, barred[query, place]] = -np.inf
            query, row = highest(scores, topn, 0.0)
            return query + start, row + low, scores[query, row]

        found += in_threads(answer, range(0, len(asked), step), cores(None))
    return in_order(*(np.concatenate(column) for column in zip(*found)), len(asked), topn)
