"""A small planted world for the trainer of lesson 04, and what its vectors must show."""

from __future__ import annotations

import numpy as np

GROUPS, SIZE = 4, 6  # groups of leaders and of followers; words in each
V = 2 * GROUPS * SIZE + 1  # the last word is in no pair


def members(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Ids of the leaders and of their followers, each (GROUPS, SIZE). A leader is followed by its group's followers."""
    order = np.random.default_rng(seed).permutation(V - 1)
    return order[: GROUPS * SIZE].reshape(GROUPS, SIZE), order[GROUPS * SIZE :].reshape(GROUPS, SIZE)


def pairs(rng: np.random.Generator, n: int = 3000) -> tuple[np.ndarray, np.ndarray, int]:
    """(centers, contexts, seed): pairs of a word and the word right after it, shuffled, 2 n of them.

    Half of the centers are leaders; nine times in ten a follower of their own group comes next, else one of any group.
    After a follower comes any word. So leaders of a group share their contexts and hardly ever meet.
    """
    seed = int(rng.integers(1, 2**31 - 1))
    leaders, followers = members(seed)
    group = rng.integers(0, GROUPS, n)
    next_group = np.where(rng.random(n) < 0.1, rng.integers(0, GROUPS, n), group)
    first = leaders[group, rng.integers(0, SIZE, n)]
    second = followers[next_group, rng.integers(0, SIZE, n)]
    third = rng.integers(0, V - 1, n)
    order = rng.permutation(2 * n)
    return np.concatenate([first, second])[order], np.concatenate([second, third])[order], seed


def measures(table: np.ndarray, seed: int) -> dict[str, float]:
    """Mean cosines of a table, (V, d).

    Returns:
        "leaders" and "followers": cosine inside a group minus between groups; "across": cosine of leaders with the
        followers of their own group minus with those of others; "all": over all words that occur.
    """
    unit = table[:-1].astype(float)
    unit = unit / np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    cosines = unit @ unit.T
    itself = np.eye(len(unit), dtype=bool)
    group = np.repeat(np.arange(GROUPS), SIZE)
    own = group[:, None] == group[None, :]
    leaders, followers = (ids.ravel() for ids in members(seed))

    def gap(rows: np.ndarray, columns: np.ndarray) -> float:
        part, same = cosines[np.ix_(rows, columns)], itself[np.ix_(rows, columns)]
        return float(part[own & ~same].mean() - part[~own].mean())

    return {
        "leaders": gap(leaders, leaders),
        "followers": gap(followers, followers),
        "across": gap(leaders, followers),
        "all": float(cosines[~itself].mean()),
    }
