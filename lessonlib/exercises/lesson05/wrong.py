"""Wrong answers that people give in lesson 05. The docstring is the hint that the learner reads."""

from __future__ import annotations

import numpy as np

POWER = -1.0
X_MAX, EXPONENT = 100, 0.75
FACTOR, SIGN, LIMIT = 0.5, 1, 100


def _count(sentences, V, window, weight=lambda gap: gap**POWER, first=1):
    X = np.zeros((V, V))
    for ids in sentences:
        for gap in range(first, window + 1):
            for i, j in zip(ids, ids[gap:]):
                if i >= 0 and j >= 0:
                    X[i, j] += weight(gap)
                    X[j, i] += weight(gap)
    return X


def weighted_cooccurrence__right_side_only(sentences, vocabulary_size, window):
    """Your table is not symmetric: you count each pair of places once. Each of the two words is a center in its
    turn."""
    X = np.zeros((vocabulary_size, vocabulary_size))
    for ids in sentences:
        for gap in range(1, window + 1):
            for i, j in zip(ids, ids[gap:]):
                if i >= 0 and j >= 0:
                    X[i, j] += gap**POWER
    return X


def weighted_cooccurrence__across_sentences(sentences, vocabulary_size, window):
    """The last words of a sentence and the first of the next are no neighbors. Begin anew with each sentence."""
    return _count([[i for ids in sentences for i in ids]], vocabulary_size, window)


def weighted_cooccurrence__one_short(sentences, vocabulary_size, window):
    """The farthest place of the window is missing. `range(a, b)` stops before b."""
    return _count(sentences, vocabulary_size, window - 1)


def weighted_cooccurrence__no_discount(sentences, vocabulary_size, window):
    """Every neighbor counts 1 with you, near or far. The weight depends on the distance."""
    return _count(sentences, vocabulary_size, window, weight=lambda gap: 1.0)


def weighted_cooccurrence__as_dynamic_window(sentences, vocabulary_size, window):
    """Your weights fall in equal steps, as those of word2vec's dynamic window do. The rule here is another one."""
    return _count(sentences, vocabulary_size, window, weight=lambda gap: (window - gap + 1) / window)


def weighted_cooccurrence__repeats_lost(sentences, vocabulary_size, window):
    """Pairs that occur more than once are counted once. `X[rows, columns] += …` keeps one change for each cell; and
    `=` overwrites what was there."""
    X = np.zeros((vocabulary_size, vocabulary_size))
    for ids in sentences:
        for gap in range(1, window + 1):
            a, b = np.array(ids[:-gap], dtype=int), np.array(ids[gap:], dtype=int)
            known = (a >= 0) & (b >= 0)
            X[a[known], b[known]] += gap**POWER
            X[b[known], a[known]] += gap**POWER
    return X


def weighted_cooccurrence__never_with_itself(sentences, vocabulary_size, window):
    """A word that occurs twice in a window is a neighbor of itself: the diagonal counts too. Only a place is never
    its own neighbor."""
    X = _count(sentences, vocabulary_size, window)
    np.fill_diagonal(X, 0)
    return X


def weighted_cooccurrence__minus_one_is_last(sentences, vocabulary_size, window):
    """The id -1 is counted in the last row: a negative index counts from the end. Words without an id count nothing."""
    X = np.zeros((vocabulary_size, vocabulary_size))
    for ids in sentences:
        for gap in range(1, window + 1):
            for i, j in zip(ids, ids[gap:]):
                X[i, j] += gap**POWER
                X[j, i] += gap**POWER
    return X


def weighted_cooccurrence__closes_the_gap(sentences, vocabulary_size, window):
    """You take out words without an id first, and their neighbors move together. Such a word keeps its place."""
    return _count([[i for i in ids if i >= 0] for ids in sentences], vocabulary_size, window)


def glove_weight__in_place(X):
    """Your function divides the caller's table and cuts it off, so the logarithms that are taken of it next are
    wrong. It also fails on whole numbers. Make a new array."""
    X /= X_MAX
    X[X > 1] = 1
    return X**EXPONENT


def glove_weight__no_cap(X):
    """Large counts get more than 1. From the limit on, the weight stays 1."""
    return (X / X_MAX) ** EXPONENT


def glove_weight__linear(X):
    """Your weight grows in a straight line. There is a power in the formula."""
    return np.minimum(1, X / X_MAX)


def glove_weight__power_of_count_only(X):
    """The power belongs to the whole quotient, not to the count alone."""
    return np.minimum(1, X**EXPONENT / X_MAX)


def glove_weight__largest_is_one(X):
    """Your weight of a pair changes with the other pairs. The limit is a constant, not the largest count."""
    top = X.max() if X.size and X.max() > 0 else 1
    return (X / top) ** EXPONENT


def glove_weight__largest_of_anything(X):
    """Your weight of a pair changes with the other pairs: you divide by the largest count there is. The limit is a
    constant, for a table of zeros or an empty one too."""
    return (X / X.max()) ** EXPONENT


def glove_weight__zero_above(X):
    """Counts above the limit get the weight 0 with you. They get 1."""
    return np.where(X < X_MAX, (X / X_MAX) ** EXPONENT, 0.0)


def _parts(w, u, b, c, X_ij):
    f = np.minimum(1, X_ij / LIMIT) ** 0.75
    return f, (w * u).sum(axis=1) + b + c - np.log(np.where(X_ij > 0, X_ij, 1))


def _answer(w, u, f, miss, slope):
    """The tuple of an answer; slope is 2 factor f miss if nothing is wrong with it."""
    pull = SIGN * slope
    return FACTOR * (f * miss**2).sum(), pull[:, None] * u, pull[:, None] * w, pull, pull.copy()


def glove_loss_and_gradients__log_of_zero(w, u, b, c, X_ij):
    """Pairs that never occur give NaN: 0 times infinity is no number. Their weight is 0, but the logarithm must not
    be infinite in the first place."""
    f = np.minimum(1, X_ij / LIMIT) ** 0.75
    miss = (w * u).sum(axis=1) + b + c - np.log(X_ij)
    return _answer(w, u, f, miss, 2 * FACTOR * f * miss)


def glove_loss_and_gradients__log_of_one_more(w, u, b, c, X_ij):
    """You take the logarithm of the count plus 1. That mends ln 0, and it changes the goal of every other pair."""
    f = np.minimum(1, X_ij / LIMIT) ** 0.75
    miss = (w * u).sum(axis=1) + b + c - np.log1p(X_ij)
    return _answer(w, u, f, miss, 2 * FACTOR * f * miss)


def glove_loss_and_gradients__other_half(w, u, b, c, X_ij):
    """The loss is right, and your gradients are off by a factor 2. Is there a half in front of the sum that cancels
    the 2 of the square, or not?"""
    f, miss = _parts(w, u, b, c, X_ij)
    return _answer(w, u, f, miss, f * miss / FACTOR)


def glove_loss_and_gradients__other_direction(w, u, b, c, X_ij):
    """All your arrays point the other way. Read in the statement whether gradients or directions of descent are
    wanted."""
    f, miss = _parts(w, u, b, c, X_ij)
    return _answer(w, u, f, miss, -2 * FACTOR * f * miss)


def glove_loss_and_gradients__own_vector(w, u, b, c, X_ij):
    """In the gradient of `w` stands the other vector of the pair, `u`, and the other way round. You have them
    exchanged."""
    f, miss = _parts(w, u, b, c, X_ij)
    return _answer(u, w, f, miss, 2 * FACTOR * f * miss)


def glove_loss_and_gradients__gradient_without_weight(w, u, b, c, X_ij):
    """The weight f is in your loss and not in your gradients."""
    f, miss = _parts(w, u, b, c, X_ij)
    return _answer(w, u, f, miss, 2 * FACTOR * miss)


def glove_loss_and_gradients__no_cap(w, u, b, c, X_ij):
    """Frequent pairs get a weight above 1. The weight stays 1 from the limit on."""
    f, miss = (X_ij / LIMIT) ** 0.75, _parts(w, u, b, c, X_ij)[1]
    return _answer(w, u, f, miss, 2 * FACTOR * f * miss)


def glove_loss_and_gradients__without_biases(w, u, b, c, X_ij):
    """The two biases are missing in the miss of a pair."""
    f, miss = _parts(w, u, 0, 0, X_ij)
    return _answer(w, u, f, miss, 2 * FACTOR * f * miss)


def glove_loss_and_gradients__mean(w, u, b, c, X_ij):
    """You take the mean over the pairs. The formula has a sum."""
    f, miss = _parts(w, u, b, c, X_ij)
    loss, *gradients = _answer(w, u, f, miss, 2 * FACTOR * f * miss)
    return loss / len(b), *(gradient / len(b) for gradient in gradients)


def glove_loss_and_gradients__mean_of_loss(w, u, b, c, X_ij):
    """Your four arrays are right. Your loss is a mean over the pairs, and the formula has a sum."""
    f, miss = _parts(w, u, b, c, X_ij)
    loss, *gradients = _answer(w, u, f, miss, 2 * FACTOR * f * miss)
    return loss / len(b), *gradients
