"""Random walks: every step is an edge, drawn as the papers say; the rewired control keeps the degrees."""

from collections import Counter

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib.walks import random_walks, rewired, transition

positive = st.floats(0.05, 20)


def random_graph(seed, n=12, weighted=True):
    graph = nx.gnm_random_graph(n, 2 * n, seed=seed)
    for number, (a, b) in enumerate(graph.edges()):
        graph[a][b].update({"weight": 1 + number % 4} if weighted else {})
    return graph


def naive_transition(graph, current, previous, p, q):
    """node2vec's three cases, one by one (Grover & Leskovec 2016, section 3.2.2)."""
    weights = {}
    for node in graph.neighbors(current):
        weight = graph[current][node].get("weight", 1)
        if previous is not None:
            if node == previous:
                weight = weight / p
            elif node not in graph.neighbors(previous):
                weight = weight / q
        weights[node] = weight
    return {node: weight / sum(weights.values()) for node, weight in weights.items()}


@given(st.integers(0, 50), positive, positive)
def test_transition_against_the_three_cases(seed, p, q):
    graph = random_graph(seed)
    for current in graph:
        for previous in [None, *graph.neighbors(current)]:
            if graph.degree(current):
                found = transition(graph, current, previous, p, q)
                assert found == pytest.approx(naive_transition(graph, current, previous, p, q))
                assert sum(found.values()) == pytest.approx(1)


@pytest.mark.parametrize("p, q", [(1, 1), (4, 0.25), (0.2, 3)])
@pytest.mark.parametrize("weighted", [True, False])
def test_steps_come_as_often_as_the_formula_says(p, q, weighted):
    graph = random_graph(3, n=6, weighted=weighted)
    walks = [[int(name) for name in walk] for walk in random_walks(graph, 800, 20, p, q, seed=1)]
    after = Counter((t, v, x) for walk in walks for t, v, x in zip(walk, walk[1:], walk[2:]))
    first = Counter((walk[0], walk[1]) for walk in walks)
    for v in graph:
        for x, probability in transition(graph, v).items():
            assert first[v, x] / 800 == pytest.approx(probability, abs=4 * (0.25 / 800) ** 0.5)
        for t in graph.neighbors(v):
            times = sum(after[t, v, x] for x in graph.neighbors(v))
            for x, probability in transition(graph, v, t, p, q).items():
                assert after[t, v, x] / times == pytest.approx(probability, abs=4.5 * (0.25 / times) ** 0.5)


@settings(max_examples=40)
@given(st.integers(0, 50), st.integers(1, 4), st.integers(1, 9), positive, positive)
def test_every_walk_follows_edges_and_every_node_starts_as_often(seed, per_node, length, p, q):
    graph = random_graph(seed)
    walks = random_walks(graph, per_node, length, p, q, seed)
    assert Counter(walk[0] for walk in walks) == {str(node): per_node for node in graph}
    for walk in walks:
        assert len(walk) == (length if graph.degree(int(walk[0])) else 1)
        assert all(graph.has_edge(int(a), int(b)) for a, b in zip(walk, walk[1:]))
    assert walks == random_walks(graph, per_node, length, p, q, seed)
    if per_node * length >= 20:
        assert walks != random_walks(graph, per_node, length, p, q, seed + 1)


@given(st.integers(0, 60))
def test_rewiring_keeps_degrees_and_makes_no_loop_or_double_edge(seed):
    graph = random_graph(seed, n=20)
    control = rewired(graph, seed=seed)
    assert dict(control.degree()) == dict(graph.degree()) and list(control) == list(graph)
    assert not any(a == b for a, b in control.edges())
    assert control.number_of_edges() == graph.number_of_edges()


def test_rewiring_leaves_no_more_edges_inside_communities_than_chance():
    graph = nx.planted_partition_graph(4, 25, 0.4, 0.01, seed=1)
    inside = [sum(a // 25 == b // 25 for a, b in g.edges()) / g.number_of_edges() for g in (graph, rewired(graph))]
    assert inside[0] > 0.85 and inside[1] == pytest.approx(24 / 99, abs=0.08)


@pytest.mark.parametrize("call, message", [
    (lambda g: transition(g, 9), "current=9: has no neighbor"),
    (lambda g: transition(g, 0, 2), "previous=2: is not a neighbor of 0"),
    (lambda g: transition(g, 0, 1, p=0), "p=0: must be above 0"),
    (lambda g: random_walks(g, q=-1), "q=-1: must be above 0"),
    (lambda g: random_walks(g, per_node=0), "per_node=0: must be a whole number of at least 1"),
    (lambda g: random_walks(g, length=0), "length=0: must be a whole number of at least 1"),
    (lambda g: random_walks(nx.Graph([(1, "1")])), "two nodes have the same name"),
    (lambda g: rewired(g, swaps_per_edge=0), "swaps_per_edge=0"),
])  # fmt: skip
def test_errors_name_the_parameter_and_the_cure(call, message):
    graph = nx.path_graph(3)
    graph.add_node(9)
    with pytest.raises(ValueError, match=message):
        call(graph)
