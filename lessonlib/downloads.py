"""Corpora and vectors from the network: whole and with the right checksum, or one sentence that says why not."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lessonlib.archives import ArchiveError, unpack
from lessonlib.catalog import Download, Piece, readable, registry
from lessonlib.corpora import cache_folder
from lessonlib.transfer import Fault, transfer

LARGE = 50 * 10**6  # bytes; a larger download is asked about first
FULL = (errno.ENOSPC, errno.EDQUOT)  # of the disk, or of what this user may fill of it
SLACK = 10**6  # bytes that an archive may hold beside the files that the course reads


class DownloadError(RuntimeError):
    """A download that did not happen. The message is one sentence: why, and what to do."""


def fetch(name: str, member: str | None = None, yes: bool = False, progress: bool = True) -> Path:
    """The path of something in the registry, downloaded on first use.

    It is looked for in `LESSONLIB_MIRROR` first (a folder or URL that holds `<name>/<file>`), then at each URL of the
    registry. It appears in the cache when it is complete and its checksum is right, not before.

    Args:
        name: a name in the registry, `python -m lessonlib fetch` lists them.
        member: one file of an archive, by its name in the registry; a mirror may hold it alone as
            `<name>/<member>.txt`. Without it: the file, or the folder into which the archive was unpacked.
        yes: the answer to the question that comes before a download of more than 50 MB.
        progress: show sizes and a bar, on stdout.

    Raises:
        ValueError: for a name or member that the registry does not have.
        DownloadError: if it could not be had. What was there before is as it was, and a new try may succeed.
    """
    if name not in registry():
        raise ValueError(f"name={name!r}: there is {', '.join(registry())}")
    entry = registry()[name]
    if member is not None and member not in entry.members:
        raise ValueError(f"member={member!r}: {name} has {', '.join(entry.members) or 'none'}")
    if path := entry.found(member):
        return path
    try:
        entry.home.mkdir(parents=True, exist_ok=True)
        with _locked(entry, progress):
            if not entry.found(member):  # else another process has brought it meanwhile
                _sweep(entry, "tmp*")  # a killed process could not
                _require_room(entry)
                _ask(entry, yes, progress)
                _bring(entry, member, progress)
    except OSError as error:
        raise _disk_error(entry, error) from error
    if path := entry.found(member):
        return path
    raise DownloadError(f"{name}: {entry.whole.name} does not hold the files that the registry names; please report it")


def _require_room(entry: Download) -> None:
    held = sum(path.stat().st_size for path in entry.home.glob("*.part"))
    needed, free = entry.whole.bytes + entry.unpacked - held, shutil.disk_usage(entry.home).free
    if free < needed:
        raise DownloadError(
            f"{entry.name} needs {readable(needed)} of disk and {entry.home} has {readable(free)}: make room, or set "
            "LESSONLIB_CACHE to a folder on another disk"
        )


def _ask(entry: Download, yes: bool, progress: bool) -> None:
    """Say what a large download costs, and have it agreed to."""
    if entry.whole.bytes <= LARGE:
        return
    disk = readable(entry.whole.bytes + entry.unpacked)
    facts = f"{entry.name}: {readable(entry.whole.bytes)} to download, {disk} on disk, license: {entry.license}"
    if not yes and not (sys.stdin and sys.stdin.isatty()):
        raise DownloadError(f"{facts}; to agree, add --yes on the command line or yes=True in Python")
    if progress or not yes:
        print(facts)
    if not yes and input("Download it? [y/N] ").strip().lower() not in ("y", "yes"):
        raise DownloadError(f"{entry.name} was not downloaded, as you answered")


@contextmanager
def _locked(entry: Download, progress: bool) -> Iterator[None]:
    """Let one process at a time into the entry's folder. The lock of a killed process is free."""
    from filelock import FileLock, Timeout

    lock = FileLock(f"{entry.home}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if progress:
            print(f"{entry.name}: another process is downloading it, waiting for that")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _bring(entry: Download, member: str | None, progress: bool) -> None:
    """Download the entry, or the member alone if the mirror has it, from the first address that gives it."""
    faults = []
    for piece, address in _offers(entry, member):
        try:
            _retrieve(piece, address, entry.home, progress)
            if piece == entry.whole and entry.members:
                _unpack(entry)
            return
        except Fault as fault:
            faults.append(f"{address} {fault}")
        except OSError as error:
            if error.errno in FULL:
                _sweep(entry, "tmp*", "*.part")  # leave the disk no fuller than it was
            raise
    raise DownloadError(
        f"{entry.name} could not be downloaded ({'; '.join(faults)}): check the network and run "
        f"`python -m lessonlib fetch {entry.name}` again, it goes on where this one stopped"
    )


def _offers(entry: Download, member: str | None) -> Iterator[tuple[Piece, str]]:
    if mirror := os.environ.get("LESSONLIB_MIRROR", "").rstrip("/"):
        if member:
            alone = entry.members[member]._replace(name=f"{member}.txt")
            yield alone, f"{mirror}/{entry.name}/{alone.name}"
        yield entry.whole, f"{mirror}/{entry.name}/{entry.whole.name}"
    for url in entry.urls:
        yield entry.whole, url


def _retrieve(piece: Piece, address: str, folder: Path, progress: bool) -> None:
    """Bring one file from one address into `folder`; pooch compares its checksum and moves it into place."""
    import pooch
    from tqdm import tqdm

    part = folder / f"{piece.name}.part"
    held = part.stat().st_size if part.exists() else 0
    look = {"unit": "B", "unit_scale": True, "file": sys.stdout, "ncols": 100, "disable": not progress, "delay": 1e-3}

    def bring(url: str, output: str, _: object) -> None:
        with tqdm(desc=piece.name, total=piece.bytes, initial=held, **look) as bar:
            transfer(url, part, piece.bytes, lambda done: bar.update(done - bar.n))
        os.replace(part, output)

    pooch.get_logger().setLevel("ERROR")  # its notes go to stderr, where a notebook may have nothing
    try:
        pooch.retrieve(address, piece.checksum, fname=piece.name, path=folder, downloader=bring)
    except ValueError as error:  # another checksum: pooch has removed the file
        if held:  # perhaps it is the old beginning that was wrong
            return _retrieve(piece, address, folder, progress)
        found = str(error).partition("but got ")[2].partition(".")[0]
        raise Fault(f"has another checksum, expected {piece.checksum} and found {found}, and was not kept") from None


def _unpack(entry: Download) -> None:
    """Put the archive's files in place of the archive, all at once."""
    archive, folder = entry.home / entry.whole.name, entry.home / "unpacked"
    staging = Path(tempfile.mkdtemp(dir=entry.home))
    try:
        unpack(archive, staging, entry.unpacked + SLACK)
        shutil.rmtree(folder, ignore_errors=True)  # there if a file in it was damaged
        os.replace(staging, folder)
    except ArchiveError as error:
        raise DownloadError(f"{entry.name}: {entry.whole.name} {error}; it was removed, please report it") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        archive.unlink(missing_ok=True)


def _sweep(entry: Download, *patterns: str) -> None:
    """Remove what a killed process or a full disk left behind."""
    for path in (path for pattern in patterns for path in entry.home.glob(pattern)):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _disk_error(entry: Download, error: OSError) -> DownloadError:
    if error.errno in FULL:
        cure = "make room, or set LESSONLIB_CACHE to a folder on another disk"
        return DownloadError(f"{entry.name}: the disk of {entry.home} is full: {cure}")
    cure = "set LESSONLIB_CACHE to a folder of yours"
    return DownloadError(f"{entry.name}: {cache_folder()} cannot be written ({error.strerror}): {cure}")
