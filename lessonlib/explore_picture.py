"""The map as geometry: where words stand, where labels find room, and a still picture for readers without scripts."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lessonlib.explore_page import clean, escape
from lessonlib.flat import place_labels

SIZE = WIDTH, HEIGHT = 720, 520
MARGIN = 22
FONT, NARROW_FONT = 12, 22  # the second is for a phone, where the picture is half as wide
LABELED, LONGEST = 250, 30  # words that look for room for a label; letters of a label
# One shape for each of plots.MARKERS, in the same order and about as large as a circle of radius 5.
SHAPES = (
    "M-5 0a5 5 0 1 0 0-.01z", "M-4.5-4.5h9v9h-9z", "M0-5.5L5.5 4.5h-11z", "M0-6L5 0 0 6-5 0z",
    "M0 5.5L5.5-4.5h-11z", "M-2-5h4v3h3v4h-3v3h-4v-3h-3v-4h3z",
    "M-5-3l2-2 3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z", "M-5.5 0L4.5-5.5v11z", "M5.5 0L-4.5-5.5v11z",
)  # fmt: skip
SMALL_DOT = "M-3 0a3 3 0 1 0 0-.01z"
# The fills of plots.PALETTE; word_map.css holds them too, with lighter ones for dark pages.
FILLS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#000000", "#CC79A7", "#F0E442")
GRAY = "#666"
ANCHORS = ("start", "start", "middle", "end")


class Label(NamedTuple):
    """Where a label stands, seen from its point."""

    anchor: int  # 0: hidden until its word is touched; else a place in ANCHORS
    x: int
    y: int  # of the baseline
    leader: bool  # whether a line joins it to its point


def to_page(flat: np.ndarray) -> np.ndarray:
    """Positions in whole pixels: one scale for both directions, centered, y downward."""
    low, high = flat.min(axis=0), flat.max(axis=0)
    room = np.array([WIDTH - 2 * MARGIN - 40, HEIGHT - 2 * MARGIN - 20])
    span = np.where(high - low > 0, high - low, 1)
    points = (flat - (low + high) / 2) * (room / span).min() * [1, -1]
    return (points + [WIDTH / 2, HEIGHT / 2]).round().astype(int)


def labels(names: Sequence[str], points: np.ndarray, font: int) -> list[Label]:
    """A place for each of the first labels, in the order given."""
    sizes = np.array([(text_width(name, font), font + 2) for name in names[:LABELED]])
    places = place_labels(points - MARGIN, sizes, (WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN), radius=0.33 * font)
    found = []
    for (x, y), (width, height), place in zip(points, sizes, places):
        if place is None:
            found.append(Label(0, 0, 0, False))
            continue
        dx, dy = np.array(place) + MARGIN - (x, y)
        anchor, at = (1, dx) if dx >= 0 else (3, dx + width) if dx + width <= 0 else (2, dx + width / 2)
        gap = np.hypot(max(0, dx, -dx - width), max(0, dy, -dy - height))
        found.append(Label(anchor, round(float(at)), round(float(dy + height - 3)), bool(gap > font)))
    return found


def text_width(text: str, font: int = FONT) -> int:
    """About how many pixels a word takes in the map's font. East Asian letters are wide, combining marks take none."""
    ems = 0.0
    for letter in text:
        if unicodedata.combining(letter):
            continue
        wide = unicodedata.east_asian_width(letter) in "WF"
        ems += 1.0 if wide else 0.3 if letter in "iljt.,' " else 0.85 if letter in "mwMW" else 0.58
    return round(ems * font) + 3


def short_name(word: str) -> str:
    """What stands beside a point: the word, cut if it is very long, or its code points if nothing of it can be seen."""
    word = clean(word)
    if all(unicodedata.category(letter)[0] in "ZCM" for letter in word):
        return " ".join(f"U+{ord(letter):04X}" for letter in word[:3]) + ("…" if len(word) > 3 else "") or "(empty)"
    return word if len(word) <= LONGEST else word[: LONGEST - 1] + "…"


def still(
    names: Sequence[str], points: np.ndarray, ids: np.ndarray, places: Sequence[Label], axes: Sequence[str], alt: str,
    legend: Sequence[str],
) -> str:  # fmt: skip
    """An <img> that holds the whole picture: a marker for each word, and the labels that found room.

    It is an image and not inline SVG because viewers that strip scripts strip inline SVG as well, and keep images.
    """
    parts = []
    size = 0.85 if len(points) <= 400 else 0.55
    for number in sorted({int(i) for i in ids}):
        shape = SHAPES[number % len(SHAPES)] if number >= 0 else SMALL_DOT
        fill = FILLS[number % len(FILLS)] if number >= 0 else GRAY
        mine = points[ids == number]
        parts.append(
            f'<marker id="m{number}" viewBox="-7 -7 14 14" markerWidth="{14 * size:g}" markerHeight="{14 * size:g}" '
            f'markerUnits="userSpaceOnUse"><path d="{shape}" fill="{fill}" stroke="#333" stroke-width=".8"/></marker>'
            f'<path d="M{" ".join(f"{x} {y}" for x, y in mine)}" fill="none" marker-start="url(#m{number})" '
            f'marker-mid="url(#m{number})" marker-end="url(#m{number})"/>'
        )
    for (x, y), place in zip(points, places):
        if place.leader:
            parts.append(f'<path d="M{x} {y}l{place.x} {place.y - 4}" stroke="{GRAY}" stroke-width=".6"/>')
    for name, (x, y), place in zip(names, points, places):
        if place.anchor:
            anchor = f' text-anchor="{ANCHORS[place.anchor]}"' if place.anchor > 1 else ""
            parts.append(f'<text x="{x + place.x}" y="{y + place.y}"{anchor}>{escape(name)}</text>')
    row = _legend_row(legend)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT + 24 * bool(row)}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT + 24 * bool(row)}" '
        f'font-family="sans-serif" font-size="{FONT}"><path d="M0 0h{WIDTH}v{HEIGHT + 24}H0z" fill="#fff"/>'
        f'<text x="14" y="{HEIGHT - 6}" fill="{GRAY}">{escape(axes[0])} →</text>'
        f'<text transform="translate(14 {HEIGHT - 26}) rotate(-90)" fill="{GRAY}">{escape(axes[1])} →</text>'
        f"{''.join(parts)}{row}</svg>"
    )
    code = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return f'<img class="asleep" alt="{escape(alt)}" width="{WIDTH}" src="data:image/svg+xml;base64,{code}">'


def _legend_row(legend: Sequence[str]) -> str:
    """Names with their markers below the still picture, as far as they fit in one line."""
    x, parts = 16, []
    for number, name in enumerate(legend):
        name = short_name(name)
        if x + text_width(name) + 24 > WIDTH:
            break
        parts.append(
            f'<path transform="translate({x} {HEIGHT + 11})" d="{SHAPES[number % len(SHAPES)]}" '
            f'fill="{FILLS[number % len(FILLS)]}" stroke="#333" stroke-width=".8"/>'
            f'<text x="{x + 10}" y="{HEIGHT + 15}">{escape(name)}</text>'
        )
        x += text_width(name) + 30
    return "".join(parts)
