"""Questions of part 10, "review the textbook": eight fragments with one fault each, and a test to write for each.

A test meets the fragment, right functions, the same fault in another form, and functions that are plainly wrong. What
it says of the last is a number. The tolerance lets these numbers count as equal where an answer is compared with the
known mistakes, which are known by the other forms. `same_outcome` has no tolerance.
"""

from __future__ import annotations

import ast
import functools
import re

import numpy as np

from lessonlib.exercises.question import Case, Question, source

MENDED = "a mended fragment, which your test must let pass"
OTHER = "a right answer written in another way, which your test must let pass"
AGAIN = "the same fault in another form, which your test must catch"
FORMS = (  # form, its counterpart, role, rung, note
    ("faulty", "right", "", "value", "the fragment as it is printed, which your test must catch"),
    ("right", "faulty", "mended", "value", MENDED),
    ("right_loop", "faulty_too", "", "edge", OTHER),
    ("right_other", "", "", "edge", OTHER),  # not every fragment has it
    ("faulty_too", "right_loop", "", "edge", AGAIN),
)


def form(name: str, which: str, rng: np.random.Generator) -> str:
    """The source of one form of a fragment under its plain name, with idle lines at random places.

    The idle lines do nothing. They make it harder for a test to know the forms by their code.
    """
    function = ast.parse(_texts(name)[which]).body[0]
    function.name = name
    if ast.get_docstring(function):
        del function.body[0]
    for _ in range(int(rng.integers(1, 4))):
        number = int(rng.integers(1000, 10000))
        function.body.insert(int(rng.integers(len(function.body))), ast.parse(f"idle_{number} = {number}").body[0])
    cells = getattr(function.body[-1], "value", None)
    if name == "lesson_cells" and isinstance(cells, ast.List):  # a fragment that is a list of notebook cells
        cells.elts.insert(int(rng.integers(len(cells.elts) + 1)), ast.Constant(f"# note {rng.integers(1000, 10000)}"))
    return ast.unparse(ast.fix_missing_locations(function))


@functools.cache
def _texts(name: str) -> dict[str, str]:
    """The forms of a fragment: what follows `__` in the function's name -> its source."""
    pattern = rf"^def {name}__(\w+)\(.*?(?=^\S|\Z)"
    found = re.finditer(pattern, source("10", "fragments"), flags=re.MULTILINE | re.DOTALL)
    return {match[1]: match[0] for match in found}


def candidates(rng: np.random.Generator, name: str, twins: bool) -> list[Case]:
    cases, forms = [], _texts(name)
    for which, counterpart, role, rung, note in FORMS:
        if which in forms:
            twin = form(name, counterpart, rng) if twins and counterpart else ""
            cases.append(Case((form(name, which, rng), name, twin, role), rung, note))
    for which in forms:
        if which.startswith("useless"):
            note = f"{ast.get_docstring(ast.parse(forms[which]).body[0])}, which your test must catch"
            cases.append(Case((form(name, which, rng), name, "", "useless"), "edge", note))
    return [cases[i] for i in rng.permutation(len(cases))]


def same_outcome(args: tuple, output: str | float, expected: str | float, values: dict) -> bool:
    """Only passed or failed counts; what follows the comma is there for the hint."""
    return output == expected or output.split(",")[0] == expected.split(",")[0]


def _question(number: int, name: str, required: bool = False, twins: bool = True) -> Question:
    return Question(
        id=f"10.{number}",
        name=f"test_{name}",
        kind="test",
        points=3,
        required=required,
        cases=lambda rng, values: candidates(rng, name, twins),
        accept=same_outcome,
        driver="review",
        tolerance=1.0,
        weights={"value": 2, "edge": 1, "clean": 0},
    )


QUESTIONS = (
    _question(1, "sgns_step", required=True),
    _question(2, "share_right"),
    _question(3, "adam_rows"),
    _question(4, "log_sigmoid", required=True),
    _question(5, "nearest_rows"),
    _question(6, "mean_of_words", required=True),
    _question(7, "lesson_cells"),
    _question(8, "map_of_words", twins=False),
)
