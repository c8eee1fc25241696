"""What the course can download: sizes, checksums, licenses, and where each thing lies in the cache."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lessonlib import paths
from lessonlib.corpora import cache_folder


class Piece(NamedTuple):
    """A file whose content is known: its name, its size in bytes, its checksum ("sha256:…", "sha1:…" or "md5:…")."""

    name: str
    bytes: int
    checksum: str


@dataclass(frozen=True)
class Download:
    """An entry of the registry, `data/downloads.toml`; what its fields mean is written there."""

    name: str
    urls: tuple[str, ...]
    whole: Piece
    members: dict[str, Piece]
    vectors: int
    dimensions: int
    license: str
    citation: str
    use: str

    @property
    def unpacked(self) -> int:
        """Bytes that come to lie beside the download: unpacked files, or the table of vectors in float32."""
        return sum(member.bytes for member in self.members.values()) + 4 * self.vectors * self.dimensions

    @property
    def home(self) -> Path:
        """Its folder in the cache. The name holds a piece of the checksum, so a new edition never meets an old one."""
        return cache_folder() / "downloads" / f"{self.name}-{self.whole.checksum.partition(':')[2][:8]}"

    def found(self, member: str | None = None) -> Path | None:
        """Where it lies complete in the cache: the file, the folder of an archive, or one member; else None."""
        if not self.members:
            path = self.home / self.whole.name
            return path if _holds(path, self.whole.bytes) else None
        folder = self.home / "unpacked"
        wanted = [self.members[member]] if member else self.members.values()
        if all(_holds(folder / piece.name, piece.bytes) for piece in wanted):
            return folder / self.members[member].name if member else folder
        alone = self.home / f"{member}.txt"
        return alone if member and _holds(alone, self.members[member].bytes) else None


def _holds(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


@functools.cache
def registry() -> dict[str, Download]:
    """Everything that the course can download, by name."""
    entries = tomllib.loads(paths.data_file("downloads.toml").read_text(encoding="utf-8"))
    return {name: _entry(name, fields) for name, fields in entries.items()}


def _entry(name: str, fields: dict) -> Download:
    members = {key: Piece(m["path"], m["bytes"], m["checksum"]) for key, m in fields.get("members", {}).items()}
    return Download(
        name, tuple(fields["urls"]), Piece(fields["file"], fields["bytes"], fields["checksum"]), members,
        fields.get("vectors", 0), fields.get("dimensions", 0), fields["license"], fields["citation"], fields["use"],
    )  # fmt: skip


def table() -> str:
    """What there is, one line each: name, download, disk needed, license, whether it is in the cache, its use."""
    rows = [("name", "download", "disk", "license", "here", "what for")]
    for entry in registry().values():
        here = "yes" if entry.found() else "no"
        disk = readable(entry.whole.bytes + entry.unpacked)
        rows.append((entry.name, readable(entry.whole.bytes), disk, entry.license, here, entry.use))
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def readable(size: int) -> str:
    """A number of bytes for people, in decimal units.

    >>> readable(4_475_746), readable(1_743_563_840)
    ('4.5 MB', '1.7 GB')
    """
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
