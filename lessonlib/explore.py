"""The interactive word map: one piece of HTML that works in JupyterLab, in exported pages and as a file, offline.

The picture is flat, the neighbors are not: positions are two principal components, neighbors are looked for in all
dimensions. That the two disagree now and then is the first thing to learn from a map of words.
"""

from __future__ import annotations

import functools
import html
import os
import re
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lessonlib.evaluate import cosine_matrix
from lessonlib.flat import Categories, category_ids, pca_2d, place_labels, variance_share
from lessonlib.text import require_at_least, require_known

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

WIDTH, HEIGHT, MARGIN, FONT = 720, 520, 22, 12
# One shape for each of plots.MARKERS, in the same order and about as large as a circle of radius 5.
SHAPES = (
    "M-5 0a5 5 0 1 0 0-.01z", "M-4.5-4.5h9v9h-9z", "M0-5.5L5.5 4.5h-11z", "M0-6L5 0 0 6-5 0z",
    "M0 5.5L5.5-4.5h-11z", "M-2-5h4v3h3v4h-3v3h-4v-3h-3v-4h3z",
    "M-5-3l2-2 3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z", "M-5.5 0L4.5-5.5v11z", "M5.5 0L-4.5-5.5v11z",
)  # fmt: skip
SMALL_DOT = "M-3 0a3 3 0 1 0 0-.01z"
COLORS = 8  # as many as plots.PALETTE; word_map.css holds them for light and dark pages


@dataclass(frozen=True, repr=False)
class WordMap:
    """An interactive map, ready to be shown by a notebook or saved as a page of its own."""

    html: str
    summary: str

    def __repr__(self) -> str:
        return f"WordMap({self.summary})"

    def _repr_html_(self) -> str:
        return self.html

    def save(self, path: str | Path) -> None:
        """Write a complete HTML page; it needs no network and no other file. An old file is replaced in one step."""
        path = Path(path)
        page = _asset("word_map.html").replace("{{map}}", self.html)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, suffix=".tmp", delete=False) as file:
            file.write(page.encode("utf-8"))
        os.chmod(file.name, 0o644)
        os.replace(file.name, path)


def word_map(
    wv: KeyedVectors,
    words: Sequence[str] | None = None,
    *,
    categories: Categories | None = None,
    k: int = 5,
    title: str = "",
    axes: tuple[str, str] | None = None,
) -> WordMap:
    """A map of words: hover, click or focus one, and its k nearest neighbors light up with their cosines.

    Args:
        wv: the vectors; only `wv.key_to_index`, `wv.index_to_key` and `wv[word]` are used.
        words: what to draw; all words of `categories`, or else the 90 first of `wv`, if left out.
            Early words are labeled first where room is scarce; a label left out appears when its word is touched.
        categories: name -> words, told apart by shape and color.
        k: how many neighbors, by cosine in all dimensions, among the words on the map.
        title: a line above the map.
        axes: names of the horizontal and the vertical axis, if the usual ones do not do.

    Raises:
        KeyError: for an unknown word; names the nearest spelling.
        ValueError: for no words, a word given twice or in two categories, k outside 1 … words - 1, NaN in a vector.
    """
    categories = categories or {}
    if words is None:
        words = [w for members in categories.values() for w in members] or wv.index_to_key[:90]
    words = [require_known(word, wv.key_to_index) for word in words]
    if len(words) < 2:
        raise ValueError(f"words: {len(words)} given; a map needs at least two")
    twice = next((word for number, word in enumerate(words) if word in words[:number]), None)
    if twice is not None:
        raise ValueError(f"words: {twice!r} is given twice; name each word once")
    require_at_least("k", k, 1)
    if k >= len(words):
        raise ValueError(f"k={k}: with {len(words)} words on the map, at most {len(words) - 1}")
    vectors = np.array([wv[word] for word in words], dtype=np.float64)
    flat = pca_2d(vectors)
    if axes is None:
        shares = variance_share(vectors, flat)
        axes = tuple(f"principal component {i + 1} ({share:.0%} of the variance)" for i, share in enumerate(shares))
    ids = category_ids(words, categories)
    points = _to_page(flat)
    slots = {
        "title": _escape(title),
        "label": _escape(title or f"Map of {len(words)} words"),
        "legend": _legend(list(categories), bool((ids < 0).any())),
        "width": str(WIDTH),
        "height": str(HEIGHT),
        "across": _escape(axes[0]),
        "up": _escape(axes[1]),
        "words": _words(words, points, ids, _nearest(vectors, k)),
        "dimensions": str(vectors.shape[1]),
        "style": _asset("word_map.css"),
        "script": _asset("word_map.js"),
    }
    body = re.sub(r"\{\{(\w+)\}\}", lambda slot: slots[slot[1]], _asset("word_map_body.html"))
    noted = f"{len(categories)} categories, " if categories else ""
    return WordMap(body, f"{len(words)} words, {noted}k={k}")


def _nearest(vectors: np.ndarray, k: int) -> list[str]:
    """For each row its k nearest others as "number:cosine …", in hundredths; equal ones in the given order."""
    cosines = cosine_matrix(vectors).round(9)
    np.fill_diagonal(cosines, -np.inf)
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    return [" ".join(f"{j}:{100 * row[j]:.0f}" for j in nearest) for row, nearest in zip(cosines, order)]


def _to_page(flat: np.ndarray) -> np.ndarray:
    """Positions in whole pixels: one scale for both directions, centered, y downward."""
    low, high = flat.min(axis=0), flat.max(axis=0)
    room = np.array([WIDTH - 2 * MARGIN - 40, HEIGHT - 2 * MARGIN - 20])
    span = np.where(high - low > 0, high - low, 1)
    points = (flat - (low + high) / 2) * (room / span).min() * [1, -1]
    return (points + [WIDTH / 2, HEIGHT / 2]).round().astype(int)


def _words(words: Sequence[str], points: np.ndarray, ids: np.ndarray, nearest: list[str]) -> str:
    """One <g> for each word: marker, label where it found room, and the neighbors as data."""
    sizes = np.array([(_text_width(word), FONT + 2) for word in words])
    places = place_labels(points - MARGIN, sizes, (WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN))
    lines = []
    for number, (word, (x, y), place) in enumerate(zip(words, points, places)):
        quiet = " quiet" if place is None else ""
        dx, dy = (7, -FONT / 2 - 1) if place is None else np.array(place) + MARGIN - (x, y)
        width, height = sizes[number]
        if dx >= 0:
            anchor, at = "", dx
        elif dx + width <= 0:
            anchor, at = " class=e", dx + width
        else:
            anchor, at = " class=m", dx + width / 2
        gap = np.hypot(max(0, dx, -dx - width), max(0, dy, -dy - height))
        leader = f'<path class=l d="M0 0L{at:.0f} {dy + height / 2:.0f}"/>' if gap > 12 else ""
        kind = f"c{ids[number] % COLORS}" if ids[number] >= 0 else "o"
        shape = SHAPES[ids[number] % len(SHAPES)] if ids[number] >= 0 else SMALL_DOT
        lines.append(
            f'<g class="word {kind}{quiet}" data-word="{_escape(word)}" data-in={ids[number]} '
            f'data-near="{nearest[number]}" '
            f'transform="translate({x} {y})">{leader}<path d="{shape}"/>'
            f"<text{anchor} x={at:.0f} y={dy + height - 3:.0f}>{_escape(word)}</text></g>"
        )
    return "\n".join(lines)


def _legend(names: list[str], others: bool) -> str:
    """A line of markers with their category names; empty without categories."""
    entries = [(f"c{i % COLORS}", SHAPES[i % len(SHAPES)], name) for i, name in enumerate(names)]
    if names and others:
        entries.append(("o", SMALL_DOT, "other"))
    icon = '<svg viewBox="-8 -8 16 16" aria-hidden="true"><path class="{}" d="{}"/></svg>'
    return "".join(f"<li>{icon.format(kind, shape)}{_escape(name)}</li>" for kind, shape, name in entries)


def _text_width(text: str) -> int:
    """About how many pixels a word takes in the map's font. East Asian letters are wide, combining marks take none."""
    ems = 0.0
    for letter in text:
        if unicodedata.combining(letter):
            continue
        wide = unicodedata.east_asian_width(letter) in "WF"
        ems += 1.0 if wide else 0.3 if letter in "iljt.,' " else 0.85 if letter in "mwMW" else 0.58
    return round(ems * FONT) + 3


def _escape(text: str) -> str:
    """Text that is safe inside HTML and inside attributes; control characters and lone surrogates become U+FFFD."""
    return html.escape(re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", text), quote=True)


@functools.cache
def _asset(name: str) -> str:
    """A template of the package, without indentation and whole-line comments."""
    text = files("lessonlib").joinpath("assets", name).read_text(encoding="utf-8")
    return re.sub(r"^ *(?:(?://|/\*).*\n)?", "", text, flags=re.MULTILINE)
