"""Unpacking a zip archive that a stranger made: plain files inside one folder and within a limit, or an error."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

MAX_FILES = 1_000
MAX_DEPTH = 50
MAX_RATIO = 100  # unpacked to packed size: text reaches 3 to 10, a bomb 1,000
SMALL = 10**6  # bytes unpacked, up to which no ratio is suspicious
BLOCK = 1 << 16  # bytes copied at a time


class ArchiveError(Exception):
    """Why an archive was not unpacked. The text completes a sentence that begins with the archive's name."""


def unpack(archive: Path, folder: Path, limit: int) -> None:
    """Unpack a zip archive into `folder`, which exists and is empty.

    After an error `folder` may hold a part: give a temporary one, and move it into place afterwards.

    Args:
        limit: the most bytes that all files together may have when unpacked.

    Raises:
        ArchiveError: if the archive is damaged, if a name leads out of the folder or occurs twice, if it holds a link,
            a device or an encrypted file, or if it is larger than the limits allow.
        OSError: if a file cannot be written.
    """
    room = min(limit, max(SMALL, MAX_RATIO * archive.stat().st_size))
    kinds: dict[str, str] = {}
    with closing(_guarded(_entries(archive))) as entries:
        for opened, info in entries:
            target = folder.joinpath(*_checked_path(info, kinds))
            if len(kinds) > MAX_FILES:
                raise ArchiveError(f"holds more than {MAX_FILES:,} files")
            if info.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(target, "xb") as file:
                for block in _guarded(_blocks(opened, info)):
                    room -= len(block)
                    if room < 0:
                        raise ArchiveError("unpacks to more bytes than it may have (a zip bomb?)")
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())


def _checked_path(info: zipfile.ZipInfo, kinds: dict[str, str]) -> list[str]:
    """The folders and the name of an entry, safe on any operating system; `kinds` remembers the paths taken."""
    parts = [part for part in info.filename.split("/") if part not in ("", ".")]
    if len(parts) > MAX_DEPTH:
        raise ArchiveError(f"holds a path of more than {MAX_DEPTH} folders")
    odd = any(part != part.rstrip(". ") for part in parts)  # `..`, and names that Windows takes for others
    if odd or not parts or info.filename.startswith("/") or re.search(r"[\\:]", info.filename):
        raise ArchiveError(f"holds {info.filename!r}, which is not a path inside its folder")
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError(f"holds {info.filename!r}, which is a link or a device")
    if info.flag_bits & 1:
        raise ArchiveError(f"holds {info.filename!r}, which is encrypted")
    keys = [_key(parts[:end]) for end in range(1, len(parts) + 1)]
    folders, own = (keys, None) if info.is_dir() else (keys[:-1], keys[-1])
    if own in kinds or any(kinds.setdefault(key, "folder") == "file" for key in folders):
        raise ArchiveError(f"holds {info.filename!r} twice")
    if own:
        kinds[own] = "file"
    return parts


def _key(parts: list[str]) -> str:
    """One key for all paths that some file system takes for the same: A.txt and a.txt, two ways to write é."""
    return unicodedata.normalize("NFC", "/".join(parts)).casefold()


def _entries(archive: Path) -> Iterator[tuple[zipfile.ZipFile, zipfile.ZipInfo]]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            yield opened, info


def _blocks(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with opened.open(info) as file:
        while block := file.read(BLOCK):
            yield block


def _guarded(items: Iterator) -> Iterator:
    """The same items. Whatever goes wrong while a stranger's bytes are read means that the archive is damaged."""
    try:
        yield from items
    except Exception as error:
        raise ArchiveError("is damaged or not a zip archive") from error
