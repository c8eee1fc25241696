"""Wrong answers that people give in lesson 01. The docstring is the hint that the learner reads."""

from __future__ import annotations

import numpy as np

SELF = -2.0
COPIES = 1
POWER = 0.75


def _marked(table):
    np.fill_diagonal(table, SELF)
    return table


def cosine_table__dot_products(vectors):
    """These are dot products: long rows get large numbers. For cosines, the lengths have to go."""
    return _marked((vectors @ vectors.T).astype(float))


def cosine_table__one_length(vectors):
    """You divide by the length of one of the two rows only. A cosine has both lengths below the line."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return _marked((vectors / np.where(norms == 0, 1, norms)) @ vectors.T)


def cosine_table__of_columns(vectors):
    """You bring the columns to length 1. Words are rows: mind the axis."""
    norms = np.linalg.norm(vectors, axis=0, keepdims=True)
    unit = vectors / np.where(norms == 0, 1, norms)
    return _marked(unit @ unit.T)


def cosine_table__without_the_root(vectors):
    """You divide by sums of squares. The length of a row is the square root of that sum."""
    squares = (vectors**2).sum(axis=1, keepdims=True)
    unit = vectors / np.where(squares == 0, 1, squares)
    return _marked(unit @ unit.T)


def cosine_table__zero_by_zero(vectors):
    """A row of zeros has length 0, and 0/0 is NaN. Decide what to divide by in such a row."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return _marked(unit @ unit.T)


def cosine_table__diagonal_left(vectors):
    """Your cosines are right, but the diagonal still holds each word's cosine with itself. Write [[SELF]] there."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(norms == 0, 1, norms)
    return unit @ unit.T


def cosine_table__in_place(vectors):
    """Your function writes into its argument, and fails when that holds whole numbers. Make a new array."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.where(norms == 0, 1, norms)
    return _marked(vectors @ vectors.T)


def memory_bill__dense_by_one_hot(V, d, onehot_bytes, dense_bytes):
    """Your ratio is upside down. How many times larger is the one-hot table?"""
    onehot, dense = V * V * onehot_bytes / 1e6, COPIES * V * d * dense_bytes / 1e6
    return onehot, dense, dense / onehot


def memory_bill__one_row(V, d, onehot_bytes, dense_bytes):
    """That is the size of one row. The tables have a row for each of the V words."""
    onehot, dense = V * onehot_bytes / 1e6, COPIES * d * dense_bytes / 1e6
    return onehot, dense, onehot / dense


def memory_bill__binary_megabytes(V, d, onehot_bytes, dense_bytes):
    """You divide by 1024 twice. Here a megabyte is a million bytes."""
    onehot, dense = V * V * onehot_bytes / 1024**2, COPIES * V * d * dense_bytes / 1024**2
    return onehot, dense, onehot / dense


def memory_bill__bytes_left_out(V, d, onehot_bytes, dense_bytes):
    """You count numbers. The two tables may spend different numbers of bytes on each."""
    return V * V / 1e6, COPIES * V * d / 1e6, V / (COPIES * d)


def memory_bill__ratio_without_bytes(V, d, onehot_bytes, dense_bytes):
    """Your sizes are right, but the ratio is one of numbers stored, not of bytes."""
    return V * V * onehot_bytes / 1e6, COPIES * V * d * dense_bytes / 1e6, V / (COPIES * d)


def memory_bill__nothing_for_zeros(V, d, onehot_bytes, dense_bytes):
    """You store only the ones. This bill asks for rows in which every zero is stored too."""
    onehot, dense = V * onehot_bytes / 1e6, COPIES * V * d * dense_bytes / 1e6
    return onehot, dense, onehot / dense


def _pmi(X, rows=1.0, logarithm=np.log):
    """PMI where a pair was seen, 0 elsewhere."""
    contexts = X.sum(axis=0) ** POWER
    chance = X.sum(axis=1, keepdims=True) ** rows * contexts
    ratio = np.divide(X * contexts.sum(), chance, out=np.ones(X.shape), where=X > 0)
    return logarithm(ratio)


def ppmi_table__log_of_zero(X):
    """Some counts, rows or columns are zero, and you divide by them or take their logarithm. Treat only pairs seen."""
    shares = X / X.sum()
    contexts = X.sum(axis=0) ** POWER
    pmi = np.log(shares / (shares.sum(axis=1, keepdims=True) * contexts / contexts.sum()))
    return np.maximum(np.nan_to_num(pmi, nan=0.0, neginf=0.0), 0)


def ppmi_table__plain_shares(X):
    """You use the plain share of a context word. Here its count is raised to a power first: read Q(j) again."""
    chance = X.sum(axis=1, keepdims=True) * X.sum(axis=0)
    ratio = np.divide(X * X.sum(), chance, out=np.ones(X.shape), where=X > 0)
    return np.maximum(np.log(ratio), 0)


def ppmi_table__power_after_the_share(X):
    """Your powers of shares do not sum to 1. Raise the counts to the power, and divide by the sum of the powers."""
    chance = X.sum(axis=1, keepdims=True) * (X.sum(axis=0) / max(X.sum(), 1)) ** POWER
    ratio = np.divide(X, chance, out=np.ones(X.shape), where=X > 0)
    return np.maximum(np.log(ratio), 0)


def ppmi_table__keeps_negatives(X):
    """Some of your numbers are below 0. PPMI keeps the positive part only."""
    return _pmi(X)


def ppmi_table__log_to_base_2(X):
    """Your numbers are too large by one factor, 1 / ln 2. This lesson takes the natural logarithm."""
    return np.maximum(_pmi(X, logarithm=np.log2), 0)


def ppmi_table__forgets_the_center(X):
    """A frequent center gets large numbers. The chance of a pair is a product of two shares, that of its center too."""
    return np.maximum(_pmi(X, rows=0.0), 0)


def ppmi_table__joint_by_context(X):
    """You compare P(i, j) with Q(j) alone, so hardly a pair is above chance. The chance needs P(i) as a factor too."""
    contexts = X.sum(axis=0) ** POWER
    ratio = np.divide(X * contexts.sum(), max(X.sum(), 1) * contexts, out=np.ones(X.shape), where=X > 0)
    return np.maximum(np.log(ratio), 0)


def ppmi_table__whole_numbers(X):
    """Your array holds whole numbers when X does, and all digits after the point are cut off. Make it one of floats."""
    return np.maximum(_pmi(X), 0).astype(X.dtype)


def ppmi_table__no_logarithm(X):
    """This is how many times more often than by chance. PMI is the logarithm of that."""
    contexts = X.sum(axis=0) ** POWER
    chance = X.sum(axis=1, keepdims=True) * contexts
    return np.divide(X * contexts.sum(), chance, out=np.zeros(X.shape), where=X > 0)


def ppmi_table__adds_one(X):
    """You add to every count to get rid of the zeros. That changes all shares, also those of pairs that were seen."""
    return np.maximum(_pmi(X + 1), 0)


def ppmi_table__counts_for_shares(X):
    """You compare a count with a product of counts. Make shares first: the totals do not cancel."""
    contexts = X.sum(axis=0) ** POWER
    chance = X.sum(axis=1, keepdims=True) * contexts
    ratio = np.divide(X, chance, out=np.ones(X.shape), where=X > 0)
    return np.maximum(np.log(ratio), 0)
