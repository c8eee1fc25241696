"""Right answers for lesson 09: the model answer of each question, and another way to write it."""

from __future__ import annotations

import numpy as np

POWER = 0.75
FROM, TO, CENTER = 0, 1, 1
REMOVE = 1


def weighted_walk(neighbors: dict[str, dict[str, int]], start: str, draws: np.ndarray) -> list[str]:
    """A walk on a graph, written as the list of its nodes, the start first.

    neighbors: node -> {neighbor: weight of the edge}; draws: (steps,), numbers in [0, 1).
    """
    walk = [start]
    for draw in draws:
        near = neighbors[walk[-1]]
        if not near:
            break
        ends = np.cumsum(np.array(list(near.values())) ** POWER)
        chosen = np.searchsorted(ends, draw * ends[-1], side="right")
        walk.append(list(near)[chosen])
    return walk


def weighted_walk__loop(neighbors: dict, start: str, draws: np.ndarray) -> list[str]:
    node, walk = start, [start]
    for draw in draws:
        total = sum(weight**POWER for weight in neighbors[node].values())
        left = draw * total
        for other, weight in neighbors[node].items():
            left -= weight**POWER
            if left < 0:
                node = other
                walk.append(node)
                break
        else:
            return walk
    return walk


def align_maps(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """The orthogonal matrix R that maps one table of word vectors onto the other.

    X, Y: (n, d), row i of both is one pair of the dictionary; returns (d, d).
    """
    tables = [table - CENTER * table.mean(axis=0) for table in (X, Y)]
    G, _, Ht = np.linalg.svd(tables[FROM].T @ tables[TO])
    return G @ Ht


def align_maps__polar(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    pair = [table - CENTER * (np.ones(len(table)) @ table / len(table)) for table in (X, Y)]
    R = pair[FROM].T @ pair[TO]
    for _ in range(100):  # Newton's iteration to the nearest orthogonal matrix
        R = (R + np.linalg.inv(R).T) / 2
    return R


def sentence_vectors(
    word_vectors: np.ndarray,
    counts: np.ndarray,
    sentences: list[list[int]],
    a: float,
) -> np.ndarray:
    """A vector for each sentence, without the directions that all sentences share.

    word_vectors: (V, d); counts: (V,); sentences: lists of word ids. Returns (n, d).
    """
    S = np.zeros((len(sentences), word_vectors.shape[1]))  # fill in the weighted means
    common = np.zeros((REMOVE, word_vectors.shape[1]))  # find what all sentences share
    ### BEGIN ANSWER 09.3
    weights = a / (a + counts / counts.sum())
    for i, ids in enumerate(sentences):
        if ids:
            S[i] = weights[ids] @ word_vectors[ids] / len(ids)
    common = np.linalg.svd(S, full_matrices=False)[2][:REMOVE]
    ### END ANSWER
    return S - S @ common.T @ common


def sentence_vectors__by_matrix(
    word_vectors: np.ndarray, counts: np.ndarray, sentences: list[list[int]], a: float
) -> np.ndarray:
    bags = np.zeros((len(sentences), len(counts)))
    for bag, ids in zip(bags, sentences):
        np.add.at(bag, np.array(ids, dtype=int), 1 / max(1, len(ids)))
    S = bags * (a / (a + counts / counts.sum())) @ word_vectors
    for direction in np.linalg.eigh(S.T @ S)[1].T[::-1][:REMOVE]:
        S = S - np.outer(S @ direction, direction)
    return S
