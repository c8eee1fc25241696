"""n-grams and buckets against gensim; vectors of seen and unseen words."""

import numpy as np
import pytest
from gensim.models.fasttext import ft_ngram_hashes
from gensim.models.fasttext_inner import ft_hash_bytes
from hypothesis import given
from hypothesis import strategies as st

from lessonlib.text import UnknownWord
from lessonlib.trainers import FastText
from lessonlib.trainers.fasttext import buckets, fnv1a, ngrams

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
TEXT = [s.split() for s in ["running dogs run", "walking cats walk", "the dog was running", "the cat was walking"] * 30]


@pytest.fixture(scope="module")
def model():
    return FastText(vector_size=10, window=3, min_count=1, epochs=3, engine="numpy", bucket=5000).fit(TEXT)


def test_ngrams_of_one_word():
    assert ngrams("where", 3, 3) == ["<wh", "whe", "her", "ere", "re>"]  # the example of the paper, section 3.2
    assert ngrams("a", 1, 6) == ["<a", "<a>", "a", "a>"]
    assert ngrams("ab", 5, 6) == []


@given(WORDS, st.integers(1, 4), st.integers(0, 4), st.sampled_from([1, 97, 2_000_000]))
def test_buckets_are_those_of_gensim(word, min_n, more, bucket):
    assert buckets(word, min_n, min_n + more, bucket) == list(ft_ngram_hashes(word, min_n, min_n + more, bucket))


@given(WORDS)
def test_the_hash_is_that_of_gensim(ngram):
    assert fnv1a(ngram) == ft_hash_bytes(ngram.encode("utf-8"))


def test_a_seen_word_is_the_mean_of_its_rows(model):
    rows = [model.vocabulary["dog"]]
    rows += [model._row_of_bucket[b] for b in buckets("dog", 3, 6, 5000)]
    assert len(rows) == 1 + len(ngrams("dog"))
    np.testing.assert_allclose(model.vector("dog"), model.W[rows].mean(axis=0))
    np.testing.assert_allclose(model.wv["dog"], model.vector("dog"), rtol=1e-5)


def test_an_unseen_word_is_the_mean_of_its_ngrams_with_unknown_ones_as_zero(model):
    found = buckets("runningly", 3, 6, 5000)
    known = [model._row_of_bucket[b] for b in found if b in model._row_of_bucket]
    assert 0 < len(known) < len(found)
    np.testing.assert_allclose(model.vector("runningly"), model.W[known].sum(axis=0) / len(found))
    with pytest.raises(UnknownWord, match="'qqqq' is not in the vocabulary, and none of its n-grams"):
        FastText(vector_size=4, min_count=1, epochs=1, engine="numpy").fit(TEXT).vector("qqqq")
    with pytest.raises(TypeError, match="word: expected str"):
        model.vector(3)


def test_only_used_buckets_take_memory(model):
    used = {b for word in model.vocabulary.words for b in buckets(word, 3, 6, 5000)}
    assert model.W.shape == (len(model.vocabulary) + len(used), 10)


def test_every_row_of_a_center_gets_the_whole_gradient():
    tables = []
    model = FastText(vector_size=6, window=1, min_count=1, epochs=1, sample=0, engine="numpy", negative=1)
    step = model._step

    def step_with_output(batch, rate):
        model.U[...] = np.arange(model.U.size).reshape(model.U.shape) / 10  # at zero, U would pull nowhere
        return step(batch, rate)

    model._step = step_with_output
    model.fit([["ab", "cd"]], on_epoch=lambda epoch, m: tables.append(m.W.copy()))
    change = tables[1] - tables[0]
    rows = model._rows[model._first[0] : model._first[1]]
    assert len(rows) > 3 and np.abs(change[rows[0]]).max() > 0
    np.testing.assert_allclose(change[rows], np.broadcast_to(change[rows[0]], change[rows].shape), atol=1e-12)


@pytest.mark.parametrize("options, message", [({"min_n": 0}, "min_n=0"), ({"min_n": 4, "max_n": 3}, "max_n=3")])
def test_bad_settings_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        FastText(**options)
