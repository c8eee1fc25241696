"""A vector file as a stream of bytes: plain, gzip, or the one file in a zip. Nothing is unpacked to disk."""

from __future__ import annotations

import contextlib
import gzip
import os
import secrets
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

BOM = b"\xef\xbb\xbf"
RATIO, FREE = 100, 2**26  # vectors pack to a third: what grows a hundredfold, beyond 64 MB, was made to do harm
DAMAGE = (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError)
APART = (".npy", ".safetensors")  # tables without words: these stand in a text file of the same name


class Batch(NamedTuple):
    """Some rows of a table, as a reader hands them over: the bytes of n words, a newline after each; (n, d) float32."""

    words: bytes
    rows: np.ndarray


class Table(NamedTuple):
    """A whole table: V different words, their vectors (V, d) float32, and what the learner should be warned of."""

    words: list[str]
    vectors: np.ndarray
    notes: list[str]


class Source(NamedTuple):
    """An opened vector file.

    Attributes:
        path: as the caller named it, for messages.
        raw: the file on disk.
        file: its content, unpacked while it is read; `seek(0)` rewinds it.
        archive: the zip that `file` stands in, if it does.
    """

    path: Path
    raw: BinaryIO
    file: BinaryIO
    archive: zipfile.ZipFile | None = None


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a vector file for reading.

    Raises:
        ValueError: while it is open, too, for an archive that is cut off, damaged, locked, a bomb or of several files.
    """
    with contextlib.ExitStack() as stack:
        raw = stack.enter_context(open(path, "rb"))
        magic = raw.read(4)
        raw.seek(0)
        if not magic.startswith((b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06")):
            yield Source(path, raw, raw)
            return
        try:
            if magic.startswith(b"PK"):
                archive = stack.enter_context(zipfile.ZipFile(raw))
                yield Source(path, raw, stack.enter_context(archive.open(_member(path, archive))), archive)
            else:
                yield Source(path, raw, stack.enter_context(gzip.GzipFile(fileobj=raw)))
        except DAMAGE as error:
            raise ValueError(f"{path}: the archive is cut off or damaged ({error}); fetch or pack it again") from error


def _member(path: Path, archive: zipfile.ZipFile) -> str:
    """The name of the file in a zip that holds the vectors."""
    infos = [i for i in archive.infolist() if not i.is_dir() and not i.filename.startswith("__MACOSX/")]
    for info in infos:
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"{path}: {info.filename!r} has a password or a rare compression; unpack it first")
        refuse_bomb(path, info.file_size, info.compress_size)
    names = [info.filename for info in infos]
    if sorted(names) == ["vectors.npy", "words.npy"]:
        return "vectors.npy"
    if len(names) != 1:
        shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        raise ValueError(f"{path}: holds {len(names)} files ({shown}), not one; unpack it and load the one you want")
    return names[0]


def refuse_bomb(path: Path, unpacked: int, packed: int) -> None:
    """Raise ValueError if `packed` bytes became `unpacked` ones, and no real vectors pack that well."""
    if unpacked > max(FREE, RATIO * packed):
        raise ValueError(f"{path}: unpacks to more than {RATIO} times its size, as no vectors do; not read any further")


def words_file(path: Path) -> Path:
    """Where the words of a table without words stand: the same name with .words, or else with .txt."""
    places = [path.with_suffix(".words"), path.with_suffix(".txt")]
    for place in places:
        if place.is_file():
            return place
    raise ValueError(f"{path}: holds no words; put them, one on each line, into {places[0].name} or {places[1].name}")


def watched(source: Source, batches: Iterable[Batch], progress: bool) -> Iterator[Batch]:
    """The same batches; on the way a bar is moved, and a bomb is noticed."""
    size = os.fstat(source.raw.fileno()).st_size
    with bar(f"reading {source.path.name}", size, progress) as shown:
        for batch in batches:
            refuse_bomb(source.path, source.file.tell(), size)
            shown.update(source.raw.tell() - shown.n)
            yield batch


def bar(what: str, size: int, progress: bool):
    """A bar over `size` bytes, which appears after two seconds."""
    from tqdm import tqdm

    return tqdm(
        total=size, desc=what, unit="B", unit_scale=True, delay=2, disable=not progress, file=sys.stdout, ncols=100
    )


@contextlib.contextmanager
def atomic(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes the name `path` when it is complete, and is removed after an error."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(temporary, "xb") as file:
            yield file
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
