"""Right tests for part 10: the model answer of each question, and another one written differently."""

from __future__ import annotations

import numpy as np


def test_sgns_step(candidate) -> None:
    """Fails (raises) unless `candidate(W, U, center, words, labels, eta)` is right."""
    W, U = np.random.default_rng(0).normal(size=(2, 6, 3))  # (V, d) each
    words, labels = np.array([4, 1, 5]), np.array([1.0, 0.0, 0.0])
    errors = 1 / (1 + np.exp(-U[words] @ W[2])) - labels
    W_wanted, U_wanted = W.copy(), U.copy()
    W_wanted[2] -= 0.5 * errors @ U[words]
    U_wanted[words] -= 0.5 * np.outer(errors, W[2])
    candidate(W, U, 2, words, labels, 0.5)
    assert np.allclose(W, W_wanted), "the input table"
    assert np.allclose(U, U_wanted), "the output table"


def test_sgns_step__finite_differences(candidate):
    rng = np.random.default_rng(7)
    tables = rng.normal(size=(2, 5, 4))
    words, labels = np.array([0, 3]), np.array([1.0, 0.0])

    def loss(both):
        scores = both[1][words] @ both[0][2]
        return np.logaddexp(0, np.where(labels > 0, -scores, scores)).sum()

    moved = tables.copy()
    candidate(moved[0], moved[1], 2, words, labels, 0.3)
    for place in np.ndindex(tables.shape):
        bump = np.zeros_like(tables)
        bump[place] = 1e-5
        slope = (loss(tables + bump) - loss(tables - bump)) / 2e-5
        assert abs(moved[place] - (tables[place] - 0.3 * slope)) < 1e-6


def test_share_right(candidate) -> None:
    """Fails (raises) unless `candidate(answers, gold)` is right."""
    gold = ["tea", "oslo", "drum"]
    for right in range(4):
        answers = gold[:right] + ["?"] * (3 - right)
        assert abs(candidate(answers, gold) - right / 3) < 1e-9, f"{right} of 3"


def test_share_right__random(candidate):
    rng = np.random.default_rng(3)
    for n in (1, 2, 4, 5, 8, 30, 30):
        gold, answers = (rng.choice(["a", "b"], size=n).tolist() for _ in range(2))
        assert np.isclose(candidate(answers, gold), np.mean(np.array(answers) == np.array(gold)))


def test_adam_rows(candidate) -> None:
    """Fails (raises) unless `candidate(table, m, v, rows, gradient, t, eta)` is right."""
    table, m, v = np.random.default_rng(0).uniform(0.1, 1.0, size=(3, 6, 2))
    rows, gradient, t, eta = np.array([0, 3]), np.array([[1.0, -2.0], [0.5, 3.0]]), 4, 0.1
    wanted, m_new, v_new = table.copy(), m.copy(), v.copy()
    m_new[rows] = 0.9 * m[rows] + 0.1 * gradient
    v_new[rows] = 0.999 * v[rows] + 0.001 * gradient**2
    size = np.sqrt(v_new[rows] / (1 - 0.999**t)) + 1e-8
    wanted[rows] -= eta * m_new[rows] / (1 - 0.9**t) / size
    candidate(table, m, v, rows, gradient, t, eta)
    assert np.allclose(table, wanted), "the table"
    assert np.allclose(m, m_new) and np.allclose(v, v_new), "the moments"


def test_adam_rows__step_by_step(candidate):
    rng = np.random.default_rng(5)
    table, m, v = rng.normal(size=(7, 3)), np.zeros((7, 3)), np.zeros((7, 3))
    wanted = [array.copy() for array in (table, m, v)]
    for t, rows in enumerate(([0, 1, 2, 3, 4, 5, 6], [6, 2], [0, 4]), start=1):
        gradient = rng.normal(size=(len(rows), 3))
        for row, g in zip(rows, gradient):
            wanted[1][row] = 0.9 * wanted[1][row] + 0.1 * g
            wanted[2][row] = 0.999 * wanted[2][row] + 0.001 * g**2
            size = np.sqrt(wanted[2][row] / (1 - 0.999**t)) + 1e-8
            wanted[0][row] -= 0.05 * wanted[1][row] / (1 - 0.9**t) / size
        candidate(table, m, v, np.array(rows), gradient, t, 0.05)
        assert all(np.allclose(a, b) for a, b in zip((table, m, v), wanted))


def test_log_sigmoid(candidate) -> None:
    """Fails (raises) unless `candidate(scores)` is right."""
    scores = np.array([-1000.0, -40.0, -2.0, 0.0, 2.0, 1000.0])
    wanted = -np.logaddexp(0.0, -scores)
    assert np.allclose(candidate(scores), wanted)


def test_log_sigmoid__symmetry(candidate):
    scores = np.array([0.5, 3.0, 100.0, 800.0])
    up, down = np.array(candidate(scores)), np.array(candidate(-scores))
    assert np.allclose(up - down, scores)  # log(p / (1 - p)) is the score
    assert np.allclose(np.exp(up) + np.exp(down), 1)


def test_nearest_rows(candidate) -> None:
    """Fails (raises) unless `candidate(vectors, query, n)` is right."""
    vectors = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    assert list(candidate(vectors, 3, 2)) == [0, 2], "row 0 points the same way as row 3"
    assert list(candidate(vectors, 1, 1)) == [2]


def test_nearest_rows__random(candidate):
    rng = np.random.default_rng(1)
    for query in range(6):
        vectors = rng.normal(size=(6, 3))
        vectors[query] = 0.5 * vectors[(query + 3) % 6]
        found = candidate(vectors, query, 5)
        assert sorted(int(row) for row in found) == [row for row in range(6) if row != query]
        assert found[0] == (query + 3) % 6


def test_mean_of_words(candidate) -> None:
    """Fails (raises) unless `candidate(table, ids, pad)` is right."""
    table = np.arange(1.0, 13.0).reshape(4, 3)  # the row for padding, 0, is not zero
    ids = np.array([[2, 0, 0], [3, 1, 0]])
    wanted = np.array([table[2], (table[3] + table[1]) / 2])
    assert np.allclose(candidate(table, ids, 0), wanted)


def test_mean_of_words__longer(candidate):
    rng = np.random.default_rng(2)
    table, ids = rng.normal(size=(8, 4)), rng.integers(0, 7, size=(5, 6))
    padded = np.concatenate([ids, np.full((5, 3), 7)], axis=1)
    plain = np.array([[table[word] for word in sentence] for sentence in ids]).mean(axis=1)
    assert np.allclose(candidate(table, ids, 7), plain)
    assert np.allclose(candidate(table, padded, 7), plain)


def test_lesson_cells(candidate) -> None:
    """Fails (raises) unless `candidate()` returns cells that run from top to bottom."""
    names = {}  # a fresh kernel
    for cell in candidate():
        exec(cell, names)
    assert abs(sum(names["share"].values()) - 1) < 1e-9, "shares add up to 1"


def test_lesson_cells__one_script(candidate):
    names = {"__name__": "__main__"}
    exec(compile("\n\n".join(candidate()), "notebook", "exec"), names)
    share = names.get("share", {})
    assert share and all(0 <= part <= 1 for part in share.values())


def test_map_of_words(candidate) -> None:
    """Fails (raises) unless `candidate(vectors, words, reduce)` is right."""
    vectors = {"tea": np.array([1.0, 2.0, 0.1]), "rain": np.zeros(3), "drum": np.ones(3)}
    seen = []
    candidate(vectors, ["drum", "tea"], seen.append)
    assert isinstance(seen[0], np.ndarray), "not an array"
    assert np.allclose(seen[0], [vectors["drum"], vectors["tea"]])


def test_map_of_words__like_scikit_learn(candidate):
    def reduce(X):
        rows, columns = X.shape  # a list has no shape
        assert columns == 4
        return X[:, 1:3] + np.arange(2.0 * rows).reshape(rows, 2)

    vectors = {word: np.arange(4.0) + len(word) for word in ("a", "to", "owl")}
    assert np.allclose(candidate(vectors, ["to", "a", "owl"], reduce), [[3, 5], [4, 6], [8, 10]])
