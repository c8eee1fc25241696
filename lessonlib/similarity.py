"""Similarity benchmarks: do vectors order pairs of words as people did? Spearman's rho, with coverage and interval."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessonlib.nearest import unit_rows
from lessonlib.text import require_at_least

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

# Both come with gensim: Finkelstein et al. (2002), relatedness of 353 pairs; Hill, Reichart & Korhonen (2015),
# similarity of 999 pairs.
SHIPPED = {"wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}


class Pair(NamedTuple):
    """Two words and how similar people found them; only the order of the scores matters."""

    first: str
    second: str
    score: float


class Result(NamedTuple):
    """What a benchmark gave.

    Attributes:
        rho: Spearman's rank correlation between the scores of people and the cosines, over the pairs that were found.
        low, high: its 95 % bootstrap interval.
        found, total: pairs of which both words have vectors, and all pairs.
    """

    name: str
    rho: float
    low: float
    high: float
    found: int
    total: int

    @property
    def coverage(self) -> float:
        """Share of the pairs that were found."""
        return self.found / self.total

    def __str__(self) -> str:
        return f"{self.name}: rho {self.rho:.2f} [{self.low:.2f}, {self.high:.2f}], {self.found} of {self.total} pairs"


def load_pairs(name: str | os.PathLike) -> tuple[Pair, ...]:
    """The pairs of a benchmark.

    Args:
        name: "wordsim353" or "simlex999", which come with gensim, or a UTF-8 file with lines "word, tab, word, tab,
            score"; lines that start with # and empty lines are left out.

    Raises:
        FileNotFoundError: for a name that is neither.
        ValueError: for a line that is not such a line; names the file and the line.
    """
    if name in SHIPPED:
        from gensim.test.utils import datapath

        path = Path(datapath(SHIPPED[name]))
    else:
        path = Path(name)
        if not path.is_file():
            raise FileNotFoundError(f"{os.fspath(name)}: is neither a file nor one of {', '.join(SHIPPED)}")
    pairs = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if line.startswith("#") or not line.strip():
                continue
            try:
                first, second, score = (part.strip() for part in line.split("\t"))
                pairs.append(Pair(first, second, float(score)))
            except ValueError:
                raise ValueError(f"{path.name}, line {number}: expected word, tab, word, tab, number") from None
    return tuple(pairs)


def benchmark(
    wv: KeyedVectors, pairs: str | os.PathLike | Sequence[Pair], *, name: str = "", rounds: int = 1000, seed: int = 0
) -> Result:
    """Spearman's rho between the scores of people and the cosines of the vectors, as gensim's `evaluate_word_pairs`.

    Upper and lower case are the same; of words that differ in case only, the first of the table is meant. Pairs with
    an unknown word are left out, so two models are comparable only over the same pairs: look at `found`. The interval
    is the percentile bootstrap (Efron 1979) over the pairs: another sample of pairs could have given these values.

    Args:
        pairs: what `load_pairs` takes, or pairs.
        name: how the result calls itself; the name of the benchmark if left out.
        rounds: how many samples of the bootstrap.

    Raises:
        ValueError: if fewer than three pairs are known, or rounds is below 1.
    """
    require_at_least("rounds", rounds, 1)
    if isinstance(pairs, str | os.PathLike):
        name, pairs = name or Path(pairs).name, load_pairs(pairs)
    ids = {word.upper(): i for i, word in reversed(list(enumerate(wv.index_to_key)))}
    found = [pair for pair in pairs if pair.first.upper() in ids and pair.second.upper() in ids]
    if len(found) < 3:
        raise ValueError(f"pairs: both words are known in only {len(found)} of {len(pairs)}; at least 3 are needed")
    first, second = (unit_rows(wv.vectors[[ids[word.upper()] for word in words]]) for words in list(zip(*found))[:2])
    cosines = np.einsum("nd,nd->n", first, second)
    people = np.array([pair.score for pair in found])
    sample = np.random.default_rng(seed).integers(len(found), size=(rounds, len(found)))
    low, high = np.nanquantile(spearman(people[sample], cosines[sample]), [0.025, 0.975])
    rho = float(spearman(people, cosines))
    return Result(name or "similarity", rho, float(low), float(high), len(found), len(pairs))


def spearman(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Spearman's rho (1904) along the last axis: Pearson's correlation of the ranks, ties sharing their mean rank.

    NaN where one side has only one value.
    """
    from scipy.stats import rankdata

    first, second = (rankdata(values, axis=-1) for values in (first, second))
    first, second = (ranks - ranks.mean(axis=-1, keepdims=True) for ranks in (first, second))
    together = (first * second).sum(axis=-1)
    scale = np.sqrt((first**2).sum(axis=-1) * (second**2).sum(axis=-1))
    return np.divide(together, scale, out=np.full(np.shape(together), np.nan), where=scale > 0)
