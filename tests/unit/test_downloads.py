import errno
import hashlib
import io
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import misbehaving_server as does
import pytest

from lessonlib import archives, catalog, corpora, downloads, paths, transfer
from lessonlib.__main__ import main
from lessonlib.downloads import DownloadError, fetch

VECTORS = bytes(range(256)) * 1200  # 307,200 bytes: several blocks of the transfer
MORE = VECTORS + b"!"
WRONG = VECTORS[:-1] + b"!"
TRAIN = b"\n = Sturm = \n\n Der Wind wehte . Er <unk> laut .\n" * 3000
VALID = b" = Ruhe = \n\n Es war still .\n"


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def checksum(content, algorithm="sha256"):
    return f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"


ARCHIVE = zipped({"corpus/train.tokens": TRAIN, "corpus/valid.tokens": VALID, "corpus/notes": b"beside"})


@pytest.fixture
def server():
    with does.Server() as server:
        server.files |= {"/vectors.gz": VECTORS, "/corpus.zip": ARCHIVE, "/second.gz": VECTORS}
        yield server


@pytest.fixture
def registry(tmp_path, monkeypatch, server):
    """Write a registry for the server; call it again to change fields of its two entries."""
    monkeypatch.setenv("LESSONLIB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("LESSONLIB_MIRROR", raising=False)
    monkeypatch.setattr(transfer, "PAUSES", (0.01, 0.01, 0.01))
    monkeypatch.setattr(transfer, "STALL_SECONDS", 0.3)
    monkeypatch.setattr(paths, "data_file", lambda name: tmp_path / "registry.toml")

    def write(**fields):
        vectors = {"urls": [f"{server.url}/vectors.gz"], "checksum": checksum(VECTORS, "md5"), "bytes": len(VECTORS)}
        corpus = {"urls": [f"{server.url}/corpus.zip"], "checksum": checksum(ARCHIVE), "bytes": len(ARCHIVE)}
        for entry, name in ((vectors, "vectors"), (corpus, "corpus")):
            entry |= {
                "license": "CC0",
                "citation": "Nobody (2000)",
                "use": "tests",
                "file": name + Path(entry["urls"][0]).suffix,
            }
            entry |= fields
        text = "[vectors]\nvectors = 10\ndimensions = 4\n" + "".join(f"{k} = {v!r}\n" for k, v in vectors.items())
        text += "[corpus]\n" + "".join(f"{k} = {v!r}\n" for k, v in corpus.items())
        for member, content in (("train", TRAIN), ("valid", VALID)):
            text += f"[corpus.members.{member}]\npath = 'corpus/{member}.tokens'\nbytes = {len(content)}\n"
            text += f"checksum = {checksum(content, 'sha1')!r}\n"
        (tmp_path / "registry.toml").write_text(text, encoding="utf-8")
        catalog.registry.cache_clear()

    write()
    yield write
    catalog.registry.cache_clear()


def sentence(name="vectors", **options):
    """The one sentence of a download that fails, and nothing half-written under a name that is read."""
    with pytest.raises(DownloadError) as caught:
        fetch(name, progress=False, **options)
    message = str(caught.value)
    assert "\n" not in message and message.startswith(name) and ". " not in message
    assert catalog.registry()[name].found() is None
    home = catalog.registry()[name].home
    assert not home.exists() or all(path.name.endswith(".part") for path in home.iterdir())
    return message


def test_the_registry_is_complete():
    catalog.registry.cache_clear()
    entries = catalog.registry()
    lengths = {"sha256": 64, "sha1": 40, "md5": 32}
    for entry in entries.values():
        for piece in (entry.whole, *entry.members.values()):
            algorithm, digits = piece.checksum.split(":")
            assert re.fullmatch(rf"[0-9a-f]{{{lengths[algorithm]}}}", digits) and piece.bytes > 10**6
        assert all(url.endswith(f"/{entry.whole.name}") for url in entry.urls) and entry.urls[0].startswith("https://")
        assert bool(entry.members) != bool(entry.vectors and entry.dimensions)
        assert all(len(text) > 5 for text in (entry.license, entry.citation, entry.use))
    gensim = {"word2vec-google-news-300", "fasttext-wiki-news-subwords-300"}
    gensim |= {f"glove-wiki-gigaword-{size}" for size in (50, 100, 300)}
    assert {name for name, entry in entries.items() if entry.vectors} == gensim
    assert {name for name, entry in entries.items() if entry.members} == {*corpora.WIKITEXT, "text8"}
    assert all(tuple(entries[name].members) == corpora.SPLITS for name in corpora.WIKITEXT)
    assert len({entry.home for entry in entries.values()}) == len(entries)


def test_a_file_is_downloaded_once(registry, server, capfd):
    path = fetch("vectors", progress=False)
    assert path.read_bytes() == VECTORS and path.name == "vectors.gz"
    assert fetch("vectors", progress=False) == path and server.log == [("/vectors.gz", None)]
    assert [p.name for p in path.parent.iterdir()] == ["vectors.gz"]
    assert capfd.readouterr() == ("", "")


def test_an_archive_is_unpacked_and_its_members_are_found(registry, server, capfd):
    assert fetch("corpus", "valid").read_bytes() == VALID
    assert fetch("corpus", "train").read_bytes() == TRAIN
    folder = fetch("corpus")
    assert sorted(p.name for p in folder.rglob("*")) == ["corpus", "notes", "train.tokens", "valid.tokens"]
    assert [p.name for p in folder.parent.iterdir()] == ["unpacked"] and len(server.log) == 1
    assert capfd.readouterr().err == ""


def test_a_bar_shows_what_takes_a_while_and_nothing_what_fails(registry, server, capfd):
    server.plan["/vectors.gz"] = [does.status(404)]
    with pytest.raises(DownloadError):
        fetch("vectors")
    assert capfd.readouterr() == ("", "")
    later = threading.Event()
    threading.Timer(0.25, later.set).start()
    server.plan["/vectors.gz"] = [does.hold(later)]
    fetch("vectors")
    shown = capfd.readouterr()
    assert "vectors.gz: 100%" in shown.out and "307k/307k" in shown.out and shown.err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_others_may_read_what_was_downloaded(registry):
    assert stat.S_IMODE(fetch("vectors", progress=False).stat().st_mode) & 0o444 == 0o444 & ~_umask()


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("after", [1, 100_000, len(VECTORS) - 1])
def test_a_cut_download_goes_on_where_it_stopped(registry, server, after):
    server.plan["/vectors.gz"] = [does.cut(after)]
    assert fetch("vectors", progress=False).read_bytes() == VECTORS
    assert server.ranges("/vectors.gz") == [None, f"bytes={after}-"]


def test_a_download_goes_on_in_a_later_run_and_at_another_address(registry, server):
    server.plan["/vectors.gz"] = [does.cut(100_000), does.cut(50_000), does.status(500), does.cut(0)]
    assert "was cut off after 150,000 of 307,200 bytes" in sentence()
    registry(urls=[f"{server.url}/gone.gz", f"{server.url}/second.gz"])
    assert fetch("vectors", progress=False).read_bytes() == VECTORS
    assert server.ranges("/second.gz") == ["bytes=150000-"]


@pytest.mark.parametrize("answer, requests", [(does.whole_always, 2), (does.wrong_range, 3), (does.status(416), 3)])
def test_a_server_without_range_starts_anew(registry, server, answer, requests):
    server.plan["/vectors.gz"] = [does.cut(100_000), answer]
    assert fetch("vectors", progress=False).read_bytes() == VECTORS
    assert server.ranges("/vectors.gz") == [None, "bytes=100000-", None][:requests]


@pytest.mark.parametrize("left", [b"wrong" * 20_000, b"?" * len(VECTORS), VECTORS + b"more"])
def test_a_wrong_beginning_from_an_earlier_run_does_no_harm(registry, server, left):
    part = catalog.registry()["vectors"].home / "vectors.gz.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(left)
    assert fetch("vectors", progress=False).read_bytes() == VECTORS


def test_a_process_that_was_killed_before_the_last_step_has_nothing_to_download(registry, server):
    part = catalog.registry()["vectors"].home / "vectors.gz.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(VECTORS)
    assert fetch("vectors", progress=False).read_bytes() == VECTORS and server.log == []


def test_a_new_edition_never_meets_the_old_one(registry, server):
    fetch("vectors", progress=False)
    registry(checksum=checksum(WRONG), bytes=len(WRONG), urls=[f"{server.url}/second.gz"])
    server.files["/second.gz"] = WRONG
    assert fetch("vectors", progress=False).read_bytes() == WRONG


def test_passing_faults_pass(registry, server):
    server.plan["/vectors.gz"] = [does.status(500), does.status(503), does.status(429)]
    assert fetch("vectors", progress=False).read_bytes() == VECTORS and len(server.log) == 4
    server.plan["/corpus.zip"] = [does.stall(70_000), does.hang_up, does.silent]
    assert fetch("corpus", "train", progress=False).read_bytes() == TRAIN and len(server.log) == 8


def test_each_new_attempt_waits_longer(registry, server, monkeypatch):
    waited = []
    monkeypatch.undo()
    assert list(transfer.PAUSES) == sorted(transfer.PAUSES) and 3 <= sum(transfer.PAUSES) <= 15
    monkeypatch.setattr(transfer.time, "sleep", waited.append)
    server.plan["/x"] = [does.status(500)] * 9
    with pytest.raises(transfer.Fault, match="answers 500"):
        transfer.transfer(f"{server.url}/x", Path("nowhere.part"), 10)
    assert waited == list(transfer.PAUSES)


def test_404_is_not_repeated_and_the_next_address_is_tried(registry, server):
    registry(urls=[f"{server.url}/gone.gz", f"{server.url}/second.gz", f"{server.url}/vectors.gz"])
    assert fetch("vectors", progress=False).read_bytes() == VECTORS
    assert server.log == [("/gone.gz", None), ("/second.gz", None)]


def test_a_redirection_is_followed_and_resumed(registry, server):
    server.plan["/vectors.gz"] = [does.moved("/second.gz")] * 2
    server.plan["/second.gz"] = [does.cut(100_000)]
    assert fetch("vectors", progress=False).read_bytes() == VECTORS
    assert server.ranges("/second.gz") == [None, "bytes=100000-"]
    server.plan["/corpus.zip"] = [does.moved("/corpus.zip")] * 50
    assert f"({server.url}/corpus.zip cannot be reached (Exceeded 30 redirects.)): check" in sentence("corpus")


def test_bytes_are_taken_as_they_were_sent(registry, server):
    server.plan["/vectors.gz"] = [does.labeled_gzip]
    server.plan["/corpus.zip"] = [does.choosy]
    assert fetch("vectors", progress=False).read_bytes() == VECTORS
    assert fetch("corpus", "train", progress=False).read_bytes() == TRAIN and len(server.log) == 2


@pytest.mark.parametrize(
    "behaviors, requests, says",
    [
        ([does.status(404)], 1, "answers 404 Not Found"),
        ([does.status(403)], 1, "answers 403 Forbidden"),
        ([does.status(204)], 1, "answers 204 No Content"),
        ([does.status(500)] * 4, 4, "answers 500 Internal Server Error"),
        ([does.silent] * 4, 4, "sent nothing for 0.3 seconds"),
        ([does.stall(100_000)] * 4, 4, "sent nothing for 0.3 seconds"),
        ([does.cut(100), does.cut(0), does.cut(0), does.cut(0)], 4, "was cut off after 100 of 307,200 bytes"),
        ([does.hang_up] * 4, 4, "closed the connection without an answer"),
        ([does.other(b"<html>log in</html>")], 1, "offers 19 bytes instead of 307,200"),
        ([does.other(b"<html>", False), *[does.other(b"", False)] * 3], 4, "was cut off after 0 of 307,200 bytes"),
        ([does.other(MORE)], 1, "offers 307,201 bytes instead of 307,200"),
        ([does.other(MORE, announce=False)], 1, "sent more than 307,200 bytes"),
        ([does.other(WRONG)], 1, f"has another checksum, expected {checksum(VECTORS, 'md5')} and found "
                            f"{checksum(WRONG, 'md5')[4:]}, and was not kept"),
    ],
)  # fmt: skip
def test_each_fault_ends_in_one_sentence_and_the_next_run_succeeds(registry, server, behaviors, requests, says):
    server.plan["/vectors.gz"] = list(behaviors)
    started = time.monotonic()
    assert sentence() == (
        f"vectors could not be downloaded ({server.url}/vectors.gz {says}): check the network and run "
        "`python -m lessonlib fetch vectors` again, it goes on where this one stopped"
    )
    assert len(server.log) == requests and time.monotonic() - started < 6
    assert fetch("vectors", progress=False).read_bytes() == VECTORS


def test_no_network(registry, server, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        refusing = f"http://127.0.0.1:{closed.getsockname()[1]}/x/vectors.gz"
    registry(urls=[refusing, "http://does-not-exist.invalid/vectors.gz", "http:///vectors.gz"])
    look_up = socket.getaddrinfo

    def without_network(host, *arguments, **named):
        if host.endswith(".invalid"):  # asking for it would leave this machine
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", without_network)
    monkeypatch.setattr(transfer.time, "sleep", lambda seconds: pytest.fail("another attempt now would fail as well"))
    message = sentence()
    assert f"{refusing} refuses the connection; " in message
    assert "invalid/vectors.gz has an unknown host name (no network, or no such host); " in message
    assert "http:///vectors.gz cannot be reached (" in message
    registry()
    assert fetch("vectors", progress=False).read_bytes() == VECTORS


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue refuses, or grows")
def test_a_host_that_takes_no_connection(registry, monkeypatch, server):
    monkeypatch.setattr(transfer, "CONNECT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(address)
        registry(urls=[f"http://127.0.0.1:{address[1]}/vectors.gz"])
        started = time.monotonic()
        message = sentence()
        assert time.monotonic() - started < 3
        for client in waiting:
            client.close()
    assert "did not take the connection within 0.1 seconds" in message


def test_a_network_that_is_switched_off_is_named(registry, monkeypatch, server):
    def unreachable(*arguments, **named):
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert "cannot be reached (Network is unreachable)" in sentence()


def test_the_mirror_comes_first_as_a_folder_or_a_url(registry, server, tmp_path, monkeypatch):
    (tmp_path / "mirror" / "vectors").mkdir(parents=True)
    (tmp_path / "mirror" / "vectors" / "vectors.gz").write_bytes(VECTORS)
    monkeypatch.setenv("LESSONLIB_MIRROR", f"{tmp_path / 'mirror'}/")
    assert fetch("vectors", progress=False).read_bytes() == VECTORS and server.log == []
    assert fetch("corpus", "valid", progress=False).read_bytes() == VALID and server.log == [("/corpus.zip", None)]
    shutil.rmtree(tmp_path / "cache")
    server.files |= {"/mirror/vectors/vectors.gz": VECTORS, "/mirror/corpus/corpus.zip": ARCHIVE}
    monkeypatch.setenv("LESSONLIB_MIRROR", f"{server.url}/mirror")
    fetch("vectors", progress=False), fetch("corpus", progress=False)
    assert [path for path, _ in server.log[1:]] == ["/mirror/vectors/vectors.gz", "/mirror/corpus/corpus.zip"]


def test_a_mirror_may_hold_one_member_alone(registry, server, tmp_path, monkeypatch):
    (tmp_path / "mirror" / "corpus").mkdir(parents=True)
    alone = tmp_path / "mirror" / "corpus" / "valid.txt"
    alone.write_bytes(VALID)
    monkeypatch.setenv("LESSONLIB_MIRROR", str(tmp_path / "mirror"))
    path = fetch("corpus", "valid", progress=False)
    assert path.read_bytes() == VALID and fetch("corpus", "valid", progress=False) == path and server.log == []
    assert fetch("corpus", "train", progress=False).read_bytes() == TRAIN and len(server.log) == 1


def test_a_mirror_that_is_wrong_is_passed_over_or_named(registry, server, tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONLIB_MIRROR", str(tmp_path / "mirror"))
    folder = tmp_path / "mirror" / "vectors"
    folder.mkdir(parents=True)
    server.plan["/vectors.gz"] = [does.status(404)] * 3
    assert f"({folder / 'vectors.gz'} is not there; http" in sentence()
    (folder / "vectors.gz").write_bytes(VECTORS[:10])
    assert f"({folder / 'vectors.gz'} offers 10 bytes instead of 307,200; http" in sentence()
    (folder / "vectors.gz").write_bytes(WRONG)
    assert f"({folder / 'vectors.gz'} has another checksum, expected md5:" in sentence()
    assert fetch("vectors", progress=False).read_bytes() == VECTORS


def test_a_mirror_that_cannot_be_read_is_named(registry, server, tmp_path, monkeypatch):
    (tmp_path / "mirror" / "vectors" / "vectors.gz").mkdir(parents=True)
    monkeypatch.setenv("LESSONLIB_MIRROR", str(tmp_path / "mirror"))
    server.plan["/vectors.gz"] = [does.status(404)]
    assert re.search(r"mirror.vectors.vectors\.gz cannot be read \(.+\); http", sentence())


@pytest.mark.parametrize("damage", [lambda p: p.write_bytes(VECTORS[:-5]), lambda p: p.write_bytes(b""), os.remove])
def test_a_damaged_file_in_the_cache_is_replaced(registry, server, damage):
    damage(fetch("vectors", progress=False))
    assert fetch("vectors", progress=False).read_bytes() == VECTORS and len(server.log) == 2
    damage(fetch("corpus", "train", progress=False))
    assert fetch("corpus", "valid", progress=False).read_bytes() == VALID and len(server.log) == 3
    assert (fetch("corpus", progress=False) / "corpus" / "train.tokens").read_bytes() == TRAIN and len(server.log) == 4


BOMB = io.BytesIO()
with zipfile.ZipFile(BOMB, "w", zipfile.ZIP_DEFLATED) as _archive:
    _archive.writestr("corpus/train.tokens", bytes(5 * 10**6))


@pytest.mark.parametrize(
    "archive, says",
    [
        (ARCHIVE[:-40], "is damaged or not a zip archive"),
        (b"<html>" * 100, "is damaged or not a zip archive"),
        (zipped({"../train.tokens": TRAIN}), "holds '../train.tokens', which is not a path inside its folder"),
        (BOMB.getvalue(), "unpacks to more bytes than it may have (a zip bomb?)"),
    ],
)
def test_a_bad_archive_leaves_nothing(registry, server, archive, says):
    registry(checksum=checksum(archive), bytes=len(archive))
    server.files["/corpus.zip"] = archive
    assert sentence("corpus") == f"corpus: corpus.zip {says}; it was removed, please report it"
    assert list(catalog.registry()["corpus"].home.iterdir()) == []
    registry()
    server.files["/corpus.zip"] = ARCHIVE
    assert fetch("corpus", "train", progress=False).read_bytes() == TRAIN


def test_an_archive_without_the_files_of_the_registry_is_named(registry, server):
    archive = zipped({"corpus/train.tokens": TRAIN, "elsewhere.txt": VALID})
    registry(checksum=checksum(archive), bytes=len(archive))
    server.files["/corpus.zip"] = archive
    with pytest.raises(DownloadError, match="^corpus: corpus.zip does not hold the files that the registry names"):
        fetch("corpus", "valid", progress=False)


def test_room_is_asked_for_before_the_network(registry, server, monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(downloads.shutil, "disk_usage", lambda path: usage._replace(free=len(VECTORS) + 159))
    assert re.search(
        r"^vectors needs 0.3 MB of disk and .* has 0.3 MB: make room, or set LESSONLIB_CACHE to a folder", sentence()
    )
    assert server.log == []
    monkeypatch.setattr(downloads.shutil, "disk_usage", lambda path: usage._replace(free=len(VECTORS) + 160))
    assert fetch("vectors", progress=False).read_bytes() == VECTORS


def test_a_resumed_download_needs_less_room(registry, server, monkeypatch):
    server.plan["/vectors.gz"] = [does.cut(200_000)] + [does.cut(0)] * 3
    sentence()
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(downloads.shutil, "disk_usage", lambda path: usage._replace(free=150_000))
    assert fetch("vectors", progress=False).read_bytes() == VECTORS


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a device of Linux")
def test_a_disk_that_is_full(registry, server):
    home = catalog.registry()["vectors"].home
    home.mkdir(parents=True)
    (home / "vectors.gz.part").symlink_to("/dev/full")  # the first write meets a real ENOSPC
    message = sentence()
    assert (
        message == f"vectors: the disk of {home} is full: make room, or set LESSONLIB_CACHE to a folder on another disk"
    )
    assert list(home.iterdir()) == [] and Path("/dev/full").exists()
    assert fetch("vectors", progress=False).read_bytes() == VECTORS


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_while_an_archive_is_unpacked(registry, server, monkeypatch, number):
    def full(*arguments):
        raise OSError(number, "full")

    monkeypatch.setattr(archives.os, "fsync", full)
    assert "is full: make room" in sentence("corpus")
    assert list(catalog.registry()["corpus"].home.iterdir()) == []
    monkeypatch.undo()


@pytest.mark.parametrize("place", ["cache", "cache/downloads"])
def test_a_cache_that_cannot_be_written(registry, server, tmp_path, place):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("in the way", encoding="utf-8")
    assert re.fullmatch(
        rf"vectors: {re.escape(str(tmp_path / 'cache'))} cannot be written \(.+\): "
        "set LESSONLIB_CACHE to a folder of yours", sentence()
    )  # fmt: skip
    (tmp_path / place).unlink()
    assert fetch("vectors", progress=False).read_bytes() == VECTORS


@pytest.mark.parametrize("module, name", [(os, "mkdir"), (os, "open"), (os, "replace"), (shutil, "move")])
def test_a_cache_that_is_read_only(registry, server, monkeypatch, module, name):
    real = getattr(module, name)

    def refuse(path, *arguments, **named):
        if "cache" in str(path):
            raise OSError(30, "Read-only file system", str(path))
        return real(path, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, refuse)
        with pytest.raises(
            DownloadError, match=r"^vectors: .* cannot be written \(Read-only file system\): set LESSONLIB_"
        ):
            fetch("vectors", progress=False)
    assert fetch("vectors", progress=False).read_bytes() == VECTORS


def test_what_is_in_a_read_only_cache_is_used(registry, server, monkeypatch):
    path = fetch("vectors", progress=False)
    monkeypatch.setattr(os, "open", lambda *arguments, **named: pytest.fail("the cache is read, not written"))
    assert fetch("vectors", progress=False) == path


SCRIPT = """
import pathlib, sys
from lessonlib import downloads, paths
paths.data_file = lambda name: pathlib.Path(sys.argv[1])
print(downloads.fetch(sys.argv[2], progress=True))
"""


def another_process(tmp_path, name):
    command = [sys.executable, "-u", "-c", SCRIPT, str(tmp_path / "registry.toml"), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")


def wait_until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX")
def test_a_killed_process_leaves_nothing_that_is_read(registry, server, tmp_path):
    server.plan["/vectors.gz"] = [does.stall(100_000)]
    entry = catalog.registry()["vectors"]
    part = entry.home / "vectors.gz.part"
    process = another_process(tmp_path, "vectors")
    wait_until(lambda: part.exists() and part.stat().st_size >= 1 << 15)
    assert entry.found() is None and not (entry.home / "vectors.gz").exists()
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    process.communicate()
    held = part.stat().st_size
    assert 0 < held < len(VECTORS) and entry.found() is None and len(list(entry.home.glob("tmp*"))) == 1
    assert fetch("vectors", progress=False).read_bytes() == VECTORS
    assert server.ranges("/vectors.gz") == [None, f"bytes={held}-"]
    assert [path.name for path in entry.home.iterdir()] == ["vectors.gz"]


def test_two_processes_download_once(registry, server, tmp_path):
    both_run = threading.Event()
    server.plan["/corpus.zip"] = [does.hold(both_run)]
    first = another_process(tmp_path, "corpus")
    wait_until(lambda: server.log)
    second = another_process(tmp_path, "corpus")
    assert second.stdout.readline() == "corpus: another process is downloading it, waiting for that\n"
    both_run.set()
    (out, errors), (out2, errors2) = first.communicate(timeout=30), second.communicate(timeout=30)
    folder = str(catalog.registry()["corpus"].found())
    assert errors == errors2 == "" and out.rstrip().endswith(folder) and out2 == f"{folder}\n"
    assert server.log == [("/corpus.zip", None)]


@pytest.fixture
def small_is_large(monkeypatch):
    monkeypatch.setattr(downloads, "LARGE", len(VECTORS) - 1)


def terminal(monkeypatch, answer):
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)


def test_a_large_download_without_a_terminal_needs_the_flag(registry, server, small_is_large, monkeypatch, capsys):
    assert sentence() == (
        "vectors: 0.3 MB to download, 0.3 MB on disk, license: CC0; to agree, add --yes on the command line or "
        "yes=True in Python"
    )
    monkeypatch.setattr(sys, "stdin", None)
    sentence()
    assert server.log == []
    assert fetch("vectors", yes=True).read_bytes() == VECTORS
    assert capsys.readouterr().out.startswith("vectors: 0.3 MB to download, 0.3 MB on disk, license: CC0\n")
    assert fetch("vectors").read_bytes() == VECTORS  # what is here needs no answer


@pytest.mark.parametrize("answer", ["", "n\n", "nein\n", "\n"])
def test_a_large_download_may_be_declined(registry, server, small_is_large, monkeypatch, capsys, answer):
    terminal(monkeypatch, answer or "\n")
    assert sentence() == "vectors was not downloaded, as you answered" and server.log == []
    assert "license: CC0" in capsys.readouterr().out


@pytest.mark.parametrize("answer", ["y\n", " YES \n"])
def test_a_large_download_may_be_agreed_to(registry, server, small_is_large, monkeypatch, answer):
    terminal(monkeypatch, answer)
    assert fetch("vectors", progress=False).read_bytes() == VECTORS


def test_names_that_are_not_there_are_named(registry):
    with pytest.raises(ValueError, match="name='vektors': there is vectors, corpus"):
        fetch("vektors")
    with pytest.raises(ValueError, match="member='dev': corpus has train, valid"):
        fetch("corpus", "dev")
    with pytest.raises(ValueError, match="member='train': vectors has none"):
        fetch("vectors", "train")


def test_the_command_line(registry, server, small_is_large, capsys):
    assert main(["fetch", "vectors"]) == 1
    assert "add --yes on the command line" in capsys.readouterr().err
    assert main(["fetch", "vectors", "--yes"]) == 0
    assert capsys.readouterr().out.endswith(
        f"\nvectors: {catalog.registry()['vectors'].found()}\nCite it as: Nobody (2000)\n"
    )
    assert main(["fetch", "nothing"]) == 1
    assert capsys.readouterr().err == "name='nothing': there is vectors, corpus\n"
    assert main(["fetch"]) == 0
    header, *rows = [re.split(r"  +", line) for line in capsys.readouterr().out.splitlines()]
    assert header == ["name", "download", "disk", "license", "here", "what for"]
    assert rows == [
        ["vectors", "0.3 MB", "0.3 MB", "CC0", "yes", "tests"], ["corpus", "0.1 MB", "0.3 MB", "CC0", "no", "tests"],
    ]  # fmt: skip


def test_a_stopped_download_says_what_is_kept(registry, server, monkeypatch, capsys):
    def stop(*arguments, **named):
        raise KeyboardInterrupt

    monkeypatch.setattr(transfer, "_request", stop)
    assert main(["fetch", "vectors"]) == 130
    assert capsys.readouterr().err == "\nvectors: stopped; what came so far is kept for the next run\n"


def test_no_command_shows_a_traceback_or_imports_the_network_early():
    code = "import sys, lessonlib.corpora, lessonlib.downloads, lessonlib.catalog;"
    code += "print([m for m in ('requests', 'pooch', 'urllib3', 'tqdm', 'gensim', 'torch') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
