import numpy as np
import pytest
from gensim.models import KeyedVectors

from lessonlib import evaluate


def keyed(words, vectors):
    wv = KeyedVectors(len(vectors[0]), dtype=np.float64)
    wv.add_vectors(words, np.array(vectors, dtype=np.float64))
    return wv


@pytest.fixture
def random_wv():
    rng = np.random.default_rng(0)
    return keyed([f"w{i}" for i in range(60)], rng.normal(size=(60, 8)))


def test_neighbors_equal_gensim(random_wv):
    ours, theirs = evaluate.neighbors(random_wv, "w3", topn=7), random_wv.most_similar("w3", topn=7)
    assert [w for w, _ in ours] == [w for w, _ in theirs]
    np.testing.assert_allclose([c for _, c in ours], [c for _, c in theirs], atol=1e-6)


def test_analogy_equals_gensim_and_leaves_out_the_query_words(random_wv):
    for i in range(0, 57, 3):
        a, b, c = f"w{i}", f"w{i + 1}", f"w{i + 2}"
        ours = [w for w, _ in evaluate.analogy(random_wv, a, b, c, topn=5)]
        assert ours == [w for w, _ in random_wv.most_similar(positive=[b, c], negative=[a], topn=5)]
        assert not {a, b, c} & set(ours)


def test_analogy_accuracy_equals_one_by_one(random_wv):
    rng = np.random.default_rng(1)
    asked = [tuple(f"w{i}" for i in rng.choice(60, 3, replace=False)) for _ in range(40)]
    answers = [evaluate.analogy(random_wv, *q)[0][0] for q in asked]
    right = [(*q, answer) for q, answer in zip(asked, answers)]
    wrong = [(*q, "w0" if answer != "w0" else "w1") for q, answer in zip(asked, answers)]
    assert evaluate.analogy_accuracy(random_wv, right) == 1
    assert evaluate.analogy_accuracy(random_wv, right[:10] + wrong[:30]) == 0.25
    assert evaluate.analogy_accuracy(random_wv, [*right[:1], ("w1", "w2", "w3", "nowhere")]) == 0.5
    with pytest.raises(ValueError, match="questions"):
        evaluate.analogy_accuracy(random_wv, [])


def test_category_purity_is_one_for_clusters_and_chance_for_noise():
    rng = np.random.default_rng(2)
    words = [f"{name}{i}" for name in "abcd" for i in range(25)]
    categories = {name: [w for w in words if w[0] == name] for name in "abcd"}
    clusters = np.repeat(np.eye(4), 25, axis=0) + rng.normal(0, 0.05, (100, 4))
    assert evaluate.category_purity(keyed(words, clusters), categories) == 1
    noise = keyed(words, rng.normal(size=(100, 4)))
    assert abs(evaluate.category_purity(noise, categories) - 24 / 99) < 0.08
    naive = []
    for w in words:
        near = [x for x, _ in evaluate.neighbors(noise, w, topn=5)]
        naive.append(sum(x[0] == w[0] for x in near) / 5)
    assert evaluate.category_purity(noise, categories) == pytest.approx(np.mean(naive))
    with pytest.raises(ValueError, match="k=200"):
        evaluate.category_purity(noise, categories, k=200)


def test_zero_rows_stay_zero():
    assert evaluate.cosine_matrix(np.array([[0.0, 0], [3, 4]])).tolist() == [[0, 0], [0, 1]]


def test_unknown_words_and_bad_numbers_are_named(random_wv):
    with pytest.raises(KeyError, match="nearest spelling: w3"):
        evaluate.neighbors(random_wv, "w333")
    with pytest.raises(KeyError, match="'zz' is not in the vocabulary"):
        evaluate.analogy(random_wv, "w1", "w2", "zz")
    with pytest.raises(ValueError, match="topn=0"):
        evaluate.neighbors(random_wv, "w1", topn=0)


def test_spread_and_inside_spread():
    assert str(evaluate.spread([0.9, 1.0, 0.8])) == "0.90 ± 0.10 (3 seeds)"
    with pytest.raises(ValueError, match="number of seeds"):
        evaluate.spread([1.0])
    base = np.random.default_rng(3).normal(size=30)
    assert evaluate.inside_spread(base, base + np.random.default_rng(4).normal(size=30))
    assert not evaluate.inside_spread(base, base + 1 + 0.1 * np.random.default_rng(5).normal(size=30))


def test_inside_spread_is_right_95_times_in_100_when_nothing_differs():
    rng = np.random.default_rng(6)
    inside = [evaluate.inside_spread(rng.normal(size=5), rng.normal(size=5)) for _ in range(2000)]
    assert 0.93 < np.mean(inside) < 0.97  # standard error 0.005; twice the standard error would give 0.88


def test_inside_spread_equals_scipys_paired_test():
    from scipy import stats

    rng = np.random.default_rng(7)
    for _ in range(50):
        a, b = rng.normal(size=6), rng.normal(0.8, size=6)
        assert evaluate.inside_spread(a, b) == (stats.ttest_rel(a, b).pvalue >= 0.05)
