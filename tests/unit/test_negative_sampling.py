"""SGNS and CBOW: gradients, the shared negatives, and the three engines against each other."""

import numpy as np
import pytest
import torch
from torch.nn.functional import logsigmoid

from lessonlib.sampling import NoiseSampler, keep_probability, noise_distribution
from lessonlib.stream import encode
from lessonlib.text import Vocabulary, window_pairs
from lessonlib.trainers import CBOWNS, FastText, SkipGramNS, engines, noise_contrast
from lessonlib.trainers.blocks import Batch, Reader, batches
from lessonlib.trainers.engines import add_rows
from lessonlib.trainers.negative_sampling import block_loss, minus_log_sigmoid, pair_loss, sigmoid
from lessonlib.trainers.noise_contrast import words_at_once

TRAINERS = [SkipGramNS, CBOWNS, FastText]


def zipf_text(seed=0, sentences=400, V=60):
    rng = np.random.default_rng(seed)
    p = 1 / np.arange(1, V + 1)
    return [[f"w{i}" for i in rng.choice(V, rng.integers(1, 25), p=p / p.sum())] for _ in range(sentences)]


def finite_differences(f, arrays):
    for array in arrays:
        slope = np.empty_like(array)
        for index in np.ndindex(array.shape):
            kept, step = array[index], 1e-6
            array[index] = kept + step
            above = f()
            array[index] = kept - step
            slope[index] = (above - f()) / (2 * step)
            array[index] = kept
        yield slope


@pytest.mark.parametrize("seed", range(5))
def test_pair_gradients(seed):
    rng = np.random.default_rng(seed)
    arrays = [rng.normal(size=shape) for shape in ((4, 3), (4, 3), (4, 5, 3))]
    loss, *gradients = pair_loss(*arrays)
    for slope, gradient in zip(finite_differences(lambda: pair_loss(*arrays)[0], arrays), gradients):
        np.testing.assert_allclose(gradient, slope, atol=1e-7)
    h, u, n = (torch.tensor(a, requires_grad=True) for a in arrays)
    theirs = -logsigmoid((h * u).sum(1)).sum() - logsigmoid(-torch.einsum("nkd,nd->nk", n, h)).sum()
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    for gradient, tensor in zip(gradients, torch.autograd.grad(theirs, (h, u, n))):
        np.testing.assert_allclose(gradient, tensor.numpy(), atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_block_gradients(seed):
    rng = np.random.default_rng(seed)
    arrays = [rng.normal(size=shape) for shape in ((2, 4, 3), (2, 6, 3), (2, 5, 3))]
    true = rng.random((2, 4, 6)) < 0.4
    _, *gradients = block_loss(*arrays, true, 5)
    for slope, gradient in zip(finite_differences(lambda: block_loss(*arrays, true, 5)[0], arrays), gradients):
        np.testing.assert_allclose(gradient, slope, atol=1e-6)


def test_shared_negatives_expect_the_gradient_of_ordinary_ones():
    rng = np.random.default_rng(0)
    V, T, C, S, k, d, runs = 30, 4, 6, 8, 5, 3, 20_000
    U, hidden, positives = rng.normal(size=(V, d)), rng.normal(size=(1, T, d)), rng.normal(size=(1, C, d))
    true, noise = rng.random((1, T, C)) < 0.5, noise_distribution(100 / np.arange(1, V + 1))
    draws = NoiseSampler(noise).draw(rng, (runs, S))
    shared = np.array([block_loss(hidden, positives, U[n][None], true, k)[1][0] for n in draws])
    t, c = np.nonzero(true[0])
    own = NoiseSampler(noise).draw(rng, (runs, len(t), k))
    ordinary = np.zeros((runs, T, d))
    for run, negatives in enumerate(own):
        np.add.at(ordinary[run], t, pair_loss(hidden[0, t], positives[0, c], U[negatives])[1])
    error = np.sqrt(shared.var(0) / runs + ordinary.var(0) / runs)
    z = (shared.mean(0) - ordinary.mean(0)) / error
    assert np.abs(z).max() < 4  # the largest of 12 numbers; 1.0 to 2.7 over 9 seeds


def test_sigmoids_do_not_overflow():
    x = np.array([-1e4, -40, 0, 40, 1e4])
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_allclose(sigmoid(x), [0, 4.248354e-18, 0.5, 1, 1], rtol=1e-6)
        np.testing.assert_allclose(minus_log_sigmoid(x), [1e4, 40, np.log(2), 0, 0], atol=1e-12)


def test_add_rows_against_add_at():
    rng = np.random.default_rng(1)
    table, rows, changes = rng.normal(size=(9, 4)), rng.integers(0, 9, (5, 7)), rng.normal(size=(5, 7, 4))
    expected = table.copy()
    np.add.at(expected, rows, changes)
    add_rows(table, rows, changes)
    np.testing.assert_allclose(table, expected, atol=1e-12)


@pytest.mark.parametrize("block", [1, 5, 16])
def test_batches_hold_the_pairs_of_the_text_and_no_others(block):
    sentences, window = zipf_text(3, 60), 4
    vocabulary = Vocabulary.from_sentences(sentences)
    noise = NoiseSampler(noise_distribution(vocabulary.counts))
    text = encode(sentences, vocabulary)
    reader = Reader(text, np.ones(len(vocabulary)), noise, window, block, 3, 1)
    piece = reader.piece(1, 0)
    piece = piece._replace(reach=np.full_like(piece.reach, window))
    found = []
    for batch in batches(piece, window, 3):
        b, t, c = np.nonzero(batch.near)
        found += zip(batch.centers[b, t], batch.contexts[b, c])
    expected = [pair for ids in vocabulary.encode(sentences) for pair in window_pairs(list(ids), window)]
    assert sorted(found) == sorted(expected)


def test_words_are_thinned_and_reach_is_drawn_as_announced():
    sentences = zipf_text(4, 5000)
    vocabulary = Vocabulary.from_sentences(sentences)
    keep = keep_probability(vocabulary.counts, 1e-2)
    noise = NoiseSampler(noise_distribution(vocabulary.counts))
    reader = Reader(encode(sentences, vocabulary), keep, noise, 5, 16, 8, 1)
    pieces = [reader.piece(1, number) for number in range(len(reader.ranges))]
    assert len(pieces) > 2 and sum(piece.words for piece in pieces) == vocabulary.counts.sum()
    kept = sum(np.bincount(piece.ids, minlength=len(vocabulary)) for piece in pieces)
    z = (kept - vocabulary.counts * keep) / np.sqrt(vocabulary.counts * keep * (1 - keep) + 1e-9)
    assert np.abs(z[keep < 1]).max() < 4.5 and (keep < 1).sum() > 5
    assert (kept[keep == 1] == vocabulary.counts[keep == 1]).all()
    shares = np.bincount(np.concatenate([piece.reach for piece in pieces]), minlength=6) / kept.sum()
    np.testing.assert_allclose(shares, [0, 0.2, 0.2, 0.2, 0.2, 0.2], atol=0.01)
    again, other = reader.piece(1, 1), reader.piece(2, 1)
    np.testing.assert_array_equal(again.ids, pieces[1].ids)
    assert len(other.ids) != len(again.ids) or not np.array_equal(other.ids, again.ids)


def test_how_many_words_share_an_update():
    assert words_at_once(np.ones(100), alpha=0.025) == 400  # each word is met at four places
    assert words_at_once(np.array([1.0, 1.0]), alpha=0.025) == 8
    assert words_at_once(np.array([90.0, 10.0]), alpha=1.0) == 1


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("engine", ["numpy", "fast"])
@pytest.mark.parametrize("alpha", [0.025, 0.1])
@pytest.mark.parametrize("V", [3, 10, 60])
def test_training_does_not_explode_on_few_words(trainer, engine, alpha, V):
    options = dict(vector_size=10, min_count=1, sample=0, alpha=alpha, epochs=3, engine=engine)
    model = trainer(**options, workers=1 if engine == "fast" else None).fit(zipf_text(1, 300, V))
    assert np.abs(model.U).max() < 5  # 2.6 was the largest of 10 seeds
    assert model.losses[-1] < model.losses[0] + 0.01


@pytest.mark.parametrize("trainer", TRAINERS)
def test_numpy_and_torch_agree_to_1e_10_after_100_steps(trainer, monkeypatch):
    monkeypatch.setitem(engines.DTYPE, "torch", np.float64)
    monkeypatch.setattr(noise_contrast, "words_at_once", lambda counts, alpha: 64)
    options = dict(vector_size=10, window=3, min_count=1, epochs=2, alpha=0.03)
    sentences, steps = zipf_text(5, 1200), []
    step = trainer._step
    monkeypatch.setattr(trainer, "_step", lambda self, batch, rate: steps.append(1) or step(self, batch, rate))
    ours = trainer(engine="numpy", **options).fit(sentences)
    theirs = trainer(engine="torch", **options).fit(sentences)
    assert len(steps) >= 100
    for table in ("W", "U"):
        assert getattr(theirs, table).dtype == np.float64
        np.testing.assert_allclose(getattr(ours, table), getattr(theirs, table), atol=1e-10)
    np.testing.assert_allclose(ours.losses, theirs.losses, atol=1e-10)
    assert np.abs(ours.U).max() > 0.1  # something was learned


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("shared", [8, 16])
@pytest.mark.parametrize("window", [1, 4, 9])
def test_the_fast_engine_is_the_reference_block_by_block(trainer, shared, window, monkeypatch):
    monkeypatch.setattr(noise_contrast, "words_at_once", lambda counts, alpha: 32)
    monkeypatch.setitem(noise_contrast.SHARED, trainer.kind, shared)
    options = dict(vector_size=13, window=window, min_count=1, epochs=2, alpha=0.02)
    sentences = [*zipf_text(6), ["w1"], [f"w{i % 60}" for i in range(3000)]]
    fast = trainer(engine="fast", workers=1, **options).fit(sentences)
    ours = trainer(engine="numpy", **options).fit(sentences)
    assert fast.W.dtype == np.float32 and ours.W.dtype == np.float64 and np.abs(ours.U).max() > 0.3
    for table in ("W", "U"):
        np.testing.assert_allclose(
            getattr(fast, table), getattr(ours, table), atol=5e-5
        )  # 0.5e-5 was the largest of 3 seeds
    np.testing.assert_allclose(fast.losses, ours.losses, rtol=1e-5)


def test_the_sigmoid_of_the_fast_engine():
    from lessonlib.trainers import fast_rows

    x = np.linspace(-35, 35, 2001).astype(np.float32)
    p = x.copy()
    fast_rows.sigmoids(p)
    np.testing.assert_allclose(p, sigmoid(x.astype(np.float64)), atol=5e-7)
    p, rate = x[1000:1016].copy(), np.float32(0.5)
    loss = fast_rows.push(p, rate)
    assert loss == pytest.approx(minus_log_sigmoid(-x[1000:1016].astype(np.float64)).sum(), rel=1e-5)
    np.testing.assert_allclose(p, -0.5 * sigmoid(x[1000:1016].astype(np.float64)), atol=5e-7)


def test_cbow_moves_u_by_its_gradient_and_each_row_of_a_window_by_the_gradient_of_the_mean():
    rng = np.random.default_rng(2)
    model = CBOWNS(vector_size=4, window=1, min_count=1, epochs=1, sample=0, engine="numpy", negative=3)
    model.fit([["a", "b", "c", "d", "e"]])
    model.W, model.U = rng.normal(size=(2, 5, 4))
    near = np.array([[[1, 0, 1, 0, 0], [0, 1, 0, 0, 0]]], dtype=bool)  # windows of two words and of one
    batch = Batch(np.array([[1, 2]]), np.array([[0, 1, 2, 3, 4]]), near, np.array([[4, 0, 4, 3]]))
    W, U = (torch.tensor(table, requires_grad=True) for table in (model.W, model.U))
    hidden = torch.stack([(W[0] + W[2]) / 2, W[1]])
    hidden.retain_grad()
    loss = -logsigmoid((hidden * U[[1, 2]]).sum(1)).sum() - 3 / 4 * logsigmoid(-hidden @ U[[4, 0, 4, 3]].T).sum()
    loss.backward()
    expected_U, expected_W = model.U - 0.1 * U.grad.numpy(), model.W.copy()
    expected_W[[0, 2]] -= 0.1 * hidden.grad[0].numpy()  # the whole gradient to both, not half of it
    expected_W[1] -= 0.1 * hidden.grad[1].numpy()
    assert model._step(batch, 0.1) == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(model.U, expected_U, atol=1e-12)
    np.testing.assert_allclose(model.W, expected_W, atol=1e-12)
