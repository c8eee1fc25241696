"""WEAT against the formulas written out, its p-value against its definition; directions against what was planted."""

import itertools

import numpy as np
import pytest

from lessonlib import bias
from tests.unit.test_evaluate import keyed

X, Y, A, B = (tuple(f"{name}{i}" for i in range(n)) for name, n in (("x", 5), ("y", 5), ("a", 4), ("b", 3)))


def planted(shift, seed=0, size=12, targets=5):
    """Random vectors in which x leans to a and y to b by `shift`."""
    rng = np.random.default_rng(seed)
    words = [f"{name}{i}" for name in "xyab" for i in range(targets)]
    vectors = rng.normal(size=(len(words), size))
    vectors[:, 0] += [shift * {"x": 1, "y": -1, "a": 1, "b": -1}[word[0]] for word in words]
    return keyed(words, vectors)


def naive_associations(wv, words, a, b):
    def cosine(u, v):
        return wv[u] @ wv[v] / np.sqrt((wv[u] @ wv[u]) * (wv[v] @ wv[v]))

    return {w: np.mean([cosine(w, x) for x in a]) - np.mean([cosine(w, x) for x in b]) for w in words}


def test_weat_is_what_the_paper_writes():
    wv = planted(0.4)
    found = bias.weat(wv, X, Y, A, B)
    s = naive_associations(wv, [*X, *Y], A, B)
    assert found.statistic == pytest.approx(sum(s[w] for w in X) - sum(s[w] for w in Y))
    means = np.mean([s[w] for w in X]) - np.mean([s[w] for w in Y])
    assert found.effect == pytest.approx(means / np.std(list(s.values()), ddof=1))
    partings = list(itertools.combinations([*X, *Y], 5))
    sums = [sum(s[w] for w in half) - sum(s[w] for w in s if w not in half) for half in partings]
    assert found.exact and found.p == pytest.approx(np.mean([total >= found.statistic - 1e-9 for total in sums]))
    np.testing.assert_allclose(bias.associations(wv, X, A, B), [s[w] for w in X])


def test_lengths_of_vectors_do_not_count():
    wv, longer = planted(0.4), planted(0.4)
    longer.vectors *= np.random.default_rng(1).uniform(0.1, 9, (len(longer), 1))
    np.testing.assert_allclose(bias.weat(wv, X, Y, A, B), bias.weat(longer, X, Y, A, B))


def test_a_sample_of_partings_comes_close_to_all_of_them():
    wv = planted(0.12)
    every = bias.weat(wv, X, Y, A, B)
    some = bias.weat(wv, X, Y, A, B, permutations=251, seed=5)  # there are 252
    assert not some.exact and 0.02 < every.p < 0.98
    assert some.p == pytest.approx(every.p, abs=4 * np.sqrt(every.p * (1 - every.p) / 251) + 1 / 252)
    assert some == bias.weat(wv, X, Y, A, B, permutations=251, seed=5) != bias.weat(wv, X, Y, A, B, permutations=250)
    assert str(every).startswith(f"effect {every.effect:+.2f}, p = ") and "p ≈" in str(some)


def test_p_is_uniform_when_nothing_is_planted():
    """Of 200 unbiased worlds about 5 in 100 are called biased at p <= .05, no more (measured: 6 of 200)."""
    p = np.array([bias.weat(planted(0, seed), X, Y, A, B).p for seed in range(200)])
    assert 2 <= (p <= 0.05).sum() <= 20 and 0.4 < p.mean() < 0.6


def test_planted_bias_is_found_and_turned_round_it_is_not():
    wv = planted(4.0)
    assert bias.weat(wv, X, Y, A, B).p == pytest.approx(1 / 252) and bias.weat(wv, X, Y, A, B).effect > 1.5
    assert bias.weat(wv, Y, X, A, B).p == 1 and bias.weat(wv, Y, X, A, B).effect < -1.5
    same = keyed([*X, *Y, *A, *B], np.ones((17, 3)))
    assert bias.weat(same, X, Y, A, B)[:3] == (0, 0, 1)


def test_direction_is_the_planted_one_whatever_the_pairs_mean_is():
    rng = np.random.default_rng(0)
    g = rng.normal(size=30)
    g /= np.linalg.norm(g)
    words = [f"{side}{i}" for i in range(12) for side in "mf"]
    middle = np.repeat(rng.normal(size=(12, 30)), 2, axis=0)
    wv = keyed(words, middle + np.tile([[-2.0], [2.0]], (12, 1)) * g + 0.01 * rng.normal(size=(24, 30)))
    pairs = [(f"m{i}", f"f{i}") for i in range(12)]
    found = bias.direction(wv, pairs)
    assert np.linalg.norm(found) == pytest.approx(1) and found @ g > 0.95
    np.testing.assert_allclose(bias.direction(wv, [(b, a) for a, b in pairs]), -found)


def test_projected_out_nothing_is_left_along_it_and_all_else_stays():
    wv = planted(1.0)
    g = np.random.default_rng(2).normal(size=12)
    before = wv.vectors.copy()
    out = bias.project_out(wv, 3 * g)
    np.testing.assert_array_equal(wv.vectors, before)
    np.testing.assert_allclose(out.vectors @ g, 0, atol=1e-9)
    other = np.random.default_rng(3).normal(size=12)
    other -= (other @ g) / (g @ g) * g
    np.testing.assert_allclose(out.vectors @ other, before @ other)
    assert out.index_to_key == wv.index_to_key and out.vectors.dtype == wv.vectors.dtype
    some = bias.project_out(wv, g, ["x0", "y1"])
    changed = np.abs(some.vectors - before).max(axis=1) > 0
    assert [wv.index_to_key[i] for i in np.flatnonzero(changed)] == ["x0", "y1"]


@pytest.mark.parametrize(
    ("call", "error", "named"),
    [
        (lambda wv: bias.weat(wv, X, Y[:3], A, B), ValueError, "X, Y: have 5 and 3"),
        (lambda wv: bias.weat(wv, X, (*Y[:4], "x0"), A, B), ValueError, "'x0' is in both"),
        (lambda wv: bias.weat(wv, X[:1], Y[:1], A, B), ValueError, "len"),
        (lambda wv: bias.weat(wv, X, Y, (), B), ValueError, "A: is empty"),
        (lambda wv: bias.weat(wv, X, Y, A, B, permutations=0), ValueError, "permutations"),
        (lambda wv: bias.weat(wv, X, Y, A, ("b9x",)), KeyError, "b"),
        (lambda wv: bias.direction(wv, []), ValueError, "pairs: none"),
        (lambda wv: bias.direction(wv, [("x0", "x0")]), ValueError, "no direction"),
        (lambda wv: bias.project_out(wv, np.ones(3)), ValueError, r"shape \(3,\), expected \(12,\)"),
        (lambda wv: bias.project_out(wv, np.zeros(12)), ValueError, "not all zeros"),
        (lambda wv: bias.project_out(wv, np.ones(12), ["q"]), KeyError, "q"),
    ],
)
def test_errors_are_one_line_that_names_the_parameter(call, error, named):
    with pytest.raises(error, match=named) as caught:
        call(planted(0))
    assert "\n" not in str(caught.value)
