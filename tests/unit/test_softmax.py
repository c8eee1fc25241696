"""The hand-written gradients against finite differences and autograd; the vectorized trainers against naive loops."""

import numpy as np
import pytest
import torch

from lessonlib.text import Vocabulary, window_pairs
from lessonlib.trainers.softmax import SoftmaxCBOW, SoftmaxSkipGram, softmax_loss

TINY = [s.split() for s in ["the cat sat on the mat", "a dog sat on a rug", "the dog saw the cat", "a cat saw a rug"]]


def random_problem(seed, rows=4, V=7, d=3):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, d)), rng.normal(size=(V, d)), rng.integers(0, 4, size=(rows, V)).astype(float)


@pytest.mark.parametrize("seed", range(5))
def test_gradients_against_finite_differences(seed):
    hidden, U, targets = random_problem(seed)
    _, d_hidden, d_U = softmax_loss(hidden, U, targets)
    for array, gradient in ((hidden, d_hidden), (U, d_U)):
        for index in np.ndindex(array.shape):
            kept, step = array[index], 1e-6
            array[index] = kept + step
            above = softmax_loss(hidden, U, targets)[0]
            array[index] = kept - step
            below = softmax_loss(hidden, U, targets)[0]
            array[index] = kept
            assert gradient[index] == pytest.approx((above - below) / (2 * step), abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_loss_and_gradients_against_autograd(seed):
    hidden, U, targets = random_problem(seed)
    h, u = torch.tensor(hidden, requires_grad=True), torch.tensor(U, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(h @ u.T, torch.tensor(targets), reduction="sum")
    loss.backward()
    ours, d_hidden, d_U = softmax_loss(hidden, U, targets)
    assert ours == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(d_hidden, h.grad.numpy(), atol=1e-10)
    np.testing.assert_allclose(d_U, u.grad.numpy(), atol=1e-10)


def test_huge_scores_do_not_overflow():
    loss, d_hidden, _ = softmax_loss(np.array([[1000.0]]), np.array([[1.0], [-1.0]]), np.array([[0.0, 1.0]]))
    assert loss == pytest.approx(2000) and np.isfinite(d_hidden).all()


def naive_softmax(scores):
    powers = [np.exp(s - max(scores)) for s in scores]
    return np.array([p / sum(powers) for p in powers])


def naive_examples(model, sentences):
    """(list of hidden-layer word ids, list of target word ids), straight from the definition."""
    encoded = [list(ids) for ids in model.vocabulary.encode(sentences)]
    if isinstance(model, SoftmaxSkipGram):
        return [([c], o) for ids in encoded for c, o in window_pairs(ids, model.window)]
    around = lambda ids, i: [ids[j] for j in range(len(ids)) if 0 < abs(i - j) <= model.window]  # noqa: E731
    return [(around(ids, i), ids[i]) for ids in encoded for i in range(len(ids)) if around(ids, i)]


def naive_fit(model, sentences):
    """Train as the docstrings say, one example after another inside each batch, with no vectorization at all."""
    rng = np.random.default_rng(model.seed)
    V, d = len(model.vocabulary), model.vector_size
    W, U = (rng.random((V, d)) - 0.5) / d, np.zeros((V, d))
    moved_W, moved_U = np.full((V, d), 1e-8), np.full((V, d), 1e-8)
    examples, losses = naive_examples(model, sentences), []
    for epoch in range(model.epochs):
        order, total = rng.permutation(len(examples)), 0.0
        for start in range(0, len(examples), model.batch_size):
            rate = model.alpha - (model.alpha - model.min_alpha) * (epoch + start / len(examples)) / model.epochs
            d_W, d_U = np.zeros((V, d)), np.zeros((V, d))
            for n in order[start : start + model.batch_size]:
                inputs, target = examples[n]
                h = sum(W[i] for i in inputs) / len(inputs)
                p = naive_softmax([float(np.dot(U[j], h)) for j in range(V)])
                total -= np.log(p[target])
                for j in range(V):
                    error = p[j] - (j == target)
                    d_U[j] += error * h
                    for i in inputs:
                        d_W[i] += error * U[j] / len(inputs)
            if model.optimizer == "adagrad":
                moved_W, moved_U = moved_W + d_W**2, moved_U + d_U**2
                d_W, d_U = d_W / np.sqrt(moved_W), d_U / np.sqrt(moved_U)
            W, U = W - rate * d_W, U - rate * d_U
        losses.append(total / len(examples))
    return W, U, losses


@pytest.mark.parametrize("trainer", [SoftmaxSkipGram, SoftmaxCBOW])
@pytest.mark.parametrize("optimizer, alpha", [("adagrad", 0.2), ("sgd", 0.05)])
@pytest.mark.parametrize("batch_size", [1, 7, 10_000])
def test_trainer_equals_the_naive_loop(trainer, optimizer, alpha, batch_size):
    model = trainer(
        vector_size=4, window=2, epochs=3, alpha=alpha, min_count=2, optimizer=optimizer, batch_size=batch_size
    ).fit(TINY)
    W, U, losses = naive_fit(model, TINY)
    np.testing.assert_allclose(model.W, W, atol=1e-9)
    np.testing.assert_allclose(model.U, U, atol=1e-9)
    np.testing.assert_allclose(model.losses, losses, atol=1e-9)


@pytest.mark.parametrize("trainer", [SoftmaxSkipGram, SoftmaxCBOW])
def test_what_fit_promises(trainer):
    epochs_seen = []
    model = trainer(vector_size=5, epochs=4, alpha=0.1).fit(TINY, on_epoch=lambda epoch, m: epochs_seen.append(epoch))
    assert epochs_seen == [0, 1, 2, 3, 4] and len(model.losses) == 4
    assert model.losses[-1] < model.losses[0] <= np.log(len(model.vocabulary)) + 1e-9
    np.testing.assert_array_equal(model.wv["cat"], model.W[model.vocabulary["cat"]].astype(np.float32))
    assert model.wv.get_vecattr("the", "count") == 4
    wv, before = model.wv, model.wv.vectors.copy()
    wv.similarity("cat", "the"), wv.distance("cat", "the")  # gensim shortens float64 rows here
    np.testing.assert_array_equal(wv.vectors, before)
    again = trainer(vector_size=5, epochs=4, alpha=0.1).fit(TINY)
    np.testing.assert_array_equal(model.W, again.W)
    assert not np.array_equal(model.W, trainer(vector_size=5, epochs=4, alpha=0.1, seed=2).fit(TINY).W)


def test_the_loss_cannot_go_below_the_conditional_entropy():
    model = SoftmaxSkipGram(vector_size=12, window=1, epochs=300, alpha=0.5).fit(TINY)
    vocabulary = Vocabulary.from_sentences(TINY)
    pairs = [pair for ids in vocabulary.encode(TINY) for pair in window_pairs(list(ids), 1)]
    of_center = {c: [o for center, o in pairs if center == c] for c, _ in pairs}
    floor = -np.mean([np.log(of_center[c].count(o) / len(of_center[c])) for c, o in pairs])
    assert floor < model.losses[-1] < floor + 0.05


@pytest.mark.parametrize(
    "options, message",
    [
        ({"window": 0}, "window=0"),
        ({"vector_size": 0}, "vector_size=0"),
        ({"epochs": 0}, "epochs=0"),
        ({"batch_size": 2.5}, "batch_size=2.5"),
        ({"alpha": 0}, "min_alpha <= alpha"),
        ({"alpha": -1.0}, "min_alpha <= alpha"),
        ({"optimizer": "adam"}, "optimizer='adam'"),
    ],
)
def test_bad_settings_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        SoftmaxSkipGram(**options)


@pytest.mark.parametrize("trainer", [SoftmaxSkipGram, SoftmaxCBOW])
@pytest.mark.parametrize(
    "sentences, options, error, message",
    [
        ([], {}, ValueError, "no tokens"),
        ([["alone"]], {}, ValueError, "no .center, context. pair"),
        ([["a"], ["b"]], {}, ValueError, "two words"),
        (TINY, {"min_count": 99}, ValueError, "min_count=99"),
        ((s for s in TINY), {}, TypeError, "only once"),
        ([["a", 3.5]], {}, TypeError, "token 3.5"),
    ],
)
def test_bad_text_is_named(trainer, sentences, options, error, message):
    with pytest.raises(error, match=message) as caught:
        trainer(**options).fit(sentences)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("trainer", [SoftmaxSkipGram, SoftmaxCBOW])
def test_training_that_explodes_stops_and_says_what_to_lower(trainer):
    with pytest.raises(FloatingPointError, match=r"epoch \d+ of 50: .* lower alpha=1000"):
        trainer(vector_size=5, epochs=50, alpha=1000.0, optimizer="sgd").fit(TINY)


def test_progress_bar_goes_to_stdout_and_tells_loss_and_speed(capsys):
    SoftmaxSkipGram(vector_size=3, epochs=2).fit(TINY, progress=True)
    shown = capsys.readouterr()
    assert "words/s" in shown.out and "loss" in shown.out and shown.err == ""
    SoftmaxSkipGram(vector_size=3, epochs=2).fit(TINY)
    assert capsys.readouterr().out == ""
