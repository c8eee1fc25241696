"""What is kept of the results: the best of each, never at the cost of a file that is not ours."""

import json
import subprocess
import sys
import threading
import time

import pytest
from filelock import FileLock

from lessonlib.exercises import overview, progress, record
from lessonlib.exercises import question as bank
from lessonlib.exercises.judge import Verdict


@pytest.fixture(autouse=True)
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "_told", set())
    monkeypatch.delenv("LESSONLIB_PROGRESS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "progress.json"


def shown(path):
    """What stands in the folder, hidden files with it, but for the lock."""
    return sorted(each.name for each in path.parent.iterdir() if each.name != ".progress.json.lock")


def keep(points, name="02.1", code=""):
    record.keep(Verdict(name, "partial", points), code)


def test_the_best_and_the_number_of_tries_are_kept_for_each_variant(path, capsys):
    for points in (1, 3.0, 0.5):
        keep(points)
    keep(2, code="1a")
    assert record.read("") == {"02.1": {"points": 3.0, "tries": 3}}
    assert record.read("1a")["02.1"]["points"] == 2 and record.read("zz") == {}
    assert shown(path) == ["progress.json"]
    assert capsys.readouterr().out == ""


def test_another_place_can_be_named(path, monkeypatch):
    monkeypatch.setenv("LESSONLIB_PROGRESS", str(path.with_name("mine é.json")))
    keep(1)
    assert path.with_name("mine é.json").exists() and not path.exists()


FOREIGN = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[1]",
    b'{"my": "data"}',
    b"[" * 100_000,
    b'{"what": "lessonlib progress", "version": 2, "variants": {}}',
    b'{"what": "lessonlib progress", "version": 1, "variants": {"": {"02.1": {"points": NaN, "tries": 1}}}}',
    b'{"what": "lessonlib progress", "version": 1, "variants": {"": {"02.1": {"points": "3", "tries": 1}}}}',
    b'{"what": "lessonlib progress", "version": 1, "variants": {"": {"02.1": 3}}}',
    b'{"what": "lessonlib progress", "version": 1, "variants": []}',
]


@pytest.mark.parametrize("content", FOREIGN)
def test_a_file_that_is_damaged_or_foreign_is_set_aside(content, path, capsys):
    path.write_bytes(content)
    assert record.read("") == {} and path.read_bytes() == content
    capsys.readouterr()
    keep(1)
    shown = capsys.readouterr().out
    assert shown.count("\n") == 1 and "progress.json.set-aside-1" in shown
    assert path.with_name("progress.json.set-aside-1").read_bytes() == content
    path.write_bytes(b"again")
    keep(2)
    assert path.with_name("progress.json.set-aside-1").read_bytes() == content
    assert path.with_name("progress.json.set-aside-2").read_bytes() == b"again"
    assert record.read("")["02.1"]["points"] == 2


def test_a_place_that_cannot_be_used_is_told_once(path, monkeypatch, capsys):
    path.write_text("a file", encoding="utf-8")
    for place in (path / "progress.json", path.parent / "none" / "p.json", path.parent):
        monkeypatch.setenv("LESSONLIB_PROGRESS", str(place))
        keep(1)
        keep(1)
        assert record.read("") == {}
        assert capsys.readouterr().out.count("cannot be used") == 1


def test_a_write_that_fails_leaves_the_old_file(path, monkeypatch, capsys):
    keep(1)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(record.os, "replace", full)
    keep(3)
    assert path.read_bytes() == before and shown(path) == ["progress.json"]
    assert "No space left" in capsys.readouterr().out


def test_two_notebooks_at_once_leave_a_whole_file(path):
    def many(name):
        for number in range(40):
            keep(number / 40, name)

    threads = [threading.Thread(target=many, args=(f"02.{n}",)) for n in (1, 2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert json.loads(path.read_text(encoding="utf-8"))["what"] == record.MARK
    assert shown(path) == ["progress.json"]
    assert {name: entry["tries"] for name, entry in record.read("").items()} == {"02.1": 40, "02.2": 40}
    assert {entry["points"] for entry in record.read("").values()} == {39 / 40}


KEEP = """
import sys
from lessonlib.exercises import record
from lessonlib.exercises.judge import Verdict

for number in range(30):
    record.keep(Verdict(f"{sys.argv[1]}.{number}", "pass", 2.0), "")
"""


def test_two_processes_at_once_lose_no_result(path):
    started = [subprocess.Popen([sys.executable, "-c", KEEP, lesson], cwd=path.parent) for lesson in ("01", "02")]
    assert [process.wait(60) for process in started] == [0, 0]
    assert record.read("").keys() == {f"{lesson}.{number}" for lesson in ("01", "02") for number in range(30)}


@pytest.mark.parametrize("trouble", ["held", "a folder", "no locks"])
def test_a_lock_that_cannot_be_had_is_no_reason_to_fail(trouble, path, monkeypatch, capsys):
    place = path.with_name(".progress.json.lock")
    monkeypatch.setattr(record, "WAIT", 0.2)
    if trouble == "held":
        held = FileLock(place, thread_local=False)
        thread = threading.Thread(target=held.acquire)
        thread.start()
        thread.join()
    elif trouble == "a folder":
        place.mkdir()
    else:

        def refuse(*_, **__):
            raise NotImplementedError("FileSystem does not appear to support flock")

        monkeypatch.setattr(FileLock, "acquire", refuse)
    started = time.perf_counter()
    keep(2)
    assert time.perf_counter() - started < 5
    assert record.read("")["02.1"]["points"] == 2 and capsys.readouterr() == ("", "")
    if trouble == "held":
        held.release()


def test_no_folder_is_made_for_the_lock(path, monkeypatch, capsys):
    monkeypatch.setenv("LESSONLIB_PROGRESS", str(path.parent / "none" / "p.json"))
    keep(1)
    assert list(path.parent.iterdir()) == [] and "cannot be used" in capsys.readouterr().out


def test_text_and_tiles_tell_the_states():
    keep(3, "02.1")
    keep(0, "02.2")
    keep(9, "98.7")  # no longer an exercise
    found = {tile.id: tile for tile in overview.tiles("")}
    assert list(found) == list(bank.bank()) and "98.7" not in found
    assert (found["02.1"].state, found["02.2"].state, found["01.1"].state) == ("full", "started", "not started")
    lines = overview.text(list(found.values()), "")
    line = next(line for line in lines if line.startswith("Lesson 02"))
    assert "✓ 02.1 3/3" in line and "◐ 02.2 0/3" in line
    assert lines[-1].startswith("In all 3 of ") and "variant" not in lines[0]
    assert "variant 1a" in overview.text(list(found.values()), "1a")[0]
    assert max(len(line) for line in lines) <= 100
    assert all(tile_id in "\n".join(lines) for tile_id in found)


def test_almost_full_is_not_shown_as_full():
    tile = overview.Tile("02.1", 2.97, 3, 1, True)
    assert tile.state == "started" and tile.score == "2.97/3"


@pytest.mark.parametrize("dark", [False, True])
def test_no_texts_of_the_picture_overlap(dark):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from lessonlib import plots

    plots.use_style(dark=dark)
    try:
        figure = overview.draw(overview.tiles(""), "123abc")
    finally:
        plots.use_style()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in figure.axes[0].texts]
    assert len(boxes) > 2 * len(bank.bank())
    assert not [1 for i, a in enumerate(boxes) for b in boxes[:i] if a.overlaps(b)]
    whole = figure.bbox
    assert all(whole.x0 <= box.x0 and box.x1 <= whole.x1 and whole.y0 <= box.y0 for box in boxes)


def test_progress_prints_the_text_and_shows_one_picture(capsys, monkeypatch):
    from lessonlib import plots

    seen = []
    monkeypatch.setattr(plots, "show", lambda figure, alt: seen.append(alt))
    progress()
    assert "Lesson 02" in capsys.readouterr().out and len(seen) == 1 and "In all 0 of" in seen[0]


def test_what_is_left_is_listed_required_first(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LESSONLIB_PROGRESS", str(tmp_path / "progress.json"))
    from lessonlib.exercises import left_to_do, overview, record
    from lessonlib.exercises.judge import Verdict

    left_to_do()
    before = capsys.readouterr().out
    required = [tile.id for tile in overview.tiles("") if tile.required and tile.id < "11"]
    optional = [tile.id for tile in overview.tiles("") if not tile.required and tile.id < "11"]
    first, second = " ".join(before.split()).removeprefix("Left to do, required: ").split(" Left to do, optional: ")
    assert first.split(", ") == required and second.split(", ") == optional
    for tile in overview.tiles(""):
        if tile.id != required[0]:
            record.keep(Verdict(tile.id, "pass", float(tile.worth)), "")
    record.keep(Verdict(required[0], "partial", 0.5), "")
    left_to_do()
    assert capsys.readouterr().out == f"Left to do, required: {required[0]}\nLeft to do, optional: nothing\n"
