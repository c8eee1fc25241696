"""Random walks on a graph, written down as sentences of node names, so that a word trainer can read a graph.

DeepWalk (Perozzi, Al-Rfou & Skiena 2014) steps to a neighbor drawn by the weight of its edge alone. node2vec (Grover &
Leskovec 2016, section 3.2) looks back one step. From `previous` the walk came to `current`; the weight of the edge from
`current` to a neighbor x is multiplied by

    1 / p   if x is `previous`            (go back)
    1       if x is a neighbor of `previous`  (stay near)
    1 / q   otherwise                     (move away)

With p = q = 1 all factors are 1, and node2vec is DeepWalk.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Hashable
from typing import TYPE_CHECKING

from lessonlib.text import require_at_least

if TYPE_CHECKING:
    import networkx as nx

Node = Hashable


def transition(
    graph: nx.Graph, current: Node, previous: Node | None = None, p: float = 1.0, q: float = 1.0
) -> dict[Node, float]:
    """Where a walk goes from `current`, and with which probability.

    Args:
        graph: undirected; the attribute "weight" of an edge counts as its weight, 1 if it has none.
        current: where the walk is; must have a neighbor.
        previous: where it came from; None at the start of a walk, where p and q play no part.
        p: return parameter: large, and the walk seldom turns back.
        q: in-out parameter: large, and the walk stays near; small, and it moves away.

    Returns:
        neighbor -> probability, in the order of the graph's edges; sums to 1.

    Raises:
        ValueError: if p or q is not positive, if `current` has no neighbor, or if `previous` is not one of them.
    """
    _require_positive(p=p, q=q)
    if current not in graph or not graph.adj[current]:
        raise ValueError(f"current={current!r}: has no neighbor to walk to; leave lone nodes out")
    if previous is not None and not graph.has_edge(previous, current):
        raise ValueError(f"previous={previous!r}: is not a neighbor of {current!r}")
    weights = _weights(graph, current, previous, p, q)
    total = sum(weights.values())
    return {node: weight / total for node, weight in weights.items()}


def random_walks(
    graph: nx.Graph, per_node: int = 10, length: int = 40, p: float = 1.0, q: float = 1.0, seed: int = 0
) -> list[list[str]]:
    """Walks that start `per_node` times at each node, in shuffled order, as sentences of `str(node)`.

    A node without neighbors gives sentences of one word, which trainers skip.

    Args:
        graph: undirected, weighted or not; see `transition`.
        per_node: gamma in Perozzi et al. (2014), r in Grover & Leskovec (2016).
        length: nodes in a walk, the first one included.
        p, q: see `transition`; 1 and 1 is DeepWalk.
        seed: same seed, same walks.

    Raises:
        ValueError: for a number out of its range, or two nodes of the same name.
    """
    require_at_least("per_node", per_node, 1)
    require_at_least("length", length, 1)
    _require_positive(p=p, q=q)
    names = {node: str(node) for node in graph}
    if len(set(names.values())) < len(names):
        raise ValueError("graph: two nodes have the same name as text; rename one of them")
    rng = random.Random(seed)
    steps: dict[tuple[Node | None, Node], tuple[list[Node], list[float]]] = {}
    looks_back = (p, q) != (1, 1)
    starts = [node for node in graph for _ in range(per_node)]
    rng.shuffle(starts)
    walks = []
    for node in starts:
        previous, walk = None, [names[node]]
        while len(walk) < length and graph.adj[node]:
            key = (previous if looks_back else None, node)
            if key not in steps:  # each step is worked out once, then looked up
                weights = _weights(graph, node, key[0], p, q)
                steps[key] = list(weights), list(itertools.accumulate(weights.values()))
            targets, cumulative = steps[key]
            previous, node = node, rng.choices(targets, cum_weights=cumulative)[0]
            walk.append(names[node])
        walks.append(walk)
    return walks


def rewired(graph: nx.Graph, swaps_per_edge: int = 10, seed: int = 0) -> nx.Graph:
    """The null control for a graph: the same degrees, the edges dealt out again (Maslov & Sneppen 2002).

    Two edges (a, b) and (c, d) become (a, d) and (c, b), unless that makes a loop or an edge twice. Weights are
    dropped. Tried `swaps_per_edge` times for each edge.
    """
    require_at_least("swaps_per_edge", swaps_per_edge, 1)
    rng = random.Random(seed)
    edges = list(graph.edges())
    present = {frozenset(edge) for edge in edges}
    for _ in range(swaps_per_edge * len(edges)):
        i, j = rng.randrange(len(edges)), rng.randrange(len(edges))
        (a, b), (c, d) = edges[i], edges[j]
        if rng.random() < 0.5:
            c, d = d, c
        new = frozenset((a, d)), frozenset((c, b))
        if len({a, b, c, d}) == 4 and not present.intersection(new):
            present -= {frozenset((a, b)), frozenset((c, d))}
            present.update(new)
            edges[i], edges[j] = (a, d), (c, b)
    control = graph.__class__()
    control.add_nodes_from(graph.nodes(data=True))
    control.add_edges_from(edges)
    return control


def _weights(graph: nx.Graph, current: Node, previous: Node | None, p: float, q: float) -> dict[Node, float]:
    """The edges of `current` with their weights times node2vec's factors; they need not sum to 1."""
    found = {}
    for node, edge in graph.adj[current].items():
        factor = 1.0
        if previous is not None:
            factor = 1 / p if node == previous else 1.0 if graph.has_edge(previous, node) else 1 / q
        found[node] = edge.get("weight", 1.0) * factor
    return found


def _require_positive(**numbers: float) -> None:
    for name, value in numbers.items():
        if not value > 0:
            raise ValueError(f"{name}={value!r}: must be above 0")
