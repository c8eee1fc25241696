"""Wrong answers that people give in lesson 06. The docstring is the hint that the learner reads."""

from __future__ import annotations

import numpy as np

FRONT, BACK = "<", ">"
BASIS, PRIME = 2166136261, 16777619
SHRINK = 1


def _pieces(marked, min_n, max_n):
    return [marked[i : i + n] for n in range(min_n, max_n + 1) for i in range(len(marked) - n + 1)]


def _with_whole(pieces, marked, min_n, max_n):
    return pieces if min_n <= len(marked) <= max_n else [*pieces, marked]


def marked_ngrams__no_marks(word, min_n, max_n):
    """There are no boundary marks in your pieces. Without them "her" is found inside "where"."""
    return _with_whole(_pieces(word, min_n, max_n), word, min_n, max_n)


def marked_ngrams__last_one_missing(word, min_n, max_n):
    """The last n-gram of each length is missing. A string of L characters has L - n + 1 runs of n characters."""
    marked = FRONT + word + BACK
    pieces = [marked[i : i + n] for n in range(min_n, max_n + 1) for i in range(len(marked) - n)]
    return _with_whole(pieces, marked, min_n, max_n)


def marked_ngrams__by_start(word, min_n, max_n):
    """Right pieces, other order: yours go by where they start. All of the shortest length come first."""
    marked = FRONT + word + BACK
    starts = range(len(marked))
    pieces = [marked[i : i + n] for i in starts for n in range(min_n, max_n + 1) if i + n <= len(marked)]
    return _with_whole(pieces, marked, min_n, max_n)


def marked_ngrams__each_once(word, min_n, max_n):
    """A piece that occurs twice in the word is only once in your list. Keep it as often as it occurs."""
    marked = FRONT + word + BACK
    return list(dict.fromkeys(_with_whole(_pieces(marked, min_n, max_n), marked, min_n, max_n)))


def marked_ngrams__whole_word_twice(word, min_n, max_n):
    """For a short word the whole marked word is an n-gram already. You add it a second time."""
    marked = FRONT + word + BACK
    return [*_pieces(marked, min_n, max_n), marked]


def marked_ngrams__longest_missing(word, min_n, max_n):
    """The n-grams of the largest length are missing. `range(a, b)` stops before b, and `max_n` is included."""
    marked = FRONT + word + BACK
    return _with_whole(_pieces(marked, min_n, max_n - 1), marked, min_n, max_n - 1)


def marked_ngrams__whole_word_bare(word, min_n, max_n):
    """The last piece is the word without its marks. The whole word carries its marks too."""
    marked = FRONT + word + BACK
    return [*_pieces(marked, min_n, max_n), *([] if min_n <= len(marked) <= max_n else [word])]


def _hashed(ngrams, buckets, numbers, step):
    found = []
    for ngram in ngrams:
        value = BASIS
        for number in numbers(ngram):
            value = step(value, number)
        found.append(value % buckets)
    return found


def _signed(ngram):
    return [byte if byte < 128 else byte | 0xFFFFFF00 for byte in ngram.encode("utf-8")]


def bucket_of__plain_bytes(ngrams, buckets):
    """Right for plain English, wrong for "café". fastText reads a byte above 127 as a negative number of 32 bits."""
    return _hashed(ngrams, buckets, lambda g: g.encode("utf-8"), lambda v, b: (v ^ b) * PRIME % 2**32)


def bucket_of__code_points(ngrams, buckets):
    """You hash the numbers of the characters. Hash their UTF-8 bytes; "é" has two."""
    return _hashed(ngrams, buckets, lambda g: [ord(c) for c in g], lambda v, b: (v ^ b) * PRIME % 2**32)


def bucket_of__multiply_first(ngrams, buckets):
    """You multiply first and xor afterwards. That is FNV-1; the "a" in FNV-1a stands for the other order."""
    return _hashed(ngrams, buckets, _signed, lambda v, b: (v * PRIME % 2**32) ^ b)


def bucket_of__no_wrap(ngrams, buckets):
    """Your hash grows beyond 32 bits. In C it wraps around by itself; in Python you have to cut it down."""
    return _hashed(ngrams, buckets, _signed, lambda v, b: (v ^ b) * PRIME)


def bucket_of__wraps_at_buckets(ngrams, buckets):
    """You reduce the hash to the number of buckets after every byte. Keep 32 bits, and reduce once, at the end."""
    return _hashed(ngrams, buckets, _signed, lambda v, b: (v ^ b) * PRIME % buckets)


def bucket_of__starts_at_zero(ngrams, buckets):
    """Your hash does not start from [[BASIS]]. Starting from another number, the buckets are others."""
    found = []
    for ngram in ngrams:
        value = 0
        for byte in _signed(ngram):
            value = (value ^ byte) * PRIME % 2**32
        found.append(value % buckets)
    return found


def bucket_of__goes_on(ngrams, buckets):
    """Only the first n-gram is right: each hash goes on from the one before. Start afresh for each n-gram."""
    found, value = [], BASIS
    for ngram in ngrams:
        for byte in _signed(ngram):
            value = (value ^ byte) * PRIME % 2**32
        found.append(value % buckets)
    return found


def vector_for_unseen__known_only(pieces, row, table):
    """You divide by the number of *known* pieces. An unknown piece adds nothing to the sum, but it counts in $m$."""
    known = [row[piece] for piece in pieces if piece in row]
    return table[known].sum(axis=0) / max(1, len(known)) ** SHRINK


def vector_for_unseen__sum(pieces, row, table):
    """This is the sum of the rows. It points the right way, but its length is wrong: something has to divide it."""
    return table[[row[piece] for piece in pieces if piece in row]].sum(axis=0)


def vector_for_unseen__each_once(pieces, row, table):
    """A piece that occurs twice in the word counts twice, in the sum and in $m$. You count it once."""
    different = sorted(set(pieces))
    known = [row[piece] for piece in different if piece in row]
    return table[known].sum(axis=0) / max(1, len(different)) ** SHRINK


def vector_for_unseen__row_zero(pieces, row, table):
    """For an unknown piece you take row 0, which belongs to a known one. An unknown piece adds nothing."""
    if not pieces:
        return np.zeros(table.shape[1])
    return table[[row.get(piece, 0) for piece in pieces]].sum(axis=0) / len(pieces) ** SHRINK


def vector_for_unseen__not_found(pieces, row, table):
    """Your function fails at a piece that is not in `row`. Ask first whether a piece is known."""
    return table[[row[piece] for piece in pieces]].sum(axis=0) / max(1, len(pieces)) ** SHRINK


def vector_for_unseen__unit_length(pieces, row, table):
    """Your vector has length 1. The direction is right, but unit length is not asked for here."""
    total = table[[row[piece] for piece in pieces if piece in row]].sum(axis=0)
    return total / max(1e-12, np.linalg.norm(total))
