"""Tables that open at once: what was read from a large vector file is kept, to be mapped into memory the next time.

An entry is a folder, named after the content of the file that it was read from:

    vectors/KEY/table.f32    the (V, d) numbers, little-endian float32, row after row
    vectors/KEY/words.txt    the V words in UTF-8, a newline after each
    vectors/KEY/about.json   checksums, and what the reader wants the learner to know

It is written under another name and renamed when it is complete: what a killed process leaves is never read. A map
costs nothing until rows are used; then the operating system fetches their pages, and may drop them again. The folder
may be deleted at any time. The words are compared with their checksum each time; of the table, which may be larger than
memory, only its size and some pages: that finds what a disk cut off or lost, not a single bit in between.

The key needs a checksum of the whole file, a second for each 2 GB. So that the second load need not wait, a record
says which checksum a file had, and what the file system said of it then: size, times of change, inode. Who changes a
file changes its times. But a change could go unseen within one tick of the clock (2 s on the coarsest file system in
use), or through a memory map while the page is not yet written back (35 s on Linux as it comes). Therefore no record
is made of a file that was changed in the 40 s before its checksum was begun.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import json
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from lessonlib.corpora import cache_folder
from lessonlib.vector_files import Table, atomic, bar

TICK = 40 * 10**9  # nanoseconds
PIECE, THREADS = 2**23, 4  # bytes of a file of which one thread takes the checksum
PAGES, PAGE = 16, 4096  # the parts of a table that are compared with their checksum when it is opened
Read = Callable[[list[str]], Iterator[tuple[list[str], np.ndarray]]]


def load(paths: Sequence[Path], read: Read, progress: bool) -> Table | None:
    """The table that was read from these files, from the cache; read now, and kept, if it is not there.

    Two processes may do this at once: the second one waits, and finds what the first one made.

    Args:
        paths: the files that decide what the table is.
        read: called with an empty list, gives batches of words and rows, and adds notes for the learner to the list.
        progress: show a bar while a checksum takes long.

    Returns:
        the table, with read-only vectors; or None, after a warning, if the cache cannot be written.

    Raises:
        ValueError: if a file changes while it is read.
        OSError: if the disk is full.
    """
    from filelock import FileLock

    states = [_state(path) for path in paths]
    checksums = [checksum(path, progress) for path in paths]
    entry = cache_folder() / "vectors" / hashlib.sha256(" ".join(checksums).encode()).hexdigest()[:32]
    if table := _opened(entry):
        return table
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=entry.parent).close()
    except OSError as error:
        warnings.warn(f"{entry.parent}: cannot be written ({error.strerror}); vectors are read anew", stacklevel=3)
        return None
    with FileLock(f"{entry}.lock"):
        if table := _opened(entry):
            return table
        with _part(entry) as part:
            _write(part, read)
            if states != [_state(path) for path in paths]:
                raise ValueError(f"{paths[0]}: was changed while it was read; load it again when it is complete")
        return _opened(entry)


def checksum(path: Path, progress: bool = False) -> str:
    """SHA-256 over those of the pieces of a file; from the record if the file has not changed since."""
    started, state = time.time_ns(), _state(path)
    name = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    record = cache_folder() / "vectors" / "seen" / f"{name}.json"
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        seen = json.loads(record.read_text(encoding="utf-8"))
        if seen["state"] == state and isinstance(seen["checksum"], str):
            return seen["checksum"]
    pieces, digest = range(0, state[0], PIECE), hashlib.sha256()
    with ThreadPoolExecutor(THREADS) as pool, bar(f"checking {path.name}", state[0], progress) as shown:
        for piece in pool.map(functools.partial(_piece, path), pieces):
            digest.update(piece)
            shown.update(min(PIECE, state[0] - shown.n))
    _, modified, changed, *_ = state
    if started - max(modified, changed) > TICK:
        with contextlib.suppress(OSError):  # without a record, the next load takes a checksum again
            record.parent.mkdir(parents=True, exist_ok=True)
            with atomic(record) as file:
                file.write(json.dumps({"state": state, "checksum": digest.hexdigest()}).encode("utf-8"))
    return digest.hexdigest()


def _piece(path: Path, start: int) -> bytes:
    with open(path, "rb", buffering=0) as file:
        file.seek(start)
        return hashlib.sha256(file.read(PIECE)).digest()


def _state(path: Path) -> list[int]:
    """What the file system says of a file, and says differently after a change."""
    stat = os.stat(path)
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev]


@contextlib.contextmanager
def _part(entry: Path) -> Iterator[Path]:
    """An empty folder that becomes the entry, and is removed after an error. Needs the lock."""
    part = entry.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)  # of a process that was killed
    part.mkdir()
    try:
        yield part
        shutil.rmtree(entry, ignore_errors=True)  # it was damaged
        os.rename(part, entry)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            cure = "free some space, or let LESSONLIB_CACHE name a folder on another disk"
            raise OSError(errno.ENOSPC, f"the disk is full; {cure}", str(entry.parent)) from error
        raise


def _write(folder: Path, read: Read) -> None:
    notes: list[str] = []
    with open(folder / "table.f32", "wb") as table, open(folder / "words.txt", "wb") as words:
        with contextlib.closing(read(notes)) as batches:
            for some, rows in batches:
                words.write("".join(word + "\n" for word in some).encode("utf-8"))
                table.write(np.ascontiguousarray(rows, "<f4"))
        for file in (table, words):
            file.flush()
            os.fsync(file.fileno())  # or else a power cut could leave a complete name on incomplete content
    about = {"checks": _checks(folder, (folder / "words.txt").read_bytes()), "notes": notes}
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")


def _opened(entry: Path) -> Table | None:
    """The table of an entry; None if there is none, or it is damaged or was made by other code."""
    try:
        about = json.loads((entry / "about.json").read_text(encoding="utf-8"))
        data = (entry / "words.txt").read_bytes()
        if about["checks"] != _checks(entry, data):
            return None
        words = data.decode("utf-8").split("\n")[:-1]
        vectors = np.memmap(entry / "table.f32", "<f4", "r").reshape(len(words), -1)
        return Table(words, vectors, list(map(str, about["notes"])))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _checks(entry: Path, words: bytes) -> list[str | int]:
    """What must be as it was when the entry was made: the code, the words, the size of the table, and parts of it."""
    with open(entry / "table.f32", "rb", buffering=0) as file:
        size, parts = os.fstat(file.fileno()).st_size, hashlib.sha256()
        for page in range(PAGES):
            file.seek(max(0, size - PAGE) * page // (PAGES - 1))
            parts.update(file.read(PAGE))
    return [_code(), hashlib.sha256(words).hexdigest(), size, parts.hexdigest()]


@functools.cache
def _code() -> str:
    """A checksum of the modules that read vectors, so that a changed reader never meets what an old one made."""
    modules = sorted(Path(__file__).parent.glob("vector*.py"))
    return hashlib.sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()
