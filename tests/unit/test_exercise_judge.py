"""The ladder: what a rung needs, what it is worth, and that no reply at all breaks the judge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib.exercises import judge as judging
from lessonlib.exercises import question as bank
from lessonlib.exercises.calls import Reply
from lessonlib.exercises.judge import STATUSES, _earned, cases_for, judge, ladder, replies_of
from lessonlib.exercises.question import Case, Question
from tests.unit.test_exercise_compare import PLAIN

WORD = st.sampled_from(["", "timeout", "unfit", "missing", "NotImplementedError", "KeyError", "SystemExit"])
REPLIES = st.lists(st.builds(Reply, PLAIN, WORD, st.text(max_size=5), st.booleans(), st.floats(0, 9)), max_size=9)


@pytest.mark.parametrize("name", ["02.1", "02.2"])
@settings(max_examples=150, deadline=None)
@given(replies=REPLIES)
def test_any_replies_get_a_verdict_and_never_all_points(name, replies):
    question = bank.get(name)
    cases = cases_for(question, question.variants[0], 1)
    found = judge(question, question.variants[0], cases, replies)
    assert found.status in STATUSES and 0 <= found.points < question.points
    assert (found.missed != "") and isinstance(found.hint, str)


def double(x):
    return 2 * x


@pytest.fixture
def asked(monkeypatch):
    """A question of its own: twice a number, or twice an array."""

    def make(cases, **more):
        question = Question("02.1", "window_pairs", "write", 5, lambda rng, values: cases, **more)
        monkeypatch.setattr(bank, "right_answers", lambda question, values: [double])
        monkeypatch.setattr(bank, "mistakes", lambda question, values: [])

        def judged(answer, missing=0):
            replies = replies_of(answer, question, cases)
            return judge(question, {"RULE": ""}, cases, replies[: len(replies) - missing])

        return judged

    return make


def test_rungs_are_paid_up_to_the_first_one_missed(asked):
    judged = asked([Case((2,)), Case((3,)), Case((0,), "edge", "a zero")])
    assert judged(double).status == "pass" and judged(double).points == 5
    wrong_at_edge = judged(lambda x: 2 * x or 1)
    assert (wrong_at_edge.status, wrong_at_edge.missed, wrong_at_edge.points) == ("partial", "edge", 3.0)
    assert "a zero" in wrong_at_edge.hint
    assert (judged(lambda x: x).missed, judged(lambda x: x).points) == ("value", 0)
    assert judged(lambda x: None).missed == "shape" and "return" in judged(lambda x: None).hint
    assert judged(lambda x: float("nan")).missed == "finite"
    assert judged(lambda: 1).status == "error" and "positional argument" in judged(lambda: 1).hint
    assert "exit()" in judged(lambda x: exit()).hint


@pytest.mark.parametrize("weights", [{"value": 1000}, {"value": 0.001}, {"value": 3}, {"value": 1, "edge": 6}])
def test_points_are_quarters_never_rounded_up_to_all_or_down_to_nothing(asked, weights):
    judged = asked([Case((2,)), Case((0,), "edge", "a zero")], weights=weights)
    exact = 5 * weights["value"] / (weights["value"] + weights.get("edge", 1) + 1)
    points = judged(lambda x: 2 * x or 1).points
    assert 4 * points == int(4 * points) and 0 < points < 5
    assert points == min(max(exact, 0.25), 4.75) or abs(points - exact) <= 0.125
    assert judged(lambda x: x).points == 0 and judged(double).points == 5


def test_every_paid_rung_of_the_bank_is_worth_something_after_rounding():
    for question in bank.bank().values():
        rungs = ladder(question, cases_for(question, question.variants[0], 1))
        paid = [number for number, rung in enumerate(rungs, start=1) if question.weight(rung)]
        earned = [_earned(question, rungs, rungs[:number]) for number in paid[:-1]]
        assert earned == sorted(earned) and all(0 < points < question.points for points in earned), question.id


def test_a_case_without_reply_is_never_passed(asked):
    judged = asked([Case((0,), "edge", "a zero"), Case((2,)), Case((3,))], seconds=0.1)

    def stuck_at_zero(x):
        while x == 0:
            pass
        return 2 * x

    found = judged(stuck_at_zero)
    assert (found.status, found.points) == ("timeout", 0)
    assert judged(double, missing=1).points == 0 and judged(double, missing=3).points == 0


def test_writing_into_the_input_costs_points(asked):
    judged = asked([Case((np.arange(3.0),))])

    def in_place(x):
        x *= 2
        return x

    found = judged(in_place)
    assert (found.missed, found.status) == ("clean", "partial") and found.points < 5


def test_slow_is_told_from_right(asked):
    import time

    judged = asked([Case((1,)), Case((5,), "speed")], slower=2)
    assert judged(double).status == "pass"
    assert judged(lambda x: (time.sleep(0.2 if x == 5 else 0), 2 * x)[1]).missed == "speed"


def test_a_stub_and_other_not_implemented_errors(asked):
    judged = asked([Case((2,))])

    def stub(x):
        raise NotImplementedError("exercise 02.1: write window_pairs")

    def torch_says(x):
        raise NotImplementedError("Cannot copy out of meta tensor; no data!")

    assert judged(stub).status == "not started"
    assert judged(torch_says).status == "error" and "meta" in judged(torch_says).hint
    assert judged(None).status == "not started" and "Define a function" in judged(None).hint
    assert "This is a list" in judged([1]).hint and judged([1]).status == "not started"


def test_a_property_or_accept_that_breaks_does_not_hold(asked):
    broken = asked([Case((2,))], properties=(lambda args, output, values: 1 / 0,))
    assert broken(double).missed == "property"
    broken = asked([Case((2,))], accept=lambda args, output, expected, values: output.nothing)
    assert broken(double).missed == "value"
    broken = asked([Case((2,))], diagnose=lambda args, output, expected, values: output.nothing)
    assert broken(lambda x: x).mistake == ""


def test_an_import_that_was_stopped_gets_a_hint_of_its_own(asked, monkeypatch):
    monkeypatch.setattr(judging, "call", lambda *_: Reply(error="timeout", message=judging.IN_IMPORT))
    assert "Restart the kernel" in asked([Case((2,))])(double).hint


def test_a_mistake_is_recognized_by_all_cases_and_called_no_more_than_needed(asked, monkeypatch):
    judged, called = asked([Case((2,)), Case((3,)), Case((0,), "edge", "a zero"), Case((7,), "speed")]), []

    def same(x):
        called.append(x)
        return x

    known = [bank.Mistake("same", same, "Twice."), bank.Mistake("squares", lambda x: x * x, "Not the square.")]
    monkeypatch.setattr(bank, "mistakes", lambda question, values: known)
    assert judged(lambda x: x).mistake == "same" and called == [2, 3, 0]
    called.clear()
    assert judged(lambda x: x * x).mistake == "squares" and called == [2]
    assert judged(lambda x: x if x else 1).mistake == "" == judged(lambda x: x * x or 1).mistake
    assert judged(lambda x: x + (x == 7)).mistake == "same"  # the case for speed is not asked
    known[0] = bank.Mistake("as it should be", double, "It differs in speed alone.")
    assert judged(lambda x: 2 * x + (x == 7)).mistake == ""


def test_each_known_mistake_is_named():
    for name in ("02.1", "02.2"):
        question = bank.get(name)
        values = question.variants[0]
        for mistake in bank.mistakes(question, values):
            cases = cases_for(question, values, 3)
            found = judge(question, values, cases, replies_of(mistake.answer, question, cases))
            assert (found.mistake, found.hint) == (mistake.name, mistake.hint)
