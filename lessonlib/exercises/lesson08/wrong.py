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
    return int(np.argsort(-score, kind="stable")[PLACE])


def three_cos_add__inputs_allowed(vectors, a, b, c):
    """A query row comes back as the answer. Rows a, b and c are not allowed."""
    return _pick(_sums(_unit(vectors), a, b, c))


def three_cos_add__one_input_allowed(vectors, a, b, c):
    """Some query rows are barred, and not all: each of a, b and c can come out on top."""
    score = _sums(_unit(vectors), a, b, c)
    score[[row for row, sign in ((a, SIGN_A), (b, SIGN_B), (c, SIGN_C)) if sign > 0][-1]] = -np.inf
    return _pick(score)


def three_cos_add__subtracted_allowed(vectors, a, b, c):
    """Only the two query rows that you add are barred. The one that you subtract is no answer either."""
    score = _sums(_unit(vectors), a, b, c)
    score[[row for row, sign in ((a, SIGN_A), (b, SIGN_B), (c, SIGN_C)) if sign > 0]] = -np.inf
    return _pick(score)


def three_cos_add__barred_with_minus_one(vectors, a, b, c):
    """You give the query rows a score such as -1. A score is made of three cosines and reaches down to -3, so -1 and
    even -2 can win."""
    score = _sums(_unit(vectors), a, b, c)
    score[[a, b, c]] = -1.0
    return _pick(score)


def three_cos_add__zero_row_skipped(vectors, a, b, c):
    """You divide a row of zeros by its length, and then leave out the NaN. Such a row has the cosine 0 with everything,
    which can be the best score."""
    unit = _unit(vectors)
    score = np.where(unit.any(axis=1), _sums(unit, a, b, c), -np.inf)
    score[[a, b, c]] = -np.inf
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
    """Your ranks are right. The short formula with squared rank differences holds only without equal values: correlate
    the ranks."""
    x, y = (_mean_ranks(values) for values in _known(x, y))
    if len(set(x)) < 2 or len(set(y)) < 2:
        return 0.0
    return float(1 - 6 * ((x - y) ** 2).sum() / (len(x) * (len(x) ** 2 - 1)))


def _short(x, y):
    x, y = (_mean_ranks(values) for values in _known(x, y))
    return float(1 - 6 * ((x - y) ** 2).sum() / (len(x) * (len(x) ** 2 - 1)))


def spearman_rho__short_formula_alone(x, y):
    """Your ranks are right. The short formula with squared rank differences holds only without equal values, and it
    returns a number even where a side has no order. Correlate the ranks."""
    return _short(x, y) if (~np.isnan(x + y)).sum() > 1 else 0.0


def spearman_rho__short_formula_divides_by_zero(x, y):
    """Your ranks are right. The short formula with squared rank differences holds only without equal values, and it
    divides by zero if one pair is left. Correlate the ranks."""
    return _short(x, y) if (~np.isnan(x + y)).sum() > 1 else float("nan")


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


def without_direction__not_of_length_1(vectors, pairs):
    """Your direction is not of length 1: the singular value is still in it. Too much is taken out then."""
    _, sizes, components = np.linalg.svd(_steps(_unit(vectors), pairs), full_matrices=False)
    return _projected(vectors, (sizes[:, None] * components)[:SIZE])


def without_direction__mean_not_of_length_1(vectors, pairs):
    """You take the mean of the differences as your direction, and not with length 1. The principal components of the
    differences are asked for, and they have length 1."""
    return _projected(vectors, _steps(_unit(vectors), pairs).mean(axis=0)[None, :])


def without_direction__projection_returned(vectors, pairs):
    """You return the part that should be taken out. The rest of each row is asked for."""
    return vectors - _projected(vectors, _components(_steps(_unit(vectors), pairs), SIZE))


def without_direction__added(vectors, pairs):
    """You add where you should subtract: rows reach further along the direction than before."""
    return 2 * vectors - _projected(vectors, _components(_steps(_unit(vectors), pairs), SIZE))


def without_direction__last_components(vectors, pairs):
    """You take the components with the smallest singular values. What the pairs share has the largest."""
    components = np.linalg.svd(_steps(_unit(vectors), pairs), full_matrices=False)[2]
    return _projected(vectors, components[-SIZE:])


def without_direction__column(vectors, pairs):
    """You take a column of the third thing that `svd` returns. Its rows are the components."""
    components = np.linalg.svd(_steps(_unit(vectors), pairs))[2]
    return _projected(vectors, components[:, :SIZE].T)


def without_direction__other_number(vectors, pairs):
    """The number of components is not the one that is asked for. Read the statement once more."""
    return _projected(vectors, _components(_steps(_unit(vectors), pairs), 3 - SIZE))


def without_direction__pair_by_pair(vectors, pairs):
    """You take out the difference of each pair, one after the other. Only what all pairs share is asked for."""
    result, unit = vectors.copy(), _unit(vectors)
    for pair in pairs:
        result = _projected(result, _components(_steps(unit, [pair]), 1))
    return result
