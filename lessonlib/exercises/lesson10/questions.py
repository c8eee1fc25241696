"""Questions of part 10, "review the textbook": eight fragments with one fault each, and a test to write for each."""

from __future__ import annotations

import ast
import re

import numpy as np

from lessonlib.exercises.question import Case, Question, source

MENDED = "a mended fragment, which your test must let pass"
OTHER = "a right answer written in another way, which your test must let pass"
AGAIN = "the same fault in another form, which your test must catch"
FORMS = (  # form, its counterpart, rung, note
    ("faulty", "right", "value", "the fragment as it is printed, which your test must catch"),
    ("right", "faulty", "value", MENDED),
    ("right_loop", "faulty_too", "edge", OTHER),
    ("faulty_too", "right_loop", "edge", AGAIN),
)


def form(name: str, which: str, rng: np.random.Generator) -> str:
    """The source of one form of a fragment under its plain name, with idle lines at random places.

    The idle lines do nothing. They make it harder for a test to know the forms by their code.
    """
    code = re.search(rf"^def {name}__{which}\(.*?(?=^\S|\Z)", source("10", "fragments"), re.MULTILINE | re.DOTALL)[0]
    tree = ast.parse(code)
    function = tree.body[0]
    function.name = name
    for _ in range(int(rng.integers(1, 4))):
        number = int(rng.integers(1000, 10000))
        function.body.insert(int(rng.integers(len(function.body))), ast.parse(f"idle_{number} = {number}").body[0])
    cells = getattr(function.body[-1], "value", None)
    if isinstance(cells, ast.List):  # a fragment that is a list of notebook cells
        cells.elts.insert(int(rng.integers(len(cells.elts) + 1)), ast.Constant(f"# note {rng.integers(1000, 10000)}"))
    return ast.unparse(ast.fix_missing_locations(tree))


def candidates(rng: np.random.Generator, name: str, twins: bool) -> list[Case]:
    cases = []
    for which, counterpart, rung, note in FORMS:
        twin = form(name, counterpart, rng) if twins else ""
        cases.append(Case((form(name, which, rng), name, twin), rung, note))
    return [cases[i] for i in rng.permutation(len(cases))]


def same_outcome(args: tuple, output: str, expected: str, values: dict) -> bool:
    """Only passed or failed counts; what follows the comma is there for the hint."""
    return output.split(",")[0] == expected.split(",")[0]


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
