"""The picture of your progress: one row for each lesson, one tile for each exercise, and the same as text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lessonlib.exercises import question as bank
from lessonlib.exercises import record
from lessonlib.exercises.variant import PUBLISHED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIGNS = {"full": "✓", "started": "◐", "not started": "○"}
PER_LINE = 4  # exercises in a line of text
WIDE, HIGH = 0.92, 0.74  # of a tile; a place is 1 x 1


@dataclass(frozen=True)
class Tile:
    """One exercise: what it is worth, what was reached, and whether it was tried."""

    id: str
    points: float
    worth: int
    tries: int
    required: bool

    @property
    def state(self) -> str:
        if self.points >= self.worth:
            return "full"
        return "started" if self.tries else "not started"

    @property
    def score(self) -> str:
        return f"{round(self.points, 2):g}/{self.worth}"


def row_name(lesson: str) -> str:
    """What the exercises of a lesson are called in the picture."""
    return {"10": "Review", "11": "Capstone"}.get(lesson, f"Lesson {lesson}")


def tiles(code: str) -> list[Tile]:
    """All exercises of today's bank with the best results kept. Kept results of other exercises are ignored."""
    known, found = record.read(code), []
    for question in bank.bank().values():
        entry = known.get(question.id, {"points": 0, "tries": 0})
        points = min(float(entry["points"]), question.points)
        found.append(Tile(question.id, points, question.points, int(entry["tries"]), question.required))
    return found


def show(code: str) -> None:
    """Print the progress in the variant with this code, and show its picture."""
    from lessonlib import plots

    found = tiles(code)
    lines = text(found, code)
    print("\n".join(lines))
    if found:
        plots.show(draw(found, code), alt=f"Progress by lesson, one tile for each exercise. {lines[-1]}")


def text(found: list[Tile], code: str) -> list[str]:
    """The progress as lines: a head, one line for each lesson, the total."""
    head = "✓ full points  ◐ started  ○ not started  (optional in parentheses)"
    lines = [head if code == PUBLISHED else f"{head}  variant {code}"]
    for lesson, row in _rows(found):
        cells = [f"{SIGNS[t.state]} {t.id if t.required else f'({t.id})'} {t.score}" for t in row]
        starts = [f"{row_name(lesson):<9}  {_sum(row):>10}   "] + [" " * 24] * len(cells)
        for start, first in zip(starts, range(0, len(cells), PER_LINE)):
            lines.append((start + "  ".join(f"{cell:<16}" for cell in cells[first : first + PER_LINE])).rstrip())
    needed = [tile for tile in found if tile.required]
    full = sum(tile.state == "full" for tile in found)
    return [*lines, f"In all {_sum(found)} points ({_sum(needed)} of the required ones); {full} of {len(found)} full."]


def draw(found: list[Tile], code: str) -> Figure:
    """The picture. A state is told by a sign and by how far the tile is filled; color repeats it."""
    from matplotlib.figure import Figure

    from lessonlib.plot_style import page

    rows = _rows(found)
    across = max(5, *(len(row) for _, row in rows))
    fig = Figure(
        figsize=(1.9 + 0.92 * across + 1.0, 0.66 * (len(rows) + 2.1)), dpi=100, layout="none", facecolor=page("paper")
    )
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(-1.5, across + 1.5), ylim=(len(rows) + 1.3, -0.8))
    ax.axis("off")
    title = "Your exercises" if code == PUBLISHED else f"Your exercises, variant {code}"
    ax.text(-1.4, -0.4, title, color=page("ink"), fontsize=12, va="center")
    ax.text(across + 1.4, -0.4, f"{_sum(found)} points", color=page("ink"), fontsize=12, va="center", ha="right")
    for y, (lesson, row) in enumerate(rows):
        ax.text(-1.4, y + 0.5, row_name(lesson), color=page("ink"), fontsize=10, va="center")
        for x, tile in enumerate(row):
            _tile(ax, x, y, tile)
        ax.text(across + 1.4, y + 0.5, _sum(row), color=page("ink"), fontsize=10, va="center", ha="right")
    _legend(ax, len(rows) + 0.25, across)
    return fig


def _tile(ax: Axes, x: float, y: float, tile: Tile, label: str | None = None) -> None:
    from matplotlib.patches import Rectangle

    from lessonlib.plot_style import PALETTE, page

    left, top, share = x + (1 - WIDE) / 2, y + (1 - HIGH) / 2, tile.points / tile.worth if tile.worth else 0
    full = tile.state == "full"
    if full:
        ax.add_patch(Rectangle((left, top), WIDE, HIGH, color=PALETTE[0], lw=0))
    elif share:
        ax.add_patch(Rectangle((left, top + HIGH - 0.12), WIDE * share, 0.12, color=PALETTE[1], lw=0))
    style = {"lw": 1.6, "ls": "-"} if tile.required else {"lw": 1.1, "ls": (0, (3, 2))}
    edge = page("soft") if tile.tries or full else page("edge")
    ax.add_patch(Rectangle((left, top), WIDE, HIGH, fill=False, edgecolor=edge, **style))
    name = tile.id if tile.required else f"({tile.id})"
    ink = page("paper") if full else page("ink")
    if label is not None:
        ax.text(x + 1.04, y + 0.5, label, color=page("ink"), fontsize=9, va="center")
        ax.text(x + 0.5, y + 0.44, SIGNS[tile.state], color=ink, fontsize=10, ha="center", va="center")
        return
    ax.text(x + 0.5, y + 0.33, name, color=ink, fontsize=9, ha="center", va="center")
    ax.text(x + 0.5, y + 0.58, f"{SIGNS[tile.state]} {tile.score}", color=ink, fontsize=9, ha="center", va="center")


def _legend(ax: Axes, y: float, across: int) -> None:
    step = (across + 2.9) / 4  # in places
    samples = (
        (Tile("", 1, 1, 1, True), "full points"),
        (Tile("", 0.5, 1, 1, True), "started"),
        (Tile("", 0, 1, 0, True), "not started"),
        (Tile("", 0, 1, 0, False), "optional (dashed)"),
    )
    for number, (tile, label) in enumerate(samples):
        _tile(ax, -1.42 + number * step, y, tile, label)


def _rows(found: Iterable[Tile]) -> list[tuple[str, list[Tile]]]:
    rows: dict[str, list[Tile]] = {}
    for tile in found:
        rows.setdefault(tile.id.split(".")[0], []).append(tile)
    return list(rows.items())


def _sum(found: Iterable[Tile]) -> str:
    found = list(found)
    return f"{round(sum(tile.points for tile in found), 2):g} of {sum(tile.worth for tile in found)}"
