"""Vectors as text, read fast: blocks of whole lines go to a few threads, which run a parser compiled by Numba.

The parser knows the common line: a word without spaces, then numbers with one space or tab before each. Whatever it
does not know, and whatever is wrong, it leaves to `parse_line`, so that both readers give the same rows and errors.

Why its numbers are those of `np.float32(float(text))`, bit for bit. It reads the digits as a whole number m and an
exponent e: m * 10**e.

- If m <= 2**53 and |e| <= 22, m and 10**|e| are exact in float64, so that one product or quotient is rounded once, as
  `float` does (Clinger 1990, "How to read floating point numbers accurately").
- If not, m (18 digits, the rest cut off), 10**|e| and their product are each off by a share of at most 2**-53 or
  10**-17: together less than 2**-50. When both ends of that interval round to the same float32, so does what lies
  between, and `float(text)` lies between. When they do not, the line goes to `parse_line`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numba import njit

from lessonlib.vector_files import Batch, Source
from lessonlib.vector_text import MAX_LINE, Layout, parse_line

BLOCK = 2**21  # bytes of text that a thread takes at once
THREADS = 4  # more would wait for the one thread that reads and collects
POWERS = np.array([float(f"1e{e}") for e in range(81)])
EXACT_POWERS = 22  # 10**22 is the last power of ten that float64 holds exactly
SPACE, TAB, RETURN, NEWLINE, PLUS, MINUS, POINT, ZERO, NINE, SMALL_E, LARGE_E = b" \t\r\n+-.09eE"
Job, Result = TypeVar("Job"), TypeVar("Result")


@njit(inline="always")
def parse_number(text, at, powers):
    """The number that begins at text[at], and where it ends; NaN for what is no number, or needs more care."""
    negative = text[at] == MINUS
    if negative or text[at] == PLUS:
        at += 1
    m, e, digits, c = 0, 0, 0, text[at]
    while ZERO <= c <= NINE:
        digits += 1
        if m < 10**17:
            m = m * 10 + (c - ZERO)
        else:
            e += 1
        at += 1
        c = text[at]
    if c == POINT:
        at += 1
        c = text[at]
        while ZERO <= c <= NINE:
            digits += 1
            if m < 10**17:
                m = m * 10 + (c - ZERO)
                e -= 1
            at += 1
            c = text[at]
    if c == SMALL_E or c == LARGE_E:
        at += 1
        down = text[at] == MINUS
        if down or text[at] == PLUS:
            at += 1
        if not ZERO <= text[at] <= NINE:
            digits = 0
        stated = 0
        while ZERO <= text[at] <= NINE:
            stated = min(stated * 10 + (text[at] - ZERO), 10**6)
            at += 1
        e += -stated if down else stated
    if digits == 0 or abs(e) >= len(powers):
        return np.float32(np.nan), at
    value = m / powers[-e] if e < 0 else m * powers[e]
    if m > 2**53 or abs(e) > EXACT_POWERS:
        if np.float32(value * (1 - 2.0**-50)) != np.float32(value * (1 + 2.0**-50)):
            return np.float32(np.nan), at
    return np.float32(-value if negative else value), at


@njit(nogil=True, cache=True, error_model="numpy")
def parse_rows(text, powers, table, words, odd):
    """Fill `table` with the rows of `text` and `words` with their words, a newline after each.

    Args:
        text: (n,) uint8, whole lines, the last byte a newline.
        powers: 10**0, 10**1, …
        table: (rows, d) float32; rows may be fewer than lines, but n / 2d is enough.
        words: (n,) uint8.
        odd: (lines, 2) int64: for each line left to `parse_line`, how many rows were filled before, and its start.

    Returns:
        how many rows, bytes of words, and odd lines there are.
    """
    at = row = size = n_odd = 0
    while at < len(text):
        start, word = at, size
        while text[at] != SPACE and text[at] != TAB and text[at] != NEWLINE:
            words[size] = text[at]
            at, size = at + 1, size + 1
        good = True
        for column in range(table.shape[1]):
            if text[at] != SPACE and text[at] != TAB:
                good = False
                break
            value, at = parse_number(text, at + 1, powers)
            if not np.isfinite(value):
                good = False
                break
            table[row, column] = value
        while good and (text[at] == SPACE or text[at] == TAB or text[at] == RETURN):
            at += 1
        good = good and text[at] == NEWLINE
        while text[at] != NEWLINE:
            at += 1
        at += 1
        if good and at - start <= MAX_LINE:
            words[size] = NEWLINE
            row, size = row + 1, size + 1
        else:
            size = word
            odd[n_odd, 0], odd[n_odd, 1] = row, start
            n_odd += 1
    return row, size, n_odd


def read_fast(source: Source, layout: Layout) -> Iterator[Batch]:
    """The rows of a text file, the same as `read_plain` gives, in other batches.

    Raises:
        ValueError: that names the file and the line.
    """
    source.file.seek(layout.start)
    yield from _in_order(lambda job: _parse_block(source, layout.columns, *job), _blocks(source, layout.line))


def _blocks(source: Source, line: int) -> Iterator[tuple[bytes, int]]:
    """Pieces of the text that end where a line does, and the number of the first line of each."""
    while block := source.file.read(BLOCK):
        block += source.file.readline(MAX_LINE + 1)
        if not block.endswith(b"\n"):
            block += b"\n"
        yield block, line
        line += block.count(b"\n")


def _parse_block(source: Source, columns: int, block: bytes, line: int) -> Batch:
    lines = block.count(b"\n")
    table = np.empty((min(lines, len(block) // (2 * columns) + 1), columns), np.float32)
    words, odd = np.empty(len(block), np.uint8), np.empty((lines, 2), np.int64)
    rows, size, n_odd = parse_rows(np.frombuffer(block, np.uint8), POWERS, table, words, odd)
    batch = Batch(words[:size].tobytes(), table[:rows])
    places, found = [], []
    for place, start in odd[:n_odd].tolist():
        try:
            parsed = parse_line(block[start : block.index(b"\n", start) + 1], columns)
        except ValueError as error:
            number = line + block.count(b"\n", 0, start)
            raise ValueError(f"{source.path}, line {number}: {error}") from None
        if parsed:
            places.append(place)
            found.append(parsed)
    return _inserted(batch, places, found) if places else batch


def _inserted(batch: Batch, places: list[int], found: list[tuple[bytes, np.ndarray]]) -> Batch:
    """The batch with a word and a row more before each of the places."""
    odd_words, odd_rows = zip(*found)
    words = np.array(batch.words.split(b"\n")[:-1], object)
    words = np.insert(words, places, np.array(odd_words, object))
    return Batch(b"".join(word + b"\n" for word in words), np.insert(batch.rows, places, odd_rows, axis=0))


def _in_order(work: Callable[[Job], Result], jobs: Iterable[Job]) -> Iterator[Result]:
    """`work(job)` for each job in threads, results in the order of the jobs; a few jobs are taken ahead of time."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="lessonlib") as pool:
        waiting = deque()
        for job in jobs:
            waiting.append(pool.submit(work, job))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
