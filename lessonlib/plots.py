"""Static figures for the lessons. Colors are safe for color-blind readers and never speak alone.

`use_style()` first (`use_style(dark=True)` for a dark page), then draw, then `show(fig, alt="what it shows")`. Each
function lives in a module of its kind: `plot_style`, `plot_words`, `plot_matrix`, `plot_curves`.
"""

from lessonlib.flat import pca_2d
from lessonlib.plot_curves import loss_curve, spread, sweep
from lessonlib.plot_matrix import cosine_heatmap, heatmap
from lessonlib.plot_style import LINES, MARKERS, PALETTE, show, use_style
from lessonlib.plot_words import analogy_arrows, small_multiples, word_scatter

__all__ = [
    "LINES", "MARKERS", "PALETTE", "analogy_arrows", "cosine_heatmap", "heatmap", "loss_curve", "pca_2d", "show",
    "small_multiples", "spread", "sweep", "use_style", "word_scatter",
]  # fmt: skip
