"""What the tests of the exercise bank share."""

from __future__ import annotations

import time

import pytest

from lessonlib.exercises import question as bank
from lessonlib.exercises.judge import cases_for, judge, replies_of

QUESTIONS = list(bank.bank().values())
for _question in QUESTIONS:  # so that no timing counts what is loaded once, torch for example
    bank.right_answers(_question, _question.variants[0]), bank.driver(_question)
EACH = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)


def outcome(question, values, answer, seed):
    """The verdict on an answer, with the inputs of this seed."""
    cases = cases_for(question, values, seed)
    return judge(question, values, cases, replies_of(answer, question, cases))


def timed_outcome(question, values, answer, seed):
    """The same, and it must take less than a second of processor time, unless a trainer has to be run."""
    started = time.process_time()
    found = outcome(question, values, answer, seed)
    took = time.process_time() - started
    assert took < 1 or question.seconds > 3, (question.id, values, seed, took)
    return found


def seeds(question, many):
    """Fewer for a trainer, which takes seconds."""
    return range(many if question.seconds <= 3 else 2)
