"""How far to trust a flat picture of many dimensions: three numbers between it and what it was made from."""

from __future__ import annotations

import numpy as np

from lessonlib.nearest import unit_rows
from lessonlib.similarity import spearman
from lessonlib.text import require_at_least


def neighborhood_preservation(vectors: np.ndarray, flat: np.ndarray, k: int = 10) -> float:
    """Share of the k nearest neighbors by cosine that are among the k nearest in the picture too, mean over all points.

    1 is perfect; a picture that knows nothing gets k / (n - 1) on average.

    Args:
        vectors: (n, d), what the picture was made from.
        flat: (n, 2) or (n, m), the picture. Distances in it are Euclidean.
        k: at most n - 1.

    Raises:
        ValueError: for other shapes, NaN or infinity, or k out of range.
    """
    vectors, flat = _checked(vectors, flat, k, (len(vectors) - 1))
    above, below = _nearest(_cosine_distances(vectors), k), _nearest(_distances(flat), k)
    return float(np.mean([len(np.intersect1d(a, b)) / k for a, b in zip(above, below)]))


def trustworthiness(vectors: np.ndarray, flat: np.ndarray, k: int = 10) -> float:
    """How rarely a neighbor in the picture is far away in truth (Venna & Kaski 2001): 1 is perfect.

    A point among the k nearest in the picture that has rank r > k in truth costs r - k. Cosine distances above,
    Euclidean ones in the picture. Computed by scikit-learn, which asks for k < n / 2.

    Args and errors: as `neighborhood_preservation`.
    """
    from sklearn.manifold import trustworthiness

    vectors, flat = _checked(vectors, flat, k, (len(vectors) - 1) // 2)
    return float(trustworthiness(unit_rows(vectors), flat, n_neighbors=k, metric="cosine"))


def distance_rank_correlation(vectors: np.ndarray, flat: np.ndarray) -> float:
    """Spearman's rho between all pairwise cosine distances and the distances in the picture: is far still far?

    The neighborhoods say how the near view is kept, this how the far view is. Looks at all n (n - 1) / 2 pairs.
    Shapes and errors: as `neighborhood_preservation`.
    """
    vectors, flat = _checked(vectors, flat, 1, len(vectors) - 1)
    upper = np.triu_indices(len(vectors), 1)
    return float(spearman(_cosine_distances(vectors)[upper], _distances(flat)[upper]))


def _checked(vectors: np.ndarray, flat: np.ndarray, k: int, most: int) -> tuple[np.ndarray, np.ndarray]:
    vectors, flat = np.asarray(vectors, dtype=np.float64), np.asarray(flat, dtype=np.float64)
    if vectors.ndim != 2 or flat.ndim != 2 or len(vectors) != len(flat) or len(vectors) < 3:
        raise ValueError(f"vectors, flat: shapes {vectors.shape} and {flat.shape}; give two arrays of 3 or more rows")
    for name, numbers in (("vectors", vectors), ("flat", flat)):
        if not np.isfinite(numbers).all():
            raise ValueError(f"{name}: a number is NaN or infinite")
    require_at_least("k", k, 1)
    if k > most:
        raise ValueError(f"k={k}: with {len(vectors)} points at most {most}")
    return vectors, flat


def _cosine_distances(vectors: np.ndarray) -> np.ndarray:
    units = unit_rows(vectors)
    return 1 - units @ units.T


def _distances(flat: np.ndarray) -> np.ndarray:
    squares = (flat**2).sum(axis=1)
    return np.maximum(squares[:, None] + squares - 2 * flat @ flat.T, 0)  # squared: the order is the same


def _nearest(distances: np.ndarray, k: int) -> np.ndarray:
    """The k nearest others of each point; equally far ones, up to rounding, by number."""
    distances = distances.round(12)
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1, kind="stable")[:, :k]
