"""Every question of the bank: right answers get all points, in every variant, and what learners read is whole."""

from __future__ import annotations

import ast
import re
from itertools import permutations
from pathlib import Path

import nbformat
import numpy as np
import pytest
from exercise_runs import EACH, QUESTIONS, outcome, seeds, timed_outcome

from lessonlib.exercises import compose
from lessonlib.exercises import question as bank
from lessonlib.exercises.judge import cases_for, ladder
from lessonlib.exercises.texts import texts
from lessonlib.exercises.variant import from_secret, values_of, varied

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
VARIED = pytest.mark.parametrize("question", varied(), ids=lambda question: question.id)


def test_the_bank_spans_the_course():
    taught = [q for q in QUESTIONS if q.lesson < "10"]
    assert len(taught) >= 24
    assert {q.lesson for q in taught} == {f"0{n}" for n in range(1, 10)}
    assert sum(q.lesson == "10" for q in QUESTIONS) == 8  # the faulty fragments of row 10.4
    for lesson in bank.LESSONS[:9]:
        assert 1 <= sum(q.required for q in taught if q.lesson == lesson) <= 3
    assert {q.kind for q in QUESTIONS} == set(bank.KINDS)
    assert len({q.name for q in QUESTIONS}) == len(QUESTIONS)
    assert 2 * len(varied()) >= len(taught)
    for lesson in bank.LESSONS[:9]:
        points = [q.points for q in taught if q.lesson == lesson]
        assert points == sorted(points), f"lesson {lesson}: points do not rise"


def test_every_file_of_the_bank_belongs_to_a_question():
    for lesson in {q.lesson for q in QUESTIONS}:
        names = [q.name for q in QUESTIONS if q.lesson == lesson]
        for module in ("right", "wrong"):
            for defined in re.findall(r"^def (\w+)", bank.source(lesson, module), flags=re.MULTILINE):
                assert defined.startswith("_") or defined.split("__")[0] in names, f"{module}.py of {lesson}: {defined}"


@EACH
def test_right_answers_get_all_points_in_every_variant(question):
    for number, values in enumerate(question.variants):
        answers = bank.right_answers(question, values)
        assert len(answers) >= 2
        assert len({answer.__code__.co_code for answer in answers}) == len(answers)
        for answer in answers:
            for seed in seeds(question, 12 if number == 0 else 2):
                found = timed_outcome(question, values, answer, seed)
                assert found.status == "pass" and found.points == question.points, (answer.__name__, seed, found)


@VARIED
def test_an_answer_for_another_variant_loses_points(question):
    assert len({tuple(values.items()) for values in question.variants}) == len(question.variants)
    for here, there in permutations(range(len(question.variants)), 2):
        answer = bank.right_answers(question, question.variants[there])[0]
        found = outcome(question, question.variants[here], answer, seed=1)
        assert found.points < question.points, (here, there)


@EACH
def test_the_stub_parses_runs_and_names_its_exercise(question):
    for values in question.variants:
        code = compose.stub_cell(question, values)
        assert len(code.splitlines()) <= 22 and max(map(len, code.splitlines())) <= 100
        function = next(node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef))
        assert function.name == question.name and ast.get_docstring(function)
        assert f'raise NotImplementedError("exercise {question.id}: write {question.name}")' in code
        assert outcome(question, values, made(code, question), seed=0).status == "not started"


@EACH
def test_the_composed_answer_passes_and_stays_out_of_what_learners_read(question):
    for values in question.variants:
        code = compose.answer_cell(question, values)
        assert len(code.splitlines()) <= 25 and max(map(len, code.splitlines())) <= 100
        assert outcome(question, values, made(code, question), seed=5).status == "pass"
        stub = compose.stub_cell(question, values).splitlines()
        statement = compose.statement(question, values)
        given = re.findall(r"```python\n(?!>>>)(.*?)```", statement, flags=re.DOTALL)  # the faulty code to mend
        shown = {line.strip() for line in (*stub, *"\n".join(given).splitlines())}
        for line in code.splitlines():
            if line.strip() not in shown and len(line.strip()) > 11 and not line.strip().startswith("###"):
                assert line.strip() not in statement, line


@EACH
def test_texts_are_whole(question):
    for values in question.variants:
        text = texts(question, values)
        assert not re.search(r"\[\[(?!SOURCE:)", " ".join((text.title, text.statement, *text.hints, text.mistakes)))
        everything = compose.statement(question, values)
        assert not re.search(r"\[\[[A-Z]", everything), "a constant or a source that was not put in"
        rungs = set(ladder(question, cases_for(question, values, 0)))
        assert set(text.rungs) <= rungs, f"hints for rungs that it does not have: {set(text.rungs) - rungs}"
        for rung in rungs - {"defined"}:
            assert text.rung_hint(rung), f"no hint for {rung}"


@pytest.mark.parametrize("question", [q for q in QUESTIONS if q.after], ids=lambda question: question.id)
def test_the_name_of_an_exercise_hides_nothing_of_its_lesson(question):
    path = next(NOTEBOOKS.glob(f"{question.lesson}_*.ipynb"))
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and "exercise" not in cell.metadata.get("tags", []):
            assert not re.search(rf"\b{question.name}\b", cell.source)


def test_a_secret_never_chooses_the_published_variant_and_changes_with_every_letter():
    code = from_secret("a long enough secret")
    assert code == from_secret("a long enough secret") != from_secret("a long enough secreT")
    for question in varied():
        assert values_of(question, code) != question.variants[0]
        assert values_of(question, code) in question.variants
    chosen = {from_secret(f"another secret number {n}") for n in range(50)}
    assert len(chosen) == 50
    with pytest.raises(ValueError, match="fewer than 12"):
        from_secret("short")
    with pytest.raises(ValueError, match="not a code"):
        values_of(varied()[0], code + "0")
    with pytest.raises(ValueError, match="not a code"):
        values_of(varied()[0], "z" * len(code))


def made(code, question):
    """The function that a composed cell defines, without its last line, the check."""
    import math

    import torch

    names = {"np": np, "math": math, "torch": torch, "nn": torch.nn, "F": torch.nn.functional}
    exec(code.removesuffix(compose.check_line(question)), names)
    return names[question.name]
