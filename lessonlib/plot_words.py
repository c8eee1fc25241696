"""Words on a plane: a map with labels that never overlap, the same map over time, arrows for analogies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessonlib.flat import Categories, align, category_ids, pca_2d, place_labels, variance_share
from lessonlib.plot_style import MARKERS, PALETTE, page
from lessonlib.text import require_known

if TYPE_CHECKING:
    from gensim.models import KeyedVectors


def word_scatter(
    wv: KeyedVectors,
    words: Sequence[str],
    categories: Categories | None = None,
    ax: Axes | None = None,
    coords: np.ndarray | None = None,
    title: str = "",
) -> Axes:
    """Draw words as points with labels that never overlap; a category has its own color and its own marker.

    Args:
        wv: the vectors; each word must be known.
        words: what to draw. Early words are labeled first when room is scarce.
        categories: name -> words; words in none of them are drawn in gray.
        ax: where to draw; a new figure if left out.
        coords: (n, 2) positions; the two principal components of the chosen words if left out.
        title: the title. Give it here, not afterwards: it takes room away from the labels.

    Raises:
        KeyError: for an unknown word; names the nearest spelling.
        ValueError: for no words, or coords of another shape than (n, 2).
    """
    words = list(words)
    if not words:
        raise ValueError("words: is empty; name at least one word")
    ax, coords = _plane(wv, words, ax, coords, title)
    _points(ax, coords, category_ids(words, categories), list(categories or {}))
    if categories:
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), handletextpad=0.2)
    ax.margins(0.09)
    left_out = _labels(ax, coords, words)
    if left_out:
        note = f"{left_out} label{'s' if left_out > 1 else ''} left out"
        note = ax.text(1, 1.01, note, transform=ax.transAxes, ha="right", va="bottom", fontsize=9, color=page("soft"))
        note.set_in_layout(False)
    return ax


def small_multiples(
    frames: Sequence[Mapping[str, np.ndarray] | KeyedVectors], categories: Categories, titles: Sequence[str]
) -> Figure:
    """The same words at several moments of the training, side by side, in one scale.

    Each frame is flattened by its own principal components, then turned (never stretched) onto the last one, so that
    what moves in the picture moves in the vectors. The first word of each category is labeled.

    Args:
        frames: at least two, oldest first; `frame[word]` is a vector.
        categories: name -> words to draw.
        titles: one for each frame.
    """
    if len(frames) < 2 or len(titles) != len(frames):
        raise ValueError(
            f"titles: got {len(titles)} for {len(frames)} frames; give at least 2 frames, a title for each"
        )
    words = [word for members in categories.values() for word in members]
    flats = [pca_2d(np.array([frame[word] for word in words])) for frame in frames]
    flats = [align(flat, flats[-1]) for flat in flats]
    limit = 1.12 * max(np.abs(flat).max() for flat in flats)
    columns = min(3, len(frames))
    rows = -(-len(frames) // columns)
    fig, axes = plt.subplots(
        rows, columns, figsize=(2.8 * columns, 2.8 * rows + 0.7), sharex=True, sharey=True, squeeze=False
    )
    for ax, flat, title in zip(axes.flat, flats, titles):
        _points(ax, flat, category_ids(words, categories), list(categories), size=22)
        ax.set(title=title, aspect="equal", xlim=(-limit, limit), ylim=(-limit, limit))
    for ax in axes.flat[len(frames) :]:
        ax.set_axis_off()
    for ax in axes[:, 0]:
        ax.set_ylabel("component 2")
    for ax in axes[-1]:
        ax.set_xlabel("component 1")
    columns_of_legend = -(-len(categories) // -(-len(categories) // 6))  # rows of equal length, at most 6 in one
    fig.legend(
        *axes.flat[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=columns_of_legend,
        handletextpad=0.2,
    )
    fig.draw_without_rendering()  # square panels need one more pass before the layout rests
    firsts = [words.index(members[0]) for members in categories.values()]
    for ax, flat in zip(axes.flat, flats):
        _labels(ax, np.concatenate([flat[firsts], flat]), [words[i] for i in firsts])
    return fig


def analogy_arrows(
    wv: KeyedVectors,
    pairs: Sequence[tuple[str, str]],
    ax: Axes | None = None,
    title: str = "",
    coords: np.ndarray | None = None,
) -> Axes:
    """An arrow from a to b for each pair (a, b): where all pairs are related alike, the arrows are nearly parallel.

    Principal components are chosen to show as much as they can of these very words, so parallel arrows in the picture
    prove little: measure in all dimensions, and draw shuffled pairs beside.

    Args:
        pairs: at least one; a word may stand in several.
        coords: (n, 2) positions of the different words in order of appearance; their two principal components if left
            out.

    Raises:
        KeyError: for an unknown word; names the nearest spelling.
        ValueError: for no pairs, or coords of another shape.
    """
    words = list(dict.fromkeys(word for pair in pairs for word in pair))
    if not words:
        raise ValueError("pairs: is empty; give at least one (a, b)")
    ax, coords = _plane(wv, words, ax, coords, title)
    at = {word: xy for word, xy in zip(words, coords)}
    starts, ends = (np.array([at[pair[side]] for pair in pairs]) for side in (0, 1))
    firsts = {a for a, _ in pairs}
    kinds = np.array([0 if word in firsts else 1 for word in words])
    _points(ax, coords, kinds, ["from", "to"])
    for start, end in zip(starts, ends):
        line = {"arrowstyle": "-|>", "color": page("soft"), "linewidth": 1.1, "shrinkA": 4, "shrinkB": 4}
        ax.annotate("", end, start, arrowprops=line)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), handletextpad=0.2)
    ax.margins(0.12)
    along = np.linspace(0.05, 0.98, 14)[:, None, None]
    _labels(ax, np.concatenate([coords, (starts + along * (ends - starts)).reshape(-1, 2)]), words)
    return ax


def _plane(
    wv: KeyedVectors, words: Sequence[str], ax: Axes | None, coords: np.ndarray | None, title: str
) -> tuple[Axes, np.ndarray]:
    """Axes with names, and a position (n, 2) for each word: its principal components where none is given."""
    vectors = np.array([wv[require_known(word, wv.key_to_index)] for word in words], dtype=np.float64)
    names = ["x", "y"]
    if coords is None:
        coords = pca_2d(vectors)
        shares = variance_share(vectors, coords)
        names = [f"principal component {i + 1} ({share:.0%} of the variance)" for i, share in enumerate(shares)]
    coords = np.asarray(coords, dtype=np.float64)
    if coords.shape != (len(words), 2):
        raise ValueError(f"coords: shape {coords.shape}, expected ({len(words)}, 2), one row for each word")
    ax = ax or plt.subplots(figsize=(7.8, 5.6))[1]
    ax.set(xlabel=names[0], ylabel=names[1], title=title or " ")  # a line of room for a note
    return ax, coords


def _points(ax: Axes, coords: np.ndarray, ids: np.ndarray, names: list[str], size: float = 26) -> None:
    """One scatter for each category, so that the legend shows its color and marker."""
    for number, name in [*enumerate(names), (-1, "other")]:
        mine = coords[ids == number]
        color = PALETTE[number % len(PALETTE)] if number >= 0 else page("other")
        marker = MARKERS[number % len(MARKERS)] if number >= 0 else "."
        if len(mine):
            ax.scatter(*mine.T, s=size, color=color, marker=marker, edgecolor=page("paper"), linewidth=0.6, label=name)


def _labels(ax: Axes, coords: np.ndarray, words: Sequence[str]) -> int:
    """Write the words beside the first points without overlap; return how many of them found no room."""
    ax.figure.draw_without_rendering()  # the layout must be final before pixels mean anything
    samples = [ax.text(0, 0, word, fontsize=9) for word in words]
    boxes = [sample.get_window_extent() for sample in samples]
    sizes = np.array([(box.width + 2, box.height) for box in boxes])
    for sample in samples:
        sample.remove()
    points = ax.transData.transform(coords) - ax.bbox.min
    places = place_labels(points, sizes, tuple(ax.bbox.size), radius=4.0)
    line = {"arrowstyle": "-", "color": page("edge"), "linewidth": 0.6, "shrinkA": 0, "shrinkB": 4}
    for word, xy, point, size, place in zip(words, coords, points, sizes, places):
        if place is not None:
            gap = np.hypot(*np.maximum(0, np.maximum(place - point, point - place - size)))
            label = ax.annotate(
                word, xy, (place - point) * 72 / ax.figure.dpi, textcoords="offset points", ha="left", va="bottom",
                fontsize=9, arrowprops=line if gap > 10 else None,
            )  # fmt: skip
            label.set_in_layout(False)
    return places.count(None)
