"""Matrices as colored cells: white at zero, two colors for two signs, never red against green."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from lessonlib.evaluate import cosine_matrix
from lessonlib.flat import Categories, category_ids, cluster_order
from lessonlib.text import require_known

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

MOST_WORDS = 60  # more would not be readable on a page


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


def cosine_heatmap(
    wv: KeyedVectors,
    words: Sequence[str],
    categories: Categories | None = None,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """All cosines between the words, rows and columns in the order of a clustering, so that groups become blocks.

    Average linkage on cosine distances, leaves in the best order (Bar-Joseph, Gifford & Jaakkola 2001, by scipy).

    Args:
        words: 2 to 60 different words.
        categories: name -> words; the name stands behind each word of it.

    Raises:
        KeyError: for an unknown word; names the nearest spelling.
        ValueError: for fewer than 2 or more than 60 words, or a word given twice.
    """
    words = list(words)
    if not 2 <= len(words) <= MOST_WORDS or len({*words}) < len(words):
        raise ValueError(
            f"words: {len(words)} given, {len({*words})} of them different; give 2 to {MOST_WORDS}, each once"
        )
    vectors = np.array([wv[require_known(word, wv.key_to_index)] for word in words], dtype=np.float64)
    ids, names = category_ids(words, categories), list(categories or {})
    order = cluster_order(vectors)
    shown = [words[i] for i in order]
    labels = [f"{words[i]} ({names[ids[i]]})" if ids[i] >= 0 else words[i] for i in order]
    cosines = cosine_matrix(vectors[order])
    side = max(2.6, 0.2 * len(words))
    ax = ax or plt.subplots(figsize=(side + 1.6 + 0.07 * max(map(len, labels)), side + 1.1))[1]
    return heatmap(cosines, labels, shown, title, "cosine", ax)
