"""Vector files in every format: there and back, as gensim reads them, and what is refused."""

import gzip
import io
import json
import logging
import os
import pickle
import re
import struct
import subprocess
import sys
import warnings
import zipfile

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lessonlib import vector_binary, vector_files, vectors
from lessonlib.vectors import load_vectors, save_vectors

TEXT = ["v.txt", "v.vec", "v.txt.gz", "v.vec.gz", "v.txt.zip", "v.vec.zip"]
FORMATS = [*TEXT, "v.bin", "v.bin.gz", "v.bin.zip", "v.npy", "v.npz", "v.safetensors"]
WORDS = [
    "the",
    "naïve",
    "a\x85b",
    "c\xa0d",
    "\u2028",
    "\u3000",
    "<unk>",
    "",
    "2008",
    "nan",
    "\ufeffx",
    "é",
    "日本",
    "\r\x0b\x1c",
]


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONLIB_CACHE", str(tmp_path / "cache"))


def keyed(words, table):
    wv = KeyedVectors(np.shape(table)[1])
    wv.add_vectors(list(words), np.asarray(table, np.float32))
    return wv


def assert_same(wv, words, table):
    assert type(wv) is KeyedVectors and wv.index_to_key == list(words)
    assert wv.key_to_index == {word: i for i, word in enumerate(words)}
    assert type(wv.vectors) is np.ndarray and wv.vectors.dtype == np.float32
    assert wv.vectors.shape == np.shape(table) == (len(words), wv.vector_size)
    assert wv.vectors.tobytes() == np.asarray(table, np.float32).tobytes()


def refused(path, why, content=None):
    """Loading raises one line that names the file and holds `why`."""
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError) as caught:
        load_vectors(path)
    message = str(caught.value)
    assert message.startswith(str(path)) and why in message and "\n" not in message, message


# There and back


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("large", [False, True])
def test_every_format_gives_back_what_was_saved(name, large, tmp_path, monkeypatch):
    if large:
        monkeypatch.setattr(vectors, "LARGE", 0)
    table = np.random.default_rng(0).normal(size=(len(WORDS), 5)).astype(np.float32)
    table[0] = [0.0, -0.0, 1e-45, 3.4028235e38, -1.1754944e-38]
    save_vectors(keyed(WORDS, table), tmp_path / name)
    assert_same(load_vectors(tmp_path / name), WORDS, table)
    assert_same(load_vectors(str(tmp_path / name)), WORDS, table)
    assert not list(tmp_path.glob("*.part"))


words = st.text(st.characters(exclude_categories=["Cs", "Zs"], exclude_characters="\n\t"), max_size=5)
floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
tables = st.integers(1, 4).flatmap(
    lambda d: st.lists(
        st.tuples(words, st.lists(floats, min_size=d, max_size=d)), min_size=1, max_size=6, unique_by=lambda row: row[0]
    )
)


@pytest.mark.parametrize("name", FORMATS)
def test_random_words_and_numbers_come_back(name, tmp_path):
    @settings(max_examples=25, deadline=None)
    @given(tables)
    def check(rows):
        words, table = zip(*rows)
        try:
            save_vectors(keyed(words, table), tmp_path / name)
        except ValueError as error:
            assume("looks like the line V d" not in str(error) and "carriage return" not in str(error))
            raise
        try:
            wv = load_vectors(tmp_path / name)
        except ValueError as error:  # a few rows, all of them with decimals for words
            assume("numbers without a word" not in str(error))
            raise
        assert_same(wv, words, table)

    check()


@pytest.mark.parametrize("name", FORMATS)
def test_a_table_of_several_blocks(name, tmp_path, monkeypatch):
    """More rows than a reader takes at once, small steps, also through the cache."""
    monkeypatch.setattr(vectors, "LARGE", 0)
    monkeypatch.setattr("lessonlib.vector_fast.BLOCK", 5000)
    monkeypatch.setattr(vector_binary, "STEP", 5000)
    words, table = [f"w{i}" for i in range(2500)], np.random.default_rng(0).normal(size=(2500, 7))
    save_vectors(keyed(words, table), tmp_path / name)
    assert_same(load_vectors(tmp_path / name), words, table.astype(np.float32))


@pytest.mark.parametrize(
    "word", ["a b", "a ", " a", "\t", "a\tb", "a 5", "a nan", " 5", "a\r", "\ud800", 7, "a\nb", "\n"]
)
@pytest.mark.parametrize("name", ["v.txt", "v.vec", "v.bin", "v.npy", "v.npz", "v.safetensors"])
def test_a_word_comes_back_or_is_refused(name, word, tmp_path):
    path, wv = tmp_path / name, keyed(["x", "y", "z"], [[1, 2], [3, 4], [5, 6]])
    wv.index_to_key[1] = word
    try:
        save_vectors(wv, path)
    except ValueError as error:
        assert re.match(
            "wv: (the word .* which this format cannot hold; try .npz|a word cannot be written)", str(error)
        )
        assert word not in ("a b", " a") or name == "v.bin"
        assert name != "v.npz" or word in ("a\nb", "\n", "\ud800", 7)
        assert not list(tmp_path.iterdir())
    else:
        assert word not in ("\ud800", 7)
        assert_same(load_vectors(path), ["x", word, "z"], [[1, 2], [3, 4], [5, 6]])


def test_what_cannot_be_saved(tmp_path):
    wv = keyed(["a", "b"], [[1, 2], [3, 4]])
    for name in ("v", "v.pkl", "v.npy.gz", "v.gz", "v.kv"):
        with pytest.raises(ValueError, match=r"the name must end in \.txt, \.vec, \.bin"):
            save_vectors(wv, tmp_path / name)
    for value in (np.nan, np.inf):
        wv.vectors[1, 0] = value
        with pytest.raises(ValueError, match="the vector of 'b' is not finite"):
            save_vectors(wv, tmp_path / "v.txt")
    with pytest.raises(ValueError, match="holds no vectors"):
        save_vectors(KeyedVectors(3), tmp_path / "v.txt")
    with pytest.raises(ValueError, match="looks like the line V d"):
        save_vectors(keyed(["2", "b"], [[1], [0.5]]), tmp_path / "v.txt")
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_old_file(tmp_path, monkeypatch):
    save_vectors(keyed(["old"], [[1, 2]]), tmp_path / "v.txt")
    with pytest.raises(ValueError, match="ends in a space"):
        save_vectors(keyed(["new", "bad "], [[3, 4], [5, 6]]), tmp_path / "v.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["v.txt"]
    assert_same(load_vectors(tmp_path / "v.txt"), ["old"], [[1, 2]])


def test_saving_twice_gives_the_same_bytes(tmp_path):
    for name in ("v.txt.gz", "v.bin.gz"):
        save_vectors(keyed(["a"], [[1, 2]]), tmp_path / name)
        first = (tmp_path / name).read_bytes()
        os.utime(tmp_path / name, (0, 0))
        save_vectors(keyed(["a"], [[1, 2]]), tmp_path / name)
        assert (tmp_path / name).read_bytes() == first


# As gensim reads and writes


@pytest.mark.parametrize("binary, header", [(False, False), (False, True), (True, True)])
@pytest.mark.parametrize("large", [False, True])
def test_what_gensim_writes(binary, header, large, tmp_path, monkeypatch):
    if large:
        monkeypatch.setattr(vectors, "LARGE", 0)
    table = np.random.default_rng(0).normal(size=(200, 20)).astype(np.float32)
    theirs = keyed([f"wörd{i}" for i in range(200)], table)
    path = tmp_path / ("v.bin" if binary else "v.txt")
    theirs.save_word2vec_format(path, binary=binary, write_header=header)
    assert_same(load_vectors(path), theirs.index_to_key, table)
    again = KeyedVectors.load_word2vec_format(path, binary=binary, no_header=not header)
    assert_same(load_vectors(path), again.index_to_key, again.vectors)


@pytest.mark.parametrize("name", ["v.txt", "v.vec", "v.bin", "v.txt.gz", "v.vec.gz", "v.bin.gz"])
def test_gensim_reads_what_we_write(name, tmp_path):
    table = np.random.default_rng(0).normal(size=(50, 20)).astype(np.float32)
    ours = keyed([f"wörd{i}" for i in range(50)], table)
    save_vectors(ours, tmp_path / name)
    options = dict(binary=".bin" in name, no_header=".txt" in name)
    theirs = KeyedVectors.load_word2vec_format(tmp_path / name, **options)
    assert theirs.index_to_key == ours.index_to_key and (theirs.vectors == table).all()


@pytest.mark.parametrize("large", [False, True])
def test_numbers_are_gensims_to_the_last_bit(large, tmp_path, monkeypatch):
    if large:
        monkeypatch.setattr(vectors, "LARGE", 0)
    rng, path = np.random.default_rng(3), tmp_path / "v.txt"
    forms = ["%.5g", "%.6f", "%.17g", "%.18e", "%.3e"]
    rows = [f"w{i} " + " ".join(forms[i % 5] % x for x in rng.normal(0, 0.4, 30)) for i in range(500)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    theirs = KeyedVectors.load_word2vec_format(path, binary=False, no_header=True)
    assert_same(load_vectors(path), theirs.index_to_key, theirs.vectors)


@pytest.mark.parametrize("large", [False, True])
def test_the_usual_operations(large, tmp_path, monkeypatch, caplog):
    if large:
        monkeypatch.setattr(vectors, "LARGE", 0)
    table = np.random.default_rng(0).normal(size=(60, 8)).astype(np.float32)
    theirs = keyed([f"w{i}" for i in range(60)], table)
    save_vectors(theirs, tmp_path / "v.txt")
    ours = load_vectors(tmp_path / "v.txt")
    assert len(ours) == 60 and "w3" in ours and "x" not in ours
    assert (ours["w3"] == table[3]).all() and (ours[["w3", "w5"]] == table[[3, 5]]).all()
    assert (ours.get_vector("w3", norm=True) == theirs.get_vector("w3", norm=True)).all()
    assert ours.similarity("w1", "w2") == theirs.similarity("w1", "w2")
    assert ours.most_similar("w1", topn=60) == theirs.most_similar("w1", topn=60)
    assert ours.most_similar(["w1"], ["w2"]) == theirs.most_similar(["w1"], ["w2"])
    assert ours.doesnt_match(["w1", "w2", "w3"]) == theirs.doesnt_match(["w1", "w2", "w3"])
    assert repr(ours["w1"]).startswith("array(")
    ours.fill_norms()
    assert np.allclose(ours.norms, np.linalg.norm(table, axis=1))
    with pytest.raises(KeyError):
        ours["x"]
    with caplog.at_level(logging.ERROR):
        ours.save_word2vec_format(tmp_path / "copy.bin", binary=True)
    assert_same(load_vectors(tmp_path / "copy.bin"), theirs.index_to_key, table)
    for write in (lambda: ours.vectors.__setitem__(0, 1), ours.unit_normalize_all):
        with pytest.raises(ValueError, match="read-only"):
            write()
    assert_same(load_vectors(tmp_path / "v.txt"), theirs.index_to_key, table)
    ours.add_vectors(["new"], [np.ones(8, np.float32)])
    assert ours.get_index("new") == 60 and ours["new"].sum() == 8
    ours.vectors = ours.vectors.copy()
    ours.vectors[0] = 1
    assert ours["w0"].sum() == 8
    assert_same(load_vectors(tmp_path / "v.txt"), theirs.index_to_key, table)


# What is mended, with a warning


@pytest.mark.parametrize("large", [False, True])
def test_of_a_repeated_word_the_first_row_counts(large, tmp_path, monkeypatch):
    if large:
        monkeypatch.setattr(vectors, "LARGE", 0)
    monkeypatch.setattr("lessonlib.vector_fast.BLOCK", 1)
    path = tmp_path / "v.vec"
    path.write_bytes(b"6 2\na 1 2\nb 3 4\na 5 6\nc 7 8\nb 9 9\na 0 0\n")
    for _ in range(2):
        with pytest.warns(UserWarning) as caught:
            wv = load_vectors(path)
        assert_same(wv, ["a", "b", "c"], [[1, 2], [3, 4], [7, 8]])
        sentence = f"{path}: 3 repeated words were left out, 'a' first; the first of each counts"
        assert [str(w.message) for w in caught] == [sentence] and caught[0].filename == __file__


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("name", ["v.txt", "v.bin"])
def test_what_is_not_utf8_is_replaced(name, large, tmp_path, monkeypatch):
    if large:
        monkeypatch.setattr(vectors, "LARGE", 0)
    words, numbers = [b"the", b"na\xefve", "ü\ufffd".encode(), b"\xed\xa0\x80"], np.arange(8, dtype="<f4").reshape(4, 2)
    if name == "v.bin":
        data = b"4 2\n" + b"".join(word + b" " + row.tobytes() for word, row in zip(words, numbers))
    else:
        data = b"".join(word + b" %d %d\n" % tuple(row) for word, row in zip(words, numbers))
    (tmp_path / name).write_bytes(data)
    for _ in range(2):
        with pytest.warns(
            UserWarning, match="2 words are not valid UTF-8, the first in row 2; � stands for such bytes"
        ):
            wv = load_vectors(tmp_path / name)
        assert_same(wv, ["the", "na�ve", "ü�", "���"], numbers)


def test_good_files_are_read_without_a_word(tmp_path, capfd):
    save_vectors(keyed(WORDS, np.ones((len(WORDS), 2))), tmp_path / "v.txt")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_vectors(tmp_path / "v.txt", progress=True)
    assert capfd.readouterr() == ("", "")


def test_progress_is_shown_in_bytes_after_two_seconds(tmp_path, capsys, monkeypatch):
    import tqdm

    path = tmp_path / "v.txt.gz"
    path.write_bytes(gzip.compress(b"".join(b"w%d 0.5 0.25\n" % i for i in range(5000))))
    made = []

    class Watched(tqdm.tqdm):
        def __init__(self, **options):
            assert options["delay"] == 2 and options["unit"] == "B" and options["file"] is sys.stdout
            made.append(self)
            super().__init__(**{**options, "delay": 0})

    monkeypatch.setattr(tqdm, "tqdm", Watched)
    load_vectors(path, progress=True)
    assert [(bar.n, bar.total) for bar in made] == [(path.stat().st_size,) * 2]
    assert "reading v.txt.gz" in capsys.readouterr().out
    load_vectors(path)
    assert capsys.readouterr().out == ""


# Text and binary: which is it?


def test_the_content_decides_between_text_and_binary(tmp_path):
    wv = keyed(["the", "of"], [[0.5, 2], [3, 4]])
    save_vectors(wv, tmp_path / "v.bin")
    save_vectors(wv, tmp_path / "v.vec")
    for source, name in [("v.bin", "a.vec"), ("v.bin", "b"), ("v.vec", "c.model"), ("v.vec", "d.txt")]:
        (tmp_path / name).write_bytes((tmp_path / source).read_bytes())
        assert_same(load_vectors(tmp_path / name), ["the", "of"], wv.vectors)
    refused(tmp_path / "e.bin", "is named .bin, but holds text", (tmp_path / "v.vec").read_bytes())
    refused(tmp_path / "f.bin", "does not begin with a line of two numbers", b"the 1 2\nof 3 4\n")
    packed = gzip.compress((tmp_path / "v.vec").read_bytes())
    refused(tmp_path / "g.bin.gz", "is named .bin, but holds text", packed)


def test_binary_numbers_that_look_like_letters(tmp_path):
    table = np.frombuffer(b"abcdefghijklmnop", "<f4").reshape(2, 2)
    path = tmp_path / "v.bin"
    save_vectors(keyed(["x", "y"], table), path)
    assert b"\0" not in path.read_bytes()
    assert_same(load_vectors(path), ["x", "y"], table)
    table = np.frombuffer(b"1\n\x7f[", "<f4").reshape(1, 1)
    save_vectors(keyed([""], table), path)
    assert_same(load_vectors(path), [""], table)


def test_binary_as_word2vec_c_writes_it(tmp_path):
    path, table = tmp_path / "v.bin", np.arange(6, dtype="<f4").reshape(3, 2)
    path.write_bytes(
        b"3 2\n" + b"".join(w + b" " + row.tobytes() + b"\n" for w, row in zip([b"</s>", b"", b"c"], table))
    )
    assert_same(load_vectors(path), ["</s>", "", "c"], table)
    path.write_bytes(path.read_bytes().replace(b"3 2\n", b"3 2" + b" " * 200 + b"\n"))
    assert_same(load_vectors(path), ["</s>", "", "c"], table)


# What is refused


@pytest.mark.parametrize(
    "content, why",
    [
        (b"", ": is empty"),
        (b"\n \n", ": line 1 is '', not a word and its numbers; no known format of vectors"),
        (b"PNG\r\n\x1a\n\0\0\0\rIHDR", ": line 1 is 'PNG\\r', not a word"),
        (b"the 1 2\nof 3\n", ", line 2: has 2 fields; expected a word and 2 numbers"),
        (b"the 1 2\nof 3 4\nto 1 2 3\n", ", line 3: has more than 2 numbers"),
        (b"the 1 2\nof 3 nan\n", ", line 2: 'nan' is not a finite number; expected a word and 2 numbers"),
        (b"the 1 2\nof 3 1e39\n", ", line 2: '1e39' is too large for float32, which ends at 3.4e38"),
        (b"3 2\nthe 1 2\nof 1.2.3 4\n", ", line 3: '1.2.3' is not a finite number"),
        (b"\xef\xbb\xbf3 2\r\nthe 1 2\r\nof 3 4\r\n", ": line 1 promises 3 rows, but 2 follow; fetch it again"),
        (b"1 2\nthe 1 2\nof 3 4\n", ": line 1 promises 1 rows, but 2 follow"),
        (b"99999999999 2\nthe 1 2\n", ": line 1 promises 99999999999 rows, but 1 follow"),
        (b"5 300\n", ": line 1 promises 5 rows, but 0 follow"),
        (b"5 300\nthe 1 2\n", ": line 1 promises 300 numbers a row, but the lines after it have 2"),
        (b"0 2\n", ": holds no vectors"),
        (b"0.1 0.2\n0.3 0.4\n", ": has lines of numbers without a word before them"),
        ("the 1 2\n".encode("utf-16"), ": is UTF-16 text; save it as UTF-8"),
        (pickle.dumps({"the": [1, 2]}), ": looks like a pickle, which runs code when it is loaded"),
        (gzip.compress(gzip.compress(b"the 1 2\n")), ": is packed twice; unpack it once"),
    ],
    ids=lambda value: None if isinstance(value, str) else "",
)
@pytest.mark.parametrize("large", [False, True])
def test_wrong_text_files(content, why, large, tmp_path, monkeypatch):
    if large:
        monkeypatch.setattr(vectors, "LARGE", -1)
    refused(tmp_path / "v.txt", f"{tmp_path / 'v.txt'}{why}", content)
    assert not list((tmp_path / "cache").glob("vectors/*.part"))
    if not content.startswith((b"\x1f\x8b", b"\xff\xfe", b"\x80")):
        refused(tmp_path / "v.txt.gz", why, gzip.compress(content))


def test_a_pickle_is_never_loaded(tmp_path):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    objects = np.array([[Trap(), 1]], dtype=object)
    refused(tmp_path / "v.txt", "looks like a pickle", pickle.dumps(Trap()))
    (tmp_path / "w.words").write_bytes(b"a\n")
    np.save(tmp_path / "w.npy", objects, allow_pickle=True)
    refused(tmp_path / "w.npy", "holds Python objects")
    np.savez(tmp_path / "x.npz", words=np.array(["a"]), vectors=objects)
    refused(tmp_path / "x.npz", "holds Python objects")
    np.savez(tmp_path / "y.npz", words=np.array([Trap()], dtype=object), vectors=np.ones((1, 2)))
    refused(tmp_path / "y.npz", "holds Python objects")
    assert not (tmp_path / "ran").exists()


def binary(rows, columns, n, word=b"w"):
    return b"%d %d\n" % (rows, columns) + b"".join(word + b"%d " % i + b"\0\0\x80?" * columns for i in range(n))


@pytest.mark.parametrize(
    "content, why",
    [
        (binary(3, 2, 3)[:-1], "holds only 2 of the 3 rows of 2 numbers that line 1 promises"),
        (binary(3, 2, 3)[:-9], "holds only 2 of the 3 rows"),
        (binary(3, 2, 0), "holds only 0 of the 3 rows"),
        (binary(99999999999, 2, 3), "holds only 3 of the 99999999999 rows"),
        (
            binary(3, 99999999999, 0) + b"w " + b"\0" * 100,
            "the 3 rows of 99999999999 numbers that line 1 promises; 524,288",
        ),
        (binary(3, 300, 0) + b"\0" * 2**20, "holds only 0 of the 3 rows"),
        (binary(2, 2, 3), "goes on after the 2 rows of 2 numbers that line 1 promises"),
        (binary(3, 2, 3) + b" ", "goes on after"),
        (binary(3, 2, 3, b"a\nb"), "a word between rows 1 and 3 holds a newline"),
        (b"2 1\na \0\0\x80?b \0\0\x80\x7f", "row 2, 'b', holds a number that is no finite float32"),
        (b"2 1\na \0\0\xc0\x7fb \0\0\x80?", "row 1, 'a', holds a number that is no finite float32"),
        (b"", "is empty"),
    ],
    ids=lambda value: None if isinstance(value, str) else "",
)
def test_wrong_binary_files(content, why, tmp_path, monkeypatch):
    refused(tmp_path / "v.bin", why, content)
    refused(tmp_path / "v.bin.gz", why, gzip.compress(content))
    monkeypatch.setattr(vector_binary, "STEP", 40)
    if b"\0" * 100 not in content:
        with pytest.raises(ValueError):
            load_vectors(tmp_path / "v.bin")


def test_a_newline_after_the_last_row_may_stand_in_the_next_block(tmp_path, monkeypatch):
    path, data = tmp_path / "v.bin", binary(3, 2, 3)
    path.write_bytes(data + b"\n")
    monkeypatch.setattr(vector_binary, "STEP", len(data) - data.index(b"\n") - 1)
    assert len(load_vectors(path)) == 3
    refused(path, "goes on after the 3 rows of 2 numbers", data + b"w3 ")


# Tables of NumPy and safetensors


def npy(array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return file.getvalue()


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", ">f4", ">f8"])
@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_tables_of_any_float_become_float32(dtype, version, tmp_path):
    table = np.random.default_rng(0).normal(size=(3, 4)).astype(dtype)
    (tmp_path / "v.npy").write_bytes(npy(table, version))
    (tmp_path / "v.txt").write_bytes("a\né\n\u2028".encode())
    assert_same(load_vectors(tmp_path / "v.npy"), ["a", "é", "\u2028"], table.astype(np.float32))


def test_words_beside_a_table_may_be_empty_or_numbers(tmp_path):
    for words in (["", "0"], [" 5", "", "1.5"], ["7"], ["a 5"], ["a 5", "b", "c"]):
        np.save(tmp_path / "v.npy", np.eye(len(words)))
        (tmp_path / "v.words").write_text("\n".join(words) + "\n", encoding="utf-8")
        assert_same(load_vectors(tmp_path / "v.npy"), words, np.eye(len(words)))


@pytest.mark.parametrize("lines", [b"a\r\nb\r\n", b"a\r\nb", b"\xef\xbb\xbfa\nb\n", b"a\nb"])
def test_the_words_beside_a_table(lines, tmp_path):
    np.save(tmp_path / "v.npy", np.eye(2))
    (tmp_path / "v.words").write_bytes(lines)
    (tmp_path / "v.txt").write_bytes(b"not these\n")
    assert_same(load_vectors(tmp_path / "v.npy"), ["a", "b"], np.eye(2))


@pytest.mark.parametrize(
    "table, words, why",
    [
        (np.ones((2, 2)), b"a\nb\nc\n", "has 2 rows, but there are 3 words; they must be as many"),
        (np.ones((2, 2)), b"a\n", "has 2 rows, but there are 1 words"),
        (np.ones((2, 2)), b"a\nb\n\n", "has 2 rows, but there are 3 words"),
        (np.ones((2, 2)), b"a 1 1\nb 1 1\n", "in v.words numbers follow the words; put the words alone on its lines"),
        (np.ones((2, 2)), b"a 17\nb 16\n", "in v.words numbers follow the words"),
        (np.ones((2, 2)), None, "holds no words; put them, one on each line, into v.words or v.txt"),
        (np.ones(2), b"a\nb\n", "holds float64 (2,); expected float16, float32 or float64 (V, d)"),
        (np.ones((2, 2, 2)), b"a\nb\n", "holds float64 (2, 2, 2); expected"),
        (np.ones((2, 0)), b"a\nb\n", "holds float64 (2, 0); expected"),
        (np.ones((0, 2)), b"", "has 0 rows, but there are 1 words"),
        (np.ones((2, 2), int), b"a\nb\n", "holds int64 (2, 2); expected"),
        (np.ones((2, 2), complex), b"a\nb\n", "holds complex128 (2, 2); expected"),
        (np.ones((2, 3), order="F"), b"a\nb\n", "is stored column by column; save np.ascontiguousarray(table) instead"),
        (np.array([[1, 2], [3, 1e39]]), b"a\nb\n", "row 2, 'b', holds a number that is no finite float32"),
    ],
    ids=lambda value: None if isinstance(value, str) else "",
)
def test_wrong_tables(table, words, why, tmp_path):
    if words is not None:
        (tmp_path / "v.words").write_bytes(words)
    refused(tmp_path / "v.npy", why, npy(table))


@pytest.mark.parametrize(
    "content, why",
    [
        (npy(np.ones((2, 2)))[:-1], "ends before the 2 rows of 2 numbers that it promises"),
        (npy(np.ones((2, 2)))[:100], "holds no NumPy array that can be read"),
        (npy(np.ones((2, 2)))[:9], "holds no NumPy array that can be read"),
        (npy(np.ones((2, 2))) + b"\0", "goes on after the 2 rows of 2 numbers that it promises"),
        (npy(np.ones((2, 2))).replace(b"(2, 2)", b"(2, ((")[:130], "holds no NumPy array that can be read"),
        (npy(np.ones((2, 2))).replace(b"(2, 2), ", b"(2, 2],  "), "holds no NumPy array that can be read"),
        (npy(np.ones((2, 2))).replace(b"(2, 2), }         ", b"(2, 999999999), } "), "holds float64 (2, 999999999)"),
        (npy(np.ones((2, 2))).replace(b"NUMPY\x01", b"NUMPY\x09"), "holds no NumPy array that can be read"),
    ],
    ids=lambda value: None if isinstance(value, str) else "",
)
def test_damaged_tables(content, why, tmp_path):
    (tmp_path / "v.words").write_bytes(b"a\nb\n")
    refused(tmp_path / "v.npy", why, content)


def test_a_table_must_have_its_words_beside_it(tmp_path):
    why, content = "holds a table without words; unpack it, and name it .npy or .safetensors", npy(np.ones((2, 2)))
    refused(tmp_path / "v.dat", why, content)
    refused(tmp_path / "v.npy.gz", why, gzip.compress(content))
    refused(tmp_path / "w.dat", why, tensors({"x": ENTRY}, b"\0" * 8))
    refused(tmp_path / "v.npy", "holds no words; put them, one on each line, into v.words or v.txt", content)
    (tmp_path / "v.txt").write_bytes(b"the 1 1\nof 1 1\n")
    refused(tmp_path / "v.npy", "in v.txt numbers follow the words; put the words alone on its lines")


@pytest.mark.parametrize(
    "words",
    [
        np.array(["a", "é", "日本語"]),
        np.array(["a", "é", "日本語"]).astype(">U9"),
        np.array([word.encode() for word in ["a", "é", "日本語"]]),
        np.frombuffer("a\né\n日本語\n".encode(), np.uint8),
        np.frombuffer("a\né\n日本語".encode(), np.uint8),
    ],
    ids=lambda words: words.dtype.str,
)
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_words_in_an_npz(words, save, tmp_path):
    table = np.random.default_rng(0).normal(size=(3, 2))
    save(tmp_path / "v.npz", words=words, vectors=table)
    assert_same(load_vectors(tmp_path / "v.npz"), ["a", "é", "日本語"], table.astype(np.float32))


def test_wrong_npz(tmp_path):
    path, two = tmp_path / "v.npz", np.ones((2, 2))
    for words, why in [
        (np.array([["a", "b"]]), "'words' is <U1 (1, 2) in 8 bytes, not an array of words"),
        (np.array([1, 2]), "'words' is int64 (2,) in 16 bytes, not an array of words"),
        (np.array("ab"), "not an array of words"),
        (np.array(["a"]), "has 2 rows, but there are 1 words"),
        (np.array(["a\nb", "c"]), "a word between rows 1 and 2 holds a newline"),
    ]:
        np.savez(path, words=words, vectors=two)
        refused(path, why)
    np.savez(path, vectors=two, names=np.array(["a", "b"]))
    refused(path, "holds 2 files (vectors.npy, names.npy), not one")
    np.savez(path, vectors=two, words=np.array(["a", "b"]), more=two)
    refused(path, "holds 3 files")
    np.savez(path, vectors=two)
    refused(path, "holds a table without words")


def test_words_in_npz_that_are_no_text(tmp_path):
    path, beyond = tmp_path / "v.npz", np.array([0x110000, 97], "<u4").view("<U1")
    np.savez(path, vectors=np.ones((2, 2), np.float32), words=beyond)
    refused(path, "'words' is damaged")


def tensors(header, data=b"", pad=b""):
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(header + pad)) + header + pad + data


@pytest.mark.parametrize("code, dtype", [("F16", "<f2"), ("F32", "<f4"), ("F64", "<f8")])
def test_safetensors(code, dtype, tmp_path):
    table = np.random.default_rng(0).normal(size=(2, 3)).astype(dtype)
    entry = {"dtype": code, "shape": [2, 3], "data_offsets": [0, table.nbytes]}
    header = {"__metadata__": {"format": "pt"}, "embedding.weight": entry}
    (tmp_path / "v.safetensors").write_bytes(tensors(header, table.tobytes(), b"  "))
    (tmp_path / "v.words").write_bytes(b"a\nb\n")
    assert_same(load_vectors(tmp_path / "v.safetensors"), ["a", "b"], table.astype(np.float32))


ENTRY = {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "content, why",
    [
        (tensors({"x": ENTRY}, b"\0" * 7), "ends before the 2 rows of 1 numbers"),
        (tensors({"x": ENTRY}, b"\0" * 9), "goes on after the 2 rows of 1 numbers"),
        (tensors({"x": ENTRY, "y": ENTRY}, b"\0" * 8), "expected one matrix of F16, F32, F64"),
        (tensors({"x": {**ENTRY, "dtype": "BF16"}}, b"\0" * 4), "expected one matrix"),
        (tensors({"x": {**ENTRY, "shape": [2]}}, b"\0" * 8), "holds float32 (2,); expected"),
        (tensors({"x": {**ENTRY, "shape": [2, "one"]}}), "expected one matrix"),
        (tensors({"x": {**ENTRY, "data_offsets": [-(10**9), 0]}}), "expected one matrix"),
        (tensors({"x": {**ENTRY, "data_offsets": [10**30, 0]}}), "expected one matrix"),
        (tensors({"x": {**ENTRY, "data_offsets": []}}, b"\0" * 8), "expected one matrix"),
        (tensors({"x": {**ENTRY, "data_offsets": [0, 99]}}, b"\0" * 8), "expected one matrix"),
        (tensors({"x": {**ENTRY, "shape": "21"}}, b"\0" * 8), "expected one matrix"),
        (tensors({"x": {**ENTRY, "shape": [2.9, 1.2]}}, b"\0" * 8), "expected one matrix"),
        (tensors(b'{"x":{"dtype":"F32","shape":[2,1e400],"data_offsets":[0,8]}}'), "expected one matrix"),
        (tensors({"x": 5}), "expected one matrix"),
        (tensors({}), "expected one matrix"),
        (tensors(b'{"x": '), "expected one matrix"),
        (tensors(b'{"x":' * 100_000), "expected one matrix"),
        (tensors({"x": ENTRY})[:20], "expected one matrix"),
    ],
    ids=lambda value: None if isinstance(value, str) else "",
)
def test_wrong_safetensors(content, why, tmp_path):
    (tmp_path / "v.words").write_bytes(b"a\nb\n")
    refused(tmp_path / "v.safetensors", why, content)


# Archives


def zipped(path, members, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content, **options)


def test_a_zip_as_mac_os_makes_it(tmp_path):
    zipped(tmp_path / "v.zip", {"glove/": b"", "glove/v.txt": b"the 1 2\n", "__MACOSX/glove/._v.txt": b"junk"})
    assert_same(load_vectors(tmp_path / "v.zip"), ["the"], [[1, 2]])


def test_gzip_in_several_members(tmp_path):
    (tmp_path / "v").write_bytes(gzip.compress(b"the 1 2\nof 3") + gzip.compress(b" 4\n"))
    assert_same(load_vectors(tmp_path / "v"), ["the", "of"], [[1, 2], [3, 4]])


@pytest.mark.parametrize("large", [False, True])
def test_archives_that_are_cut_off_or_damaged(large, tmp_path, monkeypatch):
    if large:
        monkeypatch.setattr(vectors, "LARGE", -1)
    text = b"".join(
        b"w%d %.9g %.9g\n" % (i, *row) for i, row in enumerate(np.random.default_rng(0).normal(size=(500, 2)))
    )
    zipped(tmp_path / "v.zip", {"v.txt": text})
    archives = {"v.txt.gz": gzip.compress(text), "v.zip": (tmp_path / "v.zip").read_bytes()}
    for name, data in archives.items():
        middle = bytearray(data)
        middle[len(data) // 2] ^= 0x55
        for wrong in (data[: len(data) // 2], data[:-1], data[:30], bytes(middle)):
            refused(tmp_path / name, "the archive is cut off or damaged", wrong)


def test_zips_that_are_not_read(tmp_path):
    path = tmp_path / "v.zip"
    zipped(path, {f"glove.6B.{d}d.txt": b"the 1 2\n" for d in (50, 100, 200, 300, 1, 2)})
    shown = "glove.6B.50d.txt, glove.6B.100d.txt, glove.6B.200d.txt, glove.6B.300d.txt, glove.6B.1d.txt …"
    refused(path, f"holds 6 files ({shown}), not one; unpack it and load the one you want")
    zipped(path, {})
    refused(path, "holds 0 files")
    zipped(path, {"v.txt": b"the 1 2\n"}, compress_type=zipfile.ZIP_BZIP2)
    refused(path, "'v.txt' has a password or a rare compression; unpack it first")
    zipped(path, {"v.txt": b"the 1 2\n"})
    locked = path.read_bytes().replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    refused(path, "has a password", locked)
    zipped(path, {"v.txt": b"the 1 2\n"})
    refused(
        path,
        "damaged (zip file version 9.9)",
        path.read_bytes().replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\x63"),
    )
    zipped(path, {"v.txt.gz": gzip.compress(b"the 1 2\n")})
    refused(path, "is packed twice")


@pytest.mark.parametrize("name", ["v.txt.gz", "v.zip", "v.npz"])
def test_a_bomb_is_noticed_early(name, tmp_path, monkeypatch):
    monkeypatch.setattr(vector_files, "FREE", 2**16)
    monkeypatch.setattr(vector_files, "RATIO", 10)
    path, zeros = tmp_path / name, b"w 0 0 0 0\n" * 2**20
    if name == "v.txt.gz":
        path.write_bytes(gzip.compress(zeros))
    elif name == "v.zip":
        zipped(path, {"v.txt": zeros})
    else:
        np.savez_compressed(path, words=np.zeros(2**23, np.uint8), vectors=np.ones((1, 2)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        refused(path, "unpacks to more than 10 times its size, as no vectors do; not read any further")


def test_tables_that_pack_well_are_no_bomb_while_they_are_small(tmp_path):
    table = np.zeros((3000, 50), np.float32)
    table[:, 0] = 1
    for name in ("v.txt.gz", "v.bin.zip"):
        save_vectors(keyed([f"w{i}" for i in range(3000)], table), tmp_path / name)
        assert len(load_vectors(tmp_path / name)) == 3000


@pytest.mark.parametrize(
    "name", ["v.txt", "v.vec", "v.bin", "v.vec.gz", "v.bin.zip", "v.npy", "v.npz", "v.safetensors"]
)
def test_damage_ends_in_a_sentence_or_in_a_table(name, tmp_path):
    """Bytes changed, cut off, taken out or put in: never another error than ours."""
    path = tmp_path / name
    save_vectors(keyed([f"wörd{i}" for i in range(7)], np.random.default_rng(0).normal(size=(7, 3))), path)
    data = path.read_bytes()

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, len(data) - 1), st.integers(0, 9), st.binary(max_size=4))
    def check(at, taken, put):
        path.write_bytes(data[:at] + put + data[at + taken :])
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                wv = load_vectors(path)
        except ValueError as error:
            assert str(error).startswith(str(path)) and "\n" not in str(error)
        else:
            assert len(wv) and np.isfinite(wv.vectors).all()

    check()


# Around it


def test_a_path_that_is_no_file(tmp_path):
    for path in (tmp_path, tmp_path / "none.txt"):
        with pytest.raises(ValueError, match=re.escape(f"path={str(path)!r}: is not a file")):
            load_vectors(path)


def test_the_module_is_light_until_it_is_used():
    heavy = "gensim", "numba", "tqdm", "filelock"
    code = f"import sys; from lessonlib import vectors; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_a_small_file_needs_no_compiler(tmp_path, monkeypatch):
    save_vectors(keyed(["a"], [[1, 2]]), tmp_path / "v.txt")
    monkeypatch.setitem(sys.modules, "lessonlib.vector_fast", None)
    assert_same(load_vectors(tmp_path / "v.txt"), ["a"], [[1, 2]])
    monkeypatch.setattr(vectors, "LARGE", 0)
    with pytest.raises(ImportError):
        load_vectors(tmp_path / "v.txt")
