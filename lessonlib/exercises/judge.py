"""From replies to a verdict: which rung was reached, what it is worth, and the one hint that helps now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lessonlib.exercises import question as bank
from lessonlib.exercises.calls import IN_IMPORT, Reply, call
from lessonlib.exercises.compare import equal, fault_of_shape, finite_where
from lessonlib.exercises.question import RUNGS, Case, Question
from lessonlib.exercises.texts import texts
from lessonlib.exercises.values import named

STATUSES = ("not started", "pass", "partial", "fail", "error", "timeout")


@dataclass(frozen=True)
class Verdict:
    """The outcome of one question.

    Attributes:
        status: one of `STATUSES`.
        points: from 0 to the points of the question, in quarters of a point. All of them only if every rung was
            reached, and at least a quarter if a rung that is paid was.
        rungs: the rungs that were reached, in order.
        missed: the first rung that was not, "" if all were.
        hint: one sentence or two for that rung, never the answer.
        mistake: name of the known mistake that the answer repeats, "" if none.
    """

    id: str
    status: str
    points: float
    rungs: tuple[str, ...] = ()
    missed: str = ""
    hint: str = ""
    mistake: str = ""


def cases_for(question: Question, values: dict, seed: int) -> list[Case]:
    """The calls of one run; the same seed gives the same calls."""
    return question.cases(np.random.default_rng(seed), values)


def ladder(question: Question, cases: Sequence[Case]) -> tuple[str, ...]:
    """The rungs of this question, lowest first."""
    extra = {case.rung for case in cases} | ({"property"} if question.properties else set())
    always = {"defined", "runs", "shape", "finite", "value", "clean"}
    return tuple(rung for rung in RUNGS if rung in always | extra)


def replies_of(answer: object, question: Question, cases: Sequence[Case]) -> list[Reply]:
    """Call the answer once for each case. After a timeout, or in an untouched stub, the rest is not called."""
    if not callable(answer):
        return [Reply(error="missing", message="" if answer is None else named(type(answer)))]
    driver, found = bank.driver(question), []
    for case in cases:
        found.append(call(lambda *args: driver(answer, *args), case.args, question.seconds))
        if found[-1].error == "timeout" or _untouched(found[-1]):
            break
    return found


def judge(question: Question, values: dict, cases: Sequence[Case], replies: Sequence[Reply]) -> Verdict:
    """Compare replies with the reference, rung by rung.

    Points are those of the rungs below the first one that was missed, in quarters of a point. A rung one of whose
    cases has no reply is missed.
    """
    rungs = ladder(question, cases)
    reference = bank.right_answers(question, values)[0]
    first = replies[0] if replies else Reply(error="missing")
    if first.error == "missing":
        hint = f"Define a function called {question.name}."
        if first.message:
            hint = f"This is {first.message}. Give the function itself, without parentheses after its name."
        return Verdict(question.id, "not started", 0.0, (), "defined", hint)
    if _untouched(first):
        return Verdict(question.id, "not started", 0.0, (), "defined", "")
    expected = replies_of(reference, question, cases)
    reached: list[str] = []
    for rung in rungs:
        trouble = _trouble(question, values, rung, cases, replies, expected)
        if trouble is None:
            reached.append(rung)
            continue
        points = _earned(question, rungs, reached)
        mistake = _known_mistake(question, values, cases, replies, expected)
        status = "partial" if points else {"runs": "error"}.get(rung, "fail")
        if any(reply.error == "timeout" for reply in replies):
            status = "timeout"
        hint = trouble if status == "timeout" and rung == "runs" else _hint(question, values, rung, trouble)
        hint = mistake.hint if mistake else hint
        return Verdict(question.id, status, points, tuple(reached), rung, hint, mistake.name if mistake else "")
    return Verdict(question.id, "pass", float(question.points), tuple(reached))


def _earned(question: Question, rungs: Sequence[str], reached: Sequence[str]) -> float:
    """The points of some of the rungs, to the nearest quarter; that quarter is neither 0 nor all of the points."""
    paid = sum(question.weight(rung) for rung in reached)
    if not paid:
        return 0.0
    share = paid / sum(question.weight(rung) for rung in rungs)
    return min(max(round(4 * question.points * share), 1), 4 * question.points - 1) / 4


def _trouble(question, values, rung, cases, replies, expected) -> str | None:
    """What keeps the answer from this rung, "" if there is nothing to add to its hint; None if it is reached."""
    if rung == "defined":
        return None
    if rung == "clean":
        return "" if any(reply.changed for reply in replies) else None
    # Rungs below "value" look at the cases for "value".
    of_rung = rung if rung in ("value", "edge", "speed") else "value"
    if any(case.rung == of_rung for case in cases[len(replies) :]):
        return _error_line(replies[-1], cases[len(replies) - 1].note) if replies[-1].error else "A reply is missing."
    tested = [(c, r, e) for c, r, e in zip(cases, replies, expected) if c.rung == of_rung]
    if rung == "runs":
        return next((_error_line(r, c.note) for c, r, _ in tested if r.error and r.error != "unfit"), None)
    if rung == "shape":
        unfit = next((f"It returned {r.message}." for _, r, _ in tested if r.error == "unfit"), None)
        return unfit or next((f for _, r, e in tested if (f := fault_of_shape(e.value, r.value))), None)
    if rung == "finite":
        return None if all(finite_where(e.value, r.value) for _, r, e in tested) else ""
    if rung == "property":
        kept = all(_holds(holds, c.args, r.value, values) for c, r, _ in tested for holds in question.properties)
        return None if kept else ""
    for case, reply, wanted in tested:
        if reply.error:
            return _error_line(reply, case.note)
        if not _right(question, values, case, reply, wanted):
            return f"It differs for {case.note}." if case.note else ""
        limit = max(0.1, question.slower * wanted.seconds)
        if rung == "speed" and reply.seconds > limit:
            return f"It took {reply.seconds:.2f} s; {limit:.2f} s is the limit here."
    return None


def _untouched(reply: Reply) -> bool:
    """True for the reply of a stub. Other code raises NotImplementedError too: torch, for what it cannot do."""
    return reply.error == "NotImplementedError" and (not reply.message or reply.message.startswith("exercise "))


def _holds(question_asked, *args) -> bool:
    """A property or an `accept` that breaks on what was returned does not hold."""
    try:
        with np.errstate(all="ignore"):
            return bool(question_asked(*args))
    except Exception:
        return False


def _right(question: Question, values: dict, case: Case, reply: Reply, expected: Reply) -> bool:
    if question.accept is None:
        return equal(expected.value, reply.value, question.tolerance)
    if case.rung != "value" and fault_of_shape(expected.value, reply.value):  # of the others, "shape" has looked
        return False
    return _holds(question.accept, case.args, reply.value, expected.value, values)


def _error_line(reply: Reply, note: str = "") -> str:
    where = f" for {note}" if note else ""
    if reply.error == "timeout" and reply.message == IN_IMPORT:
        return f"It was {reply.message}{where}. Restart the kernel, and import before the function."
    if reply.error == "timeout":
        return f"It was {reply.message}{where}: look for a loop that never ends, or takes very many steps."
    if reply.error == "unfit":
        return f"It returned {reply.message}{where}."
    if reply.error == "SystemExit":
        return f"It calls exit(){where}. A function ends with `return`."
    return f"It raised {reply.error}{f' ({reply.message})' if reply.message else ''}{where}."


def _hint(question: Question, values: dict, rung: str, trouble: str) -> str:
    return " ".join(part for part in (trouble, texts(question, values).rung_hint(rung)) if part)


def _known_mistake(question, values, cases, replies, expected):
    """The mistake in the bank whose replies are the same as these, on every case but those for speed."""
    if any(reply.error == "timeout" for reply in replies):
        return None
    if question.diagnose is not None:
        return _diagnosed(question, values, cases, replies, expected)
    asked = [case for case in cases if case.rung != "speed"]
    ours = [reply for case, reply in zip(cases, replies) if case.rung != "speed"]
    wanted = [reply for case, reply in zip(cases, expected) if case.rung != "speed"]
    if len(ours) < len(asked) or all(_alike(a, b, question.tolerance) for a, b in zip(ours, wanted)):
        return None
    return next((m for m in bank.mistakes(question, values) if _repeats(m.answer, question, asked, ours)), None)


def _repeats(answer, question, cases, replies) -> bool:
    """Whether the answer gives these replies. It is not called any more after the first one that differs."""
    return all(
        _alike(reply, theirs, question.tolerance)
        for case, reply in zip(cases, replies)
        for theirs in replies_of(answer, question, [case])
    )


def _diagnosed(question, values, cases, replies, expected):
    known, names = {mistake.name: mistake for mistake in bank.mistakes(question, values)}, []
    for case, reply, wanted in zip(cases, replies, expected):
        if case.rung == "value" and not reply.error:
            try:
                names.append(question.diagnose(case.args, reply.value, wanted.value, values))
            except Exception:  # it expects another shape
                continue
    return next((known[name] for name in names if name in known), None)


def _alike(first: Reply, second: Reply, tolerance: float) -> bool:
    alike = (first.error, first.message, first.changed) == (second.error, second.message, second.changed)
    return alike and equal(first.value, second.value, tolerance)
