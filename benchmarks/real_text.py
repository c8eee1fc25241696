"""Scores on real text with the benchmarks that gensim installs: WordSim-353, SimLex-999, the Google analogies."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from gensim.test.utils import datapath
from scipy.stats import spearmanr

from lessonlib import corpora
from lessonlib.evaluate import analogy_accuracy

SCORES = ("WordSim-353", "SimLex-999", "Google analogies")


def corpus() -> list[list[str]]:
    """The Wikipedia excerpt, with the WikiText-2 files of the folder `LESSONLIB_MIRROR` added where there are any."""
    sentences = corpora.load("wikipedia-excerpt")
    for path in sorted(Path(os.environ.get("LESSONLIB_MIRROR", "no-mirror"), "wikitext-2").glob("*.txt")):
        sentences = sentences + corpora.load(path)
    return sentences


def scores(wv) -> list[float]:
    """Spearman's rho on WordSim-353 and on SimLex-999, and top-1 accuracy on the Google analogies, known words only."""
    return [_rank("wordsim353.tsv", 2, wv), _rank("simlex999.txt", 2, wv), analogy_accuracy(wv, google(wv))]


def _rank(name: str, column: int, wv) -> float:
    with open(datapath(name), encoding="utf-8") as file:
        rows = [line.split("\t") for line in file if not line.startswith(("#", "Word 1"))]
    known = [(a.lower(), b.lower(), float(x)) for a, b, x in (row[: column + 1] for row in rows)]
    known = [row for row in known if row[0] in wv and row[1] in wv]
    return float(spearmanr([wv.similarity(a, b) for a, b, _ in known], [x for *_, x in known]).statistic)


def google(wv) -> list[tuple[str, str, str, str]]:
    """The questions whose four words the model knows."""
    with open(datapath("questions-words.txt"), encoding="utf-8") as file:
        questions = [tuple(line.lower().split()) for line in file if not line.startswith(":")]
    return [q for q in questions if all(word in wv for word in q)]


def difference(ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """Difference of two means and its standard error, for independent runs in rows."""
    error = np.sqrt(ours.var(ddof=1) / len(ours) + theirs.var(ddof=1) / len(theirs))
    return float(ours.mean() - theirs.mean()), float(error)
