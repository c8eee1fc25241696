"""Questions of lesson 09: walks on a graph, two maps turned onto each other, and vectors for sentences."""

from __future__ import annotations

import itertools

import numpy as np

from lessonlib.exercises.question import Case, Question

PLACES = ("Lagos", "Quito", "Hanoi", "Cairo", "Lima", "Dakar", "Pune", "Osaka", "Oslo", "Accra")
POWERS = (0.75, 0.5, 2, 1.5)
CLOSE = 1e-4  # numbers of 32 bits are near enough, also after a decomposition


def _walk(neighbors: dict, start: str, draws: np.ndarray, power: float) -> list[str]:
    walk = [start]
    for draw in draws:
        weights = np.array(list(neighbors[walk[-1]].values()), dtype=float) ** power
        walk.append(list(neighbors[walk[-1]])[int((np.cumsum(weights) / weights.sum() > draw).argmax())])
    return walk


def walk_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def graph(n: int) -> dict[str, dict[str, int]]:
        """A ring with some chords, so that each place has two neighbors or more; weights from 1 to 9."""
        names = [str(name) for name in rng.permutation(PLACES)[:n]]
        links = {(i, (i + 1) % n) for i in range(n)} | {(i, (i + 2) % n) for i in range(n) if rng.random() < 0.6}
        neighbors: dict[str, dict[str, int]] = {name: {} for name in names}
        for i, j in sorted(links):
            weight = int(rng.choice([1, 2, 3, 6, 9]))
            neighbors[names[i]][names[j]] = neighbors[names[j]][names[i]] = weight
        return neighbors

    def long_walk() -> tuple:
        """Each variant of the question walks another way, and so do the weights as they are."""
        while True:
            neighbors, draws = graph(int(rng.integers(6, 9))), rng.random(24)
            start = str(rng.choice(list(neighbors)))
            walks = [_walk(neighbors, start, draws, power) for power in (1, *POWERS)]
            if all(a != b for a, b in itertools.combinations(walks, 2)):
                return neighbors, start, draws

    one_way = {"source": {"hill": 2}, "hill": {"lake": 5}, "lake": {}}
    fork = {"a": {"b": 3, "c": 3}, "b": {"a": 2}, "c": {"a": 7}}
    zero = {"a": {"b": 0, "c": 4, "d": 0}, "b": {"a": 1}, "c": {"a": 3}, "d": {"a": 1}}
    return [
        *(Case(long_walk()) for _ in range(3)),
        Case((one_way, "source", rng.random(6)), "edge", "a node that has no neighbors"),
        Case(({"island": {}}, "island", rng.random(3)), "edge", "a start without neighbors"),
        Case((zero, "a", np.array([0.0, 0.3, 0.999, 0.0])), "edge", "edges of weight 0, and draws of 0"),
        Case((fork, "a", np.array([0.5, 0.2, 0.0, 0.9, 0.5])), "edge", "a draw on the border of two parts"),
        Case((one_way, "hill", np.zeros(0)), "edge", "a walk without steps"),
    ]


def map_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def turn(d: int, mirrored: bool) -> np.ndarray:
        Q = np.linalg.qr(rng.normal(size=(d, d)))[0]
        if (np.linalg.det(Q) < 0) != mirrored:
            Q[:, 0] *= -1
        return Q

    def pairs(n: int, d: int, mirrored: bool) -> tuple[np.ndarray, np.ndarray]:
        X = rng.normal(size=(n, d)) * rng.uniform(0.5, 2, size=d)
        noise = rng.normal(0, 0.2, size=(n, d))
        Y = X @ turn(d, mirrored) * rng.uniform(0.5, 2) + noise
        return X + rng.normal(0, 2, size=d), Y + rng.normal(0, 2, size=d)

    def telling(n: int, d: int, mirrored: bool = False, one_way: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """The best map has a mirror in it if asked for, and that of the other middle beats doing nothing. With
        `one_way`, doing nothing beats the transposed map, and that with the third matrix transposed again."""
        while True:
            X, Y = pairs(n, d, mirrored)
            right, other = (
                [table - center * table.mean(axis=0) for table in (X, Y)]
                for center in (values["CENTER"], 1 - values["CENTER"])
            )
            G, _, Ht = np.linalg.svd(right[values["FROM"]].T @ right[values["TO"]])
            K, _, Lt = np.linalg.svd(other[values["FROM"]].T @ other[values["TO"]])
            back, twice, moved, nothing, turned = (
                np.square(right[values["FROM"]] @ M - right[values["TO"]]).sum()
                for M in ((G @ Ht).T, G @ Ht.T, K @ Lt, np.eye(d), -np.eye(d))
            )
            if (np.linalg.det(G @ Ht) < 0) != mirrored or moved > 0.95 * min(nothing, turned):
                continue
            if not one_way or min(back, twice) > 1.05 * min(nothing, turned):
                return X, Y

    X, _ = pairs(9, 3, False)
    line = rng.normal(size=(6, 1))
    return [
        Case(telling(12, 3, one_way=True)),
        Case(telling(int(rng.integers(12, 20)), 4)),
        Case(telling(int(rng.integers(12, 20)), 5, mirrored=True), "value", "a map with a mirror in it"),
        Case((X, X.copy()), "edge", "two tables that are equal"),
        Case((line, 1.5 - 2 * line), "edge", "one dimension"),
    ]


def _keeps_lengths(args: tuple, R: np.ndarray, values: dict) -> bool:
    """R is orthogonal, and maps the tables better than doing nothing or pointing the other way."""
    tables = [table - values["CENTER"] * table.mean(axis=0) for table in args]
    source, target = tables[values["FROM"]], tables[values["TO"]]
    gaps = [np.square(source @ M - target).sum() for M in (R, np.eye(len(R)), -np.eye(len(R)))]
    return bool(np.allclose(R.T @ R, np.eye(len(R)), atol=1e-6)) and gaps[0] < min(gaps[1:])


def _sentence_means(vectors: np.ndarray, counts: np.ndarray, sentences: list[list[int]], a: float) -> np.ndarray:
    weights = a / (a + counts / counts.sum())
    return np.array([weights[ids] @ vectors[ids] / len(ids) for ids in sentences])


def sentence_cases(rng: np.random.Generator, values: dict) -> list[Case]:
    def text(n: int, d: int) -> tuple:
        V = int(rng.integers(12, 20))
        vectors = rng.normal(size=(V, d)) + rng.normal(0, 0.7, size=d)
        counts = np.sort(rng.integers(1, 400, size=V))[::-1].copy()
        sentences = [[int(i) for i in rng.integers(0, V, size=rng.integers(2, 8))] for _ in range(n)]
        return vectors, counts, sentences, float(rng.uniform(0.01, 0.2))

    def clear(args: tuple) -> bool:
        """The singular values of the means are well apart, and none is near zero."""
        spread = np.linalg.svd(_sentence_means(*args), compute_uv=False)
        return bool((spread[1:5] < 0.95 * spread[:4]).all() and spread[-1] > 0.02 * spread[0])

    def drawn() -> tuple:
        while not clear(args := text(int(rng.integers(10, 14)), int(rng.integers(6, 8)))):
            pass
        return args

    while True:
        vectors, counts, sentences, a = drawn()
        never = counts.copy()
        never[-1] = 0
        with_never = (vectors, never, [*sentences, [len(never) - 1]], a)
        if clear(with_never):
            break
    return [
        *(Case(drawn()) for _ in range(3)),
        Case((vectors, counts, [*sentences[:4], [], *sentences[4:]], a), "edge", "a sentence without words"),
        Case(with_never, "edge", "a word that was counted 0 times"),
        Case((vectors, counts, [[3, 3, 0]], a), "edge", "a single sentence"),
    ]


def _fewer_directions(args: tuple, output: np.ndarray, values: dict) -> bool:
    """The sentences fill all directions but those that were taken out."""
    spread = np.linalg.svd(output, compute_uv=False)
    return int((spread > CLOSE * spread[0]).sum()) == output.shape[1] - values["REMOVE"]


FEWER = " Put one in each row. If `S` has fewer of them, take those that it has."

QUESTIONS = (
    Question(
        id="09.1",
        name="weighted_walk",
        kind="write",
        points=3,
        after="2",
        cases=walk_cases,
        properties=(
            lambda args, walk, values: len(walk) == len(args[2]) + 1 and walk[0] == args[1],
            lambda args, walk, values: all(b in args[0].get(a, ()) for a, b in zip(walk, walk[1:])),
        ),
        variants=(
            {"POWER": 0.75, "STRENGTH": "w^{0.75}", "RULE": "the weight of its edge to the power 0.75"},
            {"POWER": 0.5, "STRENGTH": r"\sqrt{w}", "RULE": "the square root of the weight of its edge"},
            {"POWER": 2, "STRENGTH": "w^2", "RULE": "the square of the weight of its edge"},
            {"POWER": 1.5, "STRENGTH": "w^{1.5}", "RULE": "the weight of its edge to the power 1.5"},
        ),
    ),
    Question(
        id="09.2",
        name="align_maps",
        kind="write",
        points=4,
        after="8",
        cases=map_cases,
        properties=(_keeps_lengths,),
        variants=tuple(
            {
                "FROM": first,
                "TO": 1 - first,
                "CENTER": center,
                "SOURCE": "XY"[first],
                "TARGET": "XY"[1 - first],
                "MIDDLE": "First take from each table the mean of its rows, so that both have their middle at zero."
                if center
                else "Take the tables as they are: do not take away their means.",
            }
            for first, center in ((0, 1), (1, 1), (0, 0), (1, 0))
        ),
    ),
    Question(
        id="09.3",
        name="sentence_vectors",
        kind="complete",
        points=4,
        after="6",
        cases=sentence_cases,
        properties=(_fewer_directions,),
        tolerance=CLOSE,
        variants=tuple(
            {"REMOVE": number, "COMMON": common, "LOST": lost, "ROWS": rows}
            for number, common, lost, rows in (
                (1, "the first right singular vector", "one direction", " It is the only row of `common`."),
                (2, "the first two right singular vectors", "two directions", FEWER),
                (3, "the first three right singular vectors", "three directions", FEWER),
                (4, "the first four right singular vectors", "four directions", FEWER),
            )
        ),
    ),
)
