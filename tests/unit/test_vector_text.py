"""Text of vectors: the plain reader against an independent one, the fast reader against the plain one, odd lines."""

import gzip
import io
import math
import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lessonlib import vector_fast, vector_text
from lessonlib.vector_fast import read_fast
from lessonlib.vector_files import Source
from lessonlib.vector_text import MAX_LINE, Layout, find_layout, parse_line, read_plain
from lessonlib.vectors import load_vectors

NAMED = Path("v.txt")


def source(data):
    return Source(NAMED, io.BytesIO(), io.BytesIO(data))


def outcome(reader, data, columns):
    """What a reader makes of a text: all words and the bits of all rows, or its error."""
    try:
        batches = list(reader(source(data), Layout(columns, None, 0, 1)))
    except ValueError as error:
        return str(error)
    rows = [batch.rows for batch in batches if len(batch.rows)]
    assert all(r.dtype == np.float32 and r.shape[1] == columns for r in rows)
    return b"".join(batch.words for batch in batches), b"".join(r.tobytes() for r in rows)


def both(data, columns):
    plain, fast = outcome(read_plain, data, columns), outcome(read_fast, data, columns)
    assert plain == fast
    return plain


@pytest.fixture(params=[1, 64, vector_fast.BLOCK], ids=lambda n: f"block{n}")
def block(request, monkeypatch):
    monkeypatch.setattr(vector_fast, "BLOCK", request.param)


def bits(text):
    return np.float32(float(text)).tobytes()


# Numbers


def assert_same_bits(texts):
    """Each text as a one-number row, by both readers, against Python's float."""
    with np.errstate(over="ignore"):
        texts = [text for text in texts if math.isfinite(np.float32(float(text)))]
    data = "".join(f"w {text}\n" for text in texts).encode("ascii")
    words, numbers = both(data, 1)
    expected = b"".join(map(bits, texts))
    assert words == b"w\n" * len(texts)
    if numbers != expected:
        got, wanted = np.frombuffer(numbers, "<f4"), np.frombuffer(expected, "<f4")
        wrong = np.flatnonzero(got.view("i4") != wanted.view("i4"))[0]
        pytest.fail(f"{texts[wrong]} became {got[wrong]!r}, not {wanted[wrong]!r}")


digits = st.text("0123456789", max_size=25)
numbers = st.builds(
    lambda sign, whole, point, part, e: sign + (whole or "0" * (not part)) + (point or "." * bool(part)) + part + e,
    st.sampled_from(["", "+", "-"]), digits, st.sampled_from(["", "."]), digits,
    st.one_of(st.just(""), st.builds("{}{}{}".format, st.sampled_from("eE"), st.sampled_from(["", "+", "-"]),
                                     st.integers(0, 120))),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(numbers, max_size=30))
@example(["0", "-0", "-0.0", "+.5", "5.", "1e22", "1e-22", "1e23", "1e-23", "9007199254740993", "9007199254740992"])
@example(["3.4028235e38", "1e-45", "7e-46", "1.17549435e-38", "0" * 30 + "1", "0." + "0" * 70 + "1", "0e999999999999"])
@example(["100000000000000000", "999999999999999999", "1000000000000000000000e-20", "123456789012345678901234567890"])
@example(["1e80", "1e-80", "1e81", "1e-81", "0.1e81", "0." + "9" * 40, "16777217", "16777219", "4.4e-45"])
def test_numbers_are_those_of_float_to_the_last_bit(texts):
    assert_same_bits(texts)


def test_numbers_halfway_between_two_float32_and_beside():
    """The hardest to round: exact midpoints in decimal, and the same with one digit more, far behind, up and down."""
    rng = np.random.default_rng(0)
    values = (rng.normal(size=300) * 10.0 ** rng.integers(-20, 20, 300)).astype(np.float32)
    texts = []
    for low, high in zip(values, np.nextafter(values, np.float32(np.inf))):
        middle = (Decimal(float(low)) + Decimal(float(high))) / 2
        text = format(middle, "f") if "." in format(middle, "f") else format(middle, "f") + "."
        texts += [text, text + "0" * 5 + "1", str(middle), text[:-1] + "4" + "9" * 20]
        texts += [
            f"{float(middle):.15e}",
            f"{float(middle):.17g}",
            f"{np.nextafter(float(middle), 0):.17g}",
            f"{float(middle):.18e}",
        ]
    assert_same_bits(texts)


@pytest.mark.parametrize("form", ["%.5g", "%.6f", "%.8e", "%.9g", "%r", "%.17g", "%.18e", "%.25f"])
def test_numbers_as_programs_write_them(form):
    values = np.random.default_rng(1).normal(0, 0.4, 3000).tolist() + [0.0, 1.0, -1.0, 1e-7, 123456.0]
    assert_same_bits([form % value for value in values])


def test_common_lines_do_not_need_the_slow_reader(monkeypatch):
    """Also those with seventeen digits, which many programs write, and with other line ends and gaps."""
    monkeypatch.setattr(vector_fast, "parse_line", None)
    for form in (b"w %.17g %.18e\n", b"w %.6f %.5g\r\n", b"w\t%.9g\t%.9g\n", b"w %.4f %.4f \n"):
        data = b"".join(form % tuple(row) for row in np.random.default_rng(2).normal(size=(2000, 2)))
        [batch] = read_fast(source(data), Layout(2, None, 0, 1))
        assert batch.rows.shape == (2000, 2)


NO_NUMBERS = [
    "1.2.3", "0x10", "1_000", "1,5", "nan", "inf", "-Infinity", "1e", "1e+", "e5", ".", "-", "+", "--1", "+-1", "1-",
    "1e5.0", "1e5e5", "1.5f", "٣", "１", "1\x0b", "\x0c1", "1\xa0", "1\x00", "½", "1e39", "-3.5e38", "9" * 400,
    "1e999999",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_NUMBERS)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_is_no_finite_number_is_refused(text, place, block):
    fields = ["0.5", "0.25", "-1"]
    fields[place] = text
    data = f"a 1 2 3\nthe {' '.join(fields)}\nb 4 5 6\n".encode()
    message = both(data, 3)
    assert re.match(r"v\.txt, line 2: .* is (not a finite number|too large for float32)", message)


# Lines

tokens = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=6),
    st.sampled_from([". . .", "at name@domain.com", "a\x85b", "a\xa0b", "\u2028", "\u3000", "\x0b", "\x1c", "\r", "5"]),
    st.text(" \t\ra5.", max_size=5),
).map(str.encode)  # fmt: skip
fields = st.one_of(numbers, st.sampled_from(["0.5", "-1", *NO_NUMBERS])).map(str.encode)
lines = st.builds(
    lambda token, gaps, numbers, end: token + b"".join(g + n for g, n in zip(gaps, numbers)) + end,
    st.one_of(tokens, st.binary(max_size=4).filter(lambda b: b"\n" not in b)),
    st.lists(st.sampled_from([b" ", b" ", b" ", b"\t", b"  "]), min_size=4, max_size=4),
    st.one_of(st.lists(st.sampled_from([b"0.5", b"-1.25"]), min_size=2, max_size=2), st.lists(fields, max_size=4)),
    st.sampled_from([b"", b"", b" ", b"\r", b" \t\r"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(lines, max_size=8), st.sampled_from([b"", b"\n", b"\n\n"]), st.sampled_from([1, 30, 1000]))
def test_fast_reader_equals_plain_reader(lines, end, block):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vector_fast, "BLOCK", block)
        both(b"\n".join(lines) + end, 2)


@settings(max_examples=150, deadline=None)
@given(tokens, st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=4))
def test_a_line_is_its_word_and_its_numbers(token, values):
    """What is put together must come apart, by another rule: the text before the last d separators."""
    assume(not token.endswith((b" ", b"\t")))
    assume(not re.search(rb"[ \t](?i:[+-]?(nan|inf(inity)?)|[-+.\deE]+)$", token))
    line = token + b"".join(b" %.9g" % value for value in values) + b"\n"
    word, row = parse_line(line, len(values))
    assert word == token and row.tobytes() == np.array(values, np.float32).tobytes()


@pytest.mark.parametrize(
    "line, word",
    [
        (b". . . 1 2", b". . ."),
        (b"at name@domain.com 1 2", b"at name@domain.com"),
        (b" 1 2", b""),
        (b"\t1\t2", b""),
        (b" a 1 2", b" a"),
        (b"a  1   2", b"a"),
        (b"a\t1 \t2 \t", b"a"),
        (b"2008 1 2", b"2008"),
        (b"5 000g 1 2", b"5 000g"),
        ("a\u2028b\u3000c\x85\xa0d 1 2\r".encode(), "a\u2028b\u3000c\x85\xa0d".encode()),
        (b"a\rb 1 2", b"a\rb"),
        (b"a\x0bb\x0c\x1c 1 2", b"a\x0bb\x0c\x1c"),
        (b"\xff\xfe 1 2", b"\xff\xfe"),
        (b"\x00 1 2", b"\x00"),
        (b"nan 1 2", b"nan"),
    ],
)
def test_words_that_other_readers_trip_over(line, word, block):
    found, row = parse_line(line, 2)
    assert found == word and row.tolist() == [1, 2] and row.dtype == np.float32
    expected = b"x\n" + word + b"\ny\n", np.array([[3, 4], [1, 2], [5, 6]], np.float32).tobytes()
    assert both(b"x 3 4\n" + line + b"\ny 5 6", 2) == expected


def test_words_with_line_ends_of_other_kinds_beside_a_line_with_spaces(block):
    words = "a\rb", "c\x85\x1c", ". . .", "\u2028", "d\x0b"
    data = "".join(f"{word} 1 2\n" for word in words).encode()
    assert both(data, 2)[0] == "".join(f"{word}\n" for word in words).encode()


@pytest.mark.parametrize(
    "line, why",
    [
        (b"the", "has 1 fields; expected a word and 2 numbers"),
        (b"the 1", "has 2 fields; expected a word and 2 numbers"),
        (b"1 2", "has 2 fields; expected a word and 2 numbers"),
        (b"of the 1", "'the' is not a finite number; expected a word and 2 numbers"),
        (b"the 1 2 3", "has more than 2 numbers"),
        (b"2008 1 2 3", "has more than 2 numbers"),
        (b" 1 2 3", "has more than 2 numbers"),
        (b"a nan 1 2", "has more than 2 numbers"),
        (b"the 1 " + b"x" * 100, "'" + "x" * 39 + "…' is not a finite number; expected a word and 2 numbers"),
        (b"a" * MAX_LINE + b" 1 2", "is longer than 1,048,576 bytes; this is no text file of vectors"),
    ],
    ids=lambda value: None if isinstance(value, str) else value[:20],
)
def test_wrong_lines_are_named(line, why, block):
    assert both(b"x 3 4\n\ny 5 6\n" + line + b"\nz 7 8\n", 2) == f"v.txt, line 4: {why}"


def test_the_first_of_several_wrong_lines_is_named(block):
    data = b"".join(b"w%d 1 2\n" % i for i in range(500))
    data += b"bad 1\nw 1 2\nworse x y\n" + data
    assert both(data, 2).startswith("v.txt, line 501: has 2 fields")


def test_a_line_without_end_is_given_up_soon():
    class Endless(io.RawIOBase):
        served = 0

        def read(self, n=-1):
            self.served += n
            assert n > 0 and self.served < 2**25
            return b"a" * n

        def readline(self, n=-1):
            return self.read(n)

        def seek(self, *_):
            return 0

    for reader in (read_plain, read_fast):
        file = Endless()
        with pytest.raises(ValueError, match=r"v\.txt, line 1: is longer than"):
            list(reader(Source(NAMED, file, file), Layout(2, None, 0, 1)))
        assert 0 < file.served


def test_a_line_of_just_the_longest_length_is_read(block):
    word = b"a" * (MAX_LINE - len(b" 1 2\n"))
    assert both(word + b" 1 2\nb 3 4\n", 2)[0] == word + b"\nb\n"
    assert "line 1: is longer" in both(word + b"a 1 2\nb 3 4\n", 2)


def test_rows_never_outgrow_the_table(monkeypatch):
    """The shortest rows there can be, and an odd one after them: the parser must not write behind its table."""
    seen, parse_rows = [], vector_fast.parse_rows

    def guarded(text, powers, table, words, odd):
        larger = np.full((len(table) + 2, table.shape[1]), -7, np.float32)
        result = parse_rows(text, powers, larger[: len(table)], words, odd)
        seen.append((larger[len(table) :] == -7).all())
        table[:] = larger[: len(table)]
        return result

    monkeypatch.setattr(vector_fast, "parse_rows", guarded)
    rows = b" 1 2\n" * 50
    for data, columns in [(rows, 2), (rows + b" 3 4 5\n", 2), (rows + b"\n" * 50, 2), (b" 1 2", 2), (b" 1 2\n", 3)]:
        outcome(read_fast, data, columns)
    assert len(seen) == 5 and all(seen)


def test_blank_lines_are_skipped(block):
    expected = b"a\nb\n", np.array([[1, 2], [3, 4]], np.float32).tobytes()
    assert both(b"\n\r\n  \na 1 2\n\n \t \nb 3 4\n\n\n", 2) == expected


def test_no_thread_is_left_after_an_error():
    import threading

    before = threading.active_count()
    with pytest.raises(ValueError):
        list(read_fast(source(b"a 1\n" * 10), Layout(2, None, 0, 1)))
    assert threading.active_count() == before


# Layout


@pytest.mark.parametrize(
    "text, layout",
    [
        (b"the 1 2\nof 3 4\n", (2, None, 0, 1)),
        (b"the 1 2", (2, None, 0, 1)),
        (b"\xef\xbb\xbfthe 1 2\n", (2, None, 3, 1)),
        (b"2 3\nthe 1 2 3\nof 3 4 5\n", (3, 2, 4, 2)),
        (b"2 3 \r\nthe 1 2 3\r\n", (3, 2, 6, 2)),
        (b"\xef\xbb\xbf2\t3\nthe 1 2 3\n", (3, 2, 7, 2)),
        (b"99999999999 2\nthe 1 2\n", (2, 99999999999, 14, 2)),
        (b"5 300\n", (300, 5, 6, 2)),
        (b"5 1\nthe 1\nof 2\n", (1, 5, 4, 2)),  # not the word 5: the readers then find 2 rows, not 5, and say so
        (b"2008 0.5\nthe 1\n", (1, None, 0, 1)),
        (b"2008 1 2\n2009 3 4\n", (2, None, 0, 1)),
        (b". . . 1 2\nat name@domain.com 3 4\nthe 5 6\n", (2, None, 0, 1)),
        (b"5 000 1 2\nthe 5 6\nof 7 8\n", (2, None, 0, 1)),
        (b" 3 4\nthe 5 6\n", (2, None, 0, 1)),
        (b"\n\nthe 5 6\n", (2, None, 0, 1)),
        (b"the nan 1\nof 1 inf\n", (2, None, 0, 1)),
        (b"0.5 1 2\nthe 1 2\n", (2, None, 0, 1)),
    ],
)
def test_layout_of_a_text(text, layout):
    assert find_layout(text, complete=True) == layout


def test_layout_does_not_ask_the_line_that_the_sample_cuts():
    assert find_layout(b"the 1 2 3\nof 4", complete=False).columns == 3
    assert find_layout(b"the 1 2 3\nof 4 5 6\nto 7\nit 8", complete=False).columns == 3
    assert find_layout(b"the 1 2 3", complete=False).columns == 3
    assert find_layout(b"2 3\nthe 1 2", complete=False) == (3, 2, 4, 2)


@pytest.mark.parametrize(
    "text, why",
    [
        (b"hello\n", "line 1 is 'hello', not a word and its numbers"),
        (b"hello world\nthis is a text\n", "line 1 is 'hello world', not a word"),
        (b"\n\n", "line 1 is '', not a word"),
        (b"7\n", "line 1 is '7', not a word"),
        (b"5 300\nthe 1 2\nof 1 2\n", "line 1 promises 300 numbers a row, but the lines after it have 2"),
        (b"7 3\nthe 1\n", "line 1 promises 3 numbers a row, but the lines after it have 1"),  # cut in its first row
        (b"5 99999999999\n", "line 1 promises 99999999999 numbers a row, but the lines after it have 0"),
        (b"0.1 0.2 0.3\n-0.4 .5 0.6\n1.5e-3 1 1\n", "lines of numbers without a word"),
        (b"  0.1 0.2\n -0.4 0.6\n", "lines of numbers without a word"),
    ],
)
def test_what_is_no_text_of_vectors(text, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        find_layout(text, complete=True)


def test_a_number_of_a_million_digits_is_soon_refused():
    import time

    started = time.perf_counter()
    for field in (b"1" * 10**6 + b"x", b"1." + b"1" * 10**6 + b"x", b"1e" + b"1" * 10**6 + b"x"):
        with pytest.raises(ValueError, match="not a finite number"):
            parse_line(b"a " + field, 1)
    assert time.perf_counter() - started < 2


def test_the_plain_reader_hands_over_small_batches():
    assert vector_text.MAX_COLUMNS * 2 <= MAX_LINE
    sizes = [len(b.rows) for b in read_plain(source(b"a 1\n" * 2500), Layout(1, None, 0, 1))]
    assert sizes == [1000, 1000, 500]


@pytest.mark.parametrize(
    "content",
    [
        "the, 0.1, 0.2, 0.3\ncat, 0.4, 0.5, 0.6\n",
        "the 0.1 0.2\rcat 0.4 0.5\rdog 1 2\r",
        "a 0.1 0.2 0.3\nb 0.1 0.2 0.c 0.4 0.5 0.6\nd 1 2 3\n",
        "haus 0,1 1\nbaum 0,3 2\n",
        "haus 0.1 x 0.2\nbaum 0.3 y 0.4\n",
    ],
)
def test_a_word_swallows_no_numbers(content, tmp_path):
    path = tmp_path / "v.txt"
    path.write_bytes(content.encode())
    with pytest.raises(ValueError, match=r"v\.txt, line [12]: has numbers inside its word"):
        load_vectors(path)


@pytest.mark.parametrize("first", ["0", "1e-05", "-7"])
def test_a_table_without_words_is_refused_whatever_its_first_numbers_look_like(first, tmp_path):
    path = tmp_path / "v.txt"
    path.write_text(f"0.5 0.25 0.1\n{first} 0.3 0.7\n-0.4 0.2 0.9\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lines of numbers without a word"):
        load_vectors(path)


def test_an_archive_of_blank_lines_does_not_keep_the_reader_busy(tmp_path):
    path = tmp_path / "v.txt.gz"
    path.write_bytes(gzip.compress(b"a 1 2\n" + b"\n" * 2**22))
    with pytest.raises(ValueError, match=r"line 10002: more than 10,000 blank lines in a row"):
        load_vectors(path)
