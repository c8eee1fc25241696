"""Two languages, one map: an invented language that says what given sentences say, and the map between two tables.

`Foreign` gives every word an invented spelling, so that no spelling helps. It is no copy word by word: it has no
articles, one pronoun where English has "he" and "she", and its sentences run backward. Sentences of another sample
(another seed) of a small world are no new sentences: most come twice. `Foreign.reduced` gives the form in which two
English sentences are the same to this language, to count them or to leave them out.

`rotation` is orthogonal Procrustes (Schönemann 1966), as used for word vectors by Xing et al. (2015) and Smith et al.
(2017): the turn, without stretching, that brings the vectors of a seed dictionary as near as possible to those of
their translations.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from lessonlib.nearest import unit_rows
from lessonlib.text import require_at_least

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
DROPPED = ("the", "a", "an")
MERGED = {"she": "he", "her": "his", "herself": "himself"}  # read as the word on the right before it is translated


@dataclass
class Foreign:
    """An invented language.

    Args:
        seed: of its spellings.
        dropped: words that it does not have.
        merged: word -> word that shares its translation. Neither is in the dictionary.
        backward: whether its sentences run from the last word to the first.

    Attributes:
        spelling: word -> its translation, for all words that were said so far.
    """

    seed: int = 1
    dropped: Sequence[str] = DROPPED
    merged: dict[str, str] = field(default_factory=lambda: dict(MERGED))
    backward: bool = True
    spelling: dict[str, str] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        require_at_least("seed", self.seed, 0)
        self._new = _inventions(random.Random(f"foreign {self.seed}"))

    def reduced(self, sentence: Sequence[str]) -> list[str]:
        """The words that this language translates: without the dropped ones, the merged ones replaced."""
        return [self.merged.get(word, word) for word in sentence if word not in self.dropped]

    def say(self, sentences: Iterable[Sequence[str]]) -> list[list[str]]:
        """The sentences in this language. A word that is new to it gets a spelling, which it keeps."""
        said = []
        for sentence in sentences:
            tokens = self.reduced(sentence)
            for token in tokens:
                if token not in self.spelling:
                    self.spelling[token] = next(self._new)
            translated = [self.spelling[token] for token in tokens]
            said.append(translated[::-1] if self.backward else translated)
        return said

    def dictionary(self) -> dict[str, str]:
        """The answer key: word -> translation, for words that have one of their own."""
        shared = {*self.merged, *self.merged.values()}
        return {word: foreign for word, foreign in self.spelling.items() if word not in shared}


def centered(vectors: np.ndarray) -> np.ndarray:
    """Rows of length 1, minus their mean, brought to length 1 again (Artetxe et al. 2016): (n, d) float64."""
    unit = unit_rows(np.asarray(vectors, dtype=np.float64))
    return unit_rows(unit - unit.mean(axis=0))


def rotation(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The orthogonal Q (d, d) for which source @ Q lies nearest to target, both (n, d): the sum of squares is smallest.

    With source.T @ target = A S B.T (singular value decomposition), Q = A B.T. If the rows say nothing about some
    directions (always so when n < d), many Q are equally good there. Then these directions are mapped to zero instead:
    Q is the shortest of the best answers, and no longer orthogonal, but still unique.

    Raises:
        ValueError: if the shapes differ, or there are no rows.
    """
    source, target = np.asarray(source, dtype=np.float64), np.asarray(target, dtype=np.float64)
    if source.shape != target.shape or source.ndim != 2 or not len(source):
        raise ValueError(
            f"source, target: shapes {source.shape} and {target.shape}; give two tables of one shape (n, d)"
        )
    a, s, bt = np.linalg.svd(source.T @ target)
    known = s > 1e-10 * max(s[0], 1e-300)
    return a[:, known] @ bt[known]


def precision(mapped: np.ndarray, table: np.ndarray, answers: Sequence[int], k: int = 1) -> float:
    """Share of the rows of `mapped` (n, d) whose answer is among the k rows of `table` (V, d) nearest by cosine.

    Args:
        answers: for each of the n rows the number of the right row of `table`.
        k: how many guesses there are.
    """
    require_at_least("k", k, 1)
    if len(answers) != len(mapped) or not len(mapped):
        raise ValueError(f"answers: {len(answers)} for {len(mapped)} rows; give one for each, and at least one")
    cosines = unit_rows(np.asarray(mapped, dtype=np.float64)) @ unit_rows(np.asarray(table, dtype=np.float64)).T
    own = cosines[np.arange(len(answers)), np.asarray(answers)]
    ahead = (cosines > own[:, None]).sum(axis=1)  # how many rows are nearer than the right one
    return float((ahead < k).mean())


def _inventions(rng: random.Random) -> Iterator[str]:
    """Words of two or three syllables, none of them twice."""
    seen: set[str] = set()
    for number in itertools.count():
        syllables = 2 + (number % 2)
        word = "".join(rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(syllables)) + rng.choice(
            "nrs" + VOWELS
        )
        if word not in seen:
            seen.add(word)
            yield word
