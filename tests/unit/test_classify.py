"""The mean-pooled classifier: padding that changes nothing, frozen tables, one Adam step against NumPy."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib.classify import PAD, MeanPoolClassifier, accuracy, masked_mean, padded_ids, train_classifier

INDEX = {word: i for i, word in enumerate("abcdefgh")}
sentences_of_letters = st.lists(st.lists(st.sampled_from("abcdefghxyz"), max_size=9), max_size=6)


def small_task(seed=0, n=40, V=8, d=5, n_classes=3, longest=9):
    """A model, a padded batch of texts of 1 to `longest` words, and random labels."""
    rng = np.random.default_rng(seed)
    ids = np.zeros((n, longest), dtype=np.int64)
    for row, length in zip(ids, rng.integers(1, longest + 1, size=n)):
        row[:length] = rng.integers(1, V + 1, size=length)
    return rng.normal(size=(V, d)), torch.from_numpy(ids), rng.integers(0, n_classes, size=n)


def wider(ids, columns):
    return torch.cat([ids, torch.full((len(ids), columns), PAD)], dim=1)


@given(sentences_of_letters)
def test_padded_ids_against_a_naive_loop(sentences):
    ids = padded_ids(sentences, INDEX)
    known = [[word for word in sentence if word in INDEX] for sentence in sentences]
    assert ids.dtype == torch.int64
    assert ids.shape == (len(sentences), max([len(words) for words in known] + [1]))
    for row, words in zip(ids.tolist(), known):
        assert ["abcdefgh"[i - 1] for i in row[: len(words)]] == words
        assert all(i == PAD for i in row[len(words) :])


@given(st.integers(1, 4), st.integers(1, 30), st.integers(1, 6), st.integers(0, 10_000))
def test_masked_mean_against_a_naive_loop(B, T, d, seed):
    rng = np.random.default_rng(seed)
    vectors, ids = rng.normal(size=(B, T, d)), rng.integers(0, 3, size=(B, T))  # padding may stand anywhere
    mean = masked_mean(torch.from_numpy(vectors), torch.from_numpy(ids))
    for b in range(B):
        words = [vectors[b, t] for t in range(T) if ids[b, t] != PAD]
        expected = sum(words) / len(words) if words else np.zeros(d)
        np.testing.assert_allclose(mean[b].numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("d", [1, 3, 32])
def test_more_padding_changes_the_mean_by_exactly_nothing(dtype, d):
    generator = torch.Generator().manual_seed(0)
    for T in [*range(1, 35), 100]:
        vectors = torch.randn(3, T, d, generator=generator, dtype=dtype)
        ids = torch.ones(3, T, dtype=torch.int64)
        mean = masked_mean(vectors, ids)
        for columns in (1, 2, 7, 64):
            filling = torch.full((3, columns, d), float("nan"), dtype=dtype)  # whatever stands there
            assert torch.equal(masked_mean(torch.cat([vectors, filling], dim=1), wider(ids, columns)), mean), T


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(0, 1000))
def test_more_padding_changes_predictions_and_training_by_exactly_nothing(columns, seed):
    vectors, ids, labels = small_task(seed)
    narrow, wide = MeanPoolClassifier(vectors, 3), MeanPoolClassifier(vectors, 3)
    losses = train_classifier(narrow, ids, labels, epochs=2, lr=0.05)
    assert torch.equal(narrow(ids), narrow(wider(ids, columns)))
    assert losses == train_classifier(wide, wider(ids, columns), labels, epochs=2, lr=0.05)
    for name, trained in narrow.state_dict().items():
        assert torch.equal(trained, wide.state_dict()[name]), name


def test_the_start_is_the_table_given_and_all_classes_equally_likely():
    vectors, ids, labels = small_task()
    model = MeanPoolClassifier(vectors.astype(np.float32), 3)
    np.testing.assert_array_equal(model.vectors, vectors.astype(np.float32).astype(np.float64))
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float64}
    assert (model(ids) == 0).all()
    assert train_classifier(model, ids, labels, epochs=1, batch_size=len(ids))[0] == pytest.approx(np.log(3))
    model.vectors[:] = 7.0  # a copy: the model does not notice
    assert (model.vectors != 7.0).any()


def test_a_frozen_table_stays_bit_for_bit_and_the_rest_learns():
    vectors, ids, labels = small_task()
    model = MeanPoolClassifier(vectors, 3, freeze=True)
    losses = train_classifier(model, ids, labels, epochs=20, lr=0.1)
    np.testing.assert_array_equal(model.vectors, vectors)
    assert losses[-1] < losses[0] and (model.output.weight != 0).all()


def test_a_table_rate_of_zero_is_the_same_as_freezing():
    vectors, ids, labels = small_task()
    frozen, still = MeanPoolClassifier(vectors, 3, freeze=True), MeanPoolClassifier(vectors, 3)
    assert train_classifier(frozen, ids, labels) == train_classifier(still, ids, labels, table_lr=0.0)
    np.testing.assert_array_equal(still.vectors, vectors)
    assert torch.equal(frozen.output.weight, still.output.weight)


def test_the_table_learns_at_the_rate_of_the_rest_unless_it_has_its_own():
    vectors, ids, labels = small_task()
    tables = {}
    for table_lr in (None, 0.05, 0.001):
        model = MeanPoolClassifier(vectors, 3)
        train_classifier(model, ids, labels, epochs=2, lr=0.05, table_lr=table_lr)
        tables[table_lr] = model.vectors
    np.testing.assert_array_equal(tables[None], tables[0.05])
    moved = {rate: np.abs(table - vectors).max() for rate, table in tables.items()}
    assert 0 < moved[0.001] < moved[0.05] / 10


def test_the_row_of_the_padding_stays_zero():
    vectors, ids, labels = small_task()
    model = MeanPoolClassifier(vectors, 3)
    train_classifier(model, wider(ids, 3), labels, epochs=10, lr=0.1)
    assert (model.embedding.weight[PAD] == 0).all()
    assert (model.vectors != vectors).any(axis=1).all()
    model.embedding.weight.grad = None
    model.embedding(wider(ids, 3)).sum().backward()  # even where the mask has been forgotten
    assert (model.embedding.weight.grad[PAD] == 0).all() and (model.embedding.weight.grad[1:] != 0).all()


def naive_scores_and_gradients(table, weight, bias, texts, labels):
    """Cross-entropy of softmax(weight @ mean + bias), averaged over the texts; texts are lists of rows of `table`."""
    loss, d_table, d_weight, d_bias = 0.0, np.zeros_like(table), np.zeros_like(weight), np.zeros_like(bias)
    for words, label in zip(texts, labels):
        mean = np.mean([table[w] for w in words], axis=0)
        scores = weight @ mean + bias
        p = np.exp(scores - scores.max())
        p /= p.sum()
        loss -= np.log(p[label])
        error = p - np.eye(len(bias))[label]
        d_weight += np.outer(error, mean)
        d_bias += error
        for w in words:
            d_table[w] += weight.T @ error / len(words)
    return loss / len(texts), [d / len(texts) for d in (d_table, d_weight, d_bias)]


def test_training_against_adam_written_out_in_numpy():
    vectors, ids, labels = small_task(seed=3, n=10)
    model = MeanPoolClassifier(vectors, 3)
    losses = train_classifier(model, ids, labels, epochs=3, lr=0.1, table_lr=0.02, batch_size=4, seed=5)

    texts = [[i - 1 for i in row if i != PAD] for row in ids.tolist()]
    values = [vectors.copy(), np.zeros((3, 5)), np.zeros(3)]
    rates, first, second = (0.02, 0.1, 0.1), [0.0] * 3, [0.0] * 3
    rng, t, expected = np.random.default_rng(5), 0, []
    for _ in range(3):
        order, total = rng.permutation(10), 0.0
        for start in (0, 4, 8):
            batch = order[start : start + 4]
            loss, gradients = naive_scores_and_gradients(*values, [texts[i] for i in batch], labels[batch])
            total, t = total + loss * len(batch), t + 1
            for n, gradient in enumerate(gradients):  # Kingma & Ba 2015, algorithm 1
                first[n] = 0.9 * first[n] + 0.1 * gradient
                second[n] = 0.999 * second[n] + 0.001 * gradient**2
                step = first[n] / (1 - 0.9**t) / (np.sqrt(second[n] / (1 - 0.999**t)) + 1e-8)
                values[n] = values[n] - rates[n] * step
        expected.append(total / 10)
    np.testing.assert_allclose(losses, expected, atol=1e-10)
    np.testing.assert_allclose(model.vectors, values[0], atol=1e-8)
    np.testing.assert_allclose(model.output.weight.detach().numpy(), values[1], atol=1e-8)
    np.testing.assert_allclose(model.output.bias.detach().numpy(), values[2], atol=1e-8)


def test_the_seed_decides_the_order_alone():
    vectors, ids, labels = small_task()
    runs = [train_classifier(MeanPoolClassifier(vectors, 3), ids, labels, seed=seed) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_a_separable_task_is_learned():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, size=60)
    good, bad = [["a", "b", "c"], ["d", "e", "f"]]
    texts = [[*rng.choice(good if label else bad, size=2), "g", "h"] for label in labels]
    ids = padded_ids(texts, INDEX)
    model = MeanPoolClassifier(rng.normal(size=(8, 4)), 2)
    train_classifier(model, ids[:40], labels[:40], epochs=40, lr=0.1)
    assert accuracy(model, ids[40:], labels[40:]) == 1.0
    assert accuracy(model, ids[40:], 1 - labels[40:]) == 0.0
    assert accuracy(model, ids[40:], labels[40:] == 1) == 1.0  # True is 1


def test_a_text_of_unknown_words_alone_gets_the_bias():
    vectors, ids, labels = small_task()
    model = MeanPoolClassifier(vectors, 3)
    train_classifier(model, ids, labels, lr=0.1)
    unknown = padded_ids([["x", "y"], [], ["a"]], INDEX)
    assert unknown.tolist() == [[0], [0], [1]]
    scores = model(unknown)
    assert torch.equal(scores[0], model.output.bias) and torch.equal(scores[1], model.output.bias)
    assert not torch.equal(scores[2], model.output.bias)
    train_classifier(model, unknown, [0, 1, 2], epochs=3)  # no words, no trouble
    assert np.isfinite(model.vectors).all()


@pytest.mark.parametrize("labels, message", [
    ([0, 1], "labels: 2 for 3 texts; give one for each"),
    ([0, 1, 2], "labels: 2 found; they must be whole numbers from 0 to 1"),
    ([0, -1, 1], "labels: -1 found"),
    ([0, 1, 0.5], "labels: 0.5 found"),
    (["good", "bad", "bad"], "labels: 'good' found"),
])  # fmt: skip
def test_labels_that_do_not_fit_are_refused_in_one_line(labels, message):
    model, ids = MeanPoolClassifier(np.zeros((8, 2)), 2), torch.ones(3, 4, dtype=torch.int64)
    for use in (train_classifier, accuracy):
        with pytest.raises(ValueError) as caught:
            use(model, ids, labels)
        assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


def test_other_errors_name_the_parameter():
    with pytest.raises(ValueError, match="n_classes=1: must be a whole number of at least 2"):
        MeanPoolClassifier(np.zeros((8, 2)), 1)
    model, ids = MeanPoolClassifier(np.zeros((8, 2)), 2), torch.ones(3, 4, dtype=torch.int64)
    with pytest.raises(ValueError, match="labels: 0 for 0 texts"):
        train_classifier(model, ids[:0], [])
    for name in ("epochs", "batch_size"):
        with pytest.raises(ValueError, match=f"{name}=0: must be a whole number of at least 1"):
            train_classifier(model, ids, [0, 1, 0], **{name: 0})
