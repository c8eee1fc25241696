"""How figures look: one palette that color-blind readers can tell apart, a light and a dark page, and `show`."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

# Okabe & Ito (2008), ordered so that neighbors in the list differ in lightness too; for a dark page made lighter.
LIGHT = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#000000", "#CC79A7", "#F0E442")
DARK = ("#4A9FE0", "#F0B429", "#1FC293", "#F07A2B", "#9BD7FB", "#FFFFFF", "#E295C0", "#F5EC6B")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")  # nine shapes, eight colors: 72 pairs before one comes back
LINES = ("-", "--", "-.", ":")
# What is not data: paper, ink, and three grays for edges, lines that help, and points of no category.
PAGES = {
    False: {"paper": "#FFFFFF", "ink": "#000000", "edge": "#888888", "soft": "#555555", "other": "#767676"},
    True: {"paper": "#111111", "ink": "#E8E8E8", "edge": "#888888", "soft": "#B0B0B0", "other": "#9A9A9A"},
}
_dark = False


class Palette(Sequence):
    """The eight colors of the style in use; `PALETTE[0]` is another blue on a dark page than on a light one."""

    def __getitem__(self, number):
        return (DARK if _dark else LIGHT)[number]

    def __len__(self) -> int:
        return len(LIGHT)


PALETTE = Palette()


def page(part: str) -> str:
    """The color of a part of the page in the style in use: "paper", "ink", "edge", "soft" or "other"."""
    return PAGES[_dark][part]


def use_style(dark: bool = False) -> None:
    """Set matplotlib's defaults for the course: readable type, no box, small files; `dark` for a dark page.

    Figures made before keep the style that they were made in.
    """
    global _dark
    _dark = bool(dark)
    ink = page("ink")
    plt.rcParams.update(
        {
            "figure.dpi": 100, "savefig.dpi": 100, "figure.figsize": (6.8, 4.2), "figure.constrained_layout.use": True,
            "font.size": 10, "axes.titlesize": 11, "axes.labelsize": 10, "xtick.labelsize": 9, "ytick.labelsize": 9,
            "legend.fontsize": 9, "legend.frameon": False, "axes.spines.top": False, "axes.spines.right": False,
            "axes.edgecolor": page("edge"), "axes.axisbelow": True, "axes.titlelocation": "left",
            "lines.linewidth": 1.8, "figure.facecolor": page("paper"), "axes.facecolor": page("paper"),
            "axes.prop_cycle": plt.cycler(color=PALETTE[:]), "text.color": ink, "axes.labelcolor": ink,
            "axes.titlecolor": ink, "xtick.color": ink, "ytick.color": ink,
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
    fig.savefig(drawn, dpi=fig.dpi, bbox_inches="tight", facecolor=fig.get_facecolor())
    # 160 colors make the file about a third as large and change no channel of a pixel by more than a few of its 255.
    picture = Image.open(drawn).convert("RGB").quantize(160, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    picture.save(small, "PNG", optimize=True)
    png = base64.b64encode(small.getvalue()).decode("ascii")
    display({"text/plain": repr(fig), "image/png": png}, raw=True, metadata={"image/png": {"alt": alt}})
    plt.close(fig)
