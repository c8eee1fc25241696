"""Similarity benchmarks against gensim and scipy; the bootstrap against the spread it has to predict."""

import numpy as np
import pytest
from gensim.test.utils import datapath
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from lessonlib import similarity
from lessonlib.similarity import Pair
from tests.unit.test_evaluate import keyed


def related_vectors(name, noise, seed=0, left_out=3):
    """Vectors in which the benchmark's pairs are about as similar as people said; every third word is missing."""
    pairs = similarity.load_pairs(name)
    rng = np.random.default_rng(seed)
    words = sorted({word for pair in pairs for word in pair[:2]})
    words = [word for i, word in enumerate(words) if i % left_out]
    vectors = {word: rng.normal(size=20) for word in words}
    for first, second, score in pairs:
        if first in vectors and second in vectors:
            vectors[second] = vectors[second] + (score / 5) ** 2 * vectors[first]
    return keyed(words, [vectors[word] + noise * rng.normal(size=20) for word in words])


@pytest.mark.parametrize(
    ("name", "file", "pairs"), [("wordsim353", "wordsim353.tsv", 353), ("simlex999", "simlex999.txt", 999)]
)
def test_rho_and_coverage_equal_gensims(name, file, pairs):
    wv = related_vectors(name, 0.5)
    ours = similarity.benchmark(wv, name, rounds=50)
    _, theirs, unknown = wv.evaluate_word_pairs(datapath(file))
    assert ours.rho == pytest.approx(theirs[0], abs=1e-9)
    assert ours.total == pairs and 1 - ours.coverage == pytest.approx(unknown / 100)
    assert 0.2 < ours.coverage < 0.9 and ours.rho > 0.2
    assert ours.low < ours.rho < ours.high
    assert str(ours) == f"{name}: rho {ours.rho:.2f} [{ours.low:.2f}, {ours.high:.2f}], {ours.found} of {pairs} pairs"


@settings(max_examples=80, deadline=None)
@given(arrays(np.float64, (2, 12), elements=st.integers(0, 5).map(float)))
def test_spearman_equals_scipy_with_ties(values):
    if len(set(values[0])) > 1 and len(set(values[1])) > 1:
        assert similarity.spearman(*values) == pytest.approx(stats.spearmanr(*values).statistic)
    else:
        assert np.isnan(similarity.spearman(*values))


def test_spearman_works_along_the_last_axis():
    values = np.random.default_rng(0).normal(size=(2, 5, 9))
    expected = [stats.spearmanr(a, b).statistic for a, b in zip(*values)]
    np.testing.assert_allclose(similarity.spearman(*values), expected)


def test_interval_is_as_wide_as_other_samples_of_pairs_are_spread():
    """Over 40 fresh sets of 150 pairs, the interval holds the true value about 95 times in 100 (measured: 37 of 40)."""
    rng = np.random.default_rng(3)
    words = [str(i) for i in range(4000)]
    vectors = rng.normal(size=(4000, 10))
    wv = keyed(words, vectors)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def pairs(n):
        a, b = rng.integers(4000, size=(2, n))
        scores = np.einsum("nd,nd->n", units[a], units[b]) + rng.normal(0, 0.4, n)
        return [Pair(words[i], words[j], s) for i, j, s in zip(a, b, scores)]

    truth = similarity.benchmark(wv, pairs(30_000), rounds=1).rho
    results = [similarity.benchmark(wv, pairs(150), rounds=300, seed=n) for n in range(40)]
    assert 33 <= sum(r.low <= truth <= r.high for r in results) <= 40
    width = np.mean([r.high - r.low for r in results])
    assert width == pytest.approx(2 * 1.96 * np.std([r.rho for r in results]), rel=0.35)


def test_same_seed_same_interval_and_case_does_not_matter():
    wv = keyed(["Tea", "cup", "tea", "mud"], [[1, 0], [1, 0.2], [0, 1], [-1, 0.3]])
    pairs = [Pair("TEA", "Cup", 9.0), Pair("tea", "mud", 1.0), Pair("cup", "mud", 2.0), Pair("tea", "sea", 5.0)]
    first, second = (similarity.benchmark(wv, pairs, seed=4) for _ in range(2))
    assert first == second and (first.found, first.total, first.coverage) == (3, 4, 0.75)
    assert first.rho == pytest.approx(1)  # "tea" is the first of the table that reads so, whatever its case
    assert similarity.benchmark(wv, pairs, name="mine").name == "mine"


def test_files_are_read_and_bad_lines_named(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("# a note\nthé\tcafé\t3.5\n\nsun\tmoon\t1\r\n", encoding="utf-8")
    assert similarity.load_pairs(path) == (Pair("thé", "café", 3.5), Pair("sun", "moon", 1.0))
    for line in ("sun moon 3", "sun\tmoon", "sun\tmoon\tfar", "a\tb\tc\t1"):
        path.write_text(f"sun\tmoon\t1\n{line}\n", encoding="utf-8")
        with pytest.raises(ValueError, match=r"pairs.tsv, line 2: expected"):
            similarity.load_pairs(path)
    with pytest.raises(FileNotFoundError, match="wordsim353, simlex999"):
        similarity.load_pairs("wordsim")


def test_errors_are_one_line():
    wv = keyed(["a", "b"], [[1, 0], [0, 1]])
    with pytest.raises(ValueError, match="only 1 of 2; at least 3"):
        similarity.benchmark(wv, [Pair("a", "b", 1), Pair("a", "c", 2)])
    with pytest.raises(ValueError, match="rounds"):
        similarity.benchmark(wv, [], rounds=0)
