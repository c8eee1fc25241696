"""Statement, worked example, hints and common mistakes of a question, read from the lesson's `text.md`."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib import resources

from lessonlib.exercises.question import RUNGS, Question, insert

PARTS = ("Example", "Hint 1", "Hint 2", "Hint 3", "Common mistakes")
EVERY_RUNG = {  # for a rung that the question says nothing about
    "runs": "Read the last line of the error when you call your function yourself, on the worked example.",
    "shape": "Compare what you return with the worked example.",
    "finite": "There are numbers that are not finite: look for a division by zero, a logarithm of zero or an overflow.",
    "clean": "Your function changes what it is given. Copy first, or make a new array.",
    "speed": "The values are right. Replace the loop by operations on whole arrays.",
}


@dataclass(frozen=True)
class Texts:
    """What is written about one question, with the variant's values in place."""

    title: str
    statement: str
    example: tuple[str, ...]  # expressions, to be computed
    hints: tuple[str, str, str]
    mistakes: str
    rungs: dict[str, str]

    def rung_hint(self, rung: str) -> str:
        """The hint for the first rung missed, when no known mistake explains it."""
        return self.rungs.get(rung) or EVERY_RUNG.get(rung, "")


def texts(question: Question, values: dict) -> Texts:
    """The texts of a question.

    Raises:
        ValueError: if `text.md` lacks a part, or has one that no question knows.
    """
    raw = _read(question.lesson).get(question.id)
    if raw is None:
        raise ValueError(f"question {question.id}: lesson{question.lesson}/text.md has no heading '# {question.id} …'")
    title, parts = raw
    missing = [name for name in PARTS if not parts.get(name)]
    unknown = [name for name in parts if name not in ("", *PARTS, *RUNGS)]
    if missing or unknown:
        raise ValueError(f"question {question.id}: text.md lacks {missing}, and has unknown parts {unknown}")
    parts = {name: insert(text, values) for name, text in parts.items()}
    return Texts(
        title=insert(title, values),
        statement=parts[""],
        example=tuple(line for line in parts["Example"].splitlines() if line.strip()),
        hints=(parts["Hint 1"], parts["Hint 2"], parts["Hint 3"]),
        mistakes=parts["Common mistakes"],
        rungs={name: " ".join(parts[name].split()) for name in RUNGS if name in parts},
    )


@functools.cache
def _read(lesson: str) -> dict[str, tuple[str, dict[str, str]]]:
    """id -> (title, part -> text). A '# 02.1 Title' starts a question, a '## Part' a part of it."""
    file = resources.files("lessonlib.exercises").joinpath(f"lesson{lesson}", "text.md")
    pieces = re.split(r"^# (\d\d\.\d+) (.+)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {}
    for number, title, body in zip(pieces[1::3], pieces[2::3], pieces[3::3]):
        parts = re.split(r"^## (.+)$", body, flags=re.MULTILINE)
        names = ["", *(name.strip() for name in parts[1::2])]
        found[number] = (title.strip(), dict(zip(names, (text.strip() for text in parts[0::2]))))
    return found
