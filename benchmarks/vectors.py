"""How fast a large vector file opens, as ratios to gensim, alternating with it in one run, and with how much memory.

python -m benchmarks.vectors [--rows V] [--columns d] [--rounds N]

The file is text as GloVe writes it, with five digits a number, and stands in the operating system's cache of files.
Every load runs in a process of its own: imports and the compiled parser are loaded before the clock starts. A round
measures every candidate once, in turn; the table shows medians over the rounds, and the range of the ratios.
Memory is the highest that the process had, above what it had before the load.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

from lessonlib import vector_cache

CANDIDATES = ("gensim", "first load", "second load")


def write_glove(path: Path, rows: int, columns: int, seed: int = 0) -> None:
    """A generated file in GloVe's format, with words of several lengths and numbers such as -0.038194."""
    rng = np.random.default_rng(seed)
    row = " %.5g" * columns + "\n"
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for start in range(0, rows, 1000):
            table = rng.normal(0, 0.4, (min(1000, rows - start), columns)).tolist()
            file.writelines(f"{'wörd' * (i % 3)}{i}{row % tuple(numbers)}" for i, numbers in enumerate(table, start))


def measure(who: str, path: Path) -> dict:
    """Load the file in this process: seconds, MB, and a checksum of what was loaded."""
    from gensim.models import KeyedVectors

    from lessonlib.vectors import LARGE, load_vectors

    def load(path: Path) -> KeyedVectors:
        if who == "gensim":
            return KeyedVectors.load_word2vec_format(path, binary=False, no_header=True)
        return load_vectors(path)

    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.txt"
        write_glove(small, 3000, 100)
        assert small.stat().st_size > LARGE
        load(small)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    wv = load(path)
    seconds = time.perf_counter() - started
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    content = hashlib.sha256(wv.vectors)
    content.update("\n".join(wv.index_to_key).encode("utf-8"))
    return {"seconds": seconds, "MB": kilobytes / 1000, "content": content.hexdigest()}


def in_process(who: str, path: Path, cache: Path) -> dict:
    """`measure` in a process of its own, which finds the file in the cache only if it is the second load."""
    if who == "first load":
        shutil.rmtree(cache, ignore_errors=True)
    command = [sys.executable, "-m", "benchmarks.vectors", "--measure", who, "--path", str(path)]
    environment = {**os.environ, "LESSONLIB_CACHE": str(cache)}
    return json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--columns", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", choices=CANDIDATES, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        return print(json.dumps(measure(options.measure, options.path)))
    with tempfile.TemporaryDirectory() as folder:
        path, found = Path(folder) / "glove.txt", {who: [] for who in CANDIDATES}
        write_glove(path, options.rows, options.columns)
        time.sleep(vector_cache.TICK / 1e9)  # a file that was just changed is not trusted by its times
        for _ in tqdm(range(options.rounds), desc="rounds", file=sys.stderr):
            for who in CANDIDATES:
                found[who].append(in_process(who, path, Path(folder) / "cache"))
        size = path.stat().st_size / 1e6
    assert len({run["content"] for runs in found.values() for run in runs}) == 1, "the loaded tables differ"
    table = options.rows * options.columns * 4 / 1e6
    print(
        f"# Vector files\n\n{options.rows:,} x {options.columns}, {size:,.0f} MB of text, a table of {table:,.0f} MB; ",
        end="",
    )
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}; {options.rounds} rounds: median (range)\n")
    print("| what | s | times gensim | memory, MB | memory / table |\n|---|---|---|---|---|")
    for who, runs in found.items():
        ratios = [theirs["seconds"] / run["seconds"] for theirs, run in zip(found["gensim"], runs)]
        seconds, memory = (statistics.median(run[what] for run in runs) for what in ("seconds", "MB"))
        spread = f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
        print(f"| {who} | {seconds:.2f} | {spread} | {memory:.0f} | {memory / table:.1f} |")


if __name__ == "__main__":
    main()
