"""Measures of a picture's honesty against loops that follow their definitions."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from lessonlib import faithful


def clouds(n=40, d=8, seed=0):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, d))
    return vectors, vectors[:, :2] + 0.5 * rng.normal(size=(n, 2))


def ranks(distance, i):
    """The other points, nearest first."""
    return sorted((j for j in range(len(distance)) if j != i), key=lambda j: (distance[i][j], j))


def distance_tables(vectors, flat):
    lengths = [np.sqrt(v @ v) for v in vectors]
    n = len(vectors)
    above = [[1 - vectors[i] @ vectors[j] / (lengths[i] * lengths[j]) for j in range(n)] for i in range(n)]
    return above, [[np.sqrt(((flat[i] - flat[j]) ** 2).sum()) for j in range(n)] for i in range(n)]


@pytest.mark.parametrize("k", [1, 5, 12])
def test_all_three_equal_their_definitions(k):
    vectors, flat = clouds()
    above, below = distance_tables(vectors, flat)
    n, kept, penalty = len(vectors), 0, 0
    for i in range(n):
        true_order, near = ranks(above, i), ranks(below, i)[:k]
        kept += len({*true_order[:k]} & {*near}) / k / n
        penalty += sum(max(0, true_order.index(j) + 1 - k) for j in near)
    assert faithful.neighborhood_preservation(vectors, flat, k) == pytest.approx(kept)
    expected = 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * penalty  # Venna & Kaski 2001
    assert faithful.trustworthiness(vectors, flat, k) == pytest.approx(expected)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    rho = spearmanr([above[i][j] for i, j in pairs], [below[i][j] for i, j in pairs]).statistic
    assert faithful.distance_rank_correlation(vectors, flat) == pytest.approx(rho)


def test_a_perfect_picture_has_one_and_a_random_one_chance():
    angle = np.random.default_rng(0).uniform(0, 2, 300)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)  # on half a circle both distances order alike
    for measure in (faithful.neighborhood_preservation, faithful.trustworthiness):
        assert measure(5 * circle, circle, 10) == pytest.approx(1)
    assert faithful.distance_rank_correlation(circle, circle) == pytest.approx(1)
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(300, 2))
    assert abs(faithful.neighborhood_preservation(circle, noise, 10) - 10 / 299) < 0.015
    assert abs(faithful.trustworthiness(circle, noise, 10) - 0.5) < 0.05
    assert abs(faithful.distance_rank_correlation(circle, noise)) < 0.1


def test_turning_moving_and_scaling_the_picture_changes_nothing():
    vectors, flat = clouds(60)
    turned = 40 * flat @ np.array([[0.6, -0.8], [0.8, 0.6]]) + [3, -7]
    for measure in (
        faithful.neighborhood_preservation, faithful.trustworthiness, faithful.distance_rank_correlation
    ):  # fmt: skip
        assert measure(vectors, turned) == pytest.approx(measure(vectors, flat))
        assert measure(vectors * np.arange(1, 61)[:, None], flat) == pytest.approx(measure(vectors, flat))


def test_inputs_are_not_changed_and_errors_are_one_line():
    vectors, flat = clouds()
    copies = vectors.copy(), flat.copy()
    faithful.neighborhood_preservation(vectors, flat)
    np.testing.assert_array_equal(copies[0], vectors)
    np.testing.assert_array_equal(copies[1], flat)
    for call, named in (
        (lambda: faithful.trustworthiness(vectors, flat, 20), "k=20: with 40 points at most 19"),
        (lambda: faithful.neighborhood_preservation(vectors, flat, 40), "k=40"),
        (lambda: faithful.neighborhood_preservation(vectors, flat, 0), "k"),
        (lambda: faithful.neighborhood_preservation(vectors, flat[:9]), "shapes"),
        (lambda: faithful.distance_rank_correlation(vectors * np.nan, flat), "vectors: a number is NaN"),
    ):
        with pytest.raises(ValueError, match=named):
            call()
