"""From many dimensions to a flat page: two coordinates per word, and room for its label. Draws nothing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lessonlib.nearest import unit_rows

Categories = Mapping[str, Sequence[str]]


def pca_2d(vectors: np.ndarray) -> np.ndarray:
    """The two principal components of the rows: (n, d) -> (n, 2), float64.

    Centered, then a singular value decomposition (Pearson 1901; Jolliffe 2002). A component may point either way; here
    its largest loading is positive, so that the picture is never mirrored from run to run.
    """
    vectors = np.asarray(vectors, dtype=np.float64)
    if vectors.ndim != 2 or not len(vectors):
        raise ValueError(f"vectors: expected shape (n, d) with n of at least 1, got {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise ValueError("vectors: hold NaN or infinity; look at the training loss before drawing")
    centered = vectors - vectors.mean(axis=0)
    loadings = np.linalg.svd(centered, full_matrices=False)[2][:2]  # (2, d), fewer rows if n or d is 1
    largest = np.abs(loadings).round(9).argmax(axis=1)
    loadings = loadings * np.sign(loadings[np.arange(len(loadings)), largest])[:, None]
    flat = np.zeros((len(vectors), 2))
    flat[:, : len(loadings)] = centered @ loadings.T
    return flat


def variance_share(vectors: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """What share of the total variance of `vectors` (n, d) each column of `flat` (n, 2) keeps: two numbers in 0 … 1."""
    total = np.square(vectors - vectors.mean(axis=0)).sum()
    return np.square(flat - flat.mean(axis=0)).sum(axis=0) / (total if total > 0 else 1)


def align(flat: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Turn or mirror `flat` (n, 2) so that it lies as close as possible to `target` (n, 2); no stretching.

    Orthogonal Procrustes (Schönemann 1966). Distances between the points stay as they are. Both arrays are centered.
    """
    flat, target = flat - flat.mean(axis=0), target - target.mean(axis=0)
    u, _, vt = np.linalg.svd(flat.T @ target)
    return flat @ (u @ vt)


def cluster_order(vectors: np.ndarray) -> np.ndarray:
    """An order of the rows (n, d) in which similar ones stand together: (n,) row numbers.

    Average linkage on cosine distances, and of the orders that its tree allows the one with the shortest steps between
    neighbors (Bar-Joseph, Gifford & Jaakkola 2001; scipy). A row of zeros counts as at right angles to all.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    units = unit_rows(vectors)
    distances = np.clip(1 - units @ units.T, 0, 2).round(9)
    np.fill_diagonal(distances, 0)
    return leaves_list(linkage(squareform(distances, checks=False), method="average", optimal_ordering=True))


def category_ids(words: Sequence[str], categories: Categories | None) -> np.ndarray:
    """For each word the number of its category in the order of `categories`, or -1 for none: (n,) int64."""
    owner: dict[str, str] = {}
    for name, members in (categories or {}).items():
        for word in members:
            if owner.setdefault(word, name) != name:
                raise ValueError(f"categories: {word!r} is in {owner[word]!r} and in {name!r}; leave it in one of them")
    order = {name: number for number, name in enumerate(categories or {})}
    return np.array([order[owner[word]] if word in owner else -1 for word in words], dtype=np.int64)


def place_labels(
    points: np.ndarray, sizes: np.ndarray, bounds: tuple[float, float], radius: float = 4.0, reach: float = 42.0
) -> list[tuple[float, float] | None]:
    """Find a place for each label near its point, such that no label covers another label or any point.

    Greedy, in the order given: the nearest free of the places around the point is taken. Because early labels choose
    first, put the important ones first. The same input always gives the same places.

    Args:
        points: (n, 2) in pixels, inside the page.
        sizes: (m, 2) width and height in pixels of the labels of the first m points; the others only stand in the way.
        bounds: width and height of the page in pixels.
        radius: radius of a point in pixels.
        reach: how many pixels a label may lie away from its point.

    Returns:
        For each label the corner of its box with the smallest x and y, or None where no place is free.
    """
    points, sizes = np.asarray(points, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    dots = np.concatenate([points - radius, points + radius], axis=1)  # boxes as (left, top, right, bottom)
    taken = np.empty((0, 4))
    places: list[tuple[float, float] | None] = []
    for number, (point, (width, height)) in enumerate(zip(points, sizes)):
        others = np.concatenate([np.delete(dots, number, axis=0), taken])
        places.append(None)
        for dx, dy in _offsets(width, height, radius, reach):
            left, top = point[0] + dx, point[1] + dy
            right, bottom = left + width, top + height
            if left < 0 or top < 0 or right > bounds[0] or bottom > bounds[1]:
                continue
            apart = (others[:, 0] >= right) | (others[:, 2] <= left) | (others[:, 1] >= bottom) | (others[:, 3] <= top)
            if apart.all():
                places[-1] = (float(left), float(top))
                taken = np.concatenate([taken, [[left, top, right, bottom]]])
                break
    return places


def _offsets(width: float, height: float, radius: float, reach: float) -> list[tuple[float, float]]:
    """Where the corner of a label may lie, seen from its point: eight directions, the nearest ring first."""
    offsets, gap = [], radius + 2.0
    while gap <= reach:
        slant = 0.7 * gap
        offsets += [
            (gap, -height / 2),  # right
            (-gap - width, -height / 2),  # left
            (-width / 2, -gap - height),  # above
            (-width / 2, gap),  # below
            (slant, -slant - height),  # the four corners
            (slant, slant),
            (-slant - width, -slant - height),
            (-slant - width, slant),
        ]
        if gap > 2 * radius + 4:  # farther out there is room between these directions
            offsets += [(gap, -gap), (gap, gap - height), (-gap - width, -gap), (-gap - width, gap - height)]
        gap += 7.0
    return offsets
