import multiprocessing
import os

import pytest

from lessonlib import corpora


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONLIB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_corpus_is_made_once_and_read_back_the_same(own_cache):
    made = []
    make = lambda: made.append(1) or [["crème", "brûlée"], ["a", "b"]]  # noqa: E731
    first, second = corpora.cached("x", b"recipe", make), corpora.cached("x", b"recipe", make)
    assert first == second == [["crème", "brûlée"], ["a", "b"]] and len(made) == 1
    corpora.cached("x", b"another recipe", make)
    assert len(made) == 2


def test_a_failure_leaves_nothing_behind(own_cache):
    def broken():
        yield ["half"]
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        corpora.cached("x", b"r", broken)
    assert [p.name for p in own_cache.iterdir() if not p.name.endswith(".lock")] == []
    assert corpora.cached("x", b"r", lambda: [["whole"]]) == [["whole"]]


def _slow_make():
    import time

    with open(os.environ["MADE"], "a", encoding="utf-8") as file:
        file.write("made\n")
    time.sleep(0.3)
    return [["w"] * 1000] * 200


def _use(_):
    return len(corpora.cached("shared", b"r", _slow_make))


def test_two_processes_at_once_make_it_once(tmp_path, monkeypatch):
    monkeypatch.setenv("MADE", str(tmp_path / "made"))
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(_use, range(3)) == [200, 200, 200]
    assert (tmp_path / "made").read_text(encoding="utf-8") == "made\n"


def test_toyworld_by_name_with_its_dials():
    from lessonlib.toyworld import ToyWorld

    assert corpora.load("toyworld", size=50, seed=3) == ToyWorld(size=50, seed=3).sentences()
    assert corpora.load("toyworld", size=50, seed=4) != corpora.load("toyworld", size=50, seed=3)


def test_wikipedia_excerpt_is_real_running_text(capsys):
    sentences = corpora.load("wikipedia-excerpt")
    tokens = [t for s in sentences for t in s]
    assert 300_000 < len(tokens) < 600_000
    assert all(len(s) >= 4 for s in sentences)
    assert tokens.count("the") > 15_000 and not any(c in t for t in tokens for c in "[]{}|<>=")
    assert capsys.readouterr().err == ""
    assert corpora.load("wikipedia-excerpt") == sentences


def test_a_text_file(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("Ein Satz.\n\nNoch ein Satz, größer!\n", encoding="utf-8")
    assert corpora.load(path) == [["ein", "satz"], ["noch", "ein", "satz", "größer"]]


def test_errors_say_what_is_there():
    with pytest.raises(ValueError, match="neither 'toyworld' nor"):
        corpora.load("toy-world")
    with pytest.raises(ValueError, match="only the corpus 'toyworld' has dials"):
        corpora.load("wikipedia-excerpt", seed=3)
