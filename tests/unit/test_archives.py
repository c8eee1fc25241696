import io
import stat
import tarfile
import warnings
import zipfile

import pytest

from lessonlib import archives
from lessonlib.archives import ArchiveError, unpack

TEXT = "Schnee fällt leise.\n".encode() * 50


def zipped(path, entries, method=zipfile.ZIP_DEFLATED):
    """A zip archive with the (name or ZipInfo, bytes) of `entries`, duplicates and all."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, content in entries:
            archive.writestr(name, content)
    return path


def special(name, kind):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (kind | 0o777) << 16
    return info


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "inside").mkdir()
    return tmp_path / "inside"


def refuses(tmp_path, folder, match, limit=10**6):
    with pytest.raises(ArchiveError, match=match):
        unpack(tmp_path / "a.zip", folder, limit)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "inside"]


def test_files_and_folders_come_out_as_they_went_in(tmp_path, folder):
    (tmp_path / "tree" / "leer").mkdir(parents=True)
    entries = [("text/", b""), ("text/eins.txt", TEXT), ("./text/tief/zwei.txt", b"2"), ("Ärger.txt", b"")]
    unpack(zipped(tmp_path / "a.zip", entries), folder, 10**6)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == {"text/eins.txt": TEXT, "text/tief/zwei.txt": b"2", "Ärger.txt": b""}


@pytest.mark.parametrize(
    "name",
    ["../out.txt", "a/../../out.txt", "/out.txt", "//out.txt", "C:/out.txt", "C:out.txt", "..\\out.txt",
     "a\\..\\..\\out.txt", "\\\\host\\share\\out.txt", "a/.. /out.txt", "a/.../out.txt", "name.",
     "file:stream", "..", "./"],
)  # fmt: skip
def test_a_path_that_leads_out_is_refused(tmp_path, folder, name):
    zipped(tmp_path / "a.zip", [("good.txt", b"good"), (name, b"bad")])
    refuses(tmp_path, folder, "which is not a path inside its folder")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_are_refused(tmp_path, folder, kind):
    zipped(tmp_path / "a.zip", [(special("x", kind), b"/etc/passwd")])
    refuses(tmp_path, folder, "holds 'x', which is a link or a device")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "first, second",
    [("a.txt", "a.txt"), ("a.txt", "A.TXT"), ("é.txt", "e\u0301.txt"), ("a", "a/b.txt"), ("a/b.txt", "a"), ("a", "A/"),
     ("a/b", "./a//b")],
)  # fmt: skip
def test_two_entries_for_one_place_are_refused(tmp_path, folder, first, second):
    zipped(tmp_path / "a.zip", [(first, b"first"), (second, b"" if second.endswith("/") else b"second")])
    refuses(tmp_path, folder, "twice")


def test_a_folder_may_be_named_often(tmp_path, folder):
    unpack(zipped(tmp_path / "a.zip", [("a/", b""), ("a/b/c", b"c"), ("a/", b""), ("A/d", b"d")]), folder, 100)
    assert (folder / "a" / "b" / "c").read_bytes() == b"c"


def test_an_encrypted_file_is_refused(tmp_path, folder):
    content = bytearray(zipped(tmp_path / "a.zip", [("a", b"secret")]).read_bytes())
    content[6] |= 1  # the flag in the local header, and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    refuses(tmp_path, folder, "which is encrypted")


def test_a_bomb_by_ratio_stops_early(tmp_path, folder):
    zipped(tmp_path / "a.zip", [("zeros", bytes(20 * 10**6))])
    assert (tmp_path / "a.zip").stat().st_size < 10**5
    refuses(tmp_path, folder, "more bytes than it may have", limit=10**9)
    written = sum(path.stat().st_size for path in folder.rglob("*"))
    assert written <= archives.MAX_RATIO * (tmp_path / "a.zip").stat().st_size


def test_a_bomb_by_total_size_stops_at_the_limit(tmp_path, folder):
    zipped(tmp_path / "a.zip", [(f"{i}.txt", bytes(60_000)) for i in range(5)], zipfile.ZIP_STORED)
    refuses(tmp_path, folder, "more bytes than it may have", limit=299_999)
    assert sum(path.stat().st_size for path in folder.rglob("*")) <= 299_999


def test_exactly_the_limit_is_allowed_and_small_files_may_be_dull(tmp_path, folder):
    unpack(zipped(tmp_path / "a.zip", [("zeros", bytes(10**6))]), folder, 10**6)
    assert (folder / "zeros").stat().st_size == 10**6


def test_a_path_of_very_many_folders_is_refused(tmp_path, folder):
    with pytest.raises(ArchiveError, match="path of more than 50 folders"):
        unpack(zipped(tmp_path / "a.zip", [("a/" * 16_000 + "x", b"1")]), folder, 10**6)


def test_very_many_files_are_refused(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(archives, "MAX_FILES", 20)
    zipped(tmp_path / "a.zip", [(str(i), b"") for i in range(21)])
    refuses(tmp_path, folder, "holds more than 20 files")


def test_a_size_that_lies_gains_nothing(tmp_path, folder):
    content = bytearray(zipped(tmp_path / "a.zip", [("zeros", bytes(300_000))]).read_bytes())
    directory = content.index(b"PK\x01\x02")
    for position in (22, directory + 24):  # the unpacked size, in the local header and in the directory
        content[position : position + 4] = (10).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(content)
    refuses(tmp_path, folder, "is damaged or not a zip archive")


@pytest.mark.parametrize("keep", [0, 1, 30, 0.5, 0.95, -1])
def test_a_truncated_archive_is_damaged(tmp_path, folder, keep):
    content = zipped(tmp_path / "a.zip", [("a", TEXT), ("b", TEXT * 20)]).read_bytes()
    (tmp_path / "a.zip").write_bytes(content[: int(keep * len(content)) if 0 < keep < 1 else keep])
    refuses(tmp_path, folder, "is damaged or not a zip archive")


def test_every_flipped_byte_gives_the_right_text_or_an_archive_error(tmp_path, folder):
    content = zipped(tmp_path / "a.zip", [("a", TEXT)]).read_bytes()
    refused = 0
    for position in range(len(content)):
        damaged = bytearray(content)
        damaged[position] ^= 0xFF
        (tmp_path / "b.zip").write_bytes(damaged)
        place = tmp_path / str(position)
        place.mkdir()
        try:
            unpack(tmp_path / "b.zip", place, 10**6)
        except ArchiveError:
            refused += 1
        else:
            assert [path.read_bytes() for path in place.rglob("*") if path.is_file()] in ([TEXT], [])
    assert refused > len(content) / 2


def test_another_kind_of_archive_is_refused(tmp_path, folder):
    with tarfile.open(tmp_path / "a.zip", "w:gz") as archive:
        info = tarfile.TarInfo("hard")
        info.type, info.linkname = tarfile.LNKTYPE, "/etc/passwd"
        archive.addfile(info)
    refuses(tmp_path, folder, "is damaged or not a zip archive")


def test_a_full_disk_is_no_fault_of_the_archive(tmp_path, folder, monkeypatch):
    class Full(io.RawIOBase):
        def write(self, block):
            raise OSError(28, "No space left on device")

    zipped(tmp_path / "a.zip", [("a", TEXT)])
    monkeypatch.setattr(archives, "open", lambda *arguments, **named: Full(), raising=False)
    with pytest.raises(OSError, match="No space left"):
        unpack(tmp_path / "a.zip", folder, 10**6)
