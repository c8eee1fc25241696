"""From the masters to what learners get: the exercises placed in lessons and masters, the answers taken out.

`python -m lessonlib release` does it for the published exercises, in place. With a secret it writes a term's own
variant of notebook 10, learners' version and master, into a folder.
"""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output

from lessonlib.exercises import compose
from lessonlib.exercises.question import Question, bank
from lessonlib.exercises.variant import PUBLISHED, from_secret, values_of
from lessonlib.grading.cells import counted, end_of_section, new_cell, read, unexecuted, with_ids, write

EXERCISES, CAPSTONE = "10_exercises.ipynb", "11_capstone.ipynb"
TAG = "exercise"  # on each cell that is made from the bank, beside "exercise-02.1"
ONLY_MASTER = "answer"  # on a code cell that learners do not get
NO_ANSWER = "*Your answer here.*"
WRITTEN = re.compile(r"<!-- BEGIN ANSWER (\S+) -->.*?<!-- END ANSWER -->", re.DOTALL)
IN_LESSON = (
    "Replace the line that raises `NotImplementedError` with your code and run the cell: `check` says how far it gets. "
    "Nothing later in this lesson needs your answer."
)
IMPORT = "from lessonlib.exercises import check\n\n\n"


def release(root: Path, out: Path | None = None, secret: str | None = None) -> list[Path]:
    """Write all notebooks that follow from the bank and the masters; returns the files that changed.

    Args:
        root: the folder of the course, with `notebooks/` and `solutions/`.
        out: where the notebooks go; None: back to where they came from.
        secret: a term's own secret; then `out` gets notebook 10 in its variant, as `10_exercises.ipynb` for learners
            and `solutions/10_exercises.ipynb` for you. The secret is written nowhere.

    Raises:
        FileNotFoundError: if `root` has no masters.
        ValueError: if a secret is given without `out` or is too short, or a notebook does not fit the bank.
    """
    if not all((root / "solutions" / name).is_file() for name in (EXERCISES, CAPSTONE)):
        raise FileNotFoundError(
            f"{root}: has no solutions/{EXERCISES} and {CAPSTONE}; run this in the folder of the course"
        )
    masters = {name: read(root / "solutions" / name) for name in (EXERCISES, CAPSTONE)}
    if secret is not None:
        if out is None:
            raise ValueError("variant: needs --out FOLDER, so that the published notebooks stay as they are")
        return _release_variant(masters[EXERCISES], out, from_secret(secret), secret)
    target = out or root
    changed = []
    for path in sorted((root / "notebooks").glob("0*.ipynb")):
        changed += write(fill_lesson(read(path), path.name[:2]), target / "notebooks" / path.name)
    masters[EXERCISES] = fill_exercises(masters[EXERCISES])
    masters[CAPSTONE] = fill_capstone(masters[CAPSTONE])
    for name, master in masters.items():
        changed += write(master, target / "solutions" / name)
        changed += write(learners_version(master), target / "notebooks" / name)
    return changed


def _release_variant(master: NotebookNode, out: Path, code: str, secret: str) -> list[Path]:
    variant = unexecuted(fill_exercises(master, code))
    learners = learners_version(variant)
    for notebook in (variant, learners):
        if secret in nbformat.writes(notebook):
            raise ValueError("variant: the secret is a word of the exercises; take a long random one")
    return write(learners, out / EXERCISES) + write(variant, out / "solutions" / EXERCISES)


def learners_version(master: NotebookNode) -> NotebookNode:
    """The notebook without answers, outputs and cells that are only for the marker."""
    cells = []
    for cell in master.cells:
        if ONLY_MASTER in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "code":
            cells.append(new_cell("code", compose.without_answers(cell.source), _kept_tags(cell)))
        else:
            if cell.source.count("<!-- BEGIN ANSWER") != len(WRITTEN.findall(cell.source)):
                raise ValueError(f"an answer in a text cell is not closed: {cell.source[:80]!r}")
            cells.append(new_cell("markdown", WRITTEN.sub(NO_ANSWER, cell.source), _kept_tags(cell)))
    return new_notebook(cells=with_ids(cells), metadata=master.metadata)


def fill_lesson(notebook: NotebookNode, lesson: str) -> NotebookNode:
    """The lesson with its exercises, each as a stub at the end of the section that it belongs to."""
    cells = [cell for cell in notebook.cells if TAG not in cell.metadata.get("tags", [])]
    questions = [q for q in bank().values() if q.lesson == lesson and q.after]
    for question in questions:
        values = values_of(question)
        text = compose.statement(question, values, "the same exercise stands in notebook 10") + "\n\n" + IN_LESSON
        code = new_cell("code", IMPORT + compose.stub_cell(question, values), _tags(question))
        code.outputs = [new_output("stream", name="stdout", text=_what_it_prints(code.source))]
        place = end_of_section(cells, rf"## {question.after}\. ", f"lesson {lesson}")
        cells[place:place] = [new_cell("markdown", text, _tags(question)), code]
    notebook.cells = counted(with_ids(cells))
    return notebook


def fill_exercises(master: NotebookNode, code: str = PUBLISHED) -> NotebookNode:
    """Notebook 10 with all questions of the bank, those of each lesson at the end of its section.

    Outputs that were stored for a cell that is still the same are kept.
    """
    stored = {cell.source: cell for cell in master.cells if cell.cell_type == "code"}
    master = nbformat.from_dict(master)
    cells = [cell for cell in master.cells if TAG not in cell.metadata.get("tags", [])]
    for question in bank().values():
        if question.lesson == CAPSTONE[:2]:
            continue
        values = values_of(question, code)
        where = f"after section {question.after} of lesson {question.lesson}" if question.after else ""
        text = new_cell("markdown", compose.statement(question, values, where), _tags(question))
        answer = new_cell("code", compose.answer_cell(question, values), _tags(question))
        answer = stored.get(answer.source, answer) if code == PUBLISHED else answer
        heading = r"## Review the textbook" if question.lesson == EXERCISES[:2] else rf"## Lesson {question.lesson}\b"
        place = end_of_section(cells, heading, EXERCISES)
        cells[place:place] = [text, answer]
    if code != PUBLISHED:
        _use_variant(cells, code)
    master.cells = counted(with_ids(cells))
    return master


def fill_capstone(master: NotebookNode) -> NotebookNode:
    """Notebook 11 with its questions where they stand already: a statement ends a text cell, a check has its own cell.

    Raises:
        ValueError: if a statement or an answer is missing, or there twice.
    """
    for question in [q for q in bank().values() if q.lesson == CAPSTONE[:2]]:
        values, marker = values_of(question), f"{compose.BEGIN} {question.id}\n"
        heading = f"### Exercise {question.id}:"
        texts = [cell for cell in master.cells if cell.cell_type == "markdown" and heading in cell.source]
        answers = [cell for cell in master.cells if cell.cell_type == "code" and marker in cell.source]
        if len(texts) != 1 or len(answers) != 1:
            raise ValueError(f"question {question.id}: {CAPSTONE} needs one statement and one answer of it")
        before = texts[0].source.partition(heading)[0]
        texts[0].source = before + compose.statement(question, values)
        answers[0].source = compose.answer_cell(question, values).removesuffix(compose.check_line(question)).rstrip()
    master.cells = counted(with_ids(master.cells))
    return master


def _use_variant(cells: list[NotebookNode], code: str) -> None:
    """Let the first code cell switch `check` to the variant."""
    first = next(cell for cell in cells if cell.cell_type == "code")
    first.source = first.source.replace("import check", "import check, use_variant", 1) + f'\nuse_variant("{code}")'


def _what_it_prints(source: str) -> str:
    """Run one exercise cell of a lesson, by itself, and return what it printed."""
    import numpy

    names: dict = {"np": numpy, "numpy": numpy}
    if "torch" in source:
        import torch

        names |= {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(source, names)
    return printed.getvalue()


def _tags(question: Question) -> list[str]:
    return [TAG, f"{TAG}-{question.id}"]


def _kept_tags(cell: NotebookNode) -> list[str]:
    return [tag for tag in cell.metadata.get("tags", []) if tag.startswith(TAG)]
