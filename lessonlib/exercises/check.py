"""`check("02.1", center_context_pairs)`: the rung reached, and one hint for the first rung missed."""

from __future__ import annotations

import random
import sys
import textwrap

from lessonlib.exercises import question as bank
from lessonlib.exercises import record
from lessonlib.exercises.judge import Verdict, cases_for, judge, ladder, replies_of
from lessonlib.exercises.variant import PUBLISHED, values_of

WIDTH = 96  # columns of a printed line
_code = PUBLISHED


def use_variant(code: str) -> None:
    """Check the exercises of a term's own variant from now on. Your notebook 10 holds the code in its first cell.

    Raises:
        ValueError: for a code that is not one of these exercises.
    """
    global _code
    for question in bank.bank().values():
        values_of(question, code)
    _code = code


def check(question_id: str, answer: object, seed: int | None = None) -> None:
    """Try your function on fresh inputs and print how far it gets, with one hint for the first rung missed.

    Nothing leaves this computer; the best result is kept in a file beside the notebook (see `progress`). Your function
    gets copies, has a few seconds for each call, and what it prints is not shown. It runs in this kernel: memory is
    not limited. Ctrl-C, or interrupting the kernel, ends the check.

    Args:
        question_id: the number of the exercise, "02.1".
        answer: your function.
        seed: for the same inputs again; otherwise they are new on every call.

    Raises:
        ValueError: if there is no such exercise.
        KeyboardInterrupt: if you interrupt it. One that your function raises is reported like any exception.
    """
    _print("\n".join(lines(bank.get(question_id), *verdict(question_id, answer, seed))))


def verdict(question_id: str, answer: object, seed: int | None = None) -> tuple[Verdict, tuple[str, ...]]:
    """The outcome and the rungs of this exercise; it is also kept as progress, unless nothing was written yet."""
    question = bank.get(question_id)
    values = values_of(question, _code)
    cases = cases_for(question, values, random.SystemRandom().randrange(2**31) if seed is None else seed)
    found = judge(question, values, cases, replies_of(answer, question, cases))
    if found.status != "not started":
        record.keep(found, _code)
    return found, ladder(question, cases)


def lines(question: bank.Question, found: Verdict, rungs: tuple[str, ...]) -> list[str]:
    """What `check` prints."""
    head = f"{question.id} {question.name}: "
    if found.status == "not started":
        cure = found.hint or "Replace the line that raises NotImplementedError with your code, and run this cell again."
        return [f"{head}not started. {cure}"]
    points = f"{found.points:g} of {question.points} point{'s' if question.points > 1 else ''}"
    said = [head + points]
    if found.rungs:
        said += _row("reached", "  ".join(f"✓ {rung}" for rung in found.rungs))
    if found.missed:
        left = rungs[len(found.rungs) + 1 :]
        said += _row("missed", f"✗ {found.missed}" + (f"  (after it: {', '.join(left)})" if left else ""))
    if found.hint:
        said += _row("hint", found.hint)
    return said


def progress() -> None:
    """Show how far you are: a picture with one tile for each exercise, and the same as text."""
    from lessonlib.exercises import overview

    overview.show(_code)


def left_to_do() -> None:
    """Print which exercises of notebook 10 do not have all their points yet, required ones first."""
    from lessonlib.exercises import overview

    left = [tile for tile in overview.tiles(_code) if tile.state != "full" and not tile.id.startswith("11")]
    for name, wanted in (("required", True), ("optional", False)):
        ids = ", ".join(tile.id for tile in left if tile.required == wanted)
        _print("\n".join(textwrap.wrap(f"Left to do, {name}: {ids or 'nothing'}", WIDTH, subsequent_indent="  ")))


def _row(name: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=f"  {name:<9}", subsequent_indent=" " * 11, break_on_hyphens=False)


def _print(text: str) -> None:
    try:
        print(text)
    except UnicodeEncodeError:  # an old console
        encoding = sys.stdout.encoding or "ascii"
        print(text.replace("✓", "+").replace("✗", "-").encode(encoding, "replace").decode(encoding))
