"""The linter: a good lesson passes, and a lesson broken in one way gets exactly the complaint for it."""

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.lint_notebooks import RULES, lint

TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"
FOLDED = "<details><summary>Check yourself</summary>Yes.</details>"
PNG = {"text/plain": "Figure(640x480)", "image/png": "iVBORw0KGgo="}


def stream(text: str, name: str = "stdout") -> list:
    return [new_output("stream", name=name, text=text)]


def figure(alt: str | None = "a rising line") -> list:
    return [new_output("display_data", PNG, metadata={} if alt is None else {"image/png": {"alt": alt}})]


def good_lesson() -> nbformat.NotebookNode:
    """The smallest notebook that every rule accepts; cells 0 to 12 are named below, the rest is padding."""
    cells = [
        new_markdown_cell("# 01 · A lesson\n\n## What you will be able to do\n\nRead."),
        new_markdown_cell(f"## Before you start\n\nNothing.\n\n### Symbols\n\n{TABLE}"),
        new_markdown_cell("## 1. First idea (40 min)\n\n![a city map](map.png)"),
        new_code_cell('my_prediction = "?"'),
        new_code_cell("train()", metadata={"tags": ["nbval-ignore-output"]}, outputs=stream("100% 12.3 words/s\n")),
        new_code_cell("x = 1"),
        new_code_cell("print(x)", outputs=stream("1\n")),
        new_code_cell("show(fig)", outputs=figure()),
        new_markdown_cell(f"{FOLDED}\n\n{FOLDED}\n\n{FOLDED}\n\n## 2. Aside (optional, 50 min)"),
        new_markdown_cell("## Your predictions"),
        new_markdown_cell("## Textbook says, we measured"),
        new_code_cell("table()", outputs=[new_output("execute_result", {"text/markdown": TABLE}, execution_count=7)]),
        new_markdown_cell("## Common mistakes\n\n## Summary\n\n## What is next\n\n## References"),
    ]
    cells += [new_code_cell("x = 1") for _ in range(4)]
    cells += [new_markdown_cell("More.") for _ in range(45 - len(cells))]
    for number, cell in enumerate((cell for cell in cells if cell.cell_type == "code"), start=1):
        cell.execution_count = number
    return new_notebook(cells=cells)


def complaints(notebook, folder, name="01_lesson.ipynb") -> list[str]:
    path = folder / name
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return lint(path)


def replace(old: str, new: str):
    """A change of the prose: exactly one cell holds `old`."""

    def change(cells):
        (cell,) = [cell for cell in cells if cell.cell_type == "markdown" and old in cell.source]
        cell.source = cell.source.replace(old, new)

    return change


def put(number: int, **fields):
    """A change of fields of one cell."""
    return lambda cells: cells[number].update(fields)


def html(text: str) -> dict:
    return {"outputs": [new_output("display_data", {"text/html": text})]}


def nothing_after_ignored(cells):
    for i in (6, 7, 11):
        cells[i].outputs = []
    cells[10].source += f"\n\n{TABLE}"


BREAKS = {
    "not executed": (put(6, execution_count=None), "cell 6: execution count None, expected 4"),
    "out of order": (put(6, execution_count=9), "cell 6: execution count 9, expected 4"),
    "stderr": (put(6, outputs=stream("careful\n", "stderr")), "cell 6: stores text on stderr"),
    "error": (
        put(6, outputs=[new_output("error", ename="ValueError", evalue="no", traceback=[])]),
        "cell 6: stores an error (ValueError)",
    ),
    "ignored, nothing after": (
        nothing_after_ignored,
        "cell 4: tagged nbval-ignore-output, but no compared cell",
    ),
    "ignored, then ignored": (
        put(6, metadata={"tags": ["nbval-ignore-output"]}),
        "cell 4: tagged nbval-ignore-output, but no compared cell",
    ),
    "skipped": (put(6, metadata={"tags": ["nbval-skip"]}), "cell 6: is tagged nbval-skip"),
    "may fail": (put(6, metadata={"tags": ["raises-exception"]}), "cell 6: is tagged raises-exception"),
    "comment": (put(6, source="# NBVAL_IGNORE_OUTPUT\nprint(x)"), "cell 6: tells nbval what to do in a comment"),
    "!pip": (put(6, source="!pip install x"), "cell 6: installs or shells out"),
    "%pip": (put(6, source="x = 1\n%pip install x"), "cell 6: installs or shells out"),
    "!wget": (put(6, source="if True:\n    !wget x"), "cell 6: installs or shells out"),
    "captured": (put(6, source="files = !ls"), "cell 6: installs or shells out"),
    "subprocess": (put(6, source="import subprocess"), "cell 6: installs or shells out"),
    "semicolon": (put(6, source="print(x);"), "cell 6: ends with ';'"),
    "remote markdown": (replace("](map.png", "](https://example.org/map.png"), "cell 2: shows an image or runs"),
    "remote html": (replace("Read.", '<img alt="a" src="//x.org/a.png">'), "cell 0: shows an image or runs a script"),
    "remote script": (put(6, **html("<script src='https://x.org/d3.js'></script>")), "cell 6: shows an image or runs"),
    "path in code": (put(6, source='open("/home/ada/x")'), "cell 6: holds the absolute path '/home/ada'"),
    "path in output": (put(6, outputs=stream("saved /tmp/abc\n")), "cell 6: holds the absolute path '/tmp/abc'"),
    "path in html": (put(6, **html("<b>/Users/ada</b>")), "cell 6: holds the absolute path '/Users/ada'"),
    "path in prose": (replace("Read.", r"Open C:\Users\Ada."), r"cell 0: holds the absolute path 'C:\\Users'"),
    "no alt": (put(7, outputs=figure(None)), "cell 7: shows a figure without alt text"),
    "blank alt": (put(7, outputs=figure(" ")), "cell 7: shows a figure without alt text"),
    "markdown no alt": (replace("a city map", ""), "cell 2: has an image without alt text"),
    "html no alt": (replace("Read.", '<img src="a.png" alt="">'), "cell 0: has an image without alt text"),
    "widget": (
        put(6, outputs=[new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}})]),
        "cell 6: stores a widget view",
    ),
    "long": (put(6, source="x = 1\n" * 26), "cell 6: has 26 lines"),
    "big": (put(6, outputs=stream("x" * 1_000_001)), "takes 1.01 MB"),
    "symbols without table": (replace(TABLE, "None."), "has no table under 'Symbols'"),
    "textbook without table": (put(11, outputs=[]), "has no table under 'Textbook says, we measured'"),
    "no prediction": (put(3, source="x = 0"), "asks for no prediction"),
    "two checks": (replace(f"{FOLDED}\n\n{FOLDED}\n\n{FOLDED}", f"{FOLDED}\n\n{FOLDED}"), "fewer than three folded"),
    "no minutes": (replace(" (40 min)", ""), "section '1. First idea' does not say how long it takes"),
    "too long a core": (replace("(40 min)", "(76 min)"), "has a core of 76 minutes"),
    "few cells": (lambda cells: cells.pop(), "has 44 cells"),
}
FRAME = [
    "What you will be able to do", "Before you start", "Symbols", "Textbook says, we measured", "Common mistakes",
    "Summary", "What is next", "References",
]  # fmt: skip


def test_a_good_lesson_passes(tmp_path):
    assert complaints(good_lesson(), tmp_path) == []


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_lesson_gets_its_complaint(name, tmp_path):
    change, expected = BREAKS[name]
    notebook = good_lesson()
    before = copy.deepcopy(notebook)
    change(notebook.cells)
    assert notebook != before, "the change changed nothing"
    found = complaints(notebook, tmp_path)
    assert any(line.startswith("01_lesson.ipynb: ") and expected in line for line in found), found
    others = [line for line in found if expected not in line and "has a core of 0 minutes" not in line]
    assert not others, "one fault, other complaints"


@pytest.mark.parametrize("heading", FRAME)
def test_every_part_of_the_frame_is_asked_for(heading, tmp_path):
    notebook = good_lesson()
    marks = "###" if heading == "Symbols" else "##"
    replace(f"{marks} {heading}", "")(notebook.cells)
    assert f"01_lesson.ipynb: has no heading {heading!r}; every lesson has one, spelled like this" in complaints(
        notebook, tmp_path
    )


def test_at_most_one_cell_in_four_is_ignored(tmp_path):
    notebook = good_lesson()
    for i in (5, 7):
        notebook.cells[i].metadata = {"tags": ["nbval-ignore-output"]}
    assert complaints(notebook, tmp_path) == [
        "01_lesson.ipynb: more than one code cell in four is tagged nbval-ignore-output"
    ]


def test_widget_state_is_found(tmp_path):
    notebook = good_lesson()
    notebook.metadata["widgets"] = {}
    assert complaints(notebook, tmp_path) == ["01_lesson.ipynb: stores widget state; clear it"]


def test_other_notebooks_need_no_lesson_frame(tmp_path):
    assert complaints(new_notebook(cells=[new_markdown_cell("Hello")]), tmp_path, "10_exercises.ipynb") == []


def test_ordinary_text_raises_no_false_alarm(tmp_path):
    notebook = good_lesson()
    notebook.cells[0].source += (
        "\n\n$C:\\mathbb{R}^V$, a/home/b, work/01_lesson.ipynb, https://example.org/home/x, [a link](https://example.org)"
        "\n\n```\n## not a heading\n```"
    )
    notebook.cells[6].source = 'if x != 1: print("a ; b", "50%")  # pip is not called'
    assert complaints(notebook, tmp_path) == []


def test_every_rule_can_fail():
    """Without its rule, at least one broken lesson above would pass: no rule is dead."""
    dead = set(RULES)
    for change, _ in BREAKS.values():
        notebook = good_lesson()
        change(notebook.cells)
        dead -= {rule for rule in dead if list(rule(notebook, FakePath("01_lesson.ipynb", nbformat.writes(notebook))))}
    assert not dead


class FakePath:
    """As much of a path as the rules look at."""

    def __init__(self, name: str, text: str):
        self.name, self.size = name, len(text)

    def stat(self):
        return type("Stat", (), {"st_size": self.size})
