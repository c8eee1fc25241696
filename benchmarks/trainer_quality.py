"""Quality of every trainer against gensim, over seeds, as Markdown tables: ToyWorld's answer key and real text.

python -m benchmarks.trainer_quality toyworld > tests/calibration/trainers_toyworld.md      (10 seeds, about 5 minutes)
LESSONLIB_MIRROR=folder python -m benchmarks.trainer_quality real > tests/calibration/trainers_real.md       (5 seeds)
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor

import gensim.models
import numpy as np
from tqdm import tqdm

from benchmarks import real_text
from lessonlib import evaluate, trainers
from lessonlib.toyworld import ToyWorld, answer_key

TOY = dict(vector_size=50, window=4, epochs=10, min_count=1)
REAL = dict(vector_size=100, window=5, epochs=5, min_count=5)
SGD = {"SkipGramNS": ("Word2Vec", dict(sg=1)), "CBOWNS": ("Word2Vec", dict(sg=0)), "FastText": ("FastText", dict(sg=1))}
GLOVE = dict(vector_size=100, window=4, x_max=10, epochs=40, min_count=1)


def toyworld_models(seed: int):
    """(method, who, vectors) for one seed, which is also that of the world."""
    sentences = ToyWorld(seed=seed).sentences()
    for method, (name, mode) in SGD.items():
        model = getattr(gensim.models, name)(sentences, workers=1, seed=seed, **mode, **TOY)
        yield method, "gensim", model.wv
        for engine, workers in (("fast", 1), ("numpy", None)):
            trainer = getattr(trainers, method)(engine=engine, workers=workers, seed=seed, **TOY)
            yield method, engine, trainer.fit(sentences).wv
    for smoothing in (0.1, 0.0):
        model = trainers.GloVe(smoothing=smoothing, engine="fast", workers=1, seed=seed, **GLOVE)
        yield "GloVe", f"smoothing={smoothing}", model.fit(sentences).wv
    yield "PPMI", "vector_size=200", trainers.PPMI(window=4, min_count=1, seed=seed).fit(sentences).wv


def toyworld_scores(seed: int) -> dict:
    """(method, who) -> [mean analogy accuracy over the seven relations, category purity]."""
    key = answer_key()
    return {
        (method, who): [
            np.mean([evaluate.analogy_accuracy(wv, questions) for questions in key.analogies.values()]),
            evaluate.category_purity(wv, key.categories),
        ]
        for method, who, wv in toyworld_models(seed)
    }


def real_scores(seed: int) -> dict:
    """(method, who) -> the three scores of `real_text`."""
    sentences, found = real_text.corpus(), {}
    for method, (name, mode) in SGD.items():
        model = getattr(gensim.models, name)(sentences, workers=2, seed=seed, **mode, **REAL)
        found[method, "gensim"] = real_text.scores(model.wv)
        trainer = getattr(trainers, method)(engine="fast", workers=2, seed=seed, **REAL).fit(sentences)
        found[method, "fast"] = real_text.scores(trainer.wv)
    return found


def table(runs: list[dict], columns: tuple[str, ...]) -> None:
    """Mean and standard deviation; for our engines also the difference from gensim in standard errors."""
    print("| method | engine | " + " | ".join(columns) + " |\n" + "|---" * (len(columns) + 2) + "|")
    for method, who in runs[0]:
        values = np.array([run[method, who] for run in runs])
        cells = [f"{v.mean():.3f} ± {v.std(ddof=1):.3f}" for v in values.T]
        if (method, "gensim") in runs[0] and who != "gensim":
            theirs = np.array([run[method, "gensim"] for run in runs])
            gaps = [real_text.difference(a, b) for a, b in zip(values.T, theirs.T)]
            cells = [f"{cell} ({gap:+.3f} ± {error:.3f})" for cell, (gap, error) in zip(cells, gaps)]
        print(f"| {method} | {who} | " + " | ".join(cells) + " |")


def main() -> None:
    if sys.argv[1:] == ["toyworld"]:
        with ProcessPoolExecutor(2) as pool:
            runs = list(tqdm(pool.map(toyworld_scores, range(1, 11)), total=10, desc="seeds"))
        print(
            "# Trainers on ToyWorld's answer key\n\nMean ± standard deviation over seeds 1 to 10 (of the world and of"
        )
        print("the trainer); in brackets the difference of means from gensim and its standard error. One worker,")
        print(f"{TOY}; GloVe with\n{GLOVE}.\nMade by `python -m benchmarks.trainer_quality toyworld`.\n")
        table(runs, ("analogies, mean of 7 relations", "category purity"))
    elif sys.argv[1:] == ["real"]:
        sentences = real_text.corpus()
        runs = [real_scores(seed) for seed in tqdm(range(1, 6), desc="seeds")]
        print("# Trainers on real text\n\nMean ± standard deviation over seeds 1 to 5; in brackets the difference of")
        print(f"means from gensim and its standard error.\n{sum(map(len, sentences)):,} words, two workers, {REAL}.")
        print("Made by `python -m benchmarks.trainer_quality real`.\n")
        table(runs, real_text.SCORES)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
