"""From raw text to numbers: tokens, a vocabulary, and the (center, context) pairs that every trainer reads."""

from __future__ import annotations

import functools
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

Sentences = Iterable[Sequence[str]]


@functools.cache
def _word_pattern() -> re.Pattern[str]:
    """A run of letters and combining marks (in any script), or a run of digits; an apostrophe may stand inside."""
    marks = "".join(chr(i) for i in range(0x20000) if unicodedata.category(chr(i)).startswith("M"))
    letter = rf"(?:[^\W\d_][{marks}]*)"
    return re.compile(rf"{letter}+(?:['’]{letter}+)*|\d+")


def tokenize(text: str) -> list[str]:
    """Split text into lower-case words and numbers; punctuation is dropped.

    The text is brought to Unicode form NFC first, so that an accent typed in two ways gives one word.

    >>> tokenize("Don't pay 20 euros for the café!")
    ["don't", 'pay', '20', 'euros', 'for', 'the', 'café']
    """
    if not isinstance(text, str):
        raise TypeError(f"text: expected str, got {type(text).__name__}; decode bytes with .decode('utf-8') first")
    return _word_pattern().findall(unicodedata.normalize("NFC", text.lower()))


def checked_sentences(sentences: Sentences) -> Sentences:
    """Return `sentences` if a trainer can read them twice and every sentence is a sequence of str; raise otherwise.

    Raises:
        TypeError: for a single string, an iterator that is used up after one pass, or a token that is not a str.
    """
    if isinstance(sentences, str):
        raise TypeError("sentences: got one string; pass a list of token lists, for example [tokenize(text)]")
    if isinstance(sentences, Iterator):
        raise TypeError("sentences: a generator can be read only once; pass a list, for example list(sentences)")
    for number, sentence in enumerate(sentences):
        if isinstance(sentence, str):
            raise TypeError(f"sentences: sentence {number} is a string; split it into tokens with tokenize()")
        for token in sentence:
            if not isinstance(token, str):
                raise TypeError(
                    f"sentences: token {token!r} in sentence {number} is {type(token).__name__}; convert it with str()"
                )
    return sentences


def _count(sentences: Sentences) -> Counter[str]:
    """How often each token occurs, in one pass; a second one only to say what is wrong."""
    counts: Counter[str] = Counter()
    if isinstance(sentences, (str, Iterator)):
        checked_sentences(sentences)
    try:
        for sentence in sentences:
            if isinstance(sentence, str):
                checked_sentences(sentences)
            counts.update(sentence)
    except TypeError:
        checked_sentences(sentences)
        raise
    if not all(isinstance(token, str) for token in counts):
        checked_sentences(sentences)
    return counts


class Vocabulary:
    """The words a model knows, most frequent first; ties in alphabetical order, so that ids never depend on luck.

    Attributes:
        words: list of V words; the position of a word is its id.
        counts: (V,) int64, how often each word occurs in the text.
        index: dict from word to id.
    """

    def __init__(self, counts: dict[str, int]):
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        self.words: list[str] = [word for word, _ in ordered]
        self.counts = np.array([count for _, count in ordered], dtype=np.int64)
        self.index: dict[str, int] = {word: i for i, word in enumerate(self.words)}

    @classmethod
    def from_sentences(cls, sentences: Sentences, min_count: int = 1, max_size: int | None = None) -> Vocabulary:
        """Count the words, drop those seen fewer than `min_count` times, keep at most the `max_size` most frequent.

        Raises:
            ValueError: if the text is empty, or if nothing is left after `min_count`.
        """
        require_at_least("min_count", min_count, 1)
        if max_size is not None:
            require_at_least("max_size", max_size, 1)
        counts = _count(sentences)
        if not counts:
            raise ValueError("sentences: no tokens at all; check the file or the tokenizer")
        kept = {word: count for word, count in counts.items() if count >= min_count}
        if not kept:
            raise ValueError(
                f"min_count={min_count}: leaves no word, the most frequent occurs {max(counts.values())} times; "
                "lower it"
            )
        vocabulary = cls(kept)
        return vocabulary if max_size is None else cls(dict(zip(vocabulary.words[:max_size], vocabulary.counts)))

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.index

    def __getitem__(self, word: str) -> int:
        return self.index[require_known(word, self.index)]

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} words, {int(self.counts.sum())} tokens)"

    def encode(self, sentences: Sentences) -> list[np.ndarray]:
        """Sentences as int64 arrays of ids. Unknown words are left out, so their neighbors move closer together."""
        index = self.index
        return [np.array([index[t] for t in sentence if t in index], dtype=np.int64) for sentence in sentences]


def require_at_least(name: str, value: int, lowest: int) -> None:
    """Raise a one-line ValueError unless `value` is a whole number of at least `lowest`."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < lowest:
        raise ValueError(f"{name}={value!r}: must be a whole number of at least {lowest}")


def require_known(word: str, known: Iterable[str]) -> str:
    """Return `word` if it is in `known`; else raise a KeyError that names the nearest spellings."""
    import difflib

    if word in known:
        return word
    close = difflib.get_close_matches(str(word), known, n=3)
    hint = f"; nearest spelling: {', '.join(close)}" if close else ""
    raise UnknownWord(f"{word!r} is not in the vocabulary{hint}")


class UnknownWord(KeyError):
    """A word that the vocabulary does not hold. A KeyError whose message is shown without extra quotes."""

    def __str__(self) -> str:
        return str(self.args[0])


def window_pairs(tokens: Sequence, window: int) -> list[tuple]:
    """All (center, context) pairs of one sentence: every word with each neighbor at most `window` places away.

    >>> window_pairs(["the", "cat", "sat"], 1)
    [('the', 'cat'), ('cat', 'the'), ('cat', 'sat'), ('sat', 'cat')]
    """
    require_at_least("window", window, 1)
    return [
        (center, tokens[j])
        for i, center in enumerate(tokens)
        for j in range(max(0, i - window), min(len(tokens), i + window + 1))
        if j != i
    ]


def context_table(encoded: Sequence[np.ndarray], window: int) -> tuple[np.ndarray, np.ndarray]:
    """Every position of the text with the ids around it.

    Args:
        encoded: sentences as arrays of ids, as `Vocabulary.encode` gives them.
        window: how many places to look on each side.

    Returns:
        centers: (N,) the id at each of the N positions.
        contexts: (N, 2 * window) the ids from `window` places before to `window` places after it;
            -1 where the sentence has ended.
    """
    require_at_least("window", window, 1)
    lengths = np.array([len(ids) for ids in encoded], dtype=np.int64)
    centers = np.concatenate([np.empty(0, dtype=np.int64), *encoded])
    sentence = np.repeat(np.arange(len(lengths)), lengths)
    contexts = np.full((len(centers), 2 * window), -1, dtype=np.int64)
    for distance in range(1, min(window, len(centers) - 1) + 1):
        same = sentence[distance:] == sentence[:-distance]
        contexts[distance:, window - distance][same] = centers[:-distance][same]
        contexts[:-distance, window + distance - 1][same] = centers[distance:][same]
    return centers, contexts


def pair_arrays(encoded: Sequence[np.ndarray], window: int) -> tuple[np.ndarray, np.ndarray]:
    """The same pairs as `window_pairs` over all sentences, in the same order, as two (P,) arrays of ids."""
    centers, contexts = context_table(encoded, window)
    present = contexts >= 0
    return np.repeat(centers, present.sum(axis=1)), contexts[present]


def shuffle_across_sentences(sentences: Sentences, seed: int = 0) -> list[list[str]]:
    """The null control: deal all tokens out again at random. Word counts and sentence lengths stay, company goes."""
    sentences = checked_sentences(sentences)
    tokens = [token for sentence in sentences for token in sentence]
    random.Random(seed).shuffle(tokens)
    dealt = iter(tokens)
    return [[next(dealt) for _ in sentence] for sentence in sentences]
