"""Fragments for "review the textbook": each is shown with one fault, and handed to the learner's test in four forms.

`name__faulty` is printed in the statement. `name__right` and `name__right_loop` are right and written differently.
`name__faulty_too` has the same fault in another form. Each function stands alone: it may use `np` and `math` only.
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
    return result


def mean_of_words__faulty_too(table, ids, pad):
    count = (ids != pad).sum(axis=1, keepdims=True)
    return table[ids].sum(axis=1) / count


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
