"""Vectors into files, in the formats that `load_vectors` reads."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from lessonlib.vector_files import APART, BOM, atomic
from lessonlib.vector_text import FIELD, HEADER, NUMBER_LIKE

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

ROW_BY_ROW = (".txt", ".vec", ".bin")


def save_vectors(wv: KeyedVectors, path: str | os.PathLike) -> None:
    """Write word vectors to a file, in the format that its name asks for; `load_vectors` reads the same numbers back.

    | name | format |
    |---|---|
    | .txt | text as GloVe writes it: a word and its numbers on a line |
    | .vec | text as word2vec and fastText write it: the same after a line "V d" |
    | .bin | word2vec's binary format |
    | .txt.gz, .vec.zip, … | one of these three, packed |
    | .npy, .safetensors | the table (V, d); the words go into a file .words beside it, one on a line |
    | .npz | the arrays "vectors" (V, d) and "words", UTF-8 with a newline after each word |

    A file appears under its name when it is complete. Numbers are float32; in text they have nine digits, which tell
    any two float32 apart.

    Raises:
        ValueError: for another name, or a word or number that the format cannot hold.
    """
    path = Path(path)
    inner = path.with_suffix("") if path.suffix in (".gz", ".zip") else path
    words, table = _content(wv)
    if inner.suffix in ROW_BY_ROW:
        with atomic(path) as file, _packed(file, path.suffix, inner.name) as packed:
            packed.writelines(_binary(words, table) if inner.suffix == ".bin" else _text(words, table, inner.suffix))
    elif path.suffix == ".npz":
        with atomic(path) as file:
            np.savez(file, words=np.frombuffer(_lines(words), np.uint8), vectors=table)
    elif path.suffix in APART:
        _refuse(words, lambda word: word.endswith(b"\r"), "ends in a carriage return")
        with atomic(path.with_suffix(".words")) as file:
            file.write((BOM if words[0].startswith(BOM) else b"") + _lines(words))
        with atomic(path) as file:
            _safetensors(file, table) if path.suffix == ".safetensors" else np.save(file, table, allow_pickle=False)
    else:
        known = ", ".join([*ROW_BY_ROW, *APART, ".npz"])
        raise ValueError(f"path={str(path)!r}: the name must end in {known}, or in .gz or .zip after the first three")


def _content(wv: KeyedVectors) -> tuple[list[bytes], np.ndarray]:
    """The words as UTF-8 and the table as float32, if any format can hold them."""
    if not len(wv):
        raise ValueError("wv: holds no vectors")
    with np.errstate(over="ignore"):
        table = np.ascontiguousarray(wv.vectors, "<f4")
    finite = np.isfinite(table).all(axis=1)
    if not finite.all():
        raise ValueError(f"wv: the vector of {wv.index_to_key[int(np.argmin(finite))]!r} is not finite in float32")
    try:
        words = [word.encode("utf-8") for word in wv.index_to_key]
    except (UnicodeEncodeError, AttributeError) as error:
        raise ValueError(f"wv: a word cannot be written as UTF-8 text ({error})") from error
    _refuse(words, lambda word: b"\n" in word, "holds a newline")
    return words, table


def _refuse(words: list[bytes], is_bad, why: str) -> None:
    for word in words:
        if is_bad(word):
            raise ValueError(f"wv: the word {word.decode('utf-8')!r} {why}, which this format cannot hold; try .npz")


def _lines(words: list[bytes]) -> bytes:
    return b"".join(word + b"\n" for word in words)


@contextlib.contextmanager
def _packed(file: BinaryIO, packing: str, name: str) -> Iterator[BinaryIO]:
    """What to write to, so that `file` receives it packed."""
    if packing == ".gz":
        with gzip.GzipFile(name, "wb", 6, file, mtime=0) as packed:
            yield packed
    elif packing == ".zip":
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open(name, "w", force_zip64=True) as packed:
                yield packed
    else:
        yield file


def _text(words: list[bytes], table: np.ndarray, suffix: str) -> Iterator[bytes]:
    _refuse(words, lambda word: word.endswith((b" ", b"\t")), "ends in a space or tab")
    _refuse(words, _ends_in_a_number, "ends in a number after a space or tab")
    row = (" %.9g" * table.shape[1] + "\n").encode("ascii")
    if suffix == ".vec":
        yield b"%d %d\n" % table.shape
    else:
        if HEADER.fullmatch(words[0] + (row % tuple(table[0].tolist())).removesuffix(b"\n")):
            raise ValueError("wv: the first row looks like the line V d that other formats begin with; save as .vec")
        yield BOM if words[0].startswith(BOM) else b""
    for word, numbers in zip(words, table):
        yield word + row % tuple(numbers.tolist())


def _ends_in_a_number(word: bytes) -> bool:
    fields = FIELD.findall(word)
    return bool(fields) and fields[-1] != word and bool(NUMBER_LIKE.fullmatch(fields[-1]))


def _binary(words: list[bytes], table: np.ndarray) -> Iterator[bytes]:
    _refuse(words, lambda word: b" " in word, "holds a space")
    yield b"%d %d\n" % table.shape
    for word, numbers in zip(words, table):
        yield word + b" " + numbers.tobytes()


def _safetensors(file: BinaryIO, table: np.ndarray) -> None:
    header = json.dumps({"vectors": {"dtype": "F32", "shape": table.shape, "data_offsets": [0, table.nbytes]}})
    header += " " * (-len(header) % 8)
    file.write(len(header).to_bytes(8, "little") + header.encode("ascii") + table.tobytes())
