"""What `check` prints, and that its import stays light."""

import io
import subprocess
import sys
import time

import pytest

from lessonlib.exercises import check
from lessonlib.exercises import question as bank
from lessonlib.exercises.check import WIDTH, verdict

NAME = bank.get("02.1").name


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONLIB_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path / "progress.json"


def right():
    return bank.right_answers(bank.get("02.1"), bank.get("02.1").variants[0])[0]


def stub(tokens, window):
    raise NotImplementedError("exercise 02.1: write window_pairs")


def test_pass_and_not_started_print_the_same_each_time(capsys, own_progress):
    check("02.1", stub)
    first = capsys.readouterr().out
    assert first == (
        f"02.1 {NAME}: not started. "
        "Replace the line that raises NotImplementedError with your code, and run this cell again.\n"
    )
    assert not own_progress.exists()
    shown = set()
    for _ in range(3):
        check("02.1", right())
        shown.add(capsys.readouterr().out)
    assert shown == {
        f"02.1 {NAME}: 3 of 3 points\n  reached  ✓ defined  ✓ runs  ✓ shape  ✓ finite  ✓ value  ✓ edge  ✓ clean\n"
    }
    assert own_progress.exists()


def test_a_wrong_answer_gets_one_hint_on_short_lines(capsys):
    for answer in (lambda *a: None, lambda *a: 1 / 0, lambda *a: [], lambda *a: exit("x" * 500), lambda: 1, int):
        check("02.1", answer)
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith(f"02.1 {NAME}: 0 of 3") and all(len(line) <= WIDTH for line in lines)
        assert sum(line.startswith("  hint") for line in lines) == 1
        assert all(line[:2] == "  " for line in lines[1:])


def test_what_is_no_function_is_not_started(capsys, own_progress):
    for answer in (None, [("a", "b")], 3, "x", float("nan"), object()):
        check("02.1", answer)
        assert "not started" in capsys.readouterr().out
    assert not own_progress.exists()


def test_unknown_numbers_are_named_in_one_line():
    for number in ("02.99", "99.1", "2.1", "", 2.1, None, right(), ["02.1"]):
        with pytest.raises(ValueError, match="^question") as caught:
            check(number, right())
        assert "\n" not in str(caught.value)


def test_the_same_seed_gives_the_same_verdict():
    def some(tokens, window):
        return [(a, b) for a, b in zip(tokens, tokens[1:])]

    assert verdict("02.1", some, seed=4) == verdict("02.1", some, seed=4)


def test_an_old_console_gets_other_signs(monkeypatch):
    console = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", console)
    check("02.1", right())
    console.flush()
    assert b"+ defined" in console.buffer.getvalue()


def test_import_is_light_and_reads_one_lesson():
    code = (
        "import sys; from lessonlib.exercises import check; import time;"
        "bad=[m for m in ('torch','matplotlib','gensim','numba','lessonlib.trainers') if m in sys.modules];"
        "check('02.1', lambda *a: None);"
        "bad+=[m for m in sys.modules if m.startswith('lessonlib.exercises.lesson') and 'lesson02' not in m];"
        "bad+=[m for m in ('torch','matplotlib','gensim','numba') if m in sys.modules]; print('bad:', bad)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.endswith("bad: []\n")


def test_a_check_is_quick():
    started = time.process_time()
    verdict("02.1", lambda *a: [], seed=1)
    assert time.process_time() - started < 1
