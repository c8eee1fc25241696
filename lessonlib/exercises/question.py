"""What a graded question is: its cases, its rungs, its right answers and the mistakes that people make."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module, resources
from types import FunctionType, MappingProxyType

LESSONS = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11")
KINDS = ("write", "complete", "debug", "predict", "test")
# The ladder, lowest rung first. A question has the rungs that it has cases or properties for.
RUNGS = ("defined", "runs", "shape", "finite", "property", "value", "edge", "clean", "speed")
WEIGHTS = MappingProxyType({"property": 1, "value": 3, "edge": 1, "clean": 1, "speed": 1})


@dataclass(frozen=True)
class Case:
    """One call: the arguments, the rung that it belongs to ("value", "edge" or "speed"), and what is special in it."""

    args: tuple
    rung: str = "value"
    note: str = ""  # shown to the learner when this case fails: "a sentence of one word"


@dataclass(frozen=True)
class Question:
    """One graded function. Statement, hints and texts for the rungs stand in the lesson's `text.md`.

    Right answers stand in `right.py`: the function called `name` is the model answer and the reference, every other
    one is called `name__something`. Mistakes stand in `wrong.py` as `name__mistake`; the docstring is the hint.

    Attributes:
        cases: (rng, values) -> the calls to make, fresh on every run; `values` holds the variant's constants.
        variants: the constants and wordings of each variant; the first one is the published one.
        properties: (args, output, values) -> True if the output has the property; asked of "value" cases.
        accept: (args, output, expected, values) -> True if the output is right. None: equal within `tolerance`.
        diagnose: (args, output, expected, values) -> name of the mistake that the output of a "value" case shows, or
            "". None: an answer repeats a mistake if both give the same on every case, which calls all mistakes.
        driver: name of a function in `drivers.py` that calls the answer: driver(answer, *args) -> plain data.
        after: the section of the lesson after which the exercise stands, "" if it stands in notebook 10 only.
        seconds: how long one call may take.
        slower: how many times slower than the reference a "speed" case may be.
    """

    id: str
    name: str
    kind: str
    points: int
    cases: Callable
    after: str = ""
    required: bool = True
    variants: tuple[dict, ...] = ({},)
    properties: tuple[Callable, ...] = ()
    accept: Callable | None = None
    diagnose: Callable | None = None
    driver: str = ""
    tolerance: float = 1e-6
    seconds: float = 3.0
    slower: float = 20.0
    weights: dict[str, float] = field(default_factory=dict)  # other weights than WEIGHTS

    @property
    def lesson(self) -> str:
        return self.id.split(".")[0]

    def weight(self, rung: str) -> float:
        return self.weights.get(rung, WEIGHTS.get(rung, 0))


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people give, and the hint that fits it."""

    name: str
    answer: Callable
    hint: str


@functools.cache
def bank() -> dict[str, Question]:
    """All questions by id, in the order of the lessons. Lessons without questions are left out."""
    return {question_id: question for lesson in LESSONS for question_id, question in _of_lesson(lesson).items()}


@functools.cache
def _of_lesson(lesson: str) -> dict[str, Question]:
    found: dict[str, Question] = {}
    if not _folder(lesson).joinpath("questions.py").is_file():
        return found
    for question in import_module(f"lessonlib.exercises.lesson{lesson}.questions").QUESTIONS:
        if question.id in found or question.lesson != lesson or question.kind not in KINDS:
            raise ValueError(f"question {question.id}: its id is taken, not of lesson {lesson}, or its kind unknown")
        found[question.id] = question
    return found


def get(question_id: str) -> Question:
    """The question with this id. Only its own lesson is read.

    Raises:
        ValueError: if there is none; names those of the same lesson.
    """
    if not isinstance(question_id, str):
        raise ValueError(f"question: a {type(question_id).__name__} was given; give its number in quotes, like '02.1'")
    lesson = question_id.split(".")[0]
    if lesson in LESSONS and question_id in _of_lesson(lesson):
        return _of_lesson(lesson)[question_id]
    questions = bank()
    if question_id not in questions:
        near = [q for q in questions if q.split(".")[0] == str(question_id).split(".")[0]] or list(questions)
        raise ValueError(f"question {question_id!r}: there is none; there are {', '.join(near)}")
    return questions[question_id]


def right_answers(question: Question, values: dict) -> list[Callable]:
    """The model answer, then the other right ones, all made for these constants."""
    found = _functions(question, "right", values)
    return [found.pop(question.name), *found.values()]


def mistakes(question: Question, values: dict) -> list[Mistake]:
    """The bank of wrong answers, made for these constants."""
    found = _functions(question, "wrong", values)
    return [
        Mistake(name, answer, " ".join(insert(answer.__doc__ or "", values).split())) for name, answer in found.items()
    ]


def driver(question: Question) -> Callable:
    """How the answer is called: driver(answer, *args)."""
    if not question.driver:
        return lambda answer, *args: answer(*args)
    return _namespace(question.lesson, "drivers", ())[question.driver]


def source(lesson: str, module: str) -> str:
    """The text of one module of a lesson's bank: "right", "wrong" or "drivers"."""
    return _folder(lesson).joinpath(f"{module}.py").read_text(encoding="utf-8")


def insert(text: str, values: dict) -> str:
    """`text` with each [[NAME]] replaced by the variant's value."""
    return re.sub(r"\[\[([A-Z_0-9]+)\]\]", lambda found: str(values[found[1]]), text)


def _folder(lesson: str):
    return resources.files("lessonlib.exercises").joinpath(f"lesson{lesson}")


def _functions(question: Question, module: str, values: dict) -> dict[str, Callable]:
    namespace = _namespace(question.lesson, module, tuple(sorted(values.items())))
    return {
        name: value
        for name, value in namespace.items()
        if isinstance(value, FunctionType) and (name == question.name or name.startswith(question.name + "__"))
    }


@functools.cache
def _namespace(lesson: str, module: str, values: tuple) -> dict:
    """The names that the module defines when its constants have the variant's values."""
    namespace: dict = {"__name__": f"lessonlib.exercises.lesson{lesson}.{module}"}
    path = str(_folder(lesson).joinpath(f"{module}.py"))
    exec(compile(source(lesson, module), path, "exec"), namespace)
    namespace.update(dict(values))
    return namespace
