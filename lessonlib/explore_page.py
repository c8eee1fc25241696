"""What the interactive pictures have in common: one piece of HTML with its style, its data and its script.

A page asks for nothing from elsewhere and holds no ids. Numbers travel as base64 digits, six bits a letter; text
travels as JSON in which no "<" is left, so that neither "</script" nor "<!--" can occur.
"""

from __future__ import annotations

import functools
import html
import json
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lessonlib.text import require_known

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

MOST_WORDS = 2000
LETTERS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", dtype=np.uint8)
Packed = tuple[int, str]


@dataclass(frozen=True, repr=False)
class Page:
    """An interactive picture, ready to be shown by a notebook or saved as a page of its own."""

    html: str
    summary: str
    name: ClassVar[str] = "Page"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.summary})"

    def _repr_html_(self) -> str:
        return self.html

    def save(self, path: str | Path) -> None:
        """Write a complete HTML page; it needs no network and no other file. An old file is replaced in one step."""
        path = Path(path)
        page = fill("page.html", name=self.name, body=self.html)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, suffix=".tmp", delete=False) as file:
            file.write(page.encode("utf-8"))
        os.chmod(file.name, 0o644)
        os.replace(file.name, path)


def chosen_words(wv: KeyedVectors, words: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The words and their vectors, (n, d) float64, if all of it can be drawn.

    Raises:
        KeyError: for an unknown word; names the nearest spelling.
        ValueError: for fewer than two or more than 2,000 words, a word given twice, NaN or infinity in a vector.
    """
    words = list(words)
    if len(words) < 2:
        raise ValueError(f"words: {len(words)} given; at least two are needed")
    if len(words) > MOST_WORDS:
        raise ValueError(f"words: {len(words):,} given, at most {MOST_WORDS:,} fit; try words=wv.index_to_key[:2000]")
    seen: set[str] = set()
    for word in words:
        if require_known(word, wv.key_to_index) in seen:
            raise ValueError(f"words: {word!r} is given twice; name each word once")
        seen.add(word)
    vectors = np.array([wv[word] for word in words], dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(bad):
        raise ValueError(f"wv: the vector of {words[bad[0]]!r} holds NaN or infinity; look at the training loss first")
    return words, vectors


def body(kind: str, *, title: str, still: str, data: dict) -> str:
    """The HTML of one picture: `still` is shown where no script runs; else the script `kind`.js draws from `data`."""
    return fill(
        "box.html",
        kind=kind.replace("_", "-"),
        title=escape(title),
        style=asset("common.css") + asset(f"{kind}.css"),
        still=still,
        data=script_data(data),
        script=asset("common.js") + asset(f"{kind}.js") + asset("wake.js"),
    )


def pack(values: Sequence[int] | np.ndarray, bits: int | None = None) -> Packed:
    """Whole numbers from 0 on as (bits for each, base64 digits); as few bits as the largest needs, if left out."""
    values = np.asarray(values, dtype=np.int64).ravel()
    bits = bits or max(1, int(values.max(initial=0)).bit_length())
    ones = (values[:, None] >> np.arange(bits - 1, -1, -1)) & 1
    ones = np.concatenate([ones.ravel(), np.zeros(-ones.size % 6, dtype=np.int64)])
    return bits, LETTERS[ones.reshape(-1, 6) @ (1 << np.arange(5, -1, -1))].tobytes().decode("ascii")


def script_data(data: dict) -> str:
    """JSON that is safe inside a script element: no "<" is left in it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def clean(text: str) -> str:
    """Text that HTML can hold: control characters and lone surrogates become U+FFFD, the replacement character."""
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", str(text))


def escape(text: str) -> str:
    """Clean text that is safe inside HTML and inside attributes."""
    return html.escape(clean(text), quote=True)


def fill(template: str, **slots: str) -> str:
    """A template of the package with each {{slot}} replaced, once: a slot's own text is never looked at again."""
    return re.sub(r"\{\{(\w+)\}\}", lambda slot: slots[slot[1]], asset(template))


@functools.cache
def asset(name: str) -> str:
    """A file of the package, without indentation and whole-line comments."""
    text = files("lessonlib").joinpath("assets", name).read_text(encoding="utf-8")
    return re.sub(r"^ *(?:(?://|/\*).*\n)?", "", text, flags=re.MULTILINE)
