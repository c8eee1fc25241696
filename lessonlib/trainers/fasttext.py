r"""FastText (Bojanowski et al. 2017): skip-gram whose words are made of pieces, so that unseen words get vectors too.

A word's pieces are the word itself and its n-grams of `min_n` to `max_n` characters, taken after a mark "<" is put
before it and ">" after it: with n = 3, "cat" gives <ca, cat, at>. An n-gram has no row of its own: a hash of its bytes
picks one of `bucket` rows, and n-grams may meet there. The hidden vector of a center is the mean of its rows:

    h = 1/n (W[word] + W[n-gram 1] + …)

and all else is skip-gram with negative sampling. The paper sums the rows where the programs take their mean; cosines
of a finished table are the same. As in the programs, each row receives the whole gradient of h, not 1/n of it.
"""

from __future__ import annotations

import functools

import numpy as np

from lessonlib.stream import EncodedText
from lessonlib.text import UnknownWord, require_at_least
from lessonlib.trainers.base import keyed_vectors, uniform
from lessonlib.trainers.blocks import Batch
from lessonlib.trainers.engines import add_rows
from lessonlib.trainers.negative_sampling import block_loss
from lessonlib.trainers.noise_contrast import NoiseContrast


def ngrams(word: str, min_n: int = 3, max_n: int = 6) -> list[str]:
    """The n-grams of "<word>", from left to right, shorter ones first.

    >>> ngrams("cat", 3, 4)
    ['<ca', '<cat', 'cat', 'cat>', 'at>']
    """
    marked = f"<{word}>"
    return [
        marked[i : i + n]
        for i in range(len(marked))
        for n in range(min_n, min(max_n, len(marked) - i) + 1)
        if not (n == 1 and (i == 0 or i == len(marked) - 1))  # a mark alone says nothing
    ]


@functools.lru_cache(maxsize=2**18)  # words share most of their n-grams
def fnv1a(ngram: str) -> int:
    """The 32-bit FNV-1a hash of the UTF-8 bytes, as fastText computes it: bytes above 127 count as negative numbers."""
    value = 2166136261
    for byte in ngram.encode("utf-8"):
        value ^= byte if byte < 128 else byte | 0xFFFFFF00
        value = value * 16777619 & 0xFFFFFFFF
    return value


def buckets(word: str, min_n: int, max_n: int, bucket: int) -> list[int]:
    """The bucket of each n-gram of a word: its hash modulo the number of buckets."""
    return [fnv1a(ngram) % bucket for ngram in ngrams(word, min_n, max_n)]


class FastText(NoiseContrast):
    """Skip-gram with negative sampling over words and their n-grams.

    Args beyond those of `NoiseContrast` and `Trainer`:
        min_n, max_n: lengths of the n-grams, in characters.
        bucket: number of hash buckets. Only buckets that the vocabulary uses take memory.

    After `fit`:
        wv: KeyedVectors over the finished vectors of the vocabulary.
        vector(word): a vector for any word, seen or not.
        W: (V + used buckets, d): the rows of the words, then those of the buckets.
    """

    kind = "fasttext"

    def __init__(self, *args, min_n: int = 3, max_n: int = 6, bucket: int = 2_000_000, **kwargs):
        super().__init__(*args, **kwargs)
        require_at_least("min_n", min_n, 1)
        require_at_least("max_n", max_n, min_n)
        require_at_least("bucket", bucket, 1)
        self.min_n, self.max_n, self.bucket = min_n, max_n, bucket

    def vector(self, word: str) -> np.ndarray:
        """The vector of any word, (d,): the mean over its rows; n-grams that were never seen count as zero.

        Raises:
            UnknownWord: if the word and all of its n-grams are unknown.
        """
        if not isinstance(word, str):
            raise TypeError(f"word: expected str, got {type(word).__name__}")
        if word in self.vocabulary:
            i = self.vocabulary[word]
            rows, n = self._rows[self._first[i] : self._first[i + 1]], None
        else:
            found = buckets(word, self.min_n, self.max_n, self.bucket)
            rows, n = [self._row_of_bucket[b] for b in found if b in self._row_of_bucket], len(found)
        if len(rows) == 0:
            raise UnknownWord(f"{word!r} is not in the vocabulary, and none of its n-grams was seen in training")
        return self.W[rows].sum(axis=0) / (n or len(rows))

    @property
    def wv(self):
        """The finished vectors of the vocabulary as gensim KeyedVectors."""
        return keyed_vectors(self.vocabulary, self._mean @ self.W)

    def _prepare(self, text: EncodedText, rng: np.random.Generator) -> None:
        from scipy import sparse

        V = len(self.vocabulary)
        row, rows = {}, []  # bucket -> its row of W
        for i, word in enumerate(self.vocabulary.words):
            found = buckets(word, self.min_n, self.max_n, self.bucket)
            rows.append([i, *(row.setdefault(b, V + len(row)) for b in found)])
        self._row_of_bucket = row
        lengths = np.array([len(r) for r in rows])
        self._first = np.r_[0, np.cumsum(lengths)]
        self._rows = np.concatenate(rows).astype(np.int32)
        # (V, rows of W): which rows make up each word, with weight 1, and the same as a mean
        ones = (np.ones(len(self._rows)), self._rows, self._first)
        self._parts = sparse.csr_array(ones, shape=(V, V + len(row)))
        self._mean = sparse.diags_array(1 / lengths) @ self._parts
        super()._prepare(text, rng)

    def _start(self, rng: np.random.Generator, dtype: type = np.float64) -> None:
        """W uniform in (-1/d, 1/d), as in fastText; U zero."""
        shape = (len(self.vocabulary) + len(self._row_of_bucket), self.vector_size)
        self.W = uniform(rng, shape, 1 / self.vector_size, dtype)
        self.U = np.zeros((len(self.vocabulary), self.vector_size), dtype)

    def _input_rows(self) -> tuple[np.ndarray, np.ndarray]:
        return self._first, self._rows

    def _step(self, batch: Batch, rate: float) -> float:
        centers = batch.centers.ravel()
        hidden = (self._mean[centers] @ self.W).reshape(*batch.centers.shape, -1)
        loss, d_hidden, d_contexts, d_negatives = block_loss(
            hidden, self.U[batch.contexts], self.U[batch.negatives], batch.near, self.negative
        )
        parts = self._parts[centers]  # one row for each center: each of its rows of W gets the whole gradient
        changes = -rate * d_hidden.reshape(len(centers), -1)
        add_rows(self.W, parts.indices, changes[np.repeat(np.arange(len(centers)), np.diff(parts.indptr))])
        add_rows(self.U, batch.contexts, -rate * d_contexts)
        add_rows(self.U, batch.negatives, -rate * d_negatives)
        return loss
