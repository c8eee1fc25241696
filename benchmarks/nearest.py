"""How fast a big table answers, as ratios to gensim in one run: many neighbors at once, and the Google analogies.

python -m benchmarks.nearest [--rows 400000] [--rounds 3]

The table is generated: random vectors, among whose words are those of the Google analogies. Both sides answer the same
questions on the same table, one after the other in each round, and must give the same words. Threads: those of NumPy.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from gensim.models import KeyedVectors
from gensim.test.utils import datapath
from tqdm import tqdm

from lessonlib import evaluate

QUERIES, TOPN, ANALOGY_WORDS, PRODUCTS = 1000, 10, 30_000, 1000


def table(rows: int, d: int = 100) -> KeyedVectors:
    """Random vectors; the words of the Google analogies are spread over the first 30,000 rows."""
    rng = np.random.default_rng(0)
    with open(datapath("questions-words.txt"), encoding="utf-8") as file:
        asked = sorted({word.lower() for line in file if not line.startswith(":") for word in line.split()})
    words = np.array([f"w{i}" for i in range(rows)], dtype=object)
    words[rng.choice(ANALOGY_WORDS, len(asked), replace=False)] = asked
    wv = KeyedVectors(d)
    wv.add_vectors(list(words), rng.normal(size=(rows, d)).astype(np.float32))
    return wv


def some_questions(count: int) -> list[tuple[str, ...]]:
    """`count` of the Google analogies, spread over all of its sections."""
    with open(datapath("questions-words.txt"), encoding="utf-8") as file:
        questions = [tuple(line.lower().split()) for line in file if not line.startswith(":")]
    return [questions[i] for i in np.linspace(0, len(questions) - 1, count).astype(int)]


def seconds(run: Callable) -> tuple[float, object]:
    """Seconds that `run()` takes, and what it returns."""
    started = time.perf_counter()
    answer = run()
    return time.perf_counter() - started, answer


def compare(title: str, theirs: Callable, ours: Callable, same: Callable, rounds: int) -> None:
    """One line of the table: median seconds of both, and the median and range of the ratios."""
    pairs = []
    for _ in tqdm(range(rounds), desc=title, file=sys.stderr):
        (slow, first), (fast, second) = seconds(theirs), seconds(ours)
        assert same(first, second), f"{title}: the answers differ"
        pairs.append((slow, fast))
    ratios = [slow / fast for slow, fast in pairs]
    spread = f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
    medians = [f"{statistics.median(column):.2f}" for column in zip(*pairs)]
    print(f"| {title} | {medians[0]} | {medians[1]} | {spread} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    wv = table(options.rows)
    wv.fill_norms()
    words = [wv.index_to_key[i] for i in np.random.default_rng(1).choice(options.rows, QUERIES, replace=False)]
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "as many as NumPy takes")
    print(f"# Asking a table of {options.rows:,} x {wv.vector_size}\n")
    print(f"load average {os.getloadavg()[0]:.1f}; threads: {threads}; {options.rounds} rounds: median (range)\n")
    print("| what | gensim, s | ours, s | times gensim |\n|---|---|---|---|")
    compare(
        f"{QUERIES} words, {TOPN} neighbors each",
        lambda: [[w for w, _ in wv.most_similar(word, topn=TOPN)] for word in words],
        lambda: [[w for w, _ in found] for found in evaluate.neighbor_lists(wv, words, TOPN).values()],
        lambda a, b: a == b,
        options.rounds,
    )
    compare(
        f"Google analogies, {ANALOGY_WORDS:,} words",
        lambda: wv.evaluate_word_analogies(datapath("questions-words.txt"), restrict_vocab=ANALOGY_WORDS)[1][:-1],
        lambda: evaluate.word_analogies(wv, restrict_vocab=ANALOGY_WORDS),
        lambda a, b: [(s["section"], s["correct"], s["incorrect"]) for s in a] == [tuple(s) for s in b],
        options.rounds,
    )
    small = table(ANALOGY_WORDS)  # gensim's 3CosMul looks at the whole table, whatever it is told
    small.fill_norms()
    questions = some_questions(PRODUCTS)
    compare(
        f"{PRODUCTS:,} analogies by 3CosMul, {ANALOGY_WORDS:,} words",
        lambda: [small.most_similar_cosmul(positive=[b, c], negative=[a], topn=1)[0][0] for a, b, c, _ in questions],
        lambda: evaluate.analogy_answers(small, questions, method="3CosMul"),
        lambda a, b: a == b,
        options.rounds,
    )


if __name__ == "__main__":
    main()
