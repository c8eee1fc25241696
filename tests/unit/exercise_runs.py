"""What the tests of the exercise bank share."""

from __future__ import annotations

import pytest

from lessonlib.exercises import question as bank
from lessonlib.exercises.judge import cases_for, judge, replies_of

QUESTIONS = list(bank.bank().values())
EACH = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)


def outcome(question, values, answer, seed):
    """The verdict on an answer, with the inputs of this seed."""
    cases = cases_for(question, values, seed)
    return judge(question, values, cases, replies_of(answer, question, cases))


def seeds(question, many):
    """Fewer for a trainer, which takes seconds."""
    return range(many if question.seconds <= 3 else 2)
