"""The cache of large tables: opened at once, never stale, never half-written, safe for two processes."""

import errno
import hashlib
import json
import mmap
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors

from lessonlib import vector_cache, vectors
from lessonlib.vectors import load_vectors, save_vectors

TABLE = np.random.default_rng(0).normal(size=(300, 40)).astype(np.float32)
WORDS = [f"wörd{i}" for i in range(300)]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONLIB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(vectors, "LARGE", 0)
    return tmp_path / "cache" / "vectors"


@pytest.fixture
def file(tmp_path):
    return write(tmp_path / "v.vec", WORDS, TABLE)


def write(path, words, table, age=100):
    """Vectors in a file that was last changed `age` seconds ago."""
    wv = KeyedVectors(table.shape[1])
    wv.add_vectors(words, table)
    save_vectors(wv, path)
    os.utime(path, ns=(0, time.time_ns() - int(age * 1e9)))
    return path


@pytest.fixture
def reads(monkeypatch):
    """How many times a file is read, and how many times a checksum is taken."""
    counts = {"read": 0, "checksum": 0}

    def counted(name, call):
        def wrapper(*args, **options):
            counts[name] += 1
            return call(*args, **options)

        return wrapper

    monkeypatch.setattr(vectors, "read_batches", counted("read", vectors.read_batches))
    monkeypatch.setattr(vector_cache, "bar", counted("checksum", vector_cache.bar))
    return counts


@pytest.fixture
def old_ctime(monkeypatch):
    """No test can set the time of change: say that it is the time of modification, plus what is in the list."""
    later, real = [0], vector_cache._state

    def state(path):
        size, modified, _, *rest = real(path)
        return [size, modified, modified + later[0], *rest]

    monkeypatch.setattr(vector_cache, "_state", state)
    return later


def change_about(entry, **fields):
    about = json.loads((entry / "about.json").read_text(encoding="utf-8"))
    (entry / "about.json").write_text(json.dumps(about | fields), encoding="utf-8")


def assert_right(wv, words=WORDS, table=TABLE):
    assert wv.index_to_key == words and wv.vectors.tobytes() == table.tobytes() and wv.vectors.shape == table.shape
    assert wv.key_to_index == {word: i for i, word in enumerate(words)}


def base_of(array):
    while isinstance(array, np.ndarray):
        array = array.base
    return array


def entry_of(cache):
    [about] = cache.glob("*/about.json")
    return about.parent


# The second load


def test_the_second_load_maps_what_the_first_one_read(file, cache, reads, old_ctime):
    first, second = load_vectors(file), load_vectors(file)
    assert reads == {"read": 1, "checksum": 1}
    for wv in (first, second):
        assert_right(wv)
        assert isinstance(base_of(wv.vectors), mmap.mmap) and not wv.vectors.flags.writeable
    assert (entry_of(cache) / "table.f32").read_bytes() == TABLE.tobytes()


def test_small_files_are_not_kept(file, cache, monkeypatch):
    monkeypatch.setattr(vectors, "LARGE", file.stat().st_size)
    wv = load_vectors(file)
    assert_right(wv)
    assert not cache.exists() and not wv.vectors.flags.writeable


def test_the_content_is_the_key_and_not_the_name(file, tmp_path, reads, old_ctime):
    load_vectors(file)
    shutil.copy(file, tmp_path / "copy.txt")
    file.rename(tmp_path / "moved.vec")
    assert_right(load_vectors(tmp_path / "copy.txt"))
    assert_right(load_vectors(tmp_path / "moved.vec"))
    assert reads == {"read": 1, "checksum": 3}


def test_the_words_beside_a_table_belong_to_the_key(tmp_path, old_ctime):
    path = write(tmp_path / "v.npy", WORDS, TABLE)
    assert_right(load_vectors(path))
    other = [word.upper() for word in WORDS]
    path.with_suffix(".words").write_text("\n".join(other) + "\n", encoding="utf-8")
    assert_right(load_vectors(path), other)


# Never stale


def changed_content(path):
    """Another table of the same size, in place."""
    data = path.read_bytes()
    path.write_bytes(data.replace(b"0.1", b"0.2"))
    return load_uncached(path)


def load_uncached(path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "LARGE", 2**30)
        return load_vectors(path).vectors


def test_a_change_of_the_same_size_is_seen_by_its_time(file, reads, old_ctime):
    load_vectors(file)
    table = changed_content(file)
    assert (table != TABLE).any()
    assert_right(load_vectors(file), WORDS, table)


def test_a_change_whose_time_was_set_back_is_seen_by_the_time_of_change(file, reads, old_ctime):
    load_vectors(file)
    stat = file.stat()
    table = changed_content(file)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    old_ctime[0] = 1
    assert_right(load_vectors(file), WORDS, table)


def test_the_time_of_change_is_the_one_that_nobody_can_set(file, monkeypatch):
    monkeypatch.setattr(vector_cache, "TICK", -(10**18))  # trust all times
    load_vectors(file)
    stat = file.stat()
    time.sleep(0.05)
    table = changed_content(file)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert_right(load_vectors(file), WORDS, table)


def test_another_file_of_the_same_size_and_time_is_seen_by_its_inode(file, tmp_path, old_ctime):
    load_vectors(file)
    stat = file.stat()
    other = tmp_path / "other"
    shutil.copy(file, other)
    table = changed_content(other)
    os.replace(other, file)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert file.stat().st_size == stat.st_size and file.stat().st_mtime_ns == stat.st_mtime_ns
    assert_right(load_vectors(file), WORDS, table)


@pytest.mark.parametrize("age, trusted", [(39, False), (42, True), (-100, False)])
def test_a_file_that_was_just_changed_is_not_trusted_by_its_times(age, trusted, tmp_path, reads, old_ctime, cache):
    """Within one tick of the clock, a change can leave all times as they were."""
    path = write(tmp_path / "v.vec", WORDS, TABLE, age)
    load_vectors(path)
    assert len(list(cache.glob("seen/*.json"))) == trusted
    stat = path.stat()
    table = changed_content(path)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert_right(load_vectors(path), WORDS, TABLE if trusted else table)


def test_a_fresh_time_of_change_alone_is_enough_for_doubt(file, cache, old_ctime):
    old_ctime[0] = 99 * 10**9
    load_vectors(file)
    assert not list(cache.glob("seen/*.json"))


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"state": 5}', '"state"', "\ufffd", "[" * 100_000])
def test_a_damaged_record_is_taken_again(content, file, cache, reads, old_ctime):
    load_vectors(file)
    [record] = cache.glob("seen/*.json")
    good = record.read_text(encoding="utf-8")
    record.write_text(content, encoding="utf-8")
    assert_right(load_vectors(file))
    assert record.read_text(encoding="utf-8") == good and reads == {"read": 1, "checksum": 2}


def test_a_record_without_its_checksum_is_taken_again(file, cache, reads, old_ctime):
    load_vectors(file)
    [record] = cache.glob("seen/*.json")
    record.write_text(json.dumps({"state": vector_cache._state(file)}), encoding="utf-8")
    assert_right(load_vectors(file))
    assert reads == {"read": 1, "checksum": 2}


def test_a_checksum_is_of_all_pieces_in_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr(vector_cache, "PIECE", 4)
    path, found = tmp_path / "v.txt", set()
    for content in (b"", b"aaaabbbbcc", b"bbbbaaaacc", b"aaaabbbbc", b"aaaabbbb", b"aaaabbbbccccdddd" * 99):
        path.write_bytes(content)
        pieces = [content[i : i + 4] for i in range(0, len(content), 4)]
        expected = hashlib.sha256(b"".join(hashlib.sha256(piece).digest() for piece in pieces)).hexdigest()
        assert vector_cache.checksum(path) == expected
        found.add(expected)
    assert len(found) == 6


def test_a_file_that_changes_while_it_is_read(file, cache, monkeypatch):
    original = vectors.read_batches

    def slow(*args):
        yield from original(*args)
        with open(file, "ab") as end:
            end.write(b"\n")

    monkeypatch.setattr(vectors, "read_batches", slow)
    with pytest.raises(ValueError, match="v.vec: was changed while it was read; load it again when it is complete"):
        load_vectors(file)
    assert not list(cache.glob("*/about.json")) and not list(cache.glob("*.part"))


# Never damaged


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    "damage",
    [
        lambda entry: (entry / "table.f32").unlink(),
        lambda entry: (entry / "words.txt").unlink(),
        lambda entry: (entry / "about.json").unlink(),
        lambda entry: os.truncate(entry / "table.f32", 4 * 40 * 299),
        lambda entry: os.truncate(entry / "table.f32", 0),
        lambda entry: (entry / "table.f32").write_bytes(TABLE.tobytes() + b"\0" * 160),
        lambda entry: (entry / "table.f32").write_bytes(bytes(TABLE.nbytes)),
        lambda entry: flip(entry / "table.f32", 0),
        lambda entry: flip(entry / "table.f32", -1),
        lambda entry: flip(entry / "words.txt", 100),
        lambda entry: os.truncate(entry / "words.txt", 100),
        lambda entry: (entry / "words.txt").write_bytes((entry / "words.txt").read_bytes() + b"more\n"),
        lambda entry: (entry / "about.json").write_text("", encoding="utf-8"),
        lambda entry: (entry / "about.json").write_text("[]", encoding="utf-8"),
        lambda entry: (entry / "about.json").write_text("{}", encoding="utf-8"),
        lambda entry: (entry / "about.json").write_bytes(b"\xff"),
        lambda entry: (entry / "about.json").write_text("[" * 100_000, encoding="utf-8"),
        lambda entry: change_about(entry, notes=5),
    ],
)
def test_a_damaged_entry_is_made_again(damage, file, cache, reads):
    load_vectors(file)
    damage(entry_of(cache))
    assert_right(load_vectors(file))
    assert reads["read"] == 2
    assert_right(load_vectors(file))
    assert reads["read"] == 2


def test_a_table_that_lost_as_much_as_a_column_is_noticed_by_its_size(tmp_path, cache, reads):
    table = np.ones((300, 40), np.float32)
    path = write(tmp_path / "v.vec", WORDS, table)
    load_vectors(path)
    os.truncate(entry_of(cache) / "table.f32", 4 * 300 * 39)
    assert_right(load_vectors(path), WORDS, table)
    assert reads["read"] == 2


def test_damage_inside_a_large_table_is_noticed_in_the_pages_that_are_compared(tmp_path, cache, reads):
    """A hole of a sixteenth of the table, as a disk that lost a write leaves it, wherever it is."""
    table = np.random.default_rng(0).normal(size=(4000, 100)).astype(np.float32)
    path = write(tmp_path / "v.npy", [str(i) for i in range(4000)], table)
    load_vectors(path)
    place = entry_of(cache) / "table.f32"
    hole = table.nbytes // 15 + 4096
    for n, start in enumerate(range(0, table.nbytes - hole, hole // 2)):
        with open(place, "r+b") as entry:
            entry.seek(start)
            entry.write(bytes(hole))
        assert load_vectors(path).vectors.tobytes() == table.tobytes()
        assert reads["read"] == n + 2


def test_what_other_code_has_read_is_read_again(file, reads, monkeypatch):
    load_vectors(file)
    monkeypatch.setattr(vector_cache, "_code", lambda: "another")
    assert_right(load_vectors(file))
    assert_right(load_vectors(file))
    assert reads["read"] == 2


def test_the_code_is_that_of_the_readers(monkeypatch, tmp_path):
    folder = Path(vector_cache.__file__).parent
    names = {path.name for path in folder.glob("vector*.py")}
    assert {"vectors.py", "vector_text.py", "vector_fast.py", "vector_binary.py", "vector_formats.py"} <= names
    for name in names:
        shutil.copy(folder / name, tmp_path)
    before = vector_cache._code.__wrapped__()
    monkeypatch.setattr(vector_cache, "__file__", str(tmp_path / "vector_cache.py"))
    assert vector_cache._code.__wrapped__() == before
    with open(tmp_path / "vector_text.py", "a", encoding="utf-8") as module:
        module.write("# changed\n")
    assert vector_cache._code.__wrapped__() != before


def test_an_error_leaves_nothing(tmp_path, cache):
    path = tmp_path / "v.txt"
    path.write_bytes(b"the 1 2\nof 3\n")
    for _ in range(2):
        with pytest.raises(ValueError, match="line 2"):
            load_vectors(path)
    assert [p.name for p in cache.iterdir() if p.suffix != ".lock" and p.name != "seen"] == []


# Disks


def test_a_cache_that_cannot_be_written(file, tmp_path, monkeypatch):
    (tmp_path / "a-file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("LESSONLIB_CACHE", str(tmp_path / "a-file" / "cache"))
    with pytest.warns(
        UserWarning, match=r"vectors: cannot be written \(Not a directory\); vectors are read anew"
    ) as seen:
        wv = load_vectors(file)
    assert_right(wv)
    assert seen[0].filename == __file__ and not wv.vectors.flags.writeable


def test_a_cache_that_can_only_be_read(file, cache, reads, monkeypatch):
    """What is in it is used, also by others than the one who wrote it."""
    load_vectors(file)
    shutil.rmtree(cache / "seen", ignore_errors=True)

    def readonly(*args, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(vector_cache, "atomic", readonly)
    monkeypatch.setattr(vector_cache.tempfile, "TemporaryFile", readonly)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_right(load_vectors(file))
    assert reads["read"] == 1
    other = write(file.with_name("other.vec"), WORDS[:9], TABLE[:9])
    with pytest.warns(UserWarning, match=r"cannot be written \(Permission denied\)"):
        assert_right(load_vectors(other), WORDS[:9], TABLE[:9])


def test_a_full_disk(file, cache, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(vector_cache.os, "fsync", full)
        with pytest.raises(OSError) as caught:
            load_vectors(file)
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.strerror.startswith("the disk is full; free some space, or let LESSONLIB_CACHE name a folder")
    assert not list(cache.glob("*.part")) and not list(cache.glob("*/about.json"))
    assert_right(load_vectors(file))


# Processes


def _load(path):
    original = vectors.read_batches

    def slow(*args):
        with open(os.environ["READ"], "a", encoding="utf-8") as log:
            log.write("read\n")
        time.sleep(0.5)
        return original(*args)

    vectors.read_batches, vectors.LARGE = slow, 0
    wv = load_vectors(path)
    return wv.index_to_key == WORDS and wv.vectors.tobytes() == TABLE.tobytes()


def test_processes_at_once_read_it_once(file, tmp_path, monkeypatch):
    monkeypatch.setenv("READ", str(tmp_path / "read"))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(_load, [file] * 2, chunksize=1) == [True] * 2
    assert (tmp_path / "read").read_text(encoding="utf-8") == "read\n"


def test_a_killed_process_leaves_nothing_that_is_read(file, cache):
    code = (
        "import sys, time; from lessonlib import vectors; original = vectors.read_batches\n"
        "def stuck(*args):\n"
        "    yield from original(*args)\n"
        "    print('half', flush=True); time.sleep(60)\n"
        "vectors.read_batches, vectors.LARGE = stuck, 0; vectors.load_vectors(sys.argv[1])"
    )
    with subprocess.Popen([sys.executable, "-c", code, file], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "half\n"
        [part] = cache.glob("*.part")
        assert (part / "table.f32").exists() and not list(cache.glob("*/about.json"))
        process.send_signal(signal.SIGKILL)
    assert_right(load_vectors(file))
    assert not list(cache.glob("*.part"))


def test_what_is_mapped_survives_a_new_entry(file, cache):
    old = load_vectors(file)
    (entry_of(cache) / "about.json").unlink()
    assert_right(load_vectors(file))
    assert_right(old)
