"""The nearest rows of a big table for many queries at once, exactly.

One query is a pass over the whole table, and the table does not fit into fast memory: a thousand queries one by one
read it a thousand times. Asked together they are one matrix product, which reads it a few times. Two more things take
time, and are avoided here: sorting all scores of a query where ten are wanted, and computing in float64 throughout.
"""

from __future__ import annotations

import numpy as np

from lessonlib.text import require_at_least

SCORES = 2**24  # float32 scores that are held at once: 64 MB
GROUPS = 1024


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Each row of a (n, d) array divided by its length, as float64. A row of zeros stays a row of zeros."""
    vectors = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def nearest(
    table: np.ndarray, queries: np.ndarray, topn: int, left_out: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """For each query the `topn` rows of the table with the highest cosines, highest first; equal ones by row number.

    All scores are computed in float32, with a bound on their rounding error. Whatever could be among the first `topn`
    within that bound is computed again in float64, so that rounding in float32 cannot change the answer.

    Args:
        table: (V, d) vectors, of any length; a row of zeros has the cosine 0 with everything.
        queries: (n, d) vectors, of any length.
        topn: how many; at most V.
        left_out: (n, m) rows of the table that query i must not get: they come last, with the cosine -inf.

    Returns:
        rows: (n, topn) row numbers.
        cosines: (n, topn) float64.

    Raises:
        ValueError: if topn is not 1 … V, or a number is NaN or infinite.
    """
    require_at_least("topn", topn, 1)
    if topn > len(table):
        raise ValueError(f"topn={topn}: the table has only {len(table)} rows")
    single = np.asarray(table, dtype=np.float32)
    lengths = np.sqrt(np.einsum("vd,vd->v", table, table, dtype=np.float64))
    queries = unit_rows(queries)
    for name, numbers in (("table", lengths), ("queries", queries)):
        if not np.isfinite(numbers).all():
            raise ValueError(f"{name}: a number is NaN or infinite; no cosine can be taken")
    inverse = (1 / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    error = (table.shape[1] + 4) * 2.0**-24  # of a cosine: d roundings in the sum, one for each number that goes in
    rows, cosines = np.empty((len(queries), topn), np.int64), np.empty((len(queries), topn))
    step = max(1, SCORES // max(1, len(table)))
    for start in range(0, len(queries), step):
        some = queries[start : start + step]
        scores = some.astype(np.float32) @ single.T
        scores *= inverse
        if left_out is not None:
            scores[np.arange(len(some))[:, None], left_out[start : start + step]] = -np.inf
        query, row = np.nonzero(scores >= (_below_best(scores, topn) - 2 * error)[:, None])
        exact = np.einsum("nd,nd->n", some[query], unit_rows(table[row]))
        exact[scores[query, row] == -np.inf] = -np.inf
        order = np.lexsort((-exact, query))  # stable: equal ones stay in the order of their numbers
        first = np.searchsorted(query, np.arange(len(some)))  # `query` is sorted: where the candidates of each begin
        chosen = order[first[:, None] + np.arange(topn)]
        rows[start : start + step], cosines[start : start + step] = row[chosen], exact[chosen]
    return rows, cosines


def _below_best(scores: np.ndarray, topn: int) -> np.ndarray:
    """For each row of scores a number that at least `topn` of them reach, close to the topn-th highest: (n,).

    In a long row the highest of each of many groups are enough: the topn-th highest of these is such a number.
    """
    groups = max(GROUPS, topn)
    if scores.shape[1] >= 4 * groups:
        best = scores[:, :groups].copy()
        for start in range(groups, scores.shape[1] - groups + 1, groups):
            np.maximum(best, scores[:, start : start + groups], out=best)
        scores = best
    return np.partition(scores, scores.shape[1] - topn, axis=1)[:, scores.shape[1] - topn]
