"""What learners get follows from the masters, holds no answer and passes nothing; a variant is another course's key."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

from lessonlib.exercises import compose
from lessonlib.exercises import question as bank
from lessonlib.exercises.judge import cases_for, judge, replies_of
from lessonlib.exercises.variant import from_secret, values_of, varied
from lessonlib.grading import release

ROOT = Path(__file__).parents[2]
PAIRS = pytest.mark.parametrize("name", [release.EXERCISES, release.CAPSTONE])
SECRET = "tin drum, seven goats, cold tea"


def read(*parts):
    return nbformat.read(ROOT.joinpath(*parts), as_version=4)


def answer_lines(name):
    """Every line between answer markers in a master, and of its cells for the marker unless others have it too."""
    code, text, only, given, said = (set() for _ in range(5))
    for cell in read("solutions", name).cells:
        lines = [line.strip() for line in cell.source.splitlines()]
        if release.ONLY_MASTER in cell.metadata.get("tags", []):
            only |= set(lines)
            continue
        if cell.cell_type == "code" and "ANSWER" not in cell.source:
            given |= set(lines)
        inside = False
        for line in lines:
            if "BEGIN ANSWER" in line:
                inside = True
            elif "END ANSWER" in line:
                inside = False
            elif inside:
                (code if cell.cell_type == "code" else text).add(line)
            elif cell.cell_type == "markdown":
                said.add(line)
    # A cell for the marker may use a line of a given cell, a sample answer the head of a table that is to be filled.
    return {line for line in code | (only - given) | (text - said) if len(line) > 11}


def test_the_committed_notebooks_are_what_release_makes(tmp_path):
    for folder in ("notebooks", "solutions"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    assert release.release(tmp_path) == []


def test_release_mends_what_was_changed_by_hand(tmp_path):
    for folder in ("notebooks", "solutions"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    path = tmp_path / "notebooks" / release.EXERCISES
    path.write_text(path.read_text(encoding="utf-8").replace("NotImplementedError", "ValueError"), encoding="utf-8")
    lesson = tmp_path / "notebooks" / "02_skipgram_numpy.ipynb"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("not started", "passed"), encoding="utf-8")
    assert release.release(tmp_path) == [lesson, path]
    assert path.read_bytes() == (ROOT / "notebooks" / release.EXERCISES).read_bytes()


@PAIRS
def test_no_line_of_an_answer_is_in_the_learners_version(name):
    answers = answer_lines(name)
    assert len(answers) > 30
    for cell in read("notebooks", name).cells:
        given = set()
        if cell.cell_type == "markdown":  # a fault to be mended is shown on purpose
            for code in re.findall(r"```python\n(?!>>>)(.*?)```", cell.source, flags=re.DOTALL):
                given |= {line.strip() for line in code.splitlines()}
        found = {line.strip() for line in cell.source.splitlines()} & answers - given
        assert not found, found
        assert "ANSWER" not in cell.source and release.ONLY_MASTER not in cell.metadata.get("tags", [])


@PAIRS
def test_the_learners_version_is_not_executed_and_parses(name):
    cells = read("notebooks", name).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert code and all(cell.execution_count is None and not cell.outputs for cell in code)
    for cell in code:
        ast.parse(cell.source)
    stubs = [cell for cell in code if "raise NotImplementedError" in cell.source]
    lesson = name[:2]
    wanted = [q for q in bank.bank().values() if (q.lesson == "11") == (lesson == "11")]
    for question in wanted:
        stub = f'raise NotImplementedError("exercise {question.id}: write {question.name}")'
        assert sum(stub in cell.source for cell in stubs) == 1, question.id


@PAIRS
def test_the_learners_version_runs_and_passes_nothing(name, tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONLIB_PROGRESS", str(tmp_path / "progress.json"))
    notebook = read("notebooks", name)
    manager = AsyncKernelManager(kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager())
    client = NotebookClient(notebook, km=manager, timeout=120, allow_errors=True)
    client.owns_km = True
    client.execute(cwd=str(tmp_path))
    said, errors = "", []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            said += output.get("text", "") if output.output_type == "stream" else ""
            if output.output_type == "error":
                errors.append((output.ename, output.evalue, cell.source))
    wanted = [q for q in bank.bank().values() if (q.lesson == "11") == (name[:2] == "11")]
    for question in wanted:
        assert f"{question.id} {question.name}: not started." in said
    assert not re.search(r"[1-9.]+ of \d+ points?", said)
    assert not (tmp_path / "progress.json").exists()
    if name == release.EXERCISES:
        assert errors == []
    for kind, message, source in errors:  # the capstone goes on only with the learner's own functions
        assert kind == "NameError" or (kind == "NotImplementedError" and message.startswith("exercise 11.")), source


@PAIRS
def test_the_master_passes_everything(name):
    said = "".join(
        output.get("text", "") for cell in read("solutions", name).cells for output in cell.get("outputs", [])
    )
    for question in [q for q in bank.bank().values() if (q.lesson == "11") == (name[:2] == "11")]:
        unit = "point" if question.points == 1 else "points"
        assert f"{question.id} {question.name}: {question.points} of {question.points} {unit}" in said


@pytest.mark.parametrize("question", [q for q in bank.bank().values() if q.after], ids=lambda question: question.id)
def test_the_exercise_stands_in_its_lesson_as_a_stub(question):
    path = next((ROOT / "notebooks").glob(f"{question.lesson}_*.ipynb"))
    cells = [c for c in read("notebooks", path.name).cells if f"exercise-{question.id}" in c.metadata.get("tags", [])]
    assert [cell.cell_type for cell in cells] == ["markdown", "code"]
    assert compose.stub_cell(question, values_of(question)) in cells[1].source
    assert [output.text.split(".")[1] for output in cells[1].outputs] == [
        f"{question.id.split('.')[1]} {question.name}: not started"
    ]


def test_a_variant_changes_statements_hints_and_masters_and_hides_the_secret(tmp_path):
    written = release.release(ROOT, tmp_path, SECRET)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        "10_exercises.ipynb",
        "solutions/10_exercises.ipynb",
    ]
    code = from_secret(SECRET)
    learners, master = (nbformat.read(path, as_version=4) for path in written)
    text = {name: nbformat.writes(notebook) for name, notebook in (("learners", learners), ("master", master))}
    for notebook in text.values():
        assert SECRET not in notebook and not any(word in notebook for word in ("tin drum", "seven goats"))
    assert f'use_variant("{code}")' in next(cell for cell in learners.cells if cell.cell_type == "code").source
    published = {cell.source for cell in read("notebooks", release.EXERCISES).cells}
    for question in varied():
        values = values_of(question, code)
        own = [cell.source for cell in learners.cells if f"exercise-{question.id}" in cell.metadata.get("tags", [])]
        assert own[0] not in published, f"{question.id}: the statement is the published one"
        answer = next(c.source for c in master.cells if c.cell_type == "code" and f'"{question.id}"' in c.source)
        assert answer == compose.answer_cell(question, values)
        cases = cases_for(question, values, 7)
        old = bank.right_answers(question, question.variants[0])[0]
        assert judge(question, values, cases, replies_of(old, question, cases)).points < question.points
    assert "ANSWER" not in text["learners"]


def test_a_variant_needs_a_folder_and_a_long_secret(tmp_path):
    with pytest.raises(ValueError, match="needs --out"):
        release.release(ROOT, None, SECRET)
    with pytest.raises(ValueError, match="fewer than 12"):
        release.release(ROOT, tmp_path, "short")


def test_command_line(tmp_path, capsys):
    from lessonlib.__main__ import main

    assert main(["release", "--course", str(ROOT), "--out", str(tmp_path), "--variant", SECRET]) == 0
    assert SECRET not in capsys.readouterr().out
    assert main(["release", "--course", str(tmp_path)]) == 1
    assert "run this in the folder of the course" in capsys.readouterr().err


@pytest.mark.parametrize(
    "code, message",
    [
        ("def f():\n    ### BEGIN ANSWER 02.1\n    return 1", "missing"),
        ("def f():\n    return 1\n    ### END ANSWER", "without"),
        ("### BEGIN ANSWER 02.1\nx = 1\n### END ANSWER", "outside"),
        ("def f():\n    ### BEGIN ANSWER 1\n    ### BEGIN ANSWER 2\n    ### END ANSWER", "inside another"),
    ],
)
def test_a_marker_without_its_partner_is_an_error(code, message):
    with pytest.raises(ValueError, match=message):
        compose.without_answers(code)


def test_text_answers_are_taken_out_and_must_be_closed():
    cell = nbformat.v4.new_markdown_cell("Why?\n\n<!-- BEGIN ANSWER w1 -->\nBecause.\n<!-- END ANSWER -->\n\nGo on.")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    assert release.learners_version(notebook).cells[0].source == f"Why?\n\n{release.NO_ANSWER}\n\nGo on."
    cell.source = cell.source.replace("<!-- END ANSWER -->", "")
    with pytest.raises(ValueError, match="not closed"):
        release.learners_version(notebook)
