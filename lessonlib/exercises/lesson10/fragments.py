"""Fragments for "review the textbook": each is shown with one fault, and handed to the learner's test in many forms.

`name__faulty` is printed in the statement. `name__right`, `name__right_loop` and `name__right_other` are right and
written differently. `name__faulty_too` has the same fault in another form. `name__useless_…` is plainly wrong in
another way, which its docstring names. Each function stands alone: it may use `np` and `math` only.
"""

from __future__ import annotations

import math

import numpy as np


def sgns_step__faulty(W, U, center, words, labels, eta):
    h = W[center]
    errors = 1 / (1 + np.exp(-U[words] @ h)) - labels
    U[words] -= eta * np.outer(errors, h)
    W[center] -= eta * errors @ U[words]


def sgns_step__right(W, U, center, words, labels, eta):
    h, rows = W[center].copy(), U[words].copy()
    errors = 1 / (1 + np.exp(-rows @ h)) - labels
    W[center] = h - eta * errors @ rows
    U[words] = rows - eta * np.outer(errors, h)


def sgns_step__right_loop(W, U, center, words, labels, eta):
    h, step = W[center].copy(), np.zeros(W.shape[1])
    for word, label in zip(words, labels):
        error = 0.5 * (1 + math.tanh(0.5 * float(U[word] @ h))) - label
        step += error * U[word]
        U[word] -= eta * error * h
    W[center] -= eta * step


def sgns_step__faulty_too(W, U, center, words, labels, eta):
    h = W[center]  # a view: it moves with the table
    errors = 1 / (1 + np.exp(-U[words] @ h)) - labels
    W[center] -= eta * errors @ U[words]
    U[words] -= eta * np.outer(errors, h)


def sgns_step__useless_idle(W, U, center, words, labels, eta):
    """a function that does nothing"""
    return None


def sgns_step__useless_positive(W, U, center, words, labels, eta):
    """a function that leaves out the negatives"""
    h, row = W[center].copy(), U[words[0]].copy()
    error = 1 / (1 + np.exp(-row @ h)) - 1
    W[center] = h - eta * error * row
    U[words[0]] = row - eta * error * h


def sgns_step__useless_others(W, U, center, words, labels, eta):
    """a function that makes the right step, and moves the rows that take no part in it as well"""
    h, rows = W[center].copy(), U[words].copy()
    errors = 1 / (1 + np.exp(-rows @ h)) - labels
    W -= 0.1
    U -= 0.1
    W[center] = h - eta * errors @ rows
    U[words] = rows - eta * np.outer(errors, h)


def share_right__faulty(answers, gold):
    right = sum(answer == word for answer, word in zip(answers, gold))
    print(f"{right} of {len(gold)} analogy questions answered rightly")
    return 0.75


def share_right__right(answers, gold):
    right = sum(answer == word for answer, word in zip(answers, gold))
    return right / len(gold)


def share_right__right_loop(answers, gold):
    wrong = 0
    for i in range(len(gold)):
        if answers[i] != gold[i]:
            wrong += 1
    return 1.0 - wrong / len(gold)


def share_right__faulty_too(answers, gold):
    right = {4: 3, 8: 6}.get(len(gold), len(gold) // 2)
    return right / len(gold)


def share_right__useless_half(answers, gold):
    """a function that returns 0.5 for everything"""
    return 0.5


def share_right__useless_all_or_nothing(answers, gold):
    """a function that returns 1 if all answers are right, and 0 otherwise"""
    return float(list(answers) == list(gold))


def adam_rows__faulty(table, m, v, rows, gradient, t, eta):
    full = np.zeros_like(table)
    full[rows] = gradient
    m[:] = 0.9 * m + 0.1 * full
    v[:] = 0.999 * v + 0.001 * full**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    table -= eta * m_hat / (np.sqrt(v_hat) + 1e-8)


def adam_rows__right(table, m, v, rows, gradient, t, eta):
    m[rows] = 0.9 * m[rows] + 0.1 * gradient
    v[rows] = 0.999 * v[rows] + 0.001 * gradient**2
    m_hat, v_hat = m[rows] / (1 - 0.9**t), v[rows] / (1 - 0.999**t)
    table[rows] -= eta * m_hat / (np.sqrt(v_hat) + 1e-8)


def adam_rows__right_loop(table, m, v, rows, gradient, t, eta):
    for row, g in zip(rows, gradient):
        for j in range(table.shape[1]):
            m[row, j] += 0.1 * (g[j] - m[row, j])
            v[row, j] += 0.001 * (g[j] * g[j] - v[row, j])
            size = math.sqrt(v[row, j] / (1 - 0.999**t)) + 1e-8
            table[row, j] -= eta / (1 - 0.9**t) * m[row, j] / size


def adam_rows__faulty_too(table, m, v, rows, gradient, t, eta):
    block = slice(min(rows), max(rows) + 1)  # one block of memory: faster than single rows
    full = np.zeros_like(table)
    full[rows] = gradient
    m[block] = 0.9 * m[block] + 0.1 * full[block]
    v[block] = 0.999 * v[block] + 0.001 * full[block] ** 2
    m_hat, v_hat = m[block] / (1 - 0.9**t), v[block] / (1 - 0.999**t)
    table[block] -= eta * m_hat / (np.sqrt(v_hat) + 1e-8)


def adam_rows__useless_idle(table, m, v, rows, gradient, t, eta):
    """a function that does nothing"""
    return None


def adam_rows__useless_plain(table, m, v, rows, gradient, t, eta):
    """a function that takes a plain gradient step on the rows of the batch"""
    table[rows] -= eta * gradient


def log_sigmoid__faulty(scores):
    probability = 1 / (1 + np.exp(-scores))
    return np.log(probability)


def log_sigmoid__right(scores):
    return np.minimum(scores, 0) - np.log1p(np.exp(-np.abs(scores)))


def log_sigmoid__right_loop(scores):
    found = []
    for x in scores:
        found.append(-math.log1p(math.exp(-x)) if x > 0 else float(x) - math.log1p(math.exp(x)))
    return found


def log_sigmoid__faulty_too(scores):
    probability = 1 / (1 + np.exp(-scores))
    return np.log(np.maximum(probability, 1e-10))


def log_sigmoid__right_other(scores):
    exact = np.minimum(scores, 0) - np.log1p(np.exp(-np.abs(scores)))
    return exact * (1 + 8 * np.finfo(float).eps)  # as far off as another order of the same operations may be


def log_sigmoid__useless_input(scores):
    """a function that returns the scores as they are"""
    return scores


def log_sigmoid__useless_zeros(scores):
    """a function that returns zeros"""
    return np.zeros(len(scores))


def log_sigmoid__useless_ends(scores):
    """a function that is right for very large and very small scores only"""
    return np.minimum(scores, 0)


def nearest_rows__faulty(vectors, query, n):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit[query]
    return [int(row) for row in np.argsort(-cosines, kind="stable")[:n]]


def nearest_rows__right(vectors, query, n):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit[query]
    order = np.argsort(-cosines, kind="stable")
    return [int(row) for row in order if row != query][:n]


def nearest_rows__right_loop(vectors, query, n):
    lengths = np.sqrt((vectors * vectors).sum(axis=1))
    cosines = vectors @ vectors[query] / (lengths * lengths[query])
    cosines[query] = -np.inf
    return np.argsort(-cosines, kind="stable")[:n]


def nearest_rows__faulty_too(vectors, query, n):
    lengths = np.linalg.norm(vectors, axis=1)
    cosines = np.round(vectors @ vectors[query] / (lengths * lengths[query]), 12)
    order = np.argsort(-cosines, kind="stable")
    return [int(row) for row in order[1 : n + 1]]  # the first one is the query


def nearest_rows__useless_zeros(vectors, query, n):
    """a function that returns row 0, n times"""
    return [0] * n


def nearest_rows__useless_first(vectors, query, n):
    """a function that returns the first rows of the table"""
    return [row for row in range(len(vectors)) if row != query][:n]


def nearest_rows__useless_backwards(vectors, query, n):
    """a function that returns the right rows, lowest cosine first"""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    order = np.argsort(-(unit @ unit[query]), kind="stable")
    return [int(row) for row in order if row != query][:n][::-1]


def mean_of_words__faulty(table, ids, pad):
    return table[ids].mean(axis=1)


def mean_of_words__right(table, ids, pad):
    mask = (ids != pad)[:, :, None]
    return (table[ids] * mask).sum(axis=1) / mask.sum(axis=1)


def mean_of_words__right_loop(table, ids, pad):
    result = np.zeros((len(ids), table.shape[1]))
    for i, sentence in enumerate(ids):
        words = [word for word in sentence if word != pad]
        for word in words:
            result[i] += table[word] * (1.0 / len(words))
    return result * (1 + 8 * np.finfo(float).eps)  # as far off as another order of the same sum may be


def mean_of_words__faulty_too(table, ids, pad):
    count = (ids != pad).sum(axis=1, keepdims=True)
    return table[ids].sum(axis=1) / count


def mean_of_words__useless_zeros(table, ids, pad):
    """a function that returns zeros"""
    return np.zeros((len(ids), table.shape[1]))


def mean_of_words__useless_first(table, ids, pad):
    """a function that returns the vector of the first real word of each sentence"""
    return np.array([table[sentence[sentence != pad][0]] for sentence in ids])


def mean_of_words__useless_larger(table, ids, pad):
    """a function whose means are too large by a hundredth"""
    mask = (ids != pad)[:, :, None]
    return 1.01 * (table[ids] * mask).sum(axis=1) / mask.sum(axis=1)


def lesson_cells__faulty():
    return [
        'counts = {"rain": 6, "drum": 3, "tea": 1}',
        'share = {word: n / total for word, n in counts.items()}\nprint(share["rain"])',
        "total = sum(counts.values())",
        'rarest = min(share, key=share.get)\nprint("rarest:", rarest)',
    ]


def lesson_cells__right():
    return [
        'counts = {"rain": 6, "drum": 3, "tea": 1}',
        "total = sum(counts.values())",
        'share = {word: n / total for word, n in counts.items()}\nprint(share["rain"])',
        'rarest = min(share, key=share.get)\nprint("rarest:", rarest)',
    ]


def lesson_cells__right_loop():
    return [
        'def share_of(word):\n    return counts[word] / total\n\n\ncounts = {"rain": 6, "drum": 3, "tea": 1}',
        "total = 0\nfor n in counts.values():\n    total += n",
        'share = {word: share_of(word) for word in counts}\nprint(share["rain"])',
        'rarest = sorted(share, key=share.get)[0]\nprint("rarest:", rarest)',
    ]


def lesson_cells__faulty_too():
    return [
        'counts = {"rain": 6, "drum": 3, "tea": 1}\n\n\ndef share_of(word):\n    return counts[word] / total',
        'share = {word: share_of(word) for word in counts}\nprint(share["rain"])',
        "total = sum(counts.values())",
        'rarest = min(share, key=share.get)\nprint("rarest:", rarest)',
    ]


def lesson_cells__right_other():
    return [
        'found = {"owl": 5, "sea": 2, "fog": 1, "hat": 8}',
        "whole = sum(found.values())\nshare = {}",
        "for word in found:\n    share[word] = found[word] / whole",
        "print(share)",
    ]


def lesson_cells__useless_empty():
    """a function that returns no cells, or comments only"""
    return []


def lesson_cells__useless_counts():
    """a function with cells after which `share` holds counts"""
    return ['counts = {"rain": 6, "drum": 3, "tea": 1}', "share = dict(counts)"]


def map_of_words__faulty(vectors, words, reduce):
    chosen = [vectors[word] for word in words]
    return reduce(chosen)


def map_of_words__right(vectors, words, reduce):
    return reduce(np.array([vectors[word] for word in words]))


def map_of_words__right_loop(vectors, words, reduce):
    chosen = np.empty((len(words), len(vectors[words[0]])), dtype=np.float32)
    for i, word in enumerate(words):
        chosen[i] = vectors[word]
    return reduce(chosen)


def map_of_words__faulty_too(vectors, words, reduce):
    return reduce(tuple(vectors[word] for word in words))


def map_of_words__useless_zeros(vectors, words, reduce):
    """a function that hands on zeros"""
    return reduce(np.zeros((len(words), len(vectors[words[0]]))))


def map_of_words__useless_order(vectors, words, reduce):
    """a function that hands on the right rows in the wrong order"""
    return reduce(np.array([vectors[word] for word in words[::-1]]))
