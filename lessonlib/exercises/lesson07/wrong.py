"""Wrong answers that people give in lesson 07. The docstring is the hint that the learner reads."""

from __future__ import annotations

import numpy as np

ACROSS, UP, SIGN = 0, 1, 1
ORDER = 2


def _directions(centered):
    return np.linalg.svd(centered, full_matrices=False)[2]


def _signed(plane):
    largest = plane[np.abs(plane).argmax(axis=0), [0, 1]]
    return np.where(largest * SIGN < 0, -plane, plane)


def pca_plane__not_centered(vectors):
    """You forgot to move the mean of the cloud to zero. The first direction then points at the mean."""
    return _signed(vectors @ _directions(vectors)[[ACROSS, UP]].T)


def pca_plane__rows_centered(vectors):
    """You took the mean of each word over its dimensions. The mean of the cloud has $d$ numbers: mind the axis."""
    centered = vectors - vectors.mean(axis=1, keepdims=True)
    return _signed(centered @ _directions(centered)[[ACROSS, UP]].T)


def pca_plane__any_sign(vectors):
    """Right up to mirrors. The sign of a singular vector is left to the program: fix it by the rule."""
    centered = vectors - vectors.mean(axis=0)
    return centered @ _directions(centered)[[ACROSS, UP]].T


def pca_plane__sign_of_direction(vectors):
    """You look at the largest number of the *direction*. The rule looks at the coordinates of the words."""
    centered = vectors - vectors.mean(axis=0)
    B = _directions(centered)[[ACROSS, UP]].T
    return centered @ (B * SIGN * np.sign(B[np.abs(B).argmax(axis=0), [0, 1]]))


def pca_plane__one_sign_for_both(vectors):
    """You turn both columns together. Each column has a sign of its own."""
    centered = vectors - vectors.mean(axis=0)
    plane = centered @ _directions(centered)[[ACROSS, UP]].T
    largest = plane.flat[np.abs(plane).argmax()]
    return -plane if largest * SIGN < 0 else plane


def pca_plane__columns_for_rows(vectors):
    """You took columns of the last matrix. `np.linalg.svd` returns it transposed: its *rows* are the directions."""
    centered = vectors - vectors.mean(axis=0)
    return _signed(centered @ np.linalg.svd(centered)[2][:, [ACROSS, UP]])


def pca_plane__equal_widths(vectors):
    """Both columns have the same spread. You returned the left singular vectors; the singular values are missing."""
    left = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)[0]
    return _signed(left[:, [ACROSS, UP]])


def pca_plane__columns_swapped(vectors):
    """Your two columns are in the other order. Which is wider? (`np.linalg.eigh` puts the widest direction last.)"""
    centered = vectors - vectors.mean(axis=0)
    return _signed(centered @ _directions(centered)[[UP, ACROSS]].T)


def pca_plane__narrowest(vectors):
    """You took the two *narrowest* directions: `np.linalg.eigh` puts the smallest eigenvalue first."""
    centered = vectors - vectors.mean(axis=0)
    return _signed(centered @ np.linalg.eigh(centered.T @ centered)[1][:, [ACROSS, UP]])


def pca_plane__standardized(vectors):
    """You divided each dimension by its standard deviation. That is another analysis, and it can divide by zero."""
    scaled = (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)
    return _signed(scaled @ _directions(scaled)[[ACROSS, UP]].T)


def pca_plane__in_place(vectors):
    """Your function writes into its argument: `-=` changes the caller's table. Make a new array."""
    vectors -= vectors.mean(axis=0)
    return _signed(vectors @ _directions(vectors)[[ACROSS, UP]].T)


def _cosines(vectors):
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return units @ units.T


def _gaps(flat):
    return np.linalg.norm(flat[:, None] - flat, ord=ORDER, axis=2)


def _nearest(far, k):
    far = far.astype(float)
    np.fill_diagonal(far, np.inf)
    return np.argsort(far, axis=1)[:, :k]


def _shares(truth, shown, k):
    return np.array([len(set(a) & set(b)) / k for a, b in zip(truth, shown)])


def kept_neighbors__two_faults(vectors, flat, k):
    """Both faults are still there. Who is nearest to a word, and should the length of a vector matter?"""
    above = ((vectors[:, None] - vectors) ** 2).sum(axis=2)
    below = np.linalg.norm(flat[:, None] - flat, ord=ORDER, axis=2)
    truth = np.argsort(above, axis=1)[:, :k]
    shown = np.argsort(below, axis=1)[:, :k]
    return np.array([len(set(a) & set(b)) / k for a, b in zip(truth, shown)])


def kept_neighbors__counts_itself(vectors, flat, k):
    """One fault is mended. But each word is still its own nearest neighbor, in the table and in the picture."""
    truth = np.argsort(-_cosines(vectors), axis=1)[:, :k]
    return _shares(truth, np.argsort(_gaps(flat), axis=1)[:, :k], k)


def kept_neighbors__raw_distances(vectors, flat, k):
    """One fault is mended. But you rank the neighbors in the table by distance, and cosines are asked for."""
    above = ((vectors[:, None] - vectors) ** 2).sum(axis=2)
    return _shares(_nearest(above, k), _nearest(_gaps(flat), k), k)


def kept_neighbors__dot_products(vectors, flat, k):
    """You rank by dot products. Long vectors then become neighbors of everybody: a cosine divides by both lengths."""
    return _shares(_nearest(-(vectors @ vectors.T), k), _nearest(_gaps(flat), k), k)


def kept_neighbors__cosines_in_picture(vectors, flat, k):
    """You use cosines in the picture too. There, near means a small distance; its middle is no special point."""
    return _shares(_nearest(-_cosines(vectors), k), _nearest(-_cosines(flat), k), k)


def kept_neighbors__farthest(vectors, flat, k):
    """You found the words with the *smallest* cosines. A distance is small for near words, a cosine is large."""
    return _shares(_nearest(_cosines(vectors), k), _nearest(_gaps(flat), k), k)


def kept_neighbors__same_rank(vectors, flat, k):
    """You count a neighbor only if it has the same rank in both lists. Any place among the nearest is good enough."""
    truth, shown = _nearest(-_cosines(vectors), k), _nearest(_gaps(flat), k)
    return np.array([sum(x == y for x, y in zip(a, b)) / k for a, b in zip(truth, shown)])


def kept_neighbors__counts(vectors, flat, k):
    """These are the numbers of kept neighbors. Divide them by $k$, so that they become shares from 0 to 1."""
    return k * _shares(_nearest(-_cosines(vectors), k), _nearest(_gaps(flat), k), k)


def kept_neighbors__one_number(vectors, flat, k):
    """This is the mean over all words, as in the lesson. Here the share of each word is asked for, in an array (n,)."""
    truth, shown = _nearest(-_cosines(vectors), k), _nearest(_gaps(flat), k)
    return float(_shares(truth, shown, k).mean())
