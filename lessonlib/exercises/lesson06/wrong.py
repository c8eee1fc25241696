"""Wrong answers that people give in lesson 06. The docstring is the hint that the learner reads."""

from __future__ import annotations

import numpy as np

FRONT, BACK = "<", ">"
BASIS, PRIME = 2166136261, 16777619
LEAST = 1


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


def marked_ngrams__never_whole(word, min_n, max_n):
    """The n-grams are right, but the last piece is missing: the whole marked word, when it is no n-gram itself."""
    return _pieces(FRONT + word + BACK, min_n, max_n)


def marked_ngrams__lower_cased(word, min_n, max_n):
    """You change the letters of the word. Nobody asked for small letters: "Quito" keeps its "Q"."""
    marked = FRONT + word.lower() + BACK
    return _with_whole(_pieces(marked, min_n, max_n), marked, min_n, max_n)


def marked_ngrams__of_bytes(word, min_n, max_n):
    """You cut the bytes of the word. An n-gram has n *characters*, and one of them may take two bytes or more."""
    marked = FRONT + word + BACK
    pieces = [piece.decode("utf-8", "ignore") for piece in _pieces(marked.encode("utf-8"), min_n, max_n)]
    return _with_whole(pieces, marked, min_n, max_n)


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


def bucket_of__both_in_loop(ngrams, buckets):
    """Both remainders stand in your loop over the bytes. The one for the buckets belongs after the last byte."""
    return _hashed(ngrams, buckets, _signed, lambda v, b: (v ^ b) * PRIME % 2**32 % buckets)


def bucket_of__from_129(ngrams, buckets):
    """Nearly right. Look at the byte 128 itself: does it belong to those that stay as they are?"""
    step = lambda v, b: (v ^ (b if b <= 128 else b | 0xFFFFFF00)) * PRIME % 2**32  # noqa: E731
    return _hashed(ngrams, buckets, lambda g: g.encode("utf-8"), step)


def bucket_of__lower_cased(ngrams, buckets):
    """You change capital letters to small ones before you hash. "A" and "a" are different bytes."""
    return _hashed(ngrams, buckets, lambda g: _signed(g.lower()), lambda v, b: (v ^ b) * PRIME % 2**32)


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
    return table[known].sum(axis=0) / max(LEAST, len(known))


def vector_for_unseen__sum(pieces, row, table):
    """This is the sum of the rows. It points the right way, but its length is wrong: something has to divide it."""
    return table[[row[piece] for piece in pieces if piece in row]].sum(axis=0)


def vector_for_unseen__each_once(pieces, row, table):
    """A piece that occurs twice in the word counts twice, in the sum and in $m$. You count it once."""
    different = sorted(set(pieces))
    known = [row[piece] for piece in different if piece in row]
    return table[known].sum(axis=0) / max(LEAST, len(different))


def vector_for_unseen__row_zero(pieces, row, table):
    """For an unknown piece you take row 0, which belongs to a known one. An unknown piece adds nothing."""
    if not pieces:
        return np.zeros(table.shape[1])
    return table[[row.get(piece, 0) for piece in pieces]].sum(axis=0) / max(LEAST, len(pieces))


def vector_for_unseen__not_found(pieces, row, table):
    """Your function fails at a piece that is not in `row`. Ask first whether a piece is known."""
    return table[[row[piece] for piece in pieces]].sum(axis=0) / max(LEAST, len(pieces))


def vector_for_unseen__unit_length(pieces, row, table):
    """Your vector has length 1. The direction is right, but unit length is not asked for here."""
    total = table[[row[piece] for piece in pieces if piece in row]].sum(axis=0)
    return total / max(1e-12, np.linalg.norm(total))


def vector_for_unseen__row_number_zero(pieces, row, table):
    """The known piece in row 0 is lost. In an `if`, the number 0 counts as False: ask whether the piece is in `row`."""
    known = [row[piece] for piece in pieces if row.get(piece)]
    return table[known].sum(axis=0) / max(LEAST, len(pieces))


def vector_for_unseen__set_in_sum(pieces, row, table):
    """You divide by the right number, but a piece that occurs twice is only once in your sum."""
    known = [row[piece] for piece in sorted(set(pieces)) if piece in row]
    return table[known].sum(axis=0) / max(LEAST, len(pieces))


def vector_for_unseen__into_the_table(pieces, row, table):
    """Your function changes `table`. A row of it is no copy: with `+=`, the sum is written into that row."""
    total = None
    for piece in pieces:
        if piece in row:
            if total is None:
                total = table[row[piece]]
            else:
                total += table[row[piece]]
    return np.zeros(table.shape[1]) if total is None else total / max(LEAST, len(pieces))
