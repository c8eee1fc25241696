"""Which format a vector file has: the content says so, and the name where the content leaves a doubt."""

from __future__ import annotations

from collections.abc import Iterator

from lessonlib.vector_binary import read_npy, read_npz, read_safetensors, read_word2vec
from lessonlib.vector_files import APART, Batch, Source
from lessonlib.vector_text import HEADER, MAX_LINE, find_layout, parse_line, read_plain

REFUSED = {
    (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"): "looks like a pickle, which runs code when it is loaded; "
    "where it was made, save with wv.save_word2vec_format",
    (b"\xff\xfe", b"\xfe\xff"): "is UTF-16 text; save it as UTF-8",
    (b"\x1f\x8b", b"PK\x03\x04"): "is packed twice; unpack it once",
}


def read_batches(source: Source, large: bool) -> Iterator[Batch]:
    """The rows of a file in any format that we know.

    Args:
        source: the opened file.
        large: whether a compiled reader of text is worth its start.

    Raises:
        ValueError: that names the file, and the line or row.
    """
    sample = source.file.read(MAX_LINE + 1)
    if not sample:
        raise ValueError(f"{source.path}: is empty")
    for beginnings, why in REFUSED.items():
        if sample.startswith(beginnings):
            raise ValueError(f"{source.path}: {why}")
    if source.archive and "words.npy" in source.archive.namelist():
        return read_npz(source)
    if sample.startswith(b"\x93NUMPY"):
        return read_npy(_plain_file(source))
    if sample[8:9] == b"{" and int.from_bytes(sample[:8], "little") < 10**8:
        return read_safetensors(_plain_file(source))
    if _is_word2vec_binary(source, sample):
        return read_word2vec(source)
    return _read_text(source, sample, large)


def _plain_file(source: Source) -> Source:
    """The source, if its words can be found beside it."""
    if source.path.suffix not in APART:
        raise ValueError(f"{source.path}: holds a table without words; unpack it, and name it {' or '.join(APART)}")
    return source


def _is_word2vec_binary(source: Source, sample: bytes) -> bool:
    """Whether the first line is "V d", and the lines that follow are no rows of text."""
    first, _, rest = sample.partition(b"\n")
    header = HEADER.fullmatch(first)
    named = source.path.name.lower().removesuffix(".gz").removesuffix(".zip").endswith(".bin")
    if not header:
        if named:
            raise ValueError(f"{source.path}: is named .bin, but does not begin with a line of two numbers, V and d")
        return False
    try:
        is_text = any([parse_line(line, int(header[2])) for line in rest.split(b"\n", 10)[:10]])
    except ValueError:
        is_text = False
    if named and is_text:
        raise ValueError(f"{source.path}: is named .bin, but holds text; rename it to .txt")
    return not is_text and (named or b"\0" in rest)


def _read_text(source: Source, sample: bytes, large: bool) -> Iterator[Batch]:
    """The rows of a text file; at the end their number is compared with the header."""
    try:
        layout = find_layout(sample, complete=len(sample) <= MAX_LINE)
    except ValueError as error:
        raise ValueError(f"{source.path}: {error}") from None
    if large:
        from lessonlib.vector_fast import read_fast as read
    else:
        read = read_plain
    rows = 0
    for batch in read(source, layout):
        rows += len(batch.rows)
        yield batch
    if layout.promised not in (None, rows):
        raise ValueError(f"{source.path}: line 1 promises {layout.promised} rows, but {rows} follow; fetch it again")
