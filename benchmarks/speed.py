"""make bench: how fast the trainers are, as ratios to gensim, alternating with it in one run.

python -m benchmarks.speed [--words N] [--rounds N] [--only PART]        parts: sgns cbow fasttext glove scaling excerpt

Words per second are those of one epoch of training, vocabulary and encoding apart, for gensim and for us. A round
measures every candidate once, in turn; the table shows the median of the ratios of the rounds, and their range.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time

import gensim.models
import numpy as np
from tqdm import tqdm

from lessonlib import corpora, trainers
from lessonlib.stream import encode
from lessonlib.text import Vocabulary, window_pairs
from lessonlib.trainers.cooccurrence import count_pairs

COMMON = dict(vector_size=100, window=5, negative=5, min_count=5)


def zipf(words: int, types: int = 40_000, length: int = 20) -> list[list[str]]:
    """A generated text: word r has probability proportional to 1 / r, all words independent."""
    share = 1 / np.arange(1, types + 1)
    rng, names, text = np.random.default_rng(0), np.array([f"w{i}" for i in range(types)], dtype=object), []
    for start in range(0, words, 200_000):  # in parts, so that the text is all that remains in memory
        ids = rng.choice(types, min(200_000, words - start), p=share / share.sum())
        text += [list(names[ids[i : i + length]]) for i in range(0, len(ids), length)]
    return text


def time_gensim(name: str, sentences: list[list[str]], **options) -> float:
    """Seconds of one epoch with two workers."""
    model = getattr(gensim.models, name)(workers=2, **COMMON, **options)
    model.build_vocab(sentences)
    started = time.perf_counter()
    model.train(sentences, total_examples=len(sentences), epochs=1)
    return time.perf_counter() - started


def time_ours(name: str, sentences: list[list[str]], epochs: int = 1, **options) -> float:
    """Seconds from the start of the first epoch to the end of the last."""
    marks = {}
    model = getattr(trainers, name)(epochs=epochs, **{**COMMON, **options})
    model.fit(sentences, on_epoch=lambda epoch, _: marks.__setitem__(epoch, time.perf_counter()))
    return marks[epochs] - marks[0]


def rounds(candidates: dict, n: int) -> dict[str, list[float]]:
    """Seconds of every candidate in every round, each called in turn."""
    seconds = {name: [] for name in candidates}
    for _ in tqdm(range(n), desc="rounds", file=sys.stderr):
        for name, run in candidates.items():
            seconds[name].append(run())
    return seconds


def show(title: str, words: dict[str, int], seconds: dict[str, list[float]], base: str) -> None:
    """A table of words/s and of the ratio to `base`."""
    print(f"\n## {title}\n\nload average {os.getloadavg()[0]:.1f}\n\n| what | words/s | times {base} |\n|---|---|---|")
    speed = {name: [words[name] / s for s in row] for name, row in seconds.items()}
    for name, row in speed.items():
        ratios = [a / b for a, b in zip(row, speed[base])]
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"| {name} | {statistics.median(row):,.0f} | {spread} |", flush=True)


def against_gensim(title: str, ours: str, theirs: str, mode: dict, sentences: list, n: int, all_engines: bool) -> None:
    """One method on one text: gensim with two workers, then our engines; the slow ones on a part of the text."""
    part = sentences[: max(1, len(sentences) // 10)]
    full, tenth = sum(map(len, sentences)), sum(map(len, part))
    candidates = {
        "gensim, 2 workers": (full, lambda: time_gensim(theirs, sentences, **mode)),
        "fast, 2 workers": (full, lambda: time_ours(ours, sentences, engine="fast", workers=2)),
    }
    if all_engines:
        candidates["fast, 1 worker"] = full, lambda: time_ours(ours, sentences, engine="fast", workers=1)
        candidates["torch, 1 thread"] = tenth, lambda: time_ours(ours, part, engine="torch", min_count=1)
        candidates["numpy, 1 thread"] = tenth, lambda: time_ours(ours, part, engine="numpy", min_count=1)
        if ours == "SkipGramNS":
            few = part[:50]
            candidates["pair by pair, in a Python loop"] = sum(map(len, few)), lambda: time_naive(few)
    time_ours(ours, part[:500], engine="fast", min_count=1)  # compile
    seconds = rounds({name: run for name, (_, run) in candidates.items()}, n)
    show(title, {name: words for name, (words, _) in candidates.items()}, seconds, "gensim, 2 workers")


def time_naive(sentences: list[list[str]]) -> float:
    """SGNS as the formula reads: one pair at a time, with its own negatives, in Python and NumPy."""

    from lessonlib.trainers.negative_sampling import pair_loss

    vocabulary, rng = Vocabulary.from_sentences(sentences), np.random.default_rng(1)
    W, U = rng.normal(size=(2, len(vocabulary), 100)) / 100
    started = time.perf_counter()
    for ids in vocabulary.encode(sentences):
        for center, context in window_pairs(list(ids), 3):  # 3: the mean reach of a window of 5
            noise = rng.integers(0, len(vocabulary), 5)
            _, d_h, d_u, d_n = pair_loss(W[center][None], U[context][None], U[noise][None])
            W[center] -= 0.025 * d_h[0]
            U[context] -= 0.025 * d_u[0]
            np.subtract.at(U, noise, 0.025 * d_n[0])
    return time.perf_counter() - started


def glove(sentences: list[list[str]], n: int) -> None:
    """Counting at window 10, and an epoch of the fast engine against one of the NumPy engine."""
    words = sum(map(len, sentences))
    vocabulary = Vocabulary.from_sentences(sentences, 5)
    text = encode(sentences, vocabulary)
    counting = []
    for _ in range(n + 1):  # the first one compiles
        started = time.perf_counter()
        X = count_pairs(text, len(vocabulary), 10, True, "fast", 2)
        counting.append(time.perf_counter() - started)
    print(f"\n## GloVe\n\ncounting {words:,} words at window 10: {statistics.median(counting[1:]):.1f} s ", end="")
    print(f"({min(counting[1:]):.1f} to {max(counting[1:]):.1f}), {X.nnz:,} pairs")
    part = sentences[: len(sentences) // 10]
    options = dict(window=10, min_count=5)
    run = {
        "numpy": lambda: _glove_epoch(part, engine="numpy", **options),
        "fast, 2 workers": lambda: _glove_epoch(part, engine="fast", workers=2, **options),
    }
    run["fast, 2 workers"]()
    total = sum(map(len, part))
    show(f"GloVe, an epoch over {total:,} words", dict.fromkeys(run, total), rounds(run, n), "numpy")


def _glove_epoch(sentences: list[list[str]], **options) -> float:
    marks = {}
    model = trainers.GloVe(vector_size=100, epochs=1, **options)
    model.fit(sentences, on_epoch=lambda epoch, _: marks.__setitem__(epoch, time.perf_counter()))
    return marks[1] - marks[0]


def scaling(n: int) -> None:
    """Time must grow in proportion to words and to epochs."""
    print("\n## Time, SkipGramNS, fast, 2 workers\n\n| million words | epochs | s | s / million |")
    print("|---|---|---|---|")
    text = zipf(8_000_000)
    for millions, epochs in ((1, 1), (2, 1), (4, 1), (8, 1), (1, 2), (1, 4)):
        part = text[: len(text) * millions // 8]
        s = statistics.median(time_ours("SkipGramNS", part, epochs, engine="fast", workers=2) for _ in range(n))
        print(f"| {millions} | {epochs} | {s:.2f} | {s / millions / epochs:.2f} |", flush=True)


def memory(words: int) -> None:
    """Peak memory of a whole process that trains for one epoch, for gensim and for us."""
    print("\n## Peak memory of a process, SkipGramNS\n\n| what | MB |\n|---|---|")
    for who in ("text only", "gensim", "fast"):
        command = [sys.executable, "-m", "benchmarks.speed", "--memory-of", who, "--words", str(words)]
        print(f"| {who} | {subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()} |")


def memory_of(who: str, words: int) -> None:
    """Run one candidate and print this process's peak memory in MB."""
    sentences = zipf(words)
    if who == "gensim":
        time_gensim("Word2Vec", sentences, sg=1)
    elif who == "fast":
        time_ours("SkipGramNS", sentences, engine="fast", workers=2)
    print(round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["sgns", "cbow", "fasttext", "glove", "scaling", "excerpt", "memory"])
    parser.add_argument("--memory-of", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of:
        return memory_of(options.memory_of, options.words)
    text, n, wanted = None, options.rounds, lambda part: options.only in (None, part)
    print(f"# Speed\n\n{os.cpu_count()} cores; generated text of {options.words:,} words; {n} rounds: median (range)")
    if wanted("sgns") or wanted("cbow") or wanted("fasttext") or wanted("glove"):
        text = zipf(options.words)
    if wanted("sgns"):
        against_gensim("Skip-gram", "SkipGramNS", "Word2Vec", dict(sg=1), text, n, True)
    if wanted("cbow"):
        against_gensim("CBOW", "CBOWNS", "Word2Vec", dict(sg=0), text, n, True)
    if wanted("fasttext"):
        against_gensim("FastText", "FastText", "FastText", dict(sg=1), text[: len(text) // 4], n, False)
    if wanted("excerpt"):
        excerpt = corpora.load("wikipedia-excerpt")
        against_gensim("Skip-gram on the Wikipedia excerpt", "SkipGramNS", "Word2Vec", dict(sg=1), excerpt, n, False)
        against_gensim("CBOW on the Wikipedia excerpt", "CBOWNS", "Word2Vec", dict(sg=0), excerpt, n, False)
        against_gensim("FastText on the Wikipedia excerpt", "FastText", "FastText", dict(sg=1), excerpt, n, False)
    if wanted("glove"):
        glove(text, n)
    if wanted("scaling"):
        scaling(n)
    if wanted("memory"):
        memory(options.words)


if __name__ == "__main__":
    main()
