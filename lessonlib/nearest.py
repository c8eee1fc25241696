"""The nearest rows of a big table for many queries at once, exactly.

One query is a pass over the whole table, and the table does not fit into fast memory: a thousand queries one by one
read it a thousand times. Asked together they are one matrix product, which reads it a few times. Two more things take
time, and are avoided here: sorting all scores of a query where ten are wanted, and computing in float64 throughout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lessonlib.text import require_at_least
from lessonlib.trainers.engines import cores, in_threads

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

SCORES = 2**23  # float32 scores that a thread holds at once: 32 MB
PART = 2**15  # rows of the table that are multiplied at once
GROUPS = 1024  # of the scores of one query; see `highest`


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
    inverse = (1 / np.where(lengths > 0, lengths, 1)).astype(np.float32)[:, None]
    error = (table.shape[1] + 6) * 2.0**-24  # of a cosine: d roundings in the sum, the others in what goes in
    step = max(1, SCORES // min(len(table), PART))

    def answer(start: int) -> tuple[int, np.ndarray, np.ndarray]:
        some = queries[start : start + step]
        out = None if left_out is None else left_out[start : start + step]
        query, row = _candidates(some.astype(np.float32), single, inverse, out, topn, 2 * error)
        exact = np.einsum("nd,nd->n", some[query], unit_rows(table[row]))
        if out is not None:
            exact[(row[:, None] == out[query]).any(axis=1)] = -np.inf
        return start, *in_order(query, row, exact, len(some), topn)

    rows, cosines = np.empty((len(queries), topn), np.int64), np.empty((len(queries), topn))
    for start, some_rows, some_cosines in in_threads(answer, range(0, len(queries), step), cores(None)):
        rows[start : start + step], cosines[start : start + step] = some_rows, some_cosines
    return rows, cosines


def in_order(query: np.ndarray, row: np.ndarray, score: np.ndarray, n: int, topn: int) -> tuple[np.ndarray, np.ndarray]:
    """Sort candidates (m,) of n queries: for each query its `topn` rows by score, highest first, and the scores.

    Equal scores go by row number. Each of the queries 0 … n - 1 needs at least `topn` candidates.
    """
    order = np.lexsort((row, -score, query))
    first = np.searchsorted(query[order], np.arange(n))  # where the candidates of each query begin
    chosen = order[first[:, None] + np.arange(topn)]
    return row[chosen], score[chosen]


def named(wv: KeyedVectors, rows: np.ndarray, scores: np.ndarray) -> list[list[tuple[str, float]]]:
    """For each query its words with their scores; what was left out, and has the score -inf, is not named."""
    return [[(wv.index_to_key[i], float(s)) for i, s in zip(*one) if s > -np.inf] for one in zip(rows, scores)]


def _candidates(
    queries: np.ndarray, table: np.ndarray, inverse: np.ndarray, left_out: np.ndarray | None, topn: int, slack: float
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of queries and rows that could be among the `topn` of a query, part of the table by part."""
    found = []
    for start in range(0, len(table), PART):
        part = slice(start, start + PART)
        scores = queries @ (table[part] * inverse[part]).T
        if left_out is not None:
            query, place = np.nonzero((left_out >= start) & (left_out < start + scores.shape[1]))
            scores[query, left_out[query, place] - start] = -np.inf
        query, row = highest(scores, topn, slack)
        found.append((query, row + start))
    return tuple(np.concatenate(column) for column in zip(*found))


def highest(scores: np.ndarray, topn: int, slack: float) -> tuple[np.ndarray, np.ndarray]:
    """Places (row, column) of all scores that are not more than `slack` below the topn-th highest of their row.

    A long row is dealt into groups, column j into group j modulo `GROUPS`. The topn-th highest of the groups' highest
    scores is a bound that at least `topn` scores reach, and only groups that reach it have to be searched.
    """
    groups = max(GROUPS, topn)
    if scores.shape[1] < 4 * groups:
        topn = min(topn, scores.shape[1])
        bound = np.partition(scores, scores.shape[1] - topn, axis=1)[:, scores.shape[1] - topn] - slack
        return np.nonzero(scores >= bound[:, None])
    best = scores[:, :groups].copy()
    for start in range(groups, scores.shape[1], groups):
        more = scores[:, start : start + groups]
        np.maximum(best[:, : more.shape[1]], more, out=best[:, : more.shape[1]])
    bound = np.partition(best, groups - topn, axis=1)[:, groups - topn] - slack
    row, group = np.nonzero(best >= bound[:, None])
    columns = group[:, None] + np.arange(0, scores.shape[1], groups)
    searched = scores[row[:, None], np.minimum(columns, scores.shape[1] - 1)]
    at, place = np.nonzero((searched >= bound[row][:, None]) & (columns < scores.shape[1]))
    return row[at], columns[at, place]
