"""Wrong answers that people give in lesson 09. The docstring is the hint that the learner reads."""

from __future__ import annotations

import numpy as np

POWER = 0.75
FROM, TO, CENTER = 0, 1, 1
REMOVE = 1


def _stepped(neighbors, start, draws, choose):
    walk = [start]
    for draw in draws:
        near = neighbors[walk[-1]]
        if not near:
            break
        walk.append(list(near)[choose(np.array(list(near.values())) ** POWER, draw)])
    return walk


def _drawn(strengths, draw):
    ends = np.cumsum(strengths)
    return np.searchsorted(ends, draw * ends[-1], side="right")


def weighted_walk__ignores_weights(neighbors, start, draws):
    """All neighbors have the same chance in your walk. The part of each should be as long as its probability."""
    return _stepped(neighbors, start, draws, lambda s, draw: int(draw * len(s)))


def weighted_walk__plain_weights(neighbors, start, draws):
    """You take the weights as they are, as the lesson does. Here the strength of a neighbor is $[[STRENGTH]]$."""
    return _stepped(neighbors, start, draws, lambda s, draw: int(_drawn(s ** (1 / POWER), draw)))


def weighted_walk__not_normalized(neighbors, start, draws):
    """You compare a draw below 1 with sums of weights of 1 and more. Bring both to the same scale."""
    return _stepped(neighbors, start, draws, lambda s, draw: int((np.cumsum(s) > draw).argmax()))


def weighted_walk__heaviest(neighbors, start, draws):
    """Your walk always takes the heaviest edge, whatever the draw is. A heavy edge is more probable, not certain."""
    return _stepped(neighbors, start, draws, lambda s, draw: int(s.argmax()))


def weighted_walk__from_the_back(neighbors, start, draws):
    """You deal out [0, 1) from the last neighbor to the first. The first neighbor gets the part that begins at 0."""
    return _stepped(neighbors, start, draws, lambda s, draw: len(s) - 1 - int(_drawn(s[::-1], draw)))


def weighted_walk__border_before(neighbors, start, draws):
    """A draw that lies exactly on a border belongs to the part that begins there. You give it to the part before."""
    return _stepped(neighbors, start, draws, lambda s, draw: int(np.searchsorted(np.cumsum(s), draw * s.sum())))


def weighted_walk__start_missing(neighbors, start, draws):
    """The start is missing in your walk. It is the first node of the list."""
    return _stepped(neighbors, start, draws, _drawn)[1:]


def weighted_walk__one_step_short(neighbors, start, draws):
    """Your walk is one step too short: each draw is one step, and the start comes on top."""
    return _stepped(neighbors, start, draws[:-1], _drawn)


def weighted_walk__never_leaves(neighbors, start, draws):
    """Each of your steps starts at the first node again. A step goes on from the node that was reached last."""
    near, walk = neighbors[start], [start]
    for draw in draws:
        if near:
            walk.append(list(near)[_drawn(np.array(list(near.values())) ** POWER, draw)])
    return walk


def weighted_walk__stuck(neighbors, start, draws):
    """Your function fails at a node without neighbors. The walk ends there: return what you have."""
    walk = [start]
    for draw in draws:
        near = neighbors[walk[-1]]
        walk.append(list(near)[_drawn(np.array(list(near.values())) ** POWER, draw)])
    return walk


def weighted_walk__waits(neighbors, start, draws):
    """At a node without neighbors your walk stays and repeats its name. It should end there."""
    walk = _stepped(neighbors, start, draws, _drawn)
    return walk + [walk[-1]] * (len(draws) + 1 - len(walk))


def _product(X, Y):
    tables = [table - CENTER * table.mean(axis=0) for table in (X, Y)]
    return tables[FROM].T @ tables[TO]


def align_maps__other_way(X, Y):
    """Your matrix maps the tables the other way round. It should bring [[SOURCE]] near [[TARGET]]."""
    G, _, Ht = np.linalg.svd(_product(X, Y))
    return (G @ Ht).T


def align_maps__least_squares(X, Y):
    """This is the best of *all* matrices, and it stretches. Only one that keeps lengths and angles is allowed."""
    tables = [table - CENTER * table.mean(axis=0) for table in (X, Y)]
    return np.linalg.lstsq(tables[FROM], tables[TO], rcond=None)[0]


def align_maps__transposed_twice(X, Y):
    """`np.linalg.svd` returns the third matrix transposed already. You transposed it again."""
    G, _, Ht = np.linalg.svd(_product(X, Y))
    return G @ Ht.T


def align_maps__with_sigma(X, Y):
    """You left the singular values in: this is the product that you took apart. Without them, lengths are kept."""
    G, sigma, Ht = np.linalg.svd(_product(X, Y))
    return G * sigma @ Ht


def align_maps__other_middle(X, Y):
    """Look again at the means of the tables. [[MIDDLE]]"""
    tables = [table - (1 - CENTER) * table.mean(axis=0) for table in (X, Y)]
    G, _, Ht = np.linalg.svd(tables[FROM].T @ tables[TO])
    return G @ Ht


def align_maps__no_mirrors(X, Y):
    """You allow pure turns only. An orthogonal matrix may mirror too: its determinant is 1 or -1."""
    G, _, Ht = np.linalg.svd(_product(X, Y))
    G[:, -1] *= np.sign(np.linalg.det(G @ Ht))
    return G @ Ht


def _means(word_vectors, weights, sentences):
    S = np.zeros((len(sentences), word_vectors.shape[1]))
    for i, ids in enumerate(sentences):
        if ids:
            S[i] = weights[ids] @ word_vectors[ids] / len(ids)
    return S


def _without(S, directions):
    return S - S @ directions[:REMOVE].T @ directions[:REMOVE]


def _directions(S):
    return np.linalg.svd(S, full_matrices=False)[2]


def sentence_vectors__plain_mean(word_vectors, counts, sentences, a):
    """All words weigh the same in your means. A frequent word should weigh less."""
    S = _means(word_vectors, np.ones(len(counts)), sentences)
    return _without(S, _directions(S))


def sentence_vectors__counts_for_shares(word_vectors, counts, sentences, a):
    """In the weight stands the *share* of a word in all words, a number from 0 to 1. You put its count there."""
    S = _means(word_vectors, a / (a + counts), sentences)
    return _without(S, _directions(S))


def sentence_vectors__frequent_first(word_vectors, counts, sentences, a):
    """Your weights are the wrong way round: frequent words weigh most."""
    shares = counts / counts.sum()
    S = _means(word_vectors, shares / (a + shares), sentences)
    return _without(S, _directions(S))


def sentence_vectors__divided_by_weights(word_vectors, counts, sentences, a):
    """You divide by the sum of the weights. Divide by the number of words in the sentence."""
    weights = a / (a + counts / counts.sum())
    S = _means(word_vectors, weights, sentences)
    for row, ids in zip(S, sentences):
        if ids:
            row *= len(ids) / weights[ids].sum()
    return _without(S, _directions(S))


def sentence_vectors__sums(word_vectors, counts, sentences, a):
    """These are sums over the words of a sentence, so long sentences have long vectors. Means are asked for."""
    S = _means(word_vectors, a / (a + counts / counts.sum()), sentences)
    S = S * np.array([[len(ids)] for ids in sentences])
    return _without(S, _directions(S))


def sentence_vectors__common_kept(word_vectors, counts, sentences, a):
    """The means are right, but what all sentences share is still in them."""
    return _means(word_vectors, a / (a + counts / counts.sum()), sentences)


def sentence_vectors__not_filled(word_vectors, counts, sentences, a):
    """`S` is still all zeros, and so is the result. First fill each row of `S` with the mean of its sentence."""
    return np.zeros((len(sentences), word_vectors.shape[1]))


def sentence_vectors__last_directions(word_vectors, counts, sentences, a):
    """Your means are right, the common part is not. You took it from the end of the list: the widest comes first."""
    S = _means(word_vectors, a / (a + counts / counts.sum()), sentences)
    return _without(S, _directions(S)[::-1])


def sentence_vectors__columns_for_rows(word_vectors, counts, sentences, a):
    """Your means are right, the common part is not: right singular vectors are the *rows* of the third result."""
    S = _means(word_vectors, a / (a + counts / counts.sum()), sentences)
    return _without(S, _directions(S).T)


def sentence_vectors__mean_removed(word_vectors, counts, sentences, a):
    """You took the same vector from all sentences. Take from each its own part along the common directions."""
    S = _means(word_vectors, a / (a + counts / counts.sum()), sentences)
    return S - S.mean(axis=0)


def sentence_vectors__centered_first(word_vectors, counts, sentences, a):
    """You centered the sentences before the decomposition, as for a PCA. Use the matrix `S` as it is."""
    S = _means(word_vectors, a / (a + counts / counts.sum()), sentences)
    return _without(S, _directions(S - S.mean(axis=0)))


def sentence_vectors__empty_is_nan(word_vectors, counts, sentences, a):
    """An empty sentence makes your function fail, or fills the table with NaN. Its vector is zeros."""
    weights = a / (a + counts / counts.sum())
    S = np.array([(weights[ids, None] * word_vectors[ids]).mean(axis=0) for ids in sentences])
    return _without(S, _directions(S))
