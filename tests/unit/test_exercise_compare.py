"""Equal, of one shape, finite: properties, and nothing raises."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lessonlib.exercises.compare import equal, fault_of_shape, finite_where

numbers = st.one_of(st.booleans(), st.integers(-(2**100), 2**100), st.floats(), st.just(10**400))
arrays = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.uint64, np.bool_, np.dtype("U3")]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
leaves = st.one_of(st.none(), numbers, st.text(max_size=4), arrays)
PLAIN = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(st.text(max_size=2), st.integers(0, 3)), inner, max_size=3),
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(PLAIN, PLAIN)
def test_nothing_raises_and_equal_values_have_no_fault(first, second):
    assert isinstance(equal(first, second), bool)
    assert isinstance(finite_where(first, second), bool)
    assert isinstance(fault_of_shape(first, second), str)
    if equal(first, second):
        assert finite_where(first, second)


@settings(max_examples=200, deadline=None)
@given(PLAIN)
def test_everything_equals_itself_and_has_its_own_shape(value):
    assert equal(value, value)
    assert finite_where(value, value)


class Raises:
    def __eq__(self, other):
        raise ValueError

    __hash__ = __len__ = __array__ = __eq__


def test_foreign_objects_are_unequal_and_break_nothing():
    loop = []
    loop.append(loop)
    objects = np.empty(1, dtype=object)
    objects[0] = Raises()
    for strange in (Raises(), loop, [Raises()], objects, 1j):
        assert equal(strange, [1]) is False and equal([1], strange) is False


def test_whole_numbers_are_exact_and_floats_are_not():
    big = 4_000_000_000
    assert not equal(big, big + 1) and not equal(np.array([big]), np.array([big + 1]))
    assert not equal(2**70, 2**70 + 1) and equal(2**70, 2**70)
    assert not equal(2**63, np.inf) and not equal(10**400, 1.0) and not equal(1.0, 10**400)
    assert equal(3, 3.0 + 1e-9) and not equal(3, 3.1) and equal(np.array([3]), np.array([3.0 + 1e-9]))
    assert not equal(np.array([big]), np.array([big + 1.0]))
    assert equal(1e9, 1e9 + 100) and not equal(1e9, 1e9 + 10_000) and not equal(0.0, 1e-5)


def test_the_tolerance_belongs_to_the_expected_value():
    assert not equal(np.array([1.0]), np.array([1e12]), 1.5) and not equal(1.0, 1e12, 1.5)
    assert equal(np.ones(3), np.ones(3, np.float32)) and not equal(np.ones(3), np.ones((3, 1)))
    for special in (math.nan, math.inf, -math.inf):
        assert equal(special, special) and equal(np.array([special]), np.array([special]))
        assert not equal(1.0, special) and not equal(special, 1.0) and not equal(np.ones(1), np.array([special]))
    assert not equal(math.inf, -math.inf)


def test_kinds_are_told_apart():
    assert equal([1, (2.0,)], (1, [2])) and not equal([1], np.array([1]))
    for first, second in ((1, True), (1, "1"), (None, 0), ("a", ["a"]), ({}, []), (None, False)):
        assert not equal(first, second) and not equal(second, first)
        assert fault_of_shape(first, second)
    assert "return" in fault_of_shape(1.0, None)
    assert "(2, 3)" in fault_of_shape(np.zeros((2, 3)), np.zeros((3, 2)))
    assert not fault_of_shape([("a", "b")], [("a", "b"), ("c", "d")])
    assert "3 things" in fault_of_shape([("a", "b")], [("a", "b", "c")])
    assert "2 things" in fault_of_shape((np.zeros(2), 1.0, 2.0), (np.zeros(2), 1.0))


def test_finite_where_looks_into_dicts_and_lists():
    assert not finite_where({"a": np.ones(2)}, {"a": np.array([1, np.nan])})
    assert finite_where({"a": np.ones(2)}, {"a": "x"}) and finite_where([1.0], [None])
    assert not finite_where([1.0, (2.0,)], [1.0, (math.inf,)])
    assert finite_where([math.inf], [math.inf]) and finite_where([math.nan], [1.0])


def test_a_fault_inside_names_the_item():
    three = (1.0, np.zeros(3), np.zeros(2))
    assert fault_of_shape(three, (1.0, np.zeros((6, 3)), np.zeros(2))) == (
        "Number 2 of 3 in the result is an array of shape (6, 3) where (3,) is wanted."
    )
    nothing = fault_of_shape(three, (1.0, np.zeros(3), None))
    assert nothing == "Number 3 of 3 in the result is None where an array is wanted."
    assert fault_of_shape(np.zeros(3), None) == "It returned None where an array is wanted. Is a `return` missing?"
    assert fault_of_shape((1, 2, 3), (1, 2)) == "It returned 2 things where 3 are wanted."
    assert fault_of_shape([("a", "b")], [("a", "b", "c")]).endswith("hold 3 things where 2 are wanted.")
    assert fault_of_shape([["a"], ["b", "c"]], [["b", "c"], ["d"]]) == "" == fault_of_shape([("a", "b")], [])
