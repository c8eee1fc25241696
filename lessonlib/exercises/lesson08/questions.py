"""Questions of lesson 08: analogies by sums and products, rank correlation, a direction taken out."""

from __future__ import annotations

from itertools import cycle

import numpy as np

from lessonlib.exercises.question import Case, Question

ASKED = {  # which of a, b, c is subtracted or divided by -> the question in words, and the walk
    "a": ("a is to b as c is to what?", r"\vec{b} - \vec{a} + \vec{c}"),
    "b": ("a is to b as what is to c?", r"\vec{a} - \vec{b} + \vec{c}"),
    "c": ("c is to a as b is to what?", r"\vec{a} - \vec{c} + \vec{b}"),
}


def _add_variant(minus: str, place: int) -> dict:
    signs = {f"SIGN_{name.upper()}": -1 if name == minus else 1 for name in "abc"}
    words = ("best", "second best", "third best")[place]
    return signs | {"PLACE": place, "ADD_BEST": words, "ADD_ASKED": ASKED[minus][0], "ADD_WALK": ASKED[minus][1]}


def _mul_variant(far: str, epsilon: float) -> dict:
    near, near_too = (name for name in "abc" if name != far)
    index = {key: "abc".index(name) for key, name in (("FAR", far), ("NEAR", near), ("NEAR_TOO", near_too))}
    formula = rf"\frac{{s_{near}(x)\, s_{near_too}(x)}}{{s_{far}(x) + \varepsilon}}"
    shown = "10^{-6}" if epsilon == 1e-6 else f"{epsilon:g}"
    return index | {"EPSILON": epsilon, "MUL_EPSILON": shown, "MUL_ASKED": ASKED[far][0], "MUL_FORMULA": formula}


def _table(rng: np.random.Generator, rows: int, width: int) -> np.ndarray:
    """Random directions, lengths that differ up to fifty times."""
    return rng.normal(size=(rows, width)) * np.exp(rng.uniform(-2.0, 2.0, size=(rows, 1)))


def _asked(rng: np.random.Generator, rows: int) -> list[int]:
    return [int(i) for i in rng.choice(rows, size=3, replace=False)]


def add_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def near_one(winner: str) -> Case:
        """The subtracted row lies close to one of the others; the walk ends close to the third, `winner`."""
        table, rows = _table(rng, 14, 6), dict(zip("abc", _asked(rng, 14)))
        other = next(name for name in "abc" if name not in (minus, winner))
        table[rows[minus]] = 2.0 * table[rows[other]] + 0.05 * rng.normal(size=6)
        return Case((table, *rows.values()), "edge", "a walk that ends near one of the three rows that it starts from")

    def away() -> tuple[np.ndarray, dict[str, int]]:
        """Query rows all with positive numbers, the others with negative ones; the subtracted one is the middle one."""
        table, places = -np.abs(_table(rng, 12, 5)), sorted(_asked(rng, 12))
        table[places] = 2.0 + 0.2 * rng.random(size=(3, 5))
        first, last = (name for name in rng.permutation([name for name in "abc" if name != minus]).tolist())
        rows = {first: places[0], minus: places[1], last: places[2]}
        return table, {name: rows[name] for name in "abc"}

    minus = next(name for name in "abc" if values[f"SIGN_{name.upper()}"] < 0)
    cases = []
    for rows, width in ((20, 8), (30, 6), (16, 5), (40, 7), (25, 5), (35, 8), (40, 6), (30, 7)):
        cases.append(Case((_table(rng, rows, width), *_asked(rng, rows))))
    zeros = _table(rng, 15, 6)
    a, b, c, zero = (int(i) for i in rng.choice(15, size=4, replace=False))
    zeros[zero] = 0.0
    plus = [name for name in "abc" if name != minus]
    far, far_asked = away()
    deep, deep_asked = away()
    deep = np.where(deep > 0, deep, -2.0 - 0.5 * rng.random(size=deep.shape))
    deep[deep_asked[minus]] *= -1.0
    silent, silent_asked = away()
    free = [int(row) for row in rng.permutation(12) if row not in silent_asked.values()]
    silent[free[0]] = 0.0
    silent[free[1 : values["PLACE"] + 1]] *= -1.0
    return [
        *cases,
        *(near_one(name) for name in plus),
        Case((zeros, a, b, c), "edge", "a table with a row of zeros"),
        Case((far, *far_asked.values()), "edge", "rows that all point away from the three query rows"),
        Case((deep, *deep_asked.values()), "edge", "rows whose scores are all far below -1"),
        Case((silent, *silent_asked.values()), "edge", "a row of zeros that is the answer"),
    ]


def mul_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def apart(rows: int, width: int) -> tuple:
        """No row points nearly away from a query row: the score would show how lengths are rounded."""
        while True:
            table, asked = _table(rng, rows, width), _asked(rng, rows)
            unit = table / np.linalg.norm(table, axis=1, keepdims=True)
            if (unit @ unit[asked].T).min() > -0.95 and np.linalg.norm(table, axis=1).min() > 0.05:
                return table, *asked

    cases = [Case(apart(rows, width)) for rows, width in ((9, 4), (12, 6), (7, 3))]
    (zeros, *asked), opposite = apart(8, 4), _table(rng, 8, 3)
    zeros[next(row for row in range(8) if row not in asked)] = 0.0
    # along one axis, so that the cosine is -1 without any rounding; long, so that `length + 1e-8` does not matter
    opposite[:, 2] = np.hypot(opposite[:, 0], opposite[:, 1]) * rng.uniform(0.0, 2.0, size=8)  # at most 63 degrees up
    opposite[asked[values["FAR"]]] = [0.0, 0.0, 20000.0]
    opposite[next(row for row in range(8) if row not in asked)] = [0.0, 0.0, -40000.0]
    return [
        *cases,
        Case((zeros, *asked), "edge", "a table with a row of zeros"),
        Case((opposite, *asked), "edge", "a row that points exactly away from the row in the denominator"),
    ]


def mul_property(args: tuple, output: np.ndarray, values: dict) -> bool:
    others = np.delete(output, list(args[1:]))
    return bool((output[list(args[1:])] == -np.inf).all() and (others >= 0).all() and (others > 0).any())


def rho_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def scores(n: int) -> np.ndarray:
        return np.round(rng.uniform(0, 10, size=n), 2)

    plain, tied = scores(9), rng.integers(0, 4, size=12).astype(float)
    tied[:3] = [1.0, 2.0, 1.0]
    people, cosines = scores(10), rng.uniform(-0.2, 0.9, size=10)
    cosines[rng.choice(10, size=3, replace=False)] = np.nan
    unknown = np.array([0.3, np.nan, np.nan, np.nan])
    return [
        Case((plain, np.exp(plain) + rng.normal(size=9)), "value", "values without ties"),
        Case((tied, np.round(tied + rng.normal(0, 1.5, size=12))), "value", "values with ties on both sides"),
        Case((tied + 1, scores(12)), "value", "values with ties on one side"),
        Case((people, cosines), "edge", "cosines of which three are missing"),
        Case((np.append(plain, np.nan), np.append(scores(9), 5.0)), "edge", "a missing value in x"),
        Case((np.full(5, 2.0), scores(5)), "edge", "a side on which all values are equal"),
        Case((scores(4), unknown), "edge", "data of which one pair is left"),
    ]


def direction_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def shared(n_pairs: int, others: int, width: int) -> tuple[np.ndarray, list[tuple[int, int]]]:
        """Rows in random order; the pairs differ by a common direction, a weaker second one, and some noise."""
        n, turn = 2 * n_pairs + others, np.linalg.qr(rng.normal(size=(width, 3)))[0].T
        table, order = rng.normal(size=(n, width)), rng.permutation(n)
        pairs = list(zip(order[:n_pairs].tolist(), order[n_pairs : 2 * n_pairs].tolist()))
        for (i, j), sign in zip(pairs, cycle((1.0, -1.0, 0.4))):
            table[j] = table[i] + 2.0 * turn[0] + 1.1 * sign * turn[1] + 0.2 * rng.normal(size=width)
        return table * np.exp(rng.uniform(-0.7, 0.7, size=(n, 1))), pairs

    zero, pairs = shared(5, 3, 6)
    zero[next(row for row in range(len(zero)) if row not in np.array(pairs))] = 0.0
    return [
        *(Case(shared(int(rng.integers(5, 8)), 4, width)) for width in (5, 7, 6)),
        Case(shared(values["SIZE"], 6, 5), "edge", "as few pairs as possible"),
        Case((zero, pairs), "edge", "a table with a row of zeros"),
    ]


def direction_property(args: tuple, output: np.ndarray, values: dict) -> bool:
    """What is left along each component is the share that should be left; the rest of each row is as it was."""
    vectors, (first, second) = args[0], np.array(args[1]).T
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    _, _, components = np.linalg.svd(unit[second] - unit[first])
    along, across = components[: values["SIZE"]].T, components[values["SIZE"] :].T
    off = np.abs(output @ along - (1 - values["SHARE"]) * vectors @ along).max()
    off = max(off, np.abs(output @ across - vectors @ across).max())
    return bool(off <= 1e-4 * np.abs(vectors).max())


def _direction_variant(size: int, share: float, words: int) -> dict:
    one, two = r"(w \cdot g)\, g", r"\big((w \cdot g_1)\, g_1 + (w \cdot g_2)\, g_2\big)"
    factor = "" if share == 1 else rf"{share:g} \cdot "
    components = (
        "the first one alone, a direction $g$ of length 1",
        "the first two, $g_1$ and $g_2$, each of length 1 and at right angles",
    )
    amounts = (
        "Take it out of every row whole",
        "Take both out of every row whole",
        "Take half of it out of every row, as a soft version of the cure",
        "Take half of both out of every row, as a soft version of the cure",
        "Take it out of every row twice, which mirrors the row",
    )
    return {
        "SIZE": size,
        "SHARE": share,
        "COMPONENTS": components[size - 1],
        "PROJECTED": f"w - {factor}{(one, two)[size - 1]}",
        "AMOUNT": amounts[words],
        "DIRECTIONS": ("$g$", "$g_1$ and by $g_2$")[size - 1],
        "LEFT": {1.0: "0", 0.5: "half of what the given row gives", 2.0: "minus what the given row gives"}[share],
    }


QUESTIONS = (
    Question(
        id="08.1",
        name="three_cos_add",
        kind="write",
        points=3,
        after="2",
        cases=add_cases,
        variants=tuple(
            _add_variant(*v) for v in (("a", 0), ("b", 0), ("c", 0), ("a", 1), ("b", 1), ("c", 1), ("a", 2))
        ),
    ),
    Question(
        id="08.2",
        name="three_cos_mul",
        kind="write",
        points=3,
        after="2",
        cases=mul_cases,
        properties=(mul_property,),
        tolerance=1e-4,
        weights={"edge": 2},
        variants=tuple(
            _mul_variant(*v) for v in (("a", 1e-6), ("b", 1e-3), ("c", 1e-3), ("a", 0.01), ("b", 0.05), ("c", 0.02))
        ),
    ),
    Question(
        id="08.3",
        name="spearman_rho",
        kind="write",
        points=4,
        after="4",
        cases=rho_cases,
        weights={"edge": 2},
    ),
    Question(
        id="08.4",
        name="without_direction",
        kind="write",
        points=4,
        after="8",
        required=False,
        cases=direction_cases,
        properties=(direction_property,),
        tolerance=1e-4,
        variants=tuple(
            _direction_variant(*v) for v in ((1, 1.0, 0), (2, 1.0, 1), (1, 0.5, 2), (2, 0.5, 3), (1, 2.0, 4))
        ),
    ),
)
