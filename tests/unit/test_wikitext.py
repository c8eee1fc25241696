"""The corpora that are downloaded, once they are there, and pretrained vectors by name."""

import gzip
import hashlib
import io
import os
import sys
import types
import zipfile
from pathlib import Path

import pytest
from misbehaving_server import Server

from lessonlib import catalog, corpora, paths

MIRROR = Path(os.environ.get("LESSONLIB_MIRROR", "none"))

TOKENIZED = """\x20
 = Monarch 's butterfly =\x20
\x20
 The butterfly isn 't <unk> ; it flew 4 @,@ 500 km at 1 @.@ 5 m . Was it state @-@ owned ? No !\x20
 = = <unk> = =\x20
 H. gammarus lives here . . . <unk> 's home = the sea . Größe\u2028zählt\x20
"""


def test_wikitext_becomes_the_tokens_of_every_other_corpus():
    assert list(corpora._read_wikitext(TOKENIZED)) == [
        "the butterfly isn't it flew 4 500 km at 1 5 m".split(),
        "was it state owned".split(),
        ["no"],
        "h gammarus lives here".split(),
        "home the sea".split(),
        ["größe", "zählt"],
    ]


def checksum(content):
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def zipped(members):
    """A zip archive with the `members`: (path, bytes) by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in members.values():
            archive.writestr(path, content)
    return buffer.getvalue()


def entry(name, file, content, members, **fields):
    """What a registry says of such a file."""
    fields = {"urls": [], "license": "CC0", "citation": "Nobody (2000)", "use": "tests"} | fields
    fields |= {"file": file, "bytes": len(content), "checksum": checksum(content)}
    text = f"[{name}]\n" + "".join(f"{key} = {value!r}\n" for key, value in fields.items())
    for member, (path, part) in members.items():
        text += f"[{name}.members.{member}]\npath = {path!r}\nbytes = {len(part)}\nchecksum = {checksum(part)!r}\n"
    return text


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """Put files or archives into a mirror, and their entries into the registry, of this test alone."""
    monkeypatch.setenv("LESSONLIB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LESSONLIB_MIRROR", str(tmp_path / "mirror"))
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(paths, "data_file", lambda name: tmp_path / "registry.toml")
    catalog.registry.cache_clear()

    def add(name, content, **fields):
        members = content if isinstance(content, dict) else {}
        content = zipped(members) if members else content
        file = f"{name}.zip" if members else f"{name}.gz"
        (tmp_path / "mirror" / name).mkdir(parents=True)
        (tmp_path / "mirror" / name / file).write_bytes(content)
        with open(tmp_path / "registry.toml", "a", encoding="utf-8") as registry:
            registry.write(entry(name, file, content, members, **fields))
        return content

    yield add
    catalog.registry.cache_clear()


SPLITS = {split: (f"w/wiki.{split}", f" = T = \n\n Ein {split} Satz .\n".encode()) for split in corpora.SPLITS}


@pytest.mark.parametrize("name", corpora.WIKITEXT)
def test_wikitext_by_name_and_split(mirror, tmp_path, name, capfd):
    mirror(name, SPLITS)
    assert corpora.load(name) == [["ein", "train", "satz"]]
    assert corpora.load(name, split="valid") == [["ein", "valid", "satz"]]
    assert corpora.load(name, split="test") == [["ein", "test", "satz"]]
    assert corpora.load(name, split="train") == corpora.load(name)
    assert len(list((tmp_path / "cache").glob(f"{name}-*.txt"))) == 3 and capfd.readouterr() == ("", "")


def test_splits_that_are_not_there_are_named(mirror):
    with pytest.raises(ValueError, match="split='dev': wikitext-2 has train, valid, test"):
        corpora.load("wikitext-2", split="dev")
    for name in ("toyworld", "text8", "wikipedia-excerpt", "some-file.txt"):
        with pytest.raises(ValueError, match=f"wikitext-2-raw have splits, not '{name}'"):
            corpora.load(name, split="valid")
    with pytest.raises(ValueError, match="only the corpus 'toyworld' has dials"):
        corpora.load("wikitext-2", seed=3)


def test_text8_comes_in_pieces_that_can_be_read_again(mirror):
    words = [f"word{'abcdefghij'[i % 10]}{'x' * (i % 7)}" for i in range(2500)]
    mirror("text8", {"text8": ("text8", (" " + " ".join(words)).encode())})
    pieces = corpora.load("text8")
    assert [len(piece) for piece in pieces] == [1000, 1000, 500]
    assert [word for piece in pieces for word in piece] == words


@pytest.mark.parametrize("text", ["", " ", "a", "a b", " a  b c ", "a b\nc d\n", "ä" * 70_000 + " b", "a b " * 40_000])
@pytest.mark.parametrize("length", [1, 2, 3])
def test_pieces_hold_every_word_once(tmp_path, text, length):
    path = tmp_path / "text"
    path.write_text(text, encoding="utf-8")
    pieces = list(corpora.Pieces(path, length))
    assert [word for piece in pieces for word in piece] == text.split()
    assert all(len(piece) == length for piece in pieces[:-1]) and all(0 < len(piece) <= length for piece in pieces)


@pytest.fixture
def load_vectors(monkeypatch):
    """Stands for the reader of vector files, and remembers what it was asked for."""
    asked = []
    module = types.ModuleType("lessonlib.vectors")
    module.load_vectors = lambda path, progress=False: asked.append((Path(path), progress)) or "vectors"
    monkeypatch.setitem(sys.modules, "lessonlib.vectors", module)
    return asked


def test_pretrained_vectors_are_keyed_vectors(mirror):
    mirror("small", gzip.compress(b"2 3\nlisboa 1 2 3\nmaputo 4 5 6\n"), vectors=2, dimensions=3)
    assert corpora.pretrained("small")["maputo"].tolist() == [4, 5, 6]


def test_pretrained_vectors_by_name_or_from_a_file(mirror, tmp_path, load_vectors, monkeypatch):
    content = mirror("small", b"1 2", vectors=2, dimensions=3)
    assert corpora.pretrained("small") == "vectors"
    path, progress = load_vectors.pop()
    assert path.read_bytes() == content and path.name == "small.gz" and progress is False
    assert corpora.pretrained(path, progress=True) == "vectors" and load_vectors.pop() == (path, True)


def test_pretrained_passes_the_answer_on(mirror, load_vectors, monkeypatch):
    mirror("small", b"1 2", vectors=2, dimensions=3)
    monkeypatch.setattr("lessonlib.downloads.LARGE", 2)
    with pytest.raises(RuntimeError, match="yes=True in Python"):
        corpora.pretrained("small")
    assert corpora.pretrained("small", yes=True) == "vectors"


def test_pretrained_names_what_there_is(mirror, load_vectors):
    mirror("small", b"1 2", vectors=2, dimensions=3)
    mirror("text8", {"text8": ("text8", b"a b")})
    for name in ("text8", "smal"):
        with pytest.raises(ValueError, match=f"name='{name}': neither a file that exists nor one of small$"):
            corpora.pretrained(name)


@pytest.mark.skipif(not (MIRROR / "wikitext-2" / "valid.txt").is_file(), reason="LESSONLIB_MIRROR has no WikiText-2")
def test_the_real_splits_through_a_server_and_from_the_mirror(mirror, tmp_path, monkeypatch):
    real = {
        split: (f"wikitext-2/wiki.{split}.tokens", (MIRROR / "wikitext-2" / f"{split}.txt").read_bytes())
        for split in ("valid", "test")
    }
    content = mirror("wikitext-2", real, urls=["to be filled in"])
    with Server() as server:
        server.files["/wikitext-2.zip"] = content
        registry = tmp_path / "registry.toml"
        text = registry.read_text(encoding="utf-8").replace("to be filled in", f"{server.url}/wikitext-2.zip")
        registry.write_text(text, encoding="utf-8")
        monkeypatch.delenv("LESSONLIB_MIRROR")
        loaded = {split: corpora.load("wikitext-2", split=split) for split in real}
        assert server.log == [("/wikitext-2.zip", None)]
    monkeypatch.undo()  # from here on the course's own registry, with the publisher's checksums
    catalog.registry.cache_clear()
    monkeypatch.setenv("LESSONLIB_CACHE", str(tmp_path / "another cache"))
    for split, sentences in loaded.items():
        tokens = [token for sentence in sentences for token in sentence]
        print(f"{split}: {len(sentences):,} sentences, {len(tokens):,} tokens, {len(set(tokens)):,} types")
        assert 5_000 < len(sentences) < 12_000 and 150_000 < len(tokens) < 250_000
        assert "unk" not in tokens and "don't" in tokens and tokens.count("the") > 10_000
        assert corpora.load("wikitext-2", split=split) == sentences
