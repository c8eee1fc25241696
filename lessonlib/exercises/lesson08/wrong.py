"""Wrong answers that people give in lesson 08. The docstring is the hint that the learner reads."""

from __future__ import annotations

import numpy as np

SIGN_A, SIGN_B, SIGN_C, PLACE = -1, 1, 1, 0
FAR, NEAR, NEAR_TOO, EPSILON = 0, 1, 2, 1e-6
SIZE, SHARE = 1, 1.0


def _unit(vectors):
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def _sums(unit, a, b, c):
    return unit @ (SIGN_A * unit[a] + SIGN_B * unit[b] + SIGN_C * unit[c])


def _pick(score):
    return int(np.argsort(-score)[PLACE])


def three_cos_add__inputs_allowed(vectors, a, b, c):
    """A query row comes back as the answer. Rows a, b and c are not allowed."""
    return _pick(_sums(_unit(vectors), a, b, c))


def three_cos_add__one_input_allowed(vectors, a, b, c):
    """Some query rows are barred, and not all: each of a, b and c can come out on top."""
    score = _sums(_unit(vectors), a, b, c)
    score[[row for row, sign in ((a, SIGN_A), (b, SIGN_B), (c, SIGN_C)) if sign > 0][-1]] = -np.inf
    return _pick(score)


def three_cos_add__barred_with_zero(vectors, a, b, c):
    """You give the query rows the score 0. Scores can be negative, so 0 can still win."""
    score = _sums(_unit(vectors), a, b, c)
    score[[a, b, c]] = 0.0
    return _pick(score)


def three_cos_add__raw_vectors(vectors, a, b, c):
    """The longest rows win. Dot products are cosines only after every row has length 1."""
    score = _sums(np.asarray(vectors), a, b, c)
    score[[a, b, c]] = -np.inf
    return _pick(score)


def three_cos_add__raw_walk(vectors, a, b, c):
    """The walk is made with vectors of any length, so the longest of the three decides where it ends. Each cosine
    counts the same: bring the three rows to length 1 before you add them."""
    score = _unit(vectors) @ (SIGN_A * vectors[a] + SIGN_B * vectors[b] + SIGN_C * vectors[c])
    score[[a, b, c]] = -np.inf
    return _pick(score)


def three_cos_add__wrong_corner(vectors, a, b, c):
    """Your walk ends at another corner of the parallelogram. Check which of the three vectors is subtracted."""
    unit = _unit(vectors)
    score = unit @ (SIGN_C * unit[a] + SIGN_A * unit[b] + SIGN_B * unit[c])
    score[[a, b, c]] = -np.inf
    return _pick(score)


def _products(unit, a, b, c, epsilon):
    shifted = (unit @ unit[[a, b, c]].T + 1) / 2
    return shifted[:, NEAR] * shifted[:, NEAR_TOO] / (shifted[:, FAR] + epsilon)


def _barred(score, a, b, c):
    score[[a, b, c]] = -np.inf
    return score


def three_cos_mul__not_shifted(vectors, a, b, c):
    """Some of your factors are negative, and two of them make a plus. Move each cosine to the range 0 to 1 first."""
    unit = _unit(vectors)
    cosines = unit @ unit[[a, b, c]].T
    return _barred(cosines[:, NEAR] * cosines[:, NEAR_TOO] / (cosines[:, FAR] + EPSILON), a, b, c)


def three_cos_mul__not_halved(vectors, a, b, c):
    """Your factors reach from 0 to 2. The shift has two steps: add 1, then halve."""
    unit = _unit(vectors)
    shifted = unit @ unit[[a, b, c]].T + 1
    return _barred(shifted[:, NEAR] * shifted[:, NEAR_TOO] / (shifted[:, FAR] + EPSILON), a, b, c)


def three_cos_mul__no_epsilon(vectors, a, b, c):
    """A row that points exactly away from the unwanted word makes you divide by zero. The small constant is missing
    from the denominator, or it has another value."""
    return _barred(_products(_unit(vectors), a, b, c, 0.0), a, b, c)


def three_cos_mul__inputs_allowed(vectors, a, b, c):
    """Your query rows keep their scores. Their score is minus infinity here."""
    return _products(_unit(vectors), a, b, c, EPSILON)


def three_cos_mul__barred_with_zero(vectors, a, b, c):
    """Your query rows have the score 0. Minus infinity is asked for, which no other score can tie with."""
    score = _products(_unit(vectors), a, b, c, EPSILON)
    score[[a, b, c]] = 0.0
    return score


def three_cos_mul__raw_vectors(vectors, a, b, c):
    """You shift dot products, which can be far below -1. Cosines need rows of length 1."""
    return _barred(_products(np.asarray(vectors), a, b, c, EPSILON), a, b, c)


def three_cos_mul__wrong_denominator(vectors, a, b, c):
    """You divide by the wrong one of the three. The word to move away from stands in the denominator."""
    order = [0, 1, 2]
    order[FAR], order[NEAR] = order[NEAR], order[FAR]
    rows = [(a, b, c)[i] for i in order]
    return _barred(_products(_unit(vectors), *rows, EPSILON), a, b, c)


def _correlation(first, second):
    first, second = first - first.mean(), second - second.mean()
    size = np.sqrt((first @ first) * (second @ second))
    return float(first @ second / size) if size > 0 else 0.0


def _known(x, y):
    known = ~(np.isnan(x) | np.isnan(y))
    return (x[known], y[known]) if known.sum() > 1 else (np.zeros(2), np.zeros(2))


def _mean_ranks(values):
    return np.array([(values < v).sum() + ((values == v).sum() + 1) / 2 for v in values])


def spearman_rho__values(x, y):
    """This is the correlation of the values (Pearson's). Only their order should count."""
    return _correlation(*_known(x, y))


def spearman_rho__ties_by_place(x, y):
    """Equal values get different ranks from you, by their place in the list. They share the mean of their ranks."""
    x, y = _known(x, y)
    if len(set(x)) < 2 or len(set(y)) < 2:
        return 0.0
    return _correlation(*(np.argsort(np.argsort(v, kind="stable")).astype(float) for v in (x, y)))


def spearman_rho__ties_take_lowest(x, y):
    """Equal values all get the lowest of their ranks from you, as in sports. Here they share the mean of them."""
    x, y = _known(x, y)
    return _correlation(*(np.array([(v < one).sum() for one in v], dtype=float) for v in (x, y)))


def spearman_rho__short_formula(x, y):
    """The short formula with squared rank differences holds only without equal values. Correlate the ranks."""
    x, y = (_mean_ranks(values) for values in _known(x, y))
    if len(set(x)) < 2 or len(set(y)) < 2:
        return 0.0
    return float(1 - 6 * ((x - y) ** 2).sum() / (len(x) * (len(x) ** 2 - 1)))


def spearman_rho__constant_is_nan(x, y):
    """If all values of one side are equal, you divide 0 by 0. The answer is then 0.0 by our rule."""
    x, y = (_mean_ranks(values) for values in _known(x, y))
    x, y = x - x.mean(), y - y.mean()
    return float((x @ y) / np.sqrt((x @ x) * (y @ y)))


def spearman_rho__missing_ranked(x, y):
    """A missing value takes part in your ranking. A pair with a NaN on either side is not tested: drop it on both."""
    x, y = (np.where(np.isnan(v), np.inf, v) for v in (x, y))
    return _correlation(_mean_ranks(x), _mean_ranks(y))


def spearman_rho__other_way_round(x, y):
    """Your sign is wrong: one side is ranked from the largest, the other from the smallest."""
    x, y = _known(x, y)
    return _correlation(_mean_ranks(x), -_mean_ranks(y))


def _components(steps, size):
    return np.linalg.svd(steps, full_matrices=False)[2][:size]


def _steps(table, pairs):
    first, second = np.array(pairs).T
    return table[second] - table[first]


def _projected(vectors, components):
    return vectors - SHARE * (vectors @ components.T) @ components


def without_direction__centered(vectors, pairs):
    """You subtract the mean from the differences first, as PCA usually does. What the pairs share is that mean: you
    throw away what you look for."""
    steps = _steps(_unit(vectors), pairs)
    return _projected(vectors, _components(steps - steps.mean(axis=0), SIZE))


def without_direction__long_rows_pull(vectors, pairs):
    """Long rows pull your direction towards them. Take the differences of rows of length 1."""
    return _projected(vectors, _components(_steps(vectors, pairs), SIZE))


def without_direction__mean_step(vectors, pairs):
    """You take out the mean of the differences. The principal components of the differences are asked for: the mean
    lets two opposite differences cancel."""
    mean = _steps(_unit(vectors), pairs).mean(axis=0)
    return _projected(vectors, (mean / np.linalg.norm(mean))[None, :])


def without_direction__unit_table(vectors, pairs):
    """Your result holds rows of another length. Only the direction is computed from unit vectors; it is taken out of
    the table as it was given."""
    unit = _unit(vectors)
    return _projected(unit, _components(_steps(unit, pairs), SIZE))


def without_direction__only_pairs(vectors, pairs):
    """Only the rows named in the pairs have changed. Every row is projected."""
    changed = _projected(vectors, _components(_steps(_unit(vectors), pairs), SIZE))
    rows, result = np.unique(np.array(pairs)), vectors.copy()
    result[rows] = changed[rows]
    return result


def without_direction__in_place(vectors, pairs):
    """Your function writes into its argument. Make a new array."""
    vectors -= SHARE * vectors @ (g := _components(_steps(_unit(vectors), pairs), SIZE)).T @ g
    return vectors
