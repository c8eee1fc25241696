"""What is wrong with an answer where no single result is right: pairs that chance draws, and a trainer."""

from __future__ import annotations

import math

import numpy as np

NEAR = 0.08  # how close to the lowest possible loss a trained model must come
SIGMAS = 6.0  # how far a count may lie from its expectation: chance alone does that about once in 10^9 counts


def pairs_are_right(args: tuple, output: object, expected: object, values: dict) -> bool:
    return not fault_of_pairs(args, output, expected, values)


def fault_of_pairs(args: tuple, output: object, expected: object, values: dict) -> str:
    """Name of the mistake, "other" if it is none of the bank; "" if the pairs follow the rules.

    Every id occurs once in the text, so that ids are places.
    """
    encoded, keep, window, _ = args
    n = sum(len(ids) for ids in encoded)
    place, sentence = np.zeros((2, n), dtype=np.int64)
    for number, ids in enumerate(encoded):
        place[ids], sentence[ids] = np.arange(len(ids)), number
    pairs = np.array(output, dtype=np.int64).reshape(-1, 2)
    if len(pairs) and not (0 <= pairs.min() and pairs.max() < n):
        return "other"
    if (pairs[:, 0] == pairs[:, 1]).any() or len(np.unique(pairs, axis=0)) < len(pairs):
        return "other"
    if (sentence[pairs[:, 0]] != sentence[pairs[:, 1]]).any():
        return "draw_pairs__crosses_sentences"
    if n < 1000:
        return _fault_of_few(encoded, keep, window, pairs)
    if not len(pairs):
        return "other"
    return _fault_of_many(encoded, keep, window, pairs, place)


def _fault_of_few(encoded, keep, window: int, pairs: np.ndarray) -> str:
    """Edge cases: nothing kept, or all kept; then each word sees at least its neighbors."""
    if keep.max() == 0:
        return "other" if len(pairs) else ""
    found = {tuple(pair) for pair in pairs.tolist()}
    for ids in encoded:
        for left, right in zip(ids[:-1].tolist(), ids[1:].tolist()):
            if {(left, right), (right, left)} - found:
                return "other"
    return ""


def _fault_of_many(encoded, keep, window: int, pairs: np.ndarray, place: np.ndarray) -> str:
    seen = np.zeros(len(keep), dtype=bool)  # a word that was kept is in some pair, as its reach is at least 1
    seen[pairs] = True
    centers_only = np.zeros(len(keep), dtype=bool)
    centers_only[pairs[:, 0]] = True
    to_the_right = place[pairs[:, 1]] > place[pairs[:, 0]]
    if to_the_right.all() or not to_the_right.any():
        return "draw_pairs__one_side"
    if keep.min() < 1:
        expected, spread = keep.sum(), math.sqrt((keep * (1 - keep)).sum())
        if seen.all():
            return "draw_pairs__keeps_all"
        if abs(seen.sum() - (1 - keep).sum()) < abs(seen.sum() - expected):
            return "draw_pairs__drops_what_it_should_keep"
        if np.abs(place[pairs[:, 0]] - place[pairs[:, 1]]).max() <= window:
            return "draw_pairs__drops_too_late"
        if abs(seen.sum() - expected) > SIGMAS * spread + len(encoded):
            return "other"
    return _fault_of_reach(encoded, window, pairs, seen, centers_only)


def _fault_of_reach(encoded, window: int, pairs: np.ndarray, seen: np.ndarray, centers: np.ndarray) -> str:
    """Among the kept words, each center must see all within one reach on both sides; reaches are uniform."""
    rank, room_left, room_right = np.zeros((3, len(seen)), dtype=np.int64)
    for ids in encoded:
        kept = ids[seen[ids]]
        rank[kept] = room_left[kept] = np.arange(len(kept))
        room_right[kept] = len(kept) - 1 - np.arange(len(kept))
    step = rank[pairs[:, 1]] - rank[pairs[:, 0]]
    n_right = np.bincount(pairs[step > 0, 0], minlength=len(seen))
    n_left = np.bincount(pairs[step < 0, 0], minlength=len(seen))
    reach = np.zeros(len(seen), dtype=np.int64)
    np.maximum.at(reach, pairs[:, 0], np.abs(step))
    if not centers[seen].all():
        return "draw_pairs__reach_zero"
    if (n_right != np.minimum(reach, room_right)).any() or (n_left != np.minimum(reach, room_left)).any():
        return "other"
    free = seen & (np.maximum(room_left, room_right) >= window)  # whose reach shows in full
    counts = np.bincount(reach[free], minlength=window + 1)[1 : window + 2]
    if len(counts) > window:
        return "other"
    if counts[-1] == free.sum():
        return "draw_pairs__full_window"
    wanted = free.sum() / window
    return "other" if np.abs(counts - wanted).max() > SIGMAS * math.sqrt(wanted) else ""


def best_loss(pairs: tuple[np.ndarray, np.ndarray], counts: np.ndarray, negative: int, power: float = 0.75) -> float:
    """The lowest mean loss that any vectors can reach on these pairs, with noise proportional to count ** power.

    With enough dimensions each score s is free, and the loss of a center w and a word c,
    -p(w, c) ln σ(s) - k p(w) Pn(c) ln σ(-s), is lowest at s = ln [p(w, c) / (k p(w) Pn(c))].
    """
    V = len(counts)
    together = np.zeros((V, V))
    np.add.at(together, pairs, 1 / len(pairs[0]))
    noise = counts.astype(np.float64) ** power
    noisy = negative * together.sum(axis=1, keepdims=True) * (noise / noise.sum())
    total = together + noisy
    with np.errstate(divide="ignore", invalid="ignore"):
        yes, no = together * np.log(together / total), noisy * np.log(noisy / total)
    return float(-(np.nansum(yes) + np.nansum(no)))


def training_is_right(args: tuple, output: object, expected: object, values: dict) -> bool:
    return not fault_of_training(args, output, expected, values)


def fault_of_training(args: tuple, output: object, expected: object, values: dict) -> str:
    """Name of the mistake, "other" if it is none of the bank; "" if losses and table are those of SGNS."""
    epochs, counts, vector_size, negative, _ = args
    table, losses = output
    if table.shape != (len(counts), vector_size) or not np.isfinite(table).all() or not np.isfinite(losses).all():
        return "other"
    start = (negative + 1) * math.log(2)
    if len(losses) == 1 < len(epochs):
        return "train_sgns__one_loss"
    if len(losses) != len(epochs):
        return "other"
    if len(epochs[0][0]) < 100:
        return "" if abs(losses[0] - start) < 0.05 and np.ptp(table, axis=0).any() else "other"
    if losses[0] > 3 * start:
        return "train_sgns__sums_loss"
    if abs(losses[0] - 2 * math.log(2)) < 0.25 < abs(losses[0] - start):
        return "train_sgns__one_negative"
    last = float(np.mean(losses[-20:]))
    least = best_loss(epochs[0], counts, negative)
    if last < 0.4 * least:
        return "train_sgns__noise_is_true"
    if abs(last - best_loss(epochs[0], counts, negative, 1.0)) < NEAR:
        return "train_sgns__plain_counts"
    if abs(last - best_loss(epochs[0], counts, negative, 0.0)) < NEAR:
        return "train_sgns__uniform_noise"
    if abs(last - least) > NEAR:
        return "other"
    lengths = np.linalg.norm(table, axis=1)
    trained = np.isin(np.arange(len(counts)), epochs[0][0])  # only these are ever centers
    if lengths[trained].min() < 1.5 * lengths[~trained].max():
        return "train_sgns__other_table"
    return ""
