"""Co-occurrence counts, GloVe and PPMI against naive loops, finite differences, autograd and dense arithmetic."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib import corpora
from lessonlib.stream import encode
from lessonlib.text import Vocabulary
from lessonlib.trainers import PPMI, GloVe, engines
from lessonlib.trainers.cooccurrence import count_pairs
from lessonlib.trainers.glove import glove_loss, weight
from lessonlib.trainers.ppmi import ppmi_matrix


def naive_counts(encoded, V, window, harmonic):
    X = np.zeros((V, V))
    for ids in encoded:
        for i, center in enumerate(ids):
            for j, context in enumerate(ids):
                if 0 < abs(i - j) <= window:
                    X[center, context] += 1 / abs(i - j) if harmonic else 1
    return X


@settings(deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("abcdefg"), max_size=12), min_size=1, max_size=15).filter(any),
    st.integers(1, 14),
    st.booleans(),
    st.sampled_from(["numpy", "fast"]),
)
def test_counts_against_a_naive_loop(sentences, window, harmonic, engine):
    vocabulary = Vocabulary.from_sentences(sentences)
    V = len(vocabulary)
    X = count_pairs(encode(sentences, vocabulary), V, window, harmonic, engine)
    expected = naive_counts(vocabulary.encode(sentences), V, window, harmonic)
    np.testing.assert_allclose(X.toarray(), expected, rtol=1e-6)
    assert X.nnz == (expected > 0).sum()
    assert all((np.diff(X.indices[a:b]) > 0).all() for a, b in zip(X.indptr, X.indptr[1:]))


def zipf_text(seed, sentences=300, V=50):
    rng = np.random.default_rng(seed)
    p = 1 / np.arange(1, V + 1)
    return [[f"w{i}" for i in rng.choice(V, rng.integers(2, 20), p=p / p.sum())] for _ in range(sentences)]


def test_counts_in_many_batches_and_threads(monkeypatch):
    sentences = zipf_text(1, 3000, 3000)
    vocabulary = Vocabulary.from_sentences(sentences)
    text = encode(sentences, vocabulary)
    one = count_pairs(text, len(vocabulary), 5, True, "fast", 1)
    three = count_pairs(text, len(vocabulary), 5, True, "fast", 3)
    slow = count_pairs(text, len(vocabulary), 5, True, "numpy")
    np.testing.assert_array_equal(one.data, three.data)
    np.testing.assert_array_equal(one.indices, slow.indices)
    np.testing.assert_allclose(one.data, slow.data, rtol=1e-6)


def test_the_weight_rises_to_one_and_stays():
    x = np.array([1, 50, 100, 101, 1e6])
    np.testing.assert_allclose(weight(x), [0.01**0.75, 0.5**0.75, 1, 1, 1])
    assert (weight(np.linspace(1, 300, 500), 200, 0.5) <= 1).all()


@pytest.mark.parametrize("seed", range(5))
def test_gradient_against_finite_differences(seed):
    rng = np.random.default_rng(seed)
    w, u, b, c = rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=4)
    log_x, f = rng.normal(size=4), rng.random(4)
    _, pull = glove_loss(w, u, b, c, log_x, f)
    for array, gradient in ((w, pull[:, None] * u), (u, pull[:, None] * w), (b, pull), (c, pull)):
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + 1e-6
            above = glove_loss(w, u, b, c, log_x, f)[0]
            array[index] = kept - 1e-6
            below = glove_loss(w, u, b, c, log_x, f)[0]
            array[index] = kept
            assert gradient[index] == pytest.approx((above - below) / 2e-6, abs=1e-7)


OPTIONS = dict(vector_size=8, window=3, x_max=10, epochs=3, min_count=1)
TABLES = ("W", "U", "b", "c")


def test_numpy_and_torch_agree_to_1e_10_after_100_steps(monkeypatch):
    monkeypatch.setitem(engines.DTYPE, "torch", np.float64)
    sentences = zipf_text(2)
    ours = GloVe(engine="numpy", batch_size=20, **OPTIONS).fit(sentences)
    theirs = GloVe(engine="torch", batch_size=20, **OPTIONS).fit(sentences)
    assert len(ours._pairs[0]) / 20 * 3 >= 100
    for name in TABLES:
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), atol=1e-10)
    np.testing.assert_allclose(ours.losses, theirs.losses, atol=1e-10)


def test_the_fast_engine_is_adagrad_pair_by_pair():
    sentences = zipf_text(3, 200, 150)
    fast = GloVe(engine="fast", workers=1, **OPTIONS).fit(sentences)
    # the same start, the same pairs in the same order, one at a time, by the reference step
    ours = GloVe(engine="numpy", **OPTIONS)
    ours.vocabulary = fast.vocabulary
    ours._prepare(encode(sentences, fast.vocabulary), np.random.default_rng(1))
    rng = np.random.default_rng(1)
    tiles = type(fast._tiles)
    W = (rng.random(ours.W.shape) - 0.5) / 8
    U = (rng.random(ours.W.shape) - 0.5) / 8
    np.testing.assert_allclose(ours.W, W)
    np.testing.assert_allclose(ours.U, U)
    X = count_pairs(encode(sentences, fast.vocabulary), len(W), 3, True, "fast")
    order = tiles(X, fast, rng)
    losses = []
    for _ in range(OPTIONS["epochs"]):
        chosen = order.rng.permutation(len(order.first) - 1)
        places = np.concatenate([np.arange(order.first[t], order.first[t + 1]) for t in chosen])
        rows, columns, x = (part[places].astype(np.float64) for part in order.pairs)
        steps = zip(rows.astype(int), columns.astype(int), np.log(x), weight(x, 10))
        losses.append(np.mean([ours._step(*(np.array([part]) for part in step)) for step in steps]))
    for name in TABLES:
        np.testing.assert_allclose(getattr(fast, name), getattr(ours, name), atol=1e-4)
    np.testing.assert_allclose(fast.losses, losses, rtol=1e-4)


def test_tiles_hold_every_pair_once():
    fast = GloVe(engine="fast", workers=1, **OPTIONS).fit(zipf_text(4, 300, 200))
    X = count_pairs(encode(zipf_text(4, 300, 200), fast.vocabulary), len(fast.W), 3, True, "fast").tocoo()
    rows, columns, x = fast._tiles.pairs
    assert sorted(zip(rows, columns, x)) == sorted(zip(X.row, X.col, X.data))
    assert len(fast._tiles.first) == 4 * 4 + 1 and fast._tiles.first[-1] == X.nnz


def test_a_text_that_fits_exactly_is_fitted():
    model = GloVe(engine="numpy", vector_size=20, window=2, x_max=1, epochs=300, min_count=1, alpha=0.1, batch_size=64)
    model.fit(zipf_text(5, 100, 12))
    scores = model.W @ model.U.T + model.b[:, None] + model.c
    rows, columns, log_x, _ = model._pairs
    assert np.abs(scores[rows, columns] - log_x).max() < 0.05
    np.testing.assert_allclose(model.wv.vectors, model.W + model.U, rtol=1e-6)


def test_smoothing_lets_absent_pairs_take_part():
    sentences = zipf_text(6, 100, 40)
    plain = GloVe(engine="numpy", **OPTIONS).fit(sentences)
    smooth = GloVe(engine="numpy", smoothing=0.5, **OPTIONS).fit(sentences)
    V = len(plain.W)
    assert len(plain._pairs[0]) < V * V == len(smooth._pairs[0])
    assert smooth._pairs[2].min() == pytest.approx(np.log(0.5))


@pytest.mark.parametrize("exponent, shift", [(1.0, 0.0), (0.75, 0.0), (0.75, np.log(5))])
def test_ppmi_against_dense_arithmetic(exponent, shift):
    sentences = zipf_text(7)
    vocabulary = Vocabulary.from_sentences(sentences)
    X = naive_counts(vocabulary.encode(sentences), len(vocabulary), 2, False)
    p_context = X.sum(0) ** exponent / (X.sum(0) ** exponent).sum()
    with np.errstate(divide="ignore"):
        pmi = np.log(X / X.sum() / np.outer(X.sum(1) / X.sum(), p_context))
    sparse = count_pairs(encode(sentences, vocabulary), len(vocabulary), 2, False)
    np.testing.assert_allclose(ppmi_matrix(sparse, exponent, shift).toarray(), np.maximum(pmi - shift, 0), atol=1e-12)


def test_the_svd_is_the_best_approximation_of_its_size():
    model = PPMI(vector_size=10, window=2, min_count=1, power=0.5).fit(zipf_text(8))
    M = model.matrix.toarray()
    A, sigma, B = np.linalg.svd(M)
    np.testing.assert_allclose(model.W @ model.U.T, (A[:, :10] * sigma[:10]) @ B[:10], atol=1e-8)
    np.testing.assert_allclose(np.linalg.norm(model.W, axis=0), sigma[:10] ** 0.5, rtol=1e-8)
    assert model.losses == [pytest.approx((sigma[10:] ** 2).sum() / (sigma**2).sum())]
    np.testing.assert_array_equal(model.W, PPMI(vector_size=10, window=2, min_count=1).fit(zipf_text(8)).W)


@pytest.mark.parametrize(
    "trainer, options, message",
    [
        (GloVe, {"x_max": 0}, "x_max=0"),
        (GloVe, {"exponent": -1}, "exponent=-1"),
        (GloVe, {"smoothing": -0.1}, "smoothing=-0.1"),
        (GloVe, {"batch_size": 0}, "batch_size=0"),
        (PPMI, {"power": -1}, "power=-1"),
        (PPMI, {"shift": float("nan")}, "shift=nan"),
    ],
)
def test_bad_settings_are_named(trainer, options, message):
    with pytest.raises(ValueError, match=message):
        trainer(**options)


def test_settings_that_do_not_fit_the_text():
    with pytest.raises(ValueError, match="vector_size=200: must be less than the number of words, 50"):
        PPMI(min_count=1).fit(zipf_text(9))
    with pytest.raises(ValueError, match="shift=99: leaves no positive entry"):
        PPMI(min_count=1, vector_size=5, shift=99).fit(zipf_text(9))
    many = [[f"w{i}", f"w{i + 1}"] for i in range(6000)]
    with pytest.raises(ValueError, match="smoothing=1: 6001 words make 36,012,001 pairs"):
        GloVe(smoothing=1, min_count=1).fit(many)


@pytest.mark.parametrize("batch_size", [1, 4, 23])
def test_the_progress_bar_stays_within_its_length_although_shares_of_the_text_are_rounded(batch_size, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sentences = corpora.load("toyworld", size=60)
        model = GloVe(vector_size=2, window=2, epochs=3, min_count=1, batch_size=batch_size, engine="numpy")
        model.fit(sentences, progress=True)
    assert "100%" in capsys.readouterr().out
