"""Wrong answers that people give in lesson 02. The docstring is the hint that the learner reads."""

from __future__ import annotations

import numpy as np

LEFT, RIGHT = 1, 1
FACTOR = 1.0
CBOW_POWER = 1.0


def center_context_pairs__with_itself(tokens, window):
    """Some pairs have the center as its own context. The position of the center is not part of its window."""
    return [
        (tokens[i], tokens[j])
        for i in range(len(tokens))
        for j in range(max(0, i - LEFT * window), min(len(tokens), i + RIGHT * window + 1))
    ]


def center_context_pairs__drops_equal_words(tokens, window):
    """You leave out the center by its spelling. A word that occurs twice is a context of itself: compare positions."""
    return [
        (tokens[i], tokens[j])
        for i in range(len(tokens))
        for j in range(max(0, i - LEFT * window), min(len(tokens), i + RIGHT * window + 1))
        if tokens[j] != tokens[i]
    ]


def center_context_pairs__right_end_short(tokens, window):
    """The last word of the window is missing on the right. `range(a, b)` stops before b."""
    return [
        (tokens[i], tokens[j])
        for i in range(len(tokens))
        for j in range(max(0, i - LEFT * window), min(len(tokens), i + RIGHT * window))
        if j != i
    ]


def center_context_pairs__context_first(tokens, window):
    """Your pairs are the wrong way round: the center comes first."""
    return [
        (tokens[j], tokens[i])
        for i in range(len(tokens))
        for j in range(max(0, i - LEFT * window), min(len(tokens), i + RIGHT * window + 1))
        if j != i
    ]


def center_context_pairs__wraps_around(tokens, window):
    """At the left end your window reaches round to the end of the sentence: a negative index counts from the back."""
    return [
        (tokens[i], tokens[j])
        for i in range(len(tokens))
        for j in range(i - LEFT * window, min(len(tokens), i + RIGHT * window + 1))
        if j != i and j >= -len(tokens)
    ]


def center_context_pairs__as_a_set(tokens, window):
    """A set keeps neither the order of the pairs nor a pair that occurs twice. Return a list."""
    return {
        (tokens[i], tokens[j])
        for i in range(len(tokens))
        for j in range(max(0, i - LEFT * window), min(len(tokens), i + RIGHT * window + 1))
        if j != i
    }


def row_softmax__overflows(scores):
    """For large scores `np.exp` overflows and you get NaN. A number taken from all scores of a row changes nothing."""
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


def row_softmax__over_columns(scores):
    """Your columns sum to one. Each row is one distribution: mind the axis."""
    powers = np.exp(scores - scores.max(axis=0, keepdims=True))
    return powers / powers.sum(axis=0, keepdims=True)


def row_softmax__over_everything(scores):
    """All numbers together sum to one. Each row is a distribution of its own."""
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def row_softmax__one_maximum_for_all(scores):
    """You take one maximum over all rows. A row far below it becomes 0 / 0: let each row have a maximum of its own."""
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=1, keepdims=True)


def row_softmax__never_below_zero(scores):
    """What you subtract is never below 0. A row of scores that are all far below 0 becomes 0 / 0."""
    powers = np.exp(scores - np.maximum(0, scores.max(axis=1, keepdims=True)))
    return powers / powers.sum(axis=1, keepdims=True)


def row_softmax__log(scores):
    """These are logarithms of probabilities. Probabilities are asked for."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def row_softmax__in_place(scores):
    """Your function writes into its argument. Take a copy, or make a new array."""
    scores -= scores.max(axis=1, keepdims=True)
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


def _softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def _loss(U, h, contexts):
    scores = U @ h - (U @ h).max()
    return -(scores - np.log(np.exp(scores).sum()))[contexts].sum()


def _skipgram(U, h, contexts, error):
    return _loss(U, h, contexts), FACTOR * (U.T @ error), FACTOR * np.outer(error, h)


def _error(U, h, contexts):
    return len(contexts) * _softmax(U @ h) - np.bincount(contexts, minlength=len(U))


def skipgram_gradients__sign_flipped(W, U, center, contexts):
    """What you return for h and U has the wrong sign. The error is predicted minus observed. Read what is asked."""
    return _skipgram(U, W[center], contexts, -_error(U, W[center], contexts))


def skipgram_gradients__forgets_the_observed(W, U, center, contexts):
    """You forgot to subtract what was observed. Then every word is pushed away, the true contexts too."""
    return _skipgram(U, W[center], contexts, len(contexts) * _softmax(U @ W[center]))


def skipgram_gradients__one_softmax_for_all(W, U, center, contexts):
    """You subtract all contexts from one softmax. Each of the m pairs has a loss, and a softmax, of its own."""
    h = W[center]
    return _skipgram(U, h, contexts, _softmax(U @ h) - np.bincount(contexts, minlength=len(U)))


def skipgram_gradients__repeats_lost(W, U, center, contexts):
    """A context that occurs twice counts once in your error. `e[ids] -= 1` takes away 1, however often an id occurs."""
    h = W[center]
    error = len(contexts) * _softmax(U @ h)
    error[contexts] -= 1
    return _skipgram(U, h, contexts, error)


def skipgram_gradients__each_word_once(W, U, center, contexts):
    """A context that occurs three times has one loss in your code. All m contexts count, repeated ones too."""
    return _skipgram(U, W[center], np.unique(contexts), _error(U, W[center], np.unique(contexts)))


def skipgram_gradients__one_context(W, U, center, contexts):
    """You use the first context only. The losses of all m contexts are added up."""
    return _skipgram(U, W[center], contexts[:1], _error(U, W[center], contexts[:1]))


def skipgram_gradients__mean_of_the_pairs(W, U, center, contexts):
    """You average over the pairs of the window. Here their losses are added up."""
    m = max(len(contexts), 1)
    return tuple(part / m for part in _skipgram(U, W[center], contexts, _error(U, W[center], contexts)))


def skipgram_gradients__from_the_wrong_table(W, U, center, contexts):
    """The gradient of h comes from W in your code. The scores reach h through the rows of the other table."""
    h = W[center]
    error = _error(U, h, contexts)
    return _loss(U, h, contexts), FACTOR * (W.T @ error), FACTOR * np.outer(error, h)


def skipgram_gradients__overflows(W, U, center, contexts):
    """For large scores `np.exp` overflows. Take the largest score out first, and the logarithm of the sum after."""
    h = W[center]
    powers = np.exp(U @ h)
    p = powers / powers.sum()
    error = len(contexts) * p - np.bincount(contexts, minlength=len(U))
    return -np.log(p[contexts]).sum(), FACTOR * (U.T @ error), FACTOR * np.outer(error, h)


def skipgram_gradients__log_of_zero(W, U, center, contexts):
    """A probability can be so small that it is rounded to 0. Its logarithm is lost then: compute ln p without p."""
    h = W[center]
    loss = -np.log(_softmax(U @ h)[contexts]).sum()
    return loss, *_skipgram(U, h, contexts, _error(U, h, contexts))[1:]


def _cbow(W, U, context, center):
    """share, h, error, loss, and the gradient that every row of the context gets."""
    share = 1 / len(context) ** CBOW_POWER
    h = share * W[context].sum(axis=0)
    error = _softmax(U @ h)
    error[center] -= 1
    return h, error, _loss(U, h, np.array([center])), share * (U.T @ error)


def cbow_gradients__repeats_lost(W, U, context, center):
    """A word that occurs twice in the context gets one share in your code. `d_W[ids] += x` adds once for each id."""
    h, error, loss, part = _cbow(W, U, context, center)
    d_W = np.zeros_like(W)
    d_W[context] += part
    return loss, np.outer(error, h), d_W


def cbow_gradients__every_row(W, U, context, center):
    """All rows of W get a gradient. Only rows that were read into h can change the loss."""
    h, error, loss, part = _cbow(W, U, context, center)
    return loss, np.outer(error, h), np.tile(part, (len(W), 1))


def cbow_gradients__row_of_the_center(W, U, context, center):
    """You give the gradient to the row of the center. CBOW reads the context from W, and the center is guessed."""
    h, error, loss, part = _cbow(W, U, context, center)
    d_W = np.zeros_like(W)
    d_W[center] = part
    return loss, np.outer(error, h), d_W


def cbow_gradients__tables_swapped(W, U, context, center):
    """The two gradients come in the wrong order: first that of U, then that of W."""
    h, error, loss, part = _cbow(W, U, context, center)
    d_W = np.zeros_like(W)
    np.add.at(d_W, context, part)
    return loss, d_W, np.outer(error, h)


def cbow_gradients__sign_flipped(W, U, context, center):
    """Both gradients have the wrong sign. The error is predicted minus observed."""
    h, error, loss, part = _cbow(W, U, context, center)
    d_W = np.zeros_like(W)
    np.add.at(d_W, context, -part)
    return loss, -np.outer(error, h), d_W


def cbow_gradients__forgets_the_observed(W, U, context, center):
    """You forgot to subtract what was observed from the probabilities, so the center is pushed away too."""
    h, error, loss, _ = _cbow(W, U, context, center)
    error[center] += 1
    d_W = np.zeros_like(W)
    np.add.at(d_W, context, U.T @ error / len(context) ** CBOW_POWER)
    return loss, np.outer(error, h), d_W


def cbow_gradients__overflows(W, U, context, center):
    """For large scores `np.exp` overflows. Take the largest score out first, and the logarithm of the sum after."""
    share = 1 / len(context) ** CBOW_POWER
    h = share * W[context].sum(axis=0)
    powers = np.exp(U @ h)
    p = powers / powers.sum()
    error = p.copy()
    error[center] -= 1
    d_W = np.zeros_like(W)
    np.add.at(d_W, context, share * (U.T @ error))
    return -np.log(p[center]), np.outer(error, h), d_W


def cbow_gradients__log_of_zero(W, U, context, center):
    """The probability of the center can be so small that it is rounded to 0. Compute ln p without p."""
    h, error, loss, part = _cbow(W, U, context, center)
    d_W = np.zeros_like(W)
    np.add.at(d_W, context, part)
    return -np.log(_softmax(U @ h)[center]), np.outer(error, h), d_W
