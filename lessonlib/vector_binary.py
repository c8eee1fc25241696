"""Vectors that are stored as numbers, not as text: word2vec's binary format, .npy, .npz and .safetensors.

Python objects in a file (pickle) are never loaded, because loading them runs code. All formats are read a few megabytes
at a time, so that wrong sizes in a file's first bytes cannot ask for memory.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from lessonlib.vector_files import BOM, Batch, Source, words_file
from lessonlib.vector_text import HEADER, MAX_COLUMNS, MAX_LINE, numbers_per_line

STEP = 2**22  # bytes that are read at once; a row has at most half of it
MAX_WORD = 2**16
SAFETENSORS = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}


def read_word2vec(source: Source) -> Iterator[Batch]:
    """The rows of word2vec's binary format: a line "V d", then each word, a space, and d little-endian float32.

    word2vec.c (Mikolov et al. 2013) writes a newline after each row, gensim does not; both are read.

    Raises:
        ValueError: if the file ends early or goes on, or holds what cannot be a row.
    """
    source.file.seek(0)
    rows, columns = map(int, HEADER.fullmatch(source.file.readline(MAX_LINE).removesuffix(b"\n")).groups())
    what = f"{rows} rows of {columns} numbers that line 1 promises"
    if columns > MAX_COLUMNS:
        raise ValueError(f"{source.path}: cannot hold the {what}; {MAX_COLUMNS:,} in a row is the limit")
    data, at, done = b"", 0, 0
    while done < rows:
        data = data[at:] + source.file.read(STEP)
        words, vectors, at = [], [], 0
        while done + len(words) < rows:
            space = data.find(b" ", at, at + MAX_WORD)
            end = space + 1 + 4 * columns
            if space < 0 or end > len(data):
                break
            words.append(data[at:space].lstrip(b"\n"))
            vectors.append(data[space + 1 : end])
            at = end
        if not words:
            raise ValueError(f"{source.path}: holds only {done} of the {what}; fetch or save it again")
        yield _checked(source, done, words, np.frombuffer(b"".join(vectors), "<f4").reshape(-1, columns))
        done += len(words)
    if (data[at:] + source.file.read(STEP)).strip(b"\n"):
        raise ValueError(f"{source.path}: goes on after the {what}; fetch or save it again")


def read_npy(source: Source) -> Iterator[Batch]:
    """The rows of a NumPy table, (V, d) of float16, float32 or float64; the words stand in a text file beside it."""
    source.file.seek(0)
    yield from _with_words(source, _words_beside(source), source.file, *_npy_header(source, source.file))


def read_npz(source: Source) -> Iterator[Batch]:
    """The rows of two NumPy arrays in a zip: "vectors", (V, d), and "words", (V,) str or UTF-8 bytes.

    "words" may also be what `save_vectors` writes: the bytes (uint8) of all words, a newline after each.
    """
    with source.archive.open("words.npy") as file:
        dtype, shape = _npy_header(source, file)
        data = file.read()
    if len(shape) != 1 or dtype.kind not in "US" and dtype != np.uint8 or len(data) != shape[0] * dtype.itemsize:
        raise ValueError(f"{source.path}: 'words' is {dtype} {shape} in {len(data)} bytes, not an array of words")
    if dtype == np.uint8:
        words = data.removesuffix(b"\n").split(b"\n")
    else:
        try:
            words = np.frombuffer(data, dtype).tolist()
        except (ValueError, SystemError) as error:  # no itemsize, or numbers that are no letters
            raise ValueError(f"{source.path}: 'words' is damaged ({error}); save it again") from error
        words = [word.encode("utf-8", "surrogatepass") if isinstance(word, str) else word for word in words]
    source.file.seek(0)
    yield from _with_words(source, words, source.file, *_npy_header(source, source.file))


def read_safetensors(source: Source) -> Iterator[Batch]:
    """The rows of the one matrix in a .safetensors file; the words stand in a text file beside it.

    The format: 8 bytes with the length of a header, little-endian; the header, JSON that gives the dtype, the shape
    and the place of each tensor; the numbers, without gaps.
    """
    source.file.seek(0)
    length = int.from_bytes(source.file.read(8), "little")
    try:
        tensors = json.loads(source.file.read(length))
        tensors.pop("__metadata__", None)
        [tensor] = tensors.values()
        dtype, shape = np.dtype(SAFETENSORS[tensor["dtype"]]), tuple(tensor["shape"])
        if not all(type(size) is int and size >= 0 for size in shape):
            raise ValueError("sizes are whole numbers")
        if tensor["data_offsets"] != [0, math.prod(shape) * dtype.itemsize]:
            raise ValueError("the numbers of the only tensor must follow the header, and no more")
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError) as error:
        expected = f"one matrix of {', '.join(SAFETENSORS)} and a header that says so"
        raise ValueError(f"{source.path}: expected {expected}; export the table alone, or as .npy") from error
    yield from _with_words(source, _words_beside(source), source.file, dtype, shape)


def _words_beside(source: Source) -> list[bytes]:
    """The lines of the file with the words; not those of a file with vectors or counts that has the same name."""
    place = words_file(source.path)
    lines = place.read_bytes().removeprefix(BOM).removesuffix(b"\n").split(b"\n")
    if all(line.endswith(b"\r") for line in lines[:-1]):
        lines = [line.removesuffix(b"\r") for line in lines]
    if len(lines) > 1 and all(numbers_per_line([line]) for line in lines[:100]):
        raise ValueError(f"{source.path}: in {place.name} numbers follow the words; put the words alone on its lines")
    return lines


def _npy_header(source: Source, file: BinaryIO) -> tuple[np.dtype, tuple[int, ...]]:
    """dtype and shape of the array in .npy format that `file` holds, which is left at its first number."""
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    try:
        shape, by_column, dtype = readers[np.lib.format.read_magic(file)](file)
    except Exception as error:  # a damaged header can break Python's tokenizer, too
        raise ValueError(f"{source.path}: holds no NumPy array that can be read; save it again with np.save") from error
    if dtype.hasobject:
        raise ValueError(f"{source.path}: holds Python objects; these run code when loaded; save text or numbers only")
    if by_column and len(shape) > 1:
        raise ValueError(f"{source.path}: is stored column by column; save np.ascontiguousarray(table) instead")
    return dtype, shape


def _with_words(
    source: Source, words: list[bytes], file: BinaryIO, dtype: np.dtype, shape: tuple[int, ...]
) -> Iterator[Batch]:
    """The rows that stand in `file`, one after the other, with their words."""
    if len(shape) != 2 or dtype.kind != "f" or not 1 <= shape[1] <= MAX_COLUMNS:
        raise ValueError(f"{source.path}: holds {dtype} {shape}; expected float16, float32 or float64 (V, d)")
    rows, columns = shape
    if len(words) != rows:
        raise ValueError(f"{source.path}: has {rows} rows, but there are {len(words)} words; they must be as many")
    step = STEP // (columns * dtype.itemsize) + 1
    for start in range(0, rows, step):
        some = words[start : start + step]
        data = file.read(len(some) * columns * dtype.itemsize)
        if len(data) < len(some) * columns * dtype.itemsize:
            raise ValueError(f"{source.path}: ends before the {rows} rows of {columns} numbers that it promises")
        with np.errstate(over="ignore"):
            table = np.frombuffer(data, dtype).reshape(-1, columns).astype(np.float32)
        yield _checked(source, start, some, table)
    if file.read(1):
        raise ValueError(f"{source.path}: goes on after the {rows} rows of {columns} numbers that it promises")


def _checked(source: Source, start: int, words: list[bytes], table: np.ndarray) -> Batch:
    """A batch that begins at row `start` (from 0), if all of its numbers are finite."""
    finite = np.isfinite(table).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        word = words[row].decode("utf-8", "replace")
        raise ValueError(f"{source.path}: row {start + row + 1}, {word!r}, holds a number that is no finite float32")
    return Batch(b"".join(word + b"\n" for word in words), table)
