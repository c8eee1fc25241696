"""Vectors as text, read in the plainest way: on each line a word and then its d numbers.

Spaces and tabs separate, and nothing else does: a word may hold a no-break space or any other sign. The numbers are
counted from the right, because in some files a few words hold spaces: ". . ." and "at name@domain.com" in the vectors
that GloVe's authors trained on 840 billion tokens (Pennington, Socher and Manning 2014). word2vec's text format
(Mikolov et al. 2013) puts a line with the two numbers V and d before the rows; GloVe's has no such line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from lessonlib.vector_files import BOM, Batch, Source

MAX_LINE = 2**20  # bytes; a row of 300 numbers has about 3,000
MAX_COLUMNS = MAX_LINE // 2
MAX_BLANK = 10_000  # lines in a row; an archive of nothing else would keep a reader busy for long
FIELD = re.compile(rb"[^ \t]+")
NUMBER = re.compile(rb"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
NUMBER_LIKE = re.compile(NUMBER.pattern + rb"|[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
BEGINS_WITH_NUMBER = re.compile(rb"[ \t]*" + NUMBER.pattern + rb"[ \t]")
NUMBER_INSIDE = re.compile(rb"[+-]?\d+[.,]\d")  # as in 0.1, or 0,1: no part of a word that holds spaces
HEADER = re.compile(rb"(\d{1,18})[ \t]+([1-9]\d{0,17})[ \t\r]*")


class Layout(NamedTuple):
    """How a text file is laid out.

    Attributes:
        columns: d, how many numbers a row has.
        promised: V, if a first line says so.
        start: where the first row begins, in bytes.
        line: the number of its line, from 1.
    """

    columns: int
    promised: int | None
    start: int
    line: int


def parse_line(line: bytes, columns: int) -> tuple[bytes, np.ndarray] | None:
    """The word of a line, as bytes, and its numbers, (d,) float32; None for a line without a word and numbers.

    Every number is what `np.float32(float(text))` gives.

    Raises:
        ValueError: that says what is wrong, for the caller to add the file and the line.
    """
    if len(line) > MAX_LINE:
        raise ValueError(f"is longer than {MAX_LINE:,} bytes; this is no text file of vectors")
    text = line.rstrip(b" \t\r\n")
    if not text:
        return None
    fields = list(FIELD.finditer(text))
    if len(fields) < columns or fields[-columns].start() == 0:
        raise ValueError(f"has {len(fields)} fields; expected a word and {columns} numbers")
    word = text[: fields[-columns].start()].rstrip(b" \t")
    if FIELD.fullmatch(word) is None and word:
        if NUMBER_LIKE.fullmatch(fields[-columns - 1][0]):
            raise ValueError(f"has more than {columns} numbers")
        if any(NUMBER_INSIDE.match(field[0]) for field in fields[1:-columns]):
            raise ValueError(f"has numbers inside its word, {_shown(word)}; one space or tab must separate all numbers")
    for field in fields[-columns:]:
        if not NUMBER.fullmatch(field[0]):
            raise ValueError(f"{_shown(field[0])} is not a finite number; expected a word and {columns} numbers")
    with np.errstate(over="ignore"):
        row = np.array([float(field[0]) for field in fields[-columns:]], np.float32)
    if not np.isfinite(row).all():
        too_large = fields[np.flatnonzero(~np.isfinite(row))[0] - columns][0]
        raise ValueError(f"{_shown(too_large)} is too large for float32, which ends at 3.4e38")
    return word, row


def find_layout(sample: bytes, complete: bool) -> Layout:
    """The layout of a text file, from its first lines.

    A line of two whole numbers at the top is a header, and must agree with the lines below. d is what most lines have:
    a single line cannot tell a word with spaces, or one that is a number, from a mistake. The readers then raise for
    each line that does not agree.

    Args:
        sample: the first bytes of the file.
        complete: whether these are all bytes.

    Raises:
        ValueError: if these are no lines with numbers at their end, or the header does not agree with them.
    """
    start = len(BOM) if sample.startswith(BOM) else 0
    lines = sample[start:].split(b"\n")
    if not complete:
        lines = lines[:-1] or lines
    first, lines = lines[0], [line for line in lines[:100] if line.strip(b" \t\r")]
    header = HEADER.fullmatch(first)
    columns = numbers_per_line(lines[1:] if header else lines)
    if header:
        rows, promised = int(header[1]), int(header[2])
        if columns not in (0, promised) or promised > MAX_COLUMNS:
            raise ValueError(f"line 1 promises {promised} numbers a row, but the lines after it have {columns}")
        return Layout(promised, rows, start + len(first) + 1, 2)
    if not columns:
        raise ValueError(f"line 1 is {_shown(first)}, not a word and its numbers; no known format of vectors")
    if len(lines) > 1 and all(map(BEGINS_WITH_NUMBER.match, lines)) and any(b"." in line.split()[0] for line in lines):
        raise ValueError("has lines of numbers without a word before them; save them as .npy with a .words file")
    return Layout(columns, None, start, 1)


def numbers_per_line(lines: list[bytes]) -> int:
    """How many numbers most of the lines have after the word, blank lines left out; 0 without lines."""
    lengths = Counter()
    for line in filter(None, (line.rstrip(b" \t\r\n") for line in lines)):
        fields, run = FIELD.findall(line), 0
        while run < len(fields) and NUMBER_LIKE.fullmatch(fields[-1 - run]):
            run += 1
        word_is_a_number = run == len(fields) and line[:1] not in (b" ", b"\t")
        lengths[run - word_is_a_number] += 1
    return lengths.most_common(1)[0][0] if lengths else 0


def read_plain(source: Source, layout: Layout) -> Iterator[Batch]:
    """The rows of a text file, line by line.

    Raises:
        ValueError: that names the file and the line.
    """
    source.file.seek(layout.start)
    rows = _rows(source, layout)
    while some := list(islice(rows, 1000)):
        words, vectors = zip(*some)
        yield Batch(b"".join(word + b"\n" for word in words), np.array(vectors))


def _rows(source: Source, layout: Layout) -> Iterator[tuple[bytes, np.ndarray]]:
    lines = iter(lambda: source.file.readline(MAX_LINE + 1), b"")
    blank = 0
    for number, line in enumerate(lines, layout.line):
        blank = 0 if line.strip() else blank + 1
        if blank > MAX_BLANK:
            raise ValueError(f"{source.path}, line {number}: more than {MAX_BLANK:,} blank lines in a row; no vectors")
        try:
            row = parse_line(line, layout.columns)
        except ValueError as error:
            raise ValueError(f"{source.path}, line {number}: {error}") from None
        if row:
            yield row


def _shown(field: bytes) -> str:
    """A piece of a file as a message quotes it, in at most 40 characters."""
    text = field.decode("utf-8", "replace")
    return repr(text if len(text) <= 40 else text[:39] + "…")
