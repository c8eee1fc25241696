"""Wrong tests that people write for part 10. The docstring is the hint that the learner reads."""

from __future__ import annotations

import ast

import numpy as np


def _sgns_inputs(seed=0):
    tables = np.random.default_rng(seed).normal(size=(2, 6, 3))
    return tables[0], tables[1], 2, np.array([4, 1, 5]), np.array([1.0, 0.0, 0.0]), 0.5


def _sgns_wanted(W, U, center, words, labels, eta, sign=1.0):
    errors = sign * (1 / (1 + np.exp(-U[words] @ W[center])) - labels)
    W_wanted, U_wanted = W.copy(), U.copy()
    W_wanted[center] -= eta * errors @ U[words]
    U_wanted[words] -= eta * np.outer(errors, W[center])
    return W_wanted, U_wanted


def test_sgns_step__never_calls(candidate):
    """Your test never calls `candidate`. If it tests a function that you wrote above, it tests that one every time."""
    W, U = _sgns_wanted(*_sgns_inputs())
    assert W.shape == U.shape


def test_sgns_step__looks_at_shapes(candidate):
    """The fault showed while your test ran, and it looked elsewhere. Shapes, and that something moved, say little:
    compare the numbers of both tables with those that you expect."""
    W, U, *rest = _sgns_inputs()
    before = W.copy(), U.copy()
    candidate(W, U, *rest)
    assert W.shape == before[0].shape and np.isfinite(U).all()
    assert not np.array_equal(W, before[0]) and not np.array_equal(U, before[1])


def test_sgns_step__tables_of_zeros(candidate):
    """On your input the faulty function does what a right one does. A step from zeros is such an input: use numbers
    that are not special."""
    W, U = np.zeros((6, 3)), np.zeros((6, 3))
    candidate(W, U, *_sgns_inputs()[2:])
    assert not W.any() and not U.any()


def test_sgns_step__output_table_of_zeros(candidate):
    """Your test catches the fault in one form only. With zeros in `U` the center's row does not move, in a faulty
    function neither. Fill both tables with numbers that are not special."""
    inputs = _sgns_inputs()
    inputs[1][:] = 0.0
    W, U = _sgns_wanted(*inputs)
    candidate(*inputs)
    assert np.allclose(inputs[0], W) and np.allclose(inputs[1], U)


def test_sgns_step__uphill(candidate):
    """Your test fails for right functions too. Two causes are common. You compute what you expect from tables that
    `candidate` has already changed: copy them first. Or the step that you expect has the wrong sign or size."""
    inputs = _sgns_inputs()
    W, U = _sgns_wanted(*inputs, sign=-1.0)
    candidate(*inputs)
    assert np.allclose(inputs[0], W) and np.allclose(inputs[1], U)


def test_sgns_step__to_the_last_bit(candidate):
    """Your test fails for a right function that rounds in another way. Compare floats with a tolerance."""
    inputs = _sgns_inputs()
    W, U = inputs[0].copy(), inputs[1].copy()
    h, rows = W[2].copy(), U[inputs[3]].copy()
    errors = 1 / (1 + np.exp(-rows @ h)) - inputs[4]
    W[2] = h - 0.5 * errors @ rows
    U[inputs[3]] = rows - 0.5 * np.outer(errors, h)
    candidate(*inputs)
    assert np.array_equal(inputs[0], W) and np.array_equal(inputs[1], U)


def test_sgns_step__one_table(candidate):
    """Your test looks at one of the two tables. The same fault can sit in the other one."""
    inputs = _sgns_inputs()
    W, _ = _sgns_wanted(*inputs)
    candidate(*inputs)
    assert np.allclose(inputs[0], W)


def test_sgns_step__returns_a_verdict(candidate):
    """Your test returns False where it should raise. Nobody looks at what a test returns: write `assert`."""
    inputs = _sgns_inputs()
    W, U = _sgns_wanted(*inputs)
    candidate(*inputs)
    return bool(np.allclose(inputs[0], W) and np.allclose(inputs[1], U))


GOLD = ["tea", "oslo", "drum"]


def test_share_right__never_calls(candidate):
    """Your test never calls `candidate`. It tests something else, every time."""
    assert sum(a == b for a, b in zip(GOLD, GOLD)) == 3


def test_share_right__between_0_and_1(candidate):
    """The fault showed while your test ran, and it looked elsewhere. Many wrong numbers lie between 0 and 1: say which
    one you expect."""
    assert 0 <= candidate(["tea", "?", "?"], GOLD) <= 1


def test_share_right__published_example(candidate):
    """On your input the faulty function gives what a right one gives. Leave the example of the book: make up answers
    for which another share is right."""
    assert abs(candidate(["a", "b", "c", "?"], ["a", "b", "c", "d"]) - 0.75) < 1e-9


def test_share_right__percent(candidate):
    """Your test fails for right functions too. A share lies between 0 and 1; it is neither a count nor a percentage.
    Run the test on your mended fragment, and read the error."""
    assert abs(candidate(["tea", "?", "?"], GOLD) - 100 / 3) < 0.1


def test_share_right__to_the_last_bit(candidate):
    """Your test fails for a right function that rounds in another way. Compare floats with a tolerance."""
    assert [candidate(GOLD[:n] + ["?"] * (3 - n), GOLD) for n in range(4)] == [0.0, 1 / 3, 2 / 3, 1.0]


def test_share_right__numbers_differ(candidate):
    """It is not enough that two inputs of different lengths get different numbers. Keep the number of questions, and
    change the answers."""
    assert candidate(["tea", "?", "?"], GOLD) != candidate(GOLD + ["a", "b", "c"], GOLD + ["a", "b", "?"])


def test_share_right__returns_a_verdict(candidate):
    """Your test returns False where it should raise. Nobody looks at what a test returns: write `assert`."""
    return all(abs(candidate(GOLD[:n] + ["?"] * (3 - n), GOLD) - n / 3) < 1e-9 for n in range(4))


def _adam_inputs(rows=(0, 3)):
    table, m, v = np.random.default_rng(0).uniform(0.1, 1.0, size=(3, 6, 2))
    return table, m, v, np.array(rows), np.ones((len(rows), 2)), 4, 0.1


def test_adam_rows__never_calls(candidate):
    """Your test never calls `candidate`. It tests something else, every time."""
    assert _adam_inputs()[0].shape == (6, 2)


def test_adam_rows__rows_moved(candidate):
    """The fault showed while your test ran, and it looked elsewhere. Besides the rows that should move, there are all
    the others."""
    inputs = _adam_inputs()
    before = inputs[0].copy()
    candidate(*inputs)
    assert (inputs[0][[0, 3]] != before[[0, 3]]).all() and inputs[0].shape == before.shape


def test_adam_rows__first_step(candidate):
    """On your input the faulty function does what a right one does. Adam has a memory: what does it hold at the very
    first step, and what later?"""
    table, _, _, rows, gradient, _, eta = _adam_inputs()
    before = table.copy()
    candidate(table, np.zeros((6, 2)), np.zeros((6, 2)), rows, gradient, 1, eta)
    assert np.array_equal(table[[1, 2, 4, 5]], before[[1, 2, 4, 5]])
    assert np.allclose(table[rows], before[rows] - eta)


def test_adam_rows__plain_gradient_step(candidate):
    """Your test fails for right functions too. The numbers that you expect are not those of Adam: it divides by the
    square root of the second moment, and both moments are corrected for their start at zero. Run the test on your
    mended fragment, and read the error."""
    inputs = _adam_inputs()
    wanted = inputs[0].copy()
    wanted[[0, 3]] -= 0.1
    candidate(*inputs)
    assert np.allclose(inputs[0], wanted)


def test_adam_rows__to_the_last_bit(candidate):
    """Your test fails for a right function that rounds in another way. Compare the rows that move with a tolerance."""
    table, m, v, rows, gradient, t, eta = np.random.default_rng(1).uniform(0.1, 1.0, (40, 8)), *_adam_inputs()[1:]
    m, v = np.random.default_rng(2).uniform(0.1, 1.0, (2, 40, 8))
    rows, gradient = np.arange(0, 40, 3), np.random.default_rng(3).normal(size=(14, 8))
    wanted = table.copy()
    m_new, v_new = 0.9 * m[rows] + 0.1 * gradient, 0.999 * v[rows] + 0.001 * gradient**2
    wanted[rows] -= eta * (m_new / (1 - 0.9**t)) / (np.sqrt(v_new / (1 - 0.999**t)) + 1e-8)
    candidate(table, m, v, rows, gradient, t, eta)
    assert np.array_equal(table, wanted)


def test_adam_rows__neighboring_rows(candidate):
    """In your input the rows that occur stand side by side. A function may move the rows in between as well: leave
    gaps."""
    inputs = _adam_inputs(rows=(2, 3))
    before = inputs[0].copy()
    candidate(*inputs)
    assert np.array_equal(inputs[0][[0, 1, 4, 5]], before[[0, 1, 4, 5]])


def test_adam_rows__returns_a_verdict(candidate):
    """Your test returns False where it should raise. Nobody looks at what a test returns: write `assert`."""
    inputs = _adam_inputs()
    before = inputs[0].copy()
    candidate(*inputs)
    return np.array_equal(inputs[0][[1, 2, 4, 5]], before[[1, 2, 4, 5]])


LARGE = np.array([-1000.0, -2.0, 0.0, 2.0, 1000.0])


def test_log_sigmoid__never_calls(candidate):
    """Your test never calls `candidate`. It tests something else, every time."""
    assert np.logaddexp(0, LARGE[0]) >= 0


def test_log_sigmoid__looks_at_signs(candidate):
    """The fault showed while your test ran, and it looked elsewhere. The length and the sign of the results say
    little: compare them with numbers that you are sure of."""
    found = np.array(candidate(LARGE))
    assert found.shape == LARGE.shape and (found <= 0).all()


def test_log_sigmoid__small_scores(candidate):
    """On your input the faulty function gives what a right one gives. Try scores of a size that the lesson never
    had."""
    scores = np.linspace(-3, 3, 13)
    assert np.allclose(candidate(scores), np.log(1 / (1 + np.exp(-scores))))


def test_log_sigmoid__loss(candidate):
    """Your test fails for right functions too. The logarithm of a probability is never positive: check the sign, and
    which score the formula belongs to. Floats need a tolerance. Run the test on your mended fragment, and read the
    error."""
    assert np.allclose(candidate(LARGE), np.logaddexp(0, -LARGE))


def test_log_sigmoid__arrays_only(candidate):
    """Your test fails for a right function that returns a list. Make an array of the result yourself: `np.array(…)`."""
    found = candidate(LARGE)
    assert found.shape == LARGE.shape and np.allclose(found, -np.logaddexp(0, -LARGE))


def test_log_sigmoid__to_the_last_bit(candidate):
    """Your test fails for right functions that round in another way. Compare floats with a tolerance."""
    exact = np.minimum(LARGE, 0) - np.log1p(np.exp(-np.abs(LARGE)))
    assert np.array_equal(candidate(LARGE), exact)


def test_log_sigmoid__no_flags(candidate):
    """Your test forbids every floating-point flag, and stops at an underflow. A tiny number that is rounded to 0 does
    no harm here: let flags be, and compare the results."""
    with np.errstate(all="raise"):
        found = np.array(candidate(LARGE))
    assert np.allclose(found, -np.logaddexp(0, -LARGE))


def test_log_sigmoid__finite(candidate):
    """Your test asks whether the results are finite. A finite number can be wrong as well: someone may have cut it
    off. Say which number you expect."""
    assert np.isfinite(np.array(candidate(LARGE))).all()


def test_log_sigmoid__returns_a_verdict(candidate):
    """Your test returns False where it should raise. Nobody looks at what a test returns: write `assert`."""
    return np.allclose(candidate(LARGE), -np.logaddexp(0, -LARGE))


def _rows():
    return np.array([[3.0, 0.5, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.2], [1.0, 0.0, 0.0], [-1.0, 0.3, 2.0]])


def test_nearest_rows__never_calls(candidate):
    """Your test never calls `candidate`. It tests something else, every time."""
    assert _rows().shape == (5, 3)


def test_nearest_rows__looks_at_length(candidate):
    """The fault showed while your test ran, and it looked elsewhere. How many rows come back, and that they exist,
    says little: which ones do you expect?"""
    for query in range(5):
        found = candidate(np.eye(5)[[0, 0, 1, 1, 2]], query, 2)
        assert len(found) == 2 and all(0 <= row < 5 for row in found)


def test_nearest_rows__all_alike(candidate):
    """On your input the faulty function gives what a right one gives. If all rows point the same way, none stands
    out: use rows that differ."""
    found = candidate(np.array([[1.0], [2.0], [3.0], [4.0]]), 3, 2)
    assert list(found) == [0, 1]


def test_nearest_rows__by_dot_product(candidate):
    """Your test fails for right functions too. Check the order that you expect: it goes by cosines, the highest first,
    and row numbers start at 0. Run the test on your mended fragment, and read the error."""
    table = _rows()
    order = np.argsort(table @ table[1])
    assert [int(row) for row in candidate(table, 1, 3)] == [int(row) for row in order if row != 1][:3]


def test_nearest_rows__lists_only(candidate):
    """Your test fails for a right function that returns an array. Bring the result to a list yourself: `list(…)`."""
    copies = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    assert candidate(copies, 3, 2) == [0, 2]


def test_nearest_rows__no_copies(candidate):
    """No two rows of your table point the same way. Give the query a twin that stands before it: who is dropped
    then?"""
    for query in range(5):
        assert query not in list(candidate(_rows(), query, 3))


def test_nearest_rows__pins_the_fault(candidate):
    """Your test fails for right functions and passes for the faulty one. Did you run the fragment and copy its result
    as the one to expect?"""
    assert [int(row) for row in candidate(_rows(), 3, 2)] == [3, 0]


def test_nearest_rows__returns_a_verdict(candidate):
    """Your test returns False where it should raise. Nobody looks at what a test returns: write `assert`."""
    copies = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    return list(candidate(copies, 3, 2)) == [0, 2]


TABLE, IDS = np.arange(1.0, 13.0).reshape(4, 3) / 10, np.array([[2, 0, 0, 0], [3, 1, 2, 0]])
MEANS = np.array([TABLE[2], (TABLE[3] + TABLE[1] + TABLE[2]) / 3])


def test_mean_of_words__never_calls(candidate):
    """Your test never calls `candidate`. It tests something else, every time."""
    assert MEANS.shape == (2, 3)


def test_mean_of_words__looks_at_shape(candidate):
    """The fault showed while your test ran, and it looked elsewhere. A wrong mean has the right shape: compare
    numbers."""
    found = candidate(TABLE, IDS, 0)
    assert found.shape == (2, 3) and np.isfinite(found).all()


def test_mean_of_words__full_sentences(candidate):
    """On your input the faulty function gives what a right one gives. All your sentences are equally long: what does
    `pad` stand for?"""
    assert np.allclose(candidate(TABLE, np.array([[1, 2], [3, 1]]), 0), [TABLE[[1, 2]].mean(0), TABLE[[3, 1]].mean(0)])


def test_mean_of_words__sums(candidate):
    """Your test fails for right functions too. Check by hand what you expect: each vector is divided by the number of
    real words of its own sentence. Run the test on your mended fragment, and read the error."""
    assert np.allclose(candidate(TABLE, IDS, 0), [TABLE[2], TABLE[3] + TABLE[1] + TABLE[2]])


def test_mean_of_words__to_the_last_bit(candidate):
    """Your test fails for a right function that rounds in another way. Compare floats with a tolerance."""
    table = np.random.default_rng(0).normal(size=(9, 12))
    ids = np.array([[1, 2, 3, 0], [4, 5, 6, 7], [8, 7, 6, 0]])
    mask = (ids != 0)[:, :, None]
    assert np.array_equal(candidate(table, ids, 0), (table[ids] * mask).sum(axis=1) / mask.sum(axis=1))


def test_mean_of_words__zero_padding(candidate):
    """In your table the row for padding is zero. Nobody promised that: put numbers there."""
    table = TABLE.copy()
    table[0] = 0.0
    assert np.allclose(candidate(table, IDS, 0), MEANS)


def test_mean_of_words__returns_a_verdict(candidate):
    """Your test returns False where it should raise. Nobody looks at what a test returns: write `assert`."""
    return np.allclose(candidate(TABLE, IDS, 0), MEANS)


def test_lesson_cells__never_calls(candidate):
    """Your test never calls `candidate`. The cells are what it returns: `candidate()`."""
    assert callable(candidate)


def test_lesson_cells__only_compiles(candidate):
    """Your test lets the faulty cells pass. That the cells are Python says little, and a kernel in which something is
    left over forgives much: run them, once, from top to bottom, in a namespace that starts empty."""
    for cell in candidate():
        compile(cell, "cell", "exec")


def test_lesson_cells__fresh_for_each(candidate):
    """Your test fails for right cells too. The cells of one notebook share their names: one dict for all of them, and
    only one (a second one for local names hides them from functions). Run the test on your mended fragment, and read
    the error."""
    for cell in candidate():
        exec(cell, {})


def test_lesson_cells__reads_the_text(candidate):
    """Your test fails for right cells that define a function. Either it reads the text: a function may use a name that
    gets its value later. Or it gives `exec` a second dict, which hides names from functions. Run the cells, with one
    dict."""
    known = {"print", "sum", "min", "sorted", "word", "n"}
    for cell in candidate():
        tree = ast.parse(cell)
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        known |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
        known |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert all(node.id in known for node in names)


def test_lesson_cells__reads_the_top_level(candidate):
    """Your test misses a name that is used inside a function, which is called too early. Run the cells in place of
    reading them."""
    known = {"print", "sum", "min", "sorted", "word", "n"}
    for cell in candidate():
        for statement in ast.parse(cell).body:
            if isinstance(statement, ast.FunctionDef):
                known.add(statement.name)
                continue
            names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            known |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
            assert all(node.id in known for node in names)


def test_lesson_cells__more_than_promised(candidate):
    """Your test fails for right cells that count other words. Only the name `share` is promised, neither its words nor
    its numbers, nor any other name. What holds for every dict of shares?"""
    names = {}
    for cell in candidate():
        exec(cell, names)
    assert names["total"] == 10


def test_lesson_cells__returns_a_verdict(candidate):
    """Your test catches the error and returns False. Nobody looks at what a test returns: let the error through."""
    names = {}
    try:
        for cell in candidate():
            exec(cell, names)
    except NameError:
        return False
    return True


WORDS = {"tea": np.array([1.0, 2.0, 0.1]), "rain": np.zeros(3), "drum": np.ones(3)}


def _seen(candidate):
    seen = []
    candidate(WORDS, ["drum", "tea"], seen.append)
    return seen[0]


def test_map_of_words__never_calls(candidate):
    """Your test never calls `candidate`. It tests something else, every time."""
    assert len(WORDS) == 3


def test_map_of_words__forgiving_reducer(candidate):
    """Your test lets the faulty function pass. Look at what reaches `reduce`, as it is: `len`, `np.array` and
    `np.allclose` take nearly everything, and t-SNE does not."""
    found = _seen(candidate)
    assert len(found) == 2 and np.allclose(found, [WORDS["drum"], WORDS["tea"]])


def test_map_of_words__whole_table(candidate):
    """Your test fails for right functions too. Check what you expect: one row for each of `words`, in their order, as
    wide as a vector. Other words of the table stay out. Run the test on your mended fragment, and read the error."""
    found = _seen(candidate)
    assert isinstance(found, np.ndarray) and found.shape == (3, 3)


def test_map_of_words__float64_only(candidate):
    """Your test fails for a right function that uses float32. Compare with a tolerance, and do not ask for one type of
    number."""
    found = _seen(candidate)
    assert isinstance(found, np.ndarray) and found.dtype == np.float64


def test_map_of_words__no_list(candidate):
    """You say what must not reach `reduce`. There are more kinds of things without a shape than one: say what must
    reach it."""
    assert not isinstance(_seen(candidate), list)


def test_map_of_words__returns_a_verdict(candidate):
    """Your test returns False where it should raise. Nobody looks at what a test returns: write `assert`."""
    return isinstance(_seen(candidate), np.ndarray)
