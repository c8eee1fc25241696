"""Numbers over time, over settings, over seeds: loss curves, sweeps, spreads. Every line is named at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from lessonlib.plot_style import LINES, MARKERS, PALETTE, page


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
        marks.append((float(values[-1]), name, number))
    for level, name in ((start, "ln V"), (floor, "entropy floor")):
        if level is not None:
            ax.axhline(level, color=page("other"), linestyle=(0, (4, 3)), linewidth=1.2)
            marks.append((level, f"{name} {level:.2f}", None))
    ax.set(xlabel="epoch", ylabel="mean loss (nats)", title=title)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.margins(y=0.08)
    _side_labels(ax, [mark for mark in marks if mark[1]])
    return ax


def sweep(
    x: Sequence[float],
    runs: Mapping[str, np.ndarray],
    *,
    xlabel: str,
    ylabel: str,
    ax: Axes | None = None,
    title: str = "",
    identity: bool = False,
    chance: float | None = None,
    log: bool = False,
) -> Axes:
    """What a setting does: the mean over seeds as a line for each run, and every seed as a small point.

    Args:
        x: (m,) values of the setting, rising.
        runs: name -> (seeds, m) or (m,) measured values; at most eight.
        identity: whether to draw y = x, for what was planted against what was recovered.
        chance: a level that needs no knowledge, drawn as a dashed line.
        log: whether the axis of the setting is logarithmic.

    Raises:
        ValueError: for no or too many runs, or values that do not fit x.
    """
    x = np.asarray(x, dtype=np.float64)
    if not 1 <= len(runs) <= len(PALETTE):
        raise ValueError(f"runs: {len(runs)} given; give 1 to {len(PALETTE)}")
    ax = ax or plt.subplots()[1]
    marks = []
    for number, (name, values) in enumerate(runs.items()):
        values = np.atleast_2d(np.asarray(values, dtype=np.float64))
        if values.shape[1:] != x.shape:
            raise ValueError(f"runs: {name!r} has shape {values.shape}, expected (seeds, {len(x)})")
        color, marker = PALETTE[number], MARKERS[number]
        mean = values.mean(axis=0)
        ax.plot(x, mean, color=color, marker=marker, linestyle=LINES[number % 4], ms=6)
        if len(values) > 1:
            ax.scatter(np.tile(x, len(values)), values.ravel(), s=9, color=color, marker=marker, alpha=0.5, linewidth=0)
        marks.append((float(mean[-1]), name, number))
    if log:
        ax.set_xscale("log")
        ax.minorticks_off()
    ax.set_xticks(x, [f"{value:g}" for value in x])
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    if identity:
        ax.plot(x, x, color=page("other"), linestyle=(0, (1, 2)), linewidth=1.2)
        marks.append((float(x[-1]), "recovered = planted", None))
    if chance is not None:
        ax.axhline(chance, color=page("other"), linestyle=(0, (4, 3)), linewidth=1.2)
        marks.append((chance, f"chance {chance:.2f}", None))
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
        ax.scatter(number + shifts, values, s=34, color=color, marker=marker, edgecolor=page("paper"), linewidth=0.6)
        mean = float(np.mean(values))
        ax.hlines(mean, number - 0.28, number + 0.28, color=page("ink"), linewidth=1.6)
        ax.annotate(f"{mean:.2f}", (number + 0.28, mean), (3, 0), textcoords="offset points", va="center", fontsize=9)
    ax.set_xticks(range(len(values_by_group)), list(values_by_group))
    ax.set(xlim=(-0.5, len(values_by_group) - 0.3), ylabel=ylabel, title=title, xlabel="points: seeds, bar: mean")
    ax.margins(y=0.15)
    return ax


def _side_labels(ax: Axes, marks: list[tuple[float, str, int | None]]) -> None:
    """Name lines at their right end, outside the axes, moved apart where two ends are close.

    Args:
        marks: height, name, and the number of the run, whose marker stands before the name; None for a helping line.
    """
    ax.figure.draw_without_rendering()
    marks = sorted(marks, key=lambda mark: mark[:2])
    heights = np.array([ax.transData.transform((0, level))[1] for level, _, _ in marks])
    step = 15 * ax.figure.dpi / 100
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + step)
    for (level, name, number), height in zip(marks, heights):
        shift = (height - ax.transData.transform((0, level))[1]) * 72 / ax.figure.dpi
        where = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center", "fontsize": 9}
        if number is None:
            ax.annotate(name, (1, level), (5, shift), color=page("soft"), **where)
            continue
        ax.annotate(name, (1, level), (17, shift), **where)
        points = ScaledTranslation(10 / 72, shift / 72, ax.figure.dpi_scale_trans)
        ax.add_line(
            Line2D(
                [1], [level], marker=MARKERS[number], color=PALETTE[number], ms=6, clip_on=False, label="_name",
                transform=ax.get_yaxis_transform() + points,
            )
        )  # fmt: skip
