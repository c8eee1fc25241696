"""Vectors from files, as gensim's KeyedVectors, and back: GloVe, word2vec, .npy, .npz, .safetensors, gzip and zip."""

from __future__ import annotations

import functools
import os
import warnings
from collections.abc import Iterator
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lessonlib import vector_cache
from lessonlib.vector_files import APART, Table, opened, watched, words_file
from lessonlib.vector_formats import read_batches
from lessonlib.vector_save import save_vectors

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

__all__ = ["load_vectors", "save_vectors"]
LARGE = 2**20  # bytes: from here on the compiled reader and the cache are worth their start


def load_vectors(path: str | os.PathLike, progress: bool = False) -> KeyedVectors:
    """Word vectors from a file: V words, each with d numbers, as gensim KeyedVectors.

    The format is found from the content, and from the name where the content leaves a doubt:

    - text, one word and its numbers on a line, with word2vec's first line "V d" or, as GloVe's, without;
    - word2vec's binary format;
    - both also in gzip, or as the one file in a zip;
    - .npy or .safetensors with a table (V, d), and beside it a file .words or .txt with one word on each line;
    - .npz with the arrays "vectors" (V, d) and "words".

    A file of more than 1 MB is kept in the cache as it is in memory, so that it opens at once the next time.
    `vectors` cannot be written to, because it may be that file: to change it, `wv.vectors = wv.vectors.copy()`.

    A word that comes again is left out, and bytes that are not UTF-8 are replaced by "�": a warning counts them.
    No counts are made up: `wv.get_vecattr(word, "count")` has none to give.

    Args:
        path: the file.
        progress: show a bar in bytes for what takes longer than two seconds.

    Returns:
        KeyedVectors with `vectors` (V, d) float32, each number what `np.float32(float(text))` gives.

    Raises:
        ValueError: one line that names the file, the line or row, and what is wrong with it.
        OSError: if the file cannot be read, or the disk is full.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"path={str(path)!r}: is not a file")
    paths = [path, words_file(path)] if path.suffix in APART else [path]
    large = path.stat().st_size > LARGE
    read = functools.partial(_read, path, large, progress)
    table = (vector_cache.load(paths, read, progress) if large else None) or _in_memory(read)
    for note in table.notes:
        warnings.warn(f"{path}: {note}", stacklevel=2)
    return _keyed_vectors(table)


def _in_memory(read: vector_cache.Read) -> Table:
    notes: list[str] = []
    words, rows = zip(*read(notes))
    vectors = np.concatenate(rows)
    vectors.flags.writeable = False
    return Table([word for some in words for word in some], vectors, notes)


def _keyed_vectors(table: Table) -> KeyedVectors:
    """KeyedVectors on the table itself, without a copy."""
    from gensim.models import KeyedVectors

    wv = KeyedVectors(table.vectors.shape[1])
    wv.vectors, wv.index_to_key = np.asarray(table.vectors), table.words
    wv.key_to_index = dict(zip(table.words, range(len(table.words))))
    return wv


def _read(path: Path, large: bool, progress: bool, notes: list[str]) -> Iterator[tuple[list[str], np.ndarray]]:
    """The rows of a file in batches: n words, none of them twice, and (n, d) float32. What was mended is noted."""
    seen: set[str] = set()
    repeated, broken, done = [], [], 0
    with opened(path) as source:
        for batch in watched(source, read_batches(source, large), progress):
            words, places = _decoded(batch.words)
            if len(words) != len(batch.rows):
                raise ValueError(f"{path}: a word between rows {done + 1} and {done + len(batch.rows)} holds a newline")
            broken += [done + place + 1 for place in places]
            new = [not (word in seen or seen.add(word)) for word in words]
            repeated += compress(words, np.logical_not(new))
            done += len(words)
            if any(new):
                yield (words, batch.rows) if all(new) else (list(compress(words, new)), batch.rows[new])
    if not seen:
        raise ValueError(f"{path}: holds no vectors")
    if repeated:
        notes.append(f"{len(repeated)} repeated words were left out, {repeated[0]!r} first; the first of each counts")
    if broken:
        notes.append(f"{len(broken)} words are not valid UTF-8, the first in row {broken[0]}; � stands for such bytes")


def _decoded(data: bytes) -> tuple[list[str], list[int]]:
    """The words in a batch's bytes, and which of them (from 0) are not valid UTF-8."""
    try:
        return data.decode("utf-8").split("\n")[:-1], []
    except UnicodeDecodeError:
        lines = data.split(b"\n")[:-1]
        words = [line.decode("utf-8", "replace") for line in lines]
        return words, [i for i, word in enumerate(words) if word.encode("utf-8") != lines[i]]
