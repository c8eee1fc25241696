"""Your own text as sentences: a file, a folder, a column of a table, records such as a Hugging Face dataset.

Each class reads its source anew on each pass and keeps nothing in memory, so that a text may be larger than memory.
Whatever stands between the source and the trainer is one function, `tokenize`: pass your own for a language that
writes no spaces between words.

>>> SkipGramNS().fit(Folder("my-letters"))  # doctest: +SKIP
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from lessonlib.text import tokenize

Tokenizer = Callable[[str], list[str]]


def split_sentences(text: str) -> list[str]:
    """Cut running text after each . ! or ? that is followed by white space, and at line breaks.

    The simplest rule that mostly works for English: it also cuts after "Dr." For windows of a few words this matters
    little.
    """
    return [part for part in re.split(r"(?<=[.!?])\s+|[\r\n]+", text) if part.strip()]


def utf8_lines(path: str | os.PathLike) -> Iterator[str]:
    """Lines of a UTF-8 file without their ends; a byte order mark at the start is dropped.

    Raises:
        ValueError: for a line that is not UTF-8; names file and line.
    """
    with open(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                text = "\0"
            if "\0" in text:
                raise ValueError(
                    f"{path}, line {number}: is not UTF-8 text; open the file in an editor and save it as UTF-8"
                )
            yield text.rstrip("\r\n")


class Lines:
    """The lines of a UTF-8 text file, each one sentence.

    >>> SkipGramNS().fit(Lines("my-corpus.txt"))  # doctest: +SKIP
    """

    def __init__(self, path: str | os.PathLike, tokenize: Tokenizer = tokenize):
        self.path, self.tokenize = Path(path), tokenize
        if not self.path.is_file():
            raise ValueError(f"path={str(path)!r}: is not a file")

    def __iter__(self) -> Iterator[list[str]]:
        yield from (tokens for line in utf8_lines(self.path) if (tokens := self.tokenize(line)))


class Pieces:
    """Words of a text without sentence ends, in lists of `length`; the file is read anew on each pass.

    Args:
        path: a UTF-8 text of lower-case words between spaces, all in one line as text8 is, or in several.
        length: words in a piece; only the last one may be shorter.
    """

    def __init__(self, path: str | os.PathLike, length: int = 1000):
        self.path, self.length = Path(path), length

    def __iter__(self) -> Iterator[list[str]]:
        words: list[str] = []
        cut = ""
        with open(self.path, encoding="utf-8") as file:
            while block := file.read(1 << 16):
                *whole, cut = (cut + block).replace("\n", " ").split(" ")
                words += filter(None, whole)
                while len(words) >= self.length:
                    yield words[: self.length]
                    del words[: self.length]
        if words := words + cut.split():
            yield words


class Folder:
    """The sentences of all UTF-8 text files in a folder and below it, file by file in the order of their names.

    Args:
        path: the folder.
        pattern: which files, as in `Path.glob`; "**/" looks into folders below.
        tokenize: from a sentence to its words.
    """

    def __init__(self, path: str | os.PathLike, pattern: str = "**/*.txt", tokenize: Tokenizer = tokenize):
        self.path, self.pattern, self.tokenize = Path(path), pattern, tokenize
        if not self.path.is_dir():
            raise ValueError(f"path={str(path)!r}: is not a folder")
        if not self.files():
            raise ValueError(f"path={str(path)!r}: has no file that fits pattern={pattern!r}")

    def files(self) -> list[Path]:
        """The files that are read, in their order."""
        files = (path for path in self.path.glob(self.pattern) if path.is_file())
        return sorted(path for path in files if not path.name.startswith("."))  # hidden ones, as macOS leaves on disks

    def __iter__(self) -> Iterator[list[str]]:
        for path in self.files():
            for line in utf8_lines(path):
                yield from _sentences(line, self.tokenize)


class Column:
    """The sentences in one column of a UTF-8 table with a header line (CSV, or TSV with delimiter="\\t").

    Args:
        path: the file.
        column: the name of the column, as the header gives it.
        delimiter: what stands between two cells.
        tokenize: from a sentence to its words.
    """

    def __init__(self, path: str | os.PathLike, column: str, delimiter: str = ",", tokenize: Tokenizer = tokenize):
        self.path, self.column, self.delimiter, self.tokenize = Path(path), column, delimiter, tokenize
        if not self.path.is_file():
            raise ValueError(f"path={str(path)!r}: is not a file")
        header = next(iter(self._rows()), [])
        if column not in header:
            found = ", ".join(map(repr, header)) or "(none: it is empty)"
            hint = '; perhaps delimiter=";" or "\\t"' if len(header) == 1 else ""
            raise ValueError(f"column={column!r}: {path} has the columns {found}{hint}")
        self._place = header.index(column)

    def _rows(self) -> Iterator[list[str]]:
        csv.field_size_limit(2**31 - 1)  # a cell may hold a whole article
        reader = csv.reader((line + "\n" for line in utf8_lines(self.path)), delimiter=self.delimiter)
        try:
            for row in reader:
                if row and hasattr(self, "_place") and len(row) <= self._place:
                    raise ValueError(
                        f"{self.path}, line {reader.line_num}: has no column {self.column!r}: {len(row)} cell(s)"
                    )
                yield row
        except csv.Error as error:
            raise ValueError(
                f"{self.path}, line {reader.line_num}: is no table ({error}); save it as CSV anew"
            ) from None

    def __iter__(self) -> Iterator[list[str]]:
        rows = self._rows()
        next(rows)
        for row in filter(None, rows):
            yield from _sentences(row[self._place], self.tokenize)


class Records:
    """The sentences in one field of records: a Hugging Face dataset, a list of dicts, any re-iterable of mappings.

    >>> Records(datasets.load_dataset("imdb", split="train"), "text")  # doctest: +SKIP

    Args:
        records: read anew on each pass. A record whose field is None is skipped.
        field: the name of the field.
        tokenize: from a sentence to its words.
    """

    def __init__(self, records: Iterable[Mapping], field: str, tokenize: Tokenizer = tokenize):
        if isinstance(records, Iterator):
            raise TypeError("records: a generator can be read only once; pass a list or a dataset")
        self.records, self.field, self.tokenize = records, field, tokenize

    def __iter__(self) -> Iterator[list[str]]:
        for number, record in enumerate(self.records):
            if not isinstance(record, Mapping):
                raise TypeError(
                    f"records: record {number} is {type(record).__name__}, not a mapping; of a dataset with parts, "
                    'pass one part, for example dataset["train"]'
                )
            if self.field not in record:
                raise ValueError(f"field={self.field!r}: record {number} has the fields {', '.join(map(str, record))}")
            text = record[self.field]
            if text is None:
                continue
            if not isinstance(text, str):
                raise TypeError(f"field={self.field!r}: record {number} holds {type(text).__name__}, not text")
            yield from _sentences(text, self.tokenize)


def _sentences(text: str, tokenize: Tokenizer) -> Iterator[list[str]]:
    yield from (tokens for part in split_sentences(text) if (tokens := tokenize(part)))
