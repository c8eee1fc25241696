"""Right answers for lesson 06: the model answer of each question, and another way to write it."""

from __future__ import annotations

import re

import numpy as np

FRONT, BACK = "<", ">"
BASIS, PRIME = 2166136261, 16777619
LEAST = 1


def marked_ngrams(word: str, min_n: int, max_n: int) -> list[str]:
    """The n-grams of the marked word, shorter ones first, and the marked word itself, last."""
    marked = FRONT + word + BACK
    pieces = []
    for n in range(min_n, max_n + 1):
        pieces += [marked[i : i + n] for i in range(len(marked) - n + 1)]
    if not min_n <= len(marked) <= max_n:
        pieces.append(marked)
    return pieces


def marked_ngrams__by_patterns(word: str, min_n: int, max_n: int) -> list[str]:
    marked = f"{FRONT}{word}{BACK}"
    sizes = range(min_n, max_n + 1)
    pieces = [piece for n in sizes for piece in re.findall(f"(?=(.{{{n}}}))", marked)]
    return pieces if marked in pieces else [*pieces, marked]


def bucket_of(ngrams: list[str], buckets: int) -> list[int]:
    """The bucket of each n-gram, a whole number from 0 to buckets - 1."""
    found = []
    for ngram in ngrams:
        value = BASIS
        for byte in ngram.encode("utf-8"):
            signed = byte if byte < 128 else byte | 0xFFFFFF00
            value = (value ^ signed) * PRIME % 2**32
        found.append(value % buckets)
    return found


def bucket_of__negative_numbers(ngrams: list[str], buckets: int) -> list[int]:
    found = []
    for ngram in ngrams:
        value = BASIS
        for byte in np.frombuffer(ngram.encode("utf-8"), dtype=np.int8):
            value = (value ^ int(byte)) * PRIME
        found.append((value & 0xFFFFFFFF) % buckets)
    return found


def vector_for_unseen(pieces: list[str], row: dict[str, int], table: np.ndarray) -> np.ndarray:
    """The vector of a word that is not in the vocabulary.

    pieces: its n-grams; row: row number of each known n-gram; table: (R, d). Returns (d,).
    """
    known = [row[piece] for piece in pieces if piece in row]
    return table[known].sum(axis=0) / max(LEAST, len(pieces))


def vector_for_unseen__loop(pieces: list[str], row: dict, table: np.ndarray) -> np.ndarray:
    total = np.zeros(table.shape[1])
    for piece in pieces:
        if piece in row:
            total += table[row[piece]]
    return total / (len(pieces) if len(pieces) > LEAST else LEAST)
