"""Static figures: word maps, heat maps, loss curves. Colors are safe for color-blind readers and never speak alone."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessonlib.flat import Categories, align, category_ids, pca_2d, place_labels, variance_share
from lessonlib.text import require_known

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

__all__ = [
    "MARKERS", "PALETTE", "heatmap", "loss_curve", "pca_2d", "show", "small_multiples", "spread", "use_style",
    "word_scatter",
]  # fmt: skip

# Okabe & Ito (2008), ordered so that neighbors in the list differ in lightness too.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#000000", "#CC79A7", "#F0E442")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")  # nine shapes, eight colors: 72 pairs before one comes back
OTHER = "#767676"
LINES = ("-", "--", "-.", ":")


def use_style() -> None:
    """Set matplotlib's defaults for the course: readable type, no box, small files."""
    plt.rcParams.update(
        {
            "figure.dpi": 100, "savefig.dpi": 100, "figure.figsize": (6.8, 4.2), "figure.constrained_layout.use": True,
            "font.size": 10, "axes.titlesize": 11, "axes.labelsize": 10, "xtick.labelsize": 9, "ytick.labelsize": 9,
            "legend.fontsize": 9, "legend.frameon": False, "axes.spines.top": False, "axes.spines.right": False,
            "axes.edgecolor": "#888888", "axes.axisbelow": True, "axes.titlelocation": "left", "lines.linewidth": 1.8,
            "figure.facecolor": "white", "axes.prop_cycle": plt.cycler(color=PALETTE),
        }
    )  # fmt: skip


def show(fig: Figure, alt: str) -> None:
    """Show a figure once, with a text for readers who cannot see it, and close it.

    Raises:
        ValueError: if `alt` is empty. Say what the figure shows, not what it looks like.
    """
    from IPython.display import display
    from PIL import Image

    if not isinstance(alt, str) or not alt.strip():
        raise ValueError("alt: is empty; say in one sentence what the figure shows")
    drawn, small = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, dpi=fig.dpi, bbox_inches="tight", facecolor="white")
    # 160 colors make the file about a third as large and change no channel of a pixel by more than a few of its 255.
    picture = Image.open(drawn).convert("RGB").quantize(160, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    picture.save(small, "PNG", optimize=True)
    png = base64.b64encode(small.getvalue()).decode("ascii")
    display({"text/plain": repr(fig), "image/png": png}, raw=True, metadata={"image/png": {"alt": alt}})
    plt.close(fig)


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
    vectors = np.array([wv[require_known(word, wv.key_to_index)] for word in words], dtype=np.float64)
    ax = ax or plt.subplots(figsize=(7.8, 5.6))[1]
    names = ["x", "y"]
    if coords is None:
        coords = pca_2d(vectors)
        shares = variance_share(vectors, coords)
        names = [f"principal component {i + 1} ({share:.0%} of the variance)" for i, share in enumerate(shares)]
    coords = np.asarray(coords, dtype=np.float64)
    if coords.shape != (len(words), 2):
        raise ValueError(f"coords: shape {coords.shape}, expected ({len(words)}, 2), one row for each word")
    ax.set(xlabel=names[0], ylabel=names[1], title=title or " ")  # a line of room for the note below
    _points(ax, coords, category_ids(words, categories), list(categories or {}))
    if categories:
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), handletextpad=0.2)
    ax.margins(0.09)
    left_out = _labels(ax, coords, words)
    if left_out:
        note = f"{left_out} label{'s' if left_out > 1 else ''} left out"
        note = ax.text(1, 1.01, note, transform=ax.transAxes, ha="right", va="bottom", fontsize=9, color="#555555")
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


def heatmap(
    matrix: np.ndarray,
    row_labels: Sequence[str],
    col_labels: Sequence[str],
    title: str = "",
    value: str = "",
    ax: Axes | None = None,
) -> Axes:
    """A matrix (n, m) as colored cells. Signed values get two colors with white at zero, others one color.

    Cells carry their numbers when there are at most 100 of them. `value` names what is measured, beside the color bar.
    """
    import seaborn

    matrix = np.asarray(matrix, dtype=np.float64)
    if matrix.shape != (len(row_labels), len(col_labels)):
        raise ValueError(f"matrix: shape {matrix.shape}, but {len(row_labels)} row and {len(col_labels)} column labels")
    rows, columns = matrix.shape
    ax = ax or plt.subplots(figsize=(min(2.2 + 0.55 * columns, 9), min(1.4 + 0.36 * rows, 8)))[1]
    limit = np.abs(matrix).max()
    signed = matrix.min() < 0
    whole = bool((matrix == matrix.round()).all())
    seaborn.heatmap(
        matrix, ax=ax, cmap="PuOr_r" if signed else "Blues", vmin=-limit if signed else min(0.0, matrix.min()),
        vmax=limit, annot=matrix.size <= 100, fmt=".0f" if whole else ".2f", annot_kws={"size": 9}, linewidths=0.5,
        xticklabels=list(col_labels), yticklabels=list(row_labels), cbar_kws={"label": value},
    )  # fmt: skip
    ax.set_title(title)
    crowded = max(map(len, map(str, col_labels))) > 4
    ax.tick_params(axis="x", rotation=90 if crowded else 0, length=0)
    ax.tick_params(axis="y", rotation=0, length=0)
    return ax


def loss_curve(
    losses: Sequence[float] | Mapping[str, Sequence[float]],
    floor: float | None = None,
    start: float | None = None,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Mean loss after each epoch, in nats, with the two lines it has to live between.

    Args:
        losses: one value per epoch, or name -> values for several runs.
        floor: the conditional entropy of the data, which no model gets below.
        start: ln V, the loss of a model that knows nothing.
    """
    runs = losses if isinstance(losses, Mapping) else {"": losses}
    ax = ax or plt.subplots()[1]
    marks = []
    for number, (name, values) in enumerate(runs.items()):
        epochs = np.arange(1, len(values) + 1)
        ax.plot(epochs, values, color=PALETTE[number], marker=MARKERS[number], linestyle=LINES[number % 4], ms=5)
        marks.append((float(values[-1]), name, PALETTE[number]))
    for level, name in ((start, "ln V"), (floor, "entropy floor")):
        if level is not None:
            ax.axhline(level, color=OTHER, linestyle=(0, (4, 3)), linewidth=1.2)
            marks.append((level, f"{name} {level:.2f}", "#444444"))
    ax.set(xlabel="epoch", ylabel="mean loss (nats)", title=title)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.margins(y=0.08)
    _side_labels(ax, [mark for mark in marks if mark[1]])
    return ax


def spread(
    values_by_group: Mapping[str, Sequence[float]], ylabel: str, ax: Axes | None = None, title: str = ""
) -> Axes:
    """All values of each group as points, one for each seed, and a bar at their mean."""
    ax = ax or plt.subplots(figsize=(1.6 + 1.25 * len(values_by_group), 3.6))[1]
    for number, values in enumerate(values_by_group.values()):
        shifts = np.linspace(-0.16, 0.16, len(values)) if len(values) > 1 else np.zeros(1)
        color, marker = PALETTE[number % len(PALETTE)], MARKERS[number % len(MARKERS)]
        ax.scatter(number + shifts, values, s=34, color=color, marker=marker, edgecolor="white", linewidth=0.6)
        mean = float(np.mean(values))
        ax.hlines(mean, number - 0.28, number + 0.28, color="#333333", linewidth=1.6)
        ax.annotate(f"{mean:.2f}", (number + 0.28, mean), (3, 0), textcoords="offset points", va="center", fontsize=9)
    ax.set_xticks(range(len(values_by_group)), list(values_by_group))
    ax.set(xlim=(-0.5, len(values_by_group) - 0.3), ylabel=ylabel, title=title, xlabel="points: seeds, bar: mean")
    ax.margins(y=0.15)
    return ax


def _points(ax: Axes, coords: np.ndarray, ids: np.ndarray, names: list[str], size: float = 26) -> None:
    """One scatter for each category, so that the legend shows its color and marker."""
    for number, name in [*enumerate(names), (-1, "other")]:
        mine = coords[ids == number]
        color = PALETTE[number % len(PALETTE)] if number >= 0 else OTHER
        marker = MARKERS[number % len(MARKERS)] if number >= 0 else "."
        if len(mine):
            ax.scatter(*mine.T, s=size, color=color, marker=marker, edgecolor="white", linewidth=0.6, label=name)


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
    line = {"arrowstyle": "-", "color": "#999999", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 4}
    for word, xy, point, size, place in zip(words, coords, points, sizes, places):
        if place is not None:
            gap = np.hypot(*np.maximum(0, np.maximum(place - point, point - place - size)))
            label = ax.annotate(
                word, xy, (place - point) * 72 / ax.figure.dpi, textcoords="offset points", ha="left", va="bottom",
                fontsize=9, arrowprops=line if gap > 10 else None,
            )  # fmt: skip
            label.set_in_layout(False)
    return places.count(None)


def _side_labels(ax: Axes, marks: list[tuple[float, str, str]]) -> None:
    """Name lines at their right end, outside the axes, moved apart where two ends are close."""
    ax.figure.draw_without_rendering()
    marks = sorted(marks)
    heights = np.array([ax.transData.transform((0, level))[1] for level, _, _ in marks])
    step = 15 * ax.figure.dpi / 100
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + step)
    for (level, name, color), height in zip(marks, heights):
        shift = (height - ax.transData.transform((0, level))[1]) * 72 / ax.figure.dpi
        ax.annotate(
            name, (1, level), (5, shift), xycoords=("axes fraction", "data"), textcoords="offset points",
            va="center", fontsize=9, color=color,
        )  # fmt: skip
