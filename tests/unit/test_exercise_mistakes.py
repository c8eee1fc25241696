"""Every known mistake loses points and gets its own hint; what is no answer at all gets nothing and breaks nothing."""

from __future__ import annotations

import numpy as np
from exercise_runs import EACH, outcome, seeds, timed_outcome

from lessonlib.exercises import question as bank
from lessonlib.exercises.variant import values_of


@EACH
def test_each_mistake_loses_points_and_gets_its_hint(question):
    for number, values in enumerate(question.variants):
        known = bank.mistakes(question, values)
        assert len(known) >= 4 and all(len(mistake.hint) > 30 for mistake in known)
        assert len({mistake.hint for mistake in known}) == len(known)
        for mistake in known:
            for seed in seeds(question, 5 if number == 0 else 1):
                found = timed_outcome(question, values, mistake.answer, seed)
                assert found.points < question.points, (mistake.name, values, seed)
                assert found.hint == mistake.hint, (mistake.name, values, seed, found)


@EACH
def test_what_is_no_answer_gets_nothing_much_and_breaks_nothing(question):
    values = values_of(question)
    arrays = (np.full((3, 3), np.nan), np.zeros(4), np.array("x"))
    for returned in (None, "text", float("nan"), 0, [], [[]], {}, (None, None), *arrays):
        found = outcome(question, values, lambda *args, returned=returned: returned, seed=3)
        assert found.points < question.points and found.status in ("fail", "partial", "error")
        assert found.hint

    def fails(*args):
        raise ZeroDivisionError("by zero")

    found = outcome(question, values, fails, seed=3)
    assert found.points == 0 and found.hint
