"""What the capstone (lesson 11) gives on each text, as the page docs/capstone-results.md.

LESSONLIB_MIRROR=folder python -m benchmarks.capstone      (about 10 minutes of one core; --keep FILE keeps the numbers)
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from lessonlib import corpora, leaderboard, sampling, text
from lessonlib.downloads import DownloadError
from lessonlib.exercises.lesson11.right import count_of, draw_pairs, rank_of_answer, train_sgns
from lessonlib.trainers import SkipGramNS
from lessonlib.trainers.base import keyed_vectors

PAGE = Path(__file__).resolve().parent.parent / "docs" / "capstone-results.md"
TEXTS = ("toyworld", "wikipedia-excerpt", "wikitext-2 (valid and test)")
ASKED = ("paris", "king", "man", "woman", "queen")
MIN_COUNT, SAMPLE, SIZE, NEGATIVE = 5, 1e-4, 100, 5
EPOCHS, WINDOWS = (3, 10, 30), (2, 5, 10)
SEEDS, NULL_SEEDS, GRID_SEEDS = (0, 1, 2, 3, 4), (0, 1, 2), (1, 2, 3)


def load(name: str, size: int | None = None) -> list[list[str]]:
    """The sentences of one of `TEXTS`; `size` makes a smaller toyworld.

    Raises:
        DownloadError: if WikiText-2 is not in the cache, the mirror or the network.
    """
    if name == "toyworld":
        return corpora.load("toyworld", **({"size": size} if size else {}))
    if name == "wikipedia-excerpt":
        return corpora.load(name)
    return [s for split in ("valid", "test") for s in corpora.load("wikitext-2", split=split)]


def facts(sentences: list[list[str]]) -> dict:
    """Size, vocabulary and the counts that decide what may be asked."""
    capitals = count_of(sentences, leaderboard.capitals()).values()
    return {
        "words": sum(map(len, sentences)),
        "vocabulary": len(text.Vocabulary.from_sentences(sentences, MIN_COUNT)),
        "counts": count_of(sentences, ASKED),
        "capitals": [sum(count >= least for count in capitals) for least in (MIN_COUNT, 50)],
    }


def scores(vocabulary: text.Vocabulary, table: np.ndarray) -> dict:
    """Capitals near paris and near all capitals, the rank of queen, WordSim-353, the answer key."""
    wv = keyed_vectors(vocabulary, table)
    line, near = leaderboard.score("", wv), leaderboard.capitals_near(wv)
    known = all(word in vocabulary for word in ASKED)
    return {
        "paris": near.get("paris"),
        "near": line.near,
        "chance": 5 * (line.capitals - 1) / (len(vocabulary) - 1),
        "rank": rank_of_answer(table, vocabulary.words, ("man", "king", "woman"), "queen") if known else None,
        "rho": line.rho and [line.rho.rho, line.rho.low, line.rho.high],
        "pairs": [line.pairs, line.all_pairs],
        "right": line.right,
        "questions": [line.questions, line.all_questions],
    }


def pipeline(sentences: list[list[str]], seed: int, null: bool = False) -> dict:
    """The learner's own pipeline, with the model answers of lesson 11: window 5, three epochs, Adam."""
    import torch

    torch.set_num_threads(1)
    if null:
        sentences = text.shuffle_across_sentences(sentences, seed)
    vocabulary = text.Vocabulary.from_sentences(sentences, MIN_COUNT)
    encoded, keep = vocabulary.encode(sentences), sampling.keep_probability(vocabulary.counts, SAMPLE)
    epochs = [draw_pairs(encoded, keep, 5, 1000 * seed + epoch) for epoch in range(3)]
    table, _ = train_sgns(epochs, vocabulary.counts, SIZE, NEGATIVE, seed)
    return scores(vocabulary, np.asarray(table, dtype=np.float64))


def grid_cell(sentences: list[list[str]], seed: int, epochs: int, window: int) -> dict:
    """One cell of the grid, with lessonlib's SkipGramNS at its default learning rate."""
    how = dict(vector_size=SIZE, negative=NEGATIVE, sample=SAMPLE, min_count=MIN_COUNT, workers=1)
    model = SkipGramNS(epochs=epochs, window=window, seed=seed, **how).fit(sentences)
    return scores(model.vocabulary, model.W)


def jobs(names: Sequence[str]) -> list[tuple]:
    """Everything to measure: (text, kind, seed, epochs, window), the long ones first."""
    own = [(n, "own", seed, 3, 5) for n in names for seed in SEEDS]
    null = [(n, "null", seed, 3, 5) for n in names for seed in NULL_SEEDS]
    grid = [(n, "grid", seed, e, w) for e in reversed(EPOCHS) for w in WINDOWS for n in names for seed in GRID_SEEDS]
    return own + null + grid


def measure(job: tuple) -> dict:
    """The scores of one job."""
    name, kind, seed, epochs, window = job
    sentences = load(name)
    if kind == "grid":
        return grid_cell(sentences, seed, epochs, window)
    return pipeline(sentences, seed, null=kind == "null")


def everything() -> dict:
    """Facts of each text that can be had, and the scores of each job, ready for JSON."""
    texts = {}
    for name in TEXTS:
        try:
            texts[name] = facts(load(name))
        except DownloadError as error:
            print(f"{name}: not measured, {error}", file=sys.stderr)
    todo = jobs(list(texts))
    with ProcessPoolExecutor(2) as pool:
        found = list(tqdm(pool.map(measure, todo), total=len(todo), desc="runs"))
    return {"texts": texts, "runs": [[*job, run] for job, run in zip(todo, found)]}


def page(results: dict) -> str:
    """The whole page."""
    return "\n".join([*_head(results), *_own(results), *_grid(results), *_why(results)]) + "\n"


def _runs(results: dict, name: str, kind: str, epochs: int = 3, window: int = 5) -> list[dict]:
    return [run for *job, run in results["runs"] if job[:2] == [name, kind] and job[3:] == [epochs, window]]


def _head(results: dict) -> Iterator[str]:
    yield "# What to expect of the capstone, on each text\n"
    yield "Made by `python -m benchmarks.capstone`; do not edit by hand. The functions are those of the bank."
    yield "The training split of WikiText-2 was not measured, because it was not at hand; its validation and test"
    yield "splits were.\n\n## The texts, and the counts that come first\n"
    yield "| text | words | vocabulary | " + " | ".join(ASKED) + " | capitals seen 5 times | 50 times |"
    yield "|---" * (len(ASKED) + 5) + "|"
    for name in TEXTS:
        if name not in results["texts"]:
            yield f"| {name} | not measured |" + " |" * (len(ASKED) + 3)
            continue
        fact = results["texts"][name]
        counts = " | ".join(f"{fact['counts'][word]}" for word in ASKED)
        five, fifty = fact["capitals"]
        yield f"| {name} | {fact['words']:,} | {fact['vocabulary']:,} | {counts} | {five} | {fifty} |"
    yield "\nBelow about 50 occurrences, do not trust what a word's neighbors say.\n"


def _own(results: dict) -> Iterator[str]:
    yield "## The learner's pipeline: three epochs, window 5\n"
    yield f"100 dimensions, 5 negatives, subsampling {SAMPLE:g}, Adam at 0.005, batches of 2,048, float32. The text"
    yield f"stays the same, the seed changes: {len(SEEDS)} seeds, and {len(NULL_SEEDS)} for the null control (shuffled"
    yield "text). Mean ± standard deviation.\n"
    yield (
        "| text | capitals near paris, each seed | capitals near all capitals (chance) | rank of queen, each seed |"
        " WordSim-353 rho | pairs known | ToyWorld's analogies right | known |"
    )
    yield "|---" * 8 + "|"
    for name in results["texts"]:
        for kind, label in (("own", name), ("null", f"{name}, null control")):
            yield _row(label, _runs(results, name, kind))


def _row(label: str, runs: list[dict]) -> str:
    ranks = ", ".join("–" if run["rank"] is None else f"{run['rank']:,}" for run in runs)
    paris = ", ".join("–" if run["paris"] is None else f"{run['paris']}" for run in runs)
    rho = _mean([run["rho"] and run["rho"][0] for run in runs], "{:.2f}")
    found, right = runs[0], _mean([run["right"] for run in runs], "{:.2f}")
    near = _mean([run["near"] for run in runs], "{:.2f}")
    return (
        f"| {label} | {paris} | {near} ({found['chance']:.2f}) | {ranks} | {rho} | {found['pairs'][0]} of "
        f"{found['pairs'][1]} | {right} | {found['questions'][0]:,} of {found['questions'][1]:,} |"
    )


def _mean(values: list, form: str) -> str:
    if None in values:
        return "–"
    return form.format(np.mean(values)) + (f" ± {form.format(np.std(values, ddof=1))}" if len(values) > 1 else "")


def _grid(results: dict) -> Iterator[str]:
    yield "\n## Epochs and windows\n"
    yield f"lessonlib's `SkipGramNS` at its default learning rate, {len(GRID_SEEDS)} seeds, other settings as above."
    yield "Compare its lines with one another, not with the table above: its steps are of another size than Adam's.\n"
    yield "| text | epochs | window | capitals near all capitals | rank of queen, each seed | WordSim-353 rho |"
    yield "|---" * 6 + "|"
    for name in results["texts"]:
        for epochs in EPOCHS:
            for window in WINDOWS:
                runs = _runs(results, name, "grid", epochs, window)
                ranks = ", ".join("–" if run["rank"] is None else f"{run['rank']:,}" for run in runs)
                near = _mean([run["near"] for run in runs], "{:.2f}")
                rho = _mean([run["rho"] and run["rho"][0] for run in runs], "{:.2f}")
                yield f"| {name} | {epochs} | {window} | {near} | {ranks} | {rho} |"


def _why(results: dict) -> Iterator[str]:
    """What the tables say, in sentences whose numbers and directions are taken from them."""
    yield "\n## How to read this\n"
    real = [run["near"] for name, *_, run in results["runs"] if name != "toyworld" and run["near"] is not None]
    yield "ToyWorld is made of templates in which every capital fills the same places, so capitals become neighbors."
    yield "In real text of this size few capitals occur often" + (
        f", and no run above brings more than {max(real):.1f} of 5 near a capital, on average." if real else "."
    )
    yield "That is no fault of the code that you wrote: the counts say it before any training.\n"
    for name, fact in results["texts"].items():
        rare = [word for word, count in fact["counts"].items() if count < 50]
        own, null = _runs(results, name, "own"), _runs(results, name, "null")
        yield f"**{name}.** Seen fewer than 50 times: {', '.join(rare) or 'none of the five words'}. Of the capitals,"
        yield f"{fact['capitals'][1]} are seen 50 times or more: so many could be trusted as neighbors of one another."
        if None not in [run["rank"] for run in own]:
            ranks = sorted(run["rank"] for run in own)
            same = ranks[0] == ranks[-1]
            yield "The rank of queen " + (
                f"is {ranks[0]:,} with each seed."
                if same
                else f"goes from {ranks[0]:,} to {ranks[-1]:,}, from seed to seed."
            )
        if None not in [run["rho"] for run in own + null]:
            top = max(run["rho"][0] for run in null)
            ours = min(run["rho"][0] for run in own)
            verdict = "cannot tell" if top >= ours else "tells"
            yield f"WordSim-353 knows {own[0]['pairs'][0]} pairs; shuffled text reaches rho {top:.2f} on them, the text"
            yield f"at least {ours:.2f}: here rho {verdict} text from shuffled text."
        yield from _grid_in_words(results, name)
        yield ""


def _grid_in_words(results: dict, name: str) -> Iterator[str]:
    """Which cell of the grid is best for each measure, and what 30 epochs change against 10."""
    mean = {}
    for cell in [(epochs, window) for epochs in EPOCHS for window in WINDOWS]:
        runs = _runs(results, name, "grid", *cell)
        values = [
            [run["near"] for run in runs],
            [run["rank"] for run in runs],
            [run["rho"] and run["rho"][0] for run in runs],
        ]
        if any(None in column for column in values):
            return
        mean[cell] = np.mean(values[0]), float(np.median(values[1])), np.mean(values[2])
    best = [max(mean, key=lambda cell: mean[cell][0]), min(mean, key=lambda cell: mean[cell][1])]
    best.append(max(mean, key=lambda cell: mean[cell][2]))
    said = [f"{epochs} epochs, window {window}" for epochs, window in best]
    top = mean[best[0]][0], mean[best[1]][1], mean[best[2]][2]
    yield f"In the grid, capitals are best at {said[0]} ({top[0]:.2f} of 5), the median rank of queen at {said[1]}"
    yield f"({top[1]:,.0f}), rho at {said[2]} ({top[2]:.2f})."
    (near, rank, rho), (near30, rank30, rho30) = mean[10, 5], mean[30, 5]
    yield f"At window 5, from 10 to 30 epochs: capitals {near:.2f} to {near30:.2f}, median rank of queen {rank:,.0f} to"
    yield f"{rank30:,.0f}, rho {rho:.2f} to {rho30:.2f}."


def write(path: Path, content: str) -> None:
    """Put the content in place in one step."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with open(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(content)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)


def main() -> None:
    """Measure, or take the numbers that `--keep` kept, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="JSON file for the numbers; if it exists, nothing is measured")
    parser.add_argument("--out", type=Path, default=PAGE)
    arguments = parser.parse_args()
    if arguments.keep and arguments.keep.exists():
        results = json.loads(arguments.keep.read_text(encoding="utf-8"))
    else:
        results = everything()
        if arguments.keep:
            write(arguments.keep, json.dumps(results, indent=1))
    write(arguments.out, page(results))


if __name__ == "__main__":
    main()
