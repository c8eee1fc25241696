"""Thinning and noise against their formulas and against counts of draws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from lessonlib.sampling import NoiseSampler, keep_probability, noise_distribution


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=50), st.sampled_from([1e-5, 1e-3, 0.1]))
def test_keep_probability_against_the_formula(counts, sample):
    kept = keep_probability(np.array(counts), sample)
    for count, p in zip(counts, kept):
        f = count / sum(counts)
        assert p == pytest.approx(min(1.0, (sample / f) ** 0.5 + sample / f), rel=1e-12)


def test_keep_probability_is_that_of_gensim():
    from gensim.models import Word2Vec

    model = Word2Vec(min_count=1, sample=1e-2)
    model.build_vocab_from_freq({"a": 5000, "b": 300, "c": 20, "d": 1})
    theirs = [model.wv.get_vecattr(word, "sample_int") / (2**32 - 1) for word in "abcd"]
    np.testing.assert_allclose(keep_probability(np.array([5000, 300, 20, 1]), 1e-2), theirs, atol=1e-6)


def test_zero_keeps_every_word():
    assert (keep_probability(np.array([9, 1]), 0) == 1).all()


def test_noise_distribution():
    np.testing.assert_allclose(noise_distribution(np.array([16, 1])), [8 / 9, 1 / 9])
    np.testing.assert_allclose(noise_distribution(np.array([16, 1]), 0), [0.5, 0.5])


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40).filter(any))
def test_the_boxes_hold_exactly_the_distribution(weights):
    target = np.array(weights) / sum(weights)
    sampler = NoiseSampler(target)
    held = (sampler.own + np.bincount(sampler.other, 1 - sampler.own, len(target))) / len(target)
    np.testing.assert_allclose(held, target, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_draws_follow_the_distribution(seed):
    target = noise_distribution(1000 / np.arange(1, 201))
    draws = NoiseSampler(target).draw(np.random.default_rng(seed), (1000, 200))
    assert draws.shape == (1000, 200) and draws.dtype == np.int32
    # p of the three seeds: 0.62, 0.27, 0.94; the smallest of 100 seeds was 0.005
    assert chisquare(np.bincount(draws.ravel(), minlength=200), target * draws.size).pvalue > 1e-3
