"""A small probabilistic grammar: sentence templates with slots, filled from tables of words.

The text format is explained at the head of data/toyworld.toml. Because every slot draws one row of one table, the
expected number of times that two words stand near each other can be computed exactly, without drawing a sentence.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

SLOT = re.compile(r"\{(\w+)\.(\w+)(@2)?\}")
VOWELS = tuple("aeiou")
AN_DESPITE_CONSONANT, A_DESPITE_VOWEL = ("hour", "honest"), ("uni", "use", "ugandan", "one")


@dataclass(frozen=True)
class Table:
    """Rows of words with one probability each."""

    rows: tuple[Mapping[str, str], ...]
    weights: np.ndarray  # (number of rows,), sums to 1


@dataclass(frozen=True)
class Part:
    """One place in a sentence: the word it shows for each row of the variable it depends on.

    `variable` is (group, copy), or None for a fixed word; then `words` has one entry.
    """

    variable: tuple[str, int] | None
    words: tuple[str, ...]


@dataclass(frozen=True)
class Template:
    topic: str
    probability: float
    parts: tuple[Part, ...]


def tables(specification: dict, dials: Mapping[str, float]) -> dict[str, Table]:
    """All groups with Zipf-like weights, and the joint groups with the weights that their dial asks for."""
    shift, slope = specification["zipf"]["shift"], specification["zipf"]["slope"]
    result = {}
    for name, group in specification["groups"].items():
        rows = tuple(dict(zip(group["fields"], row, strict=True)) for row in group["rows"])
        result[name] = Table(rows, _normalized((np.arange(len(rows)) + shift) ** -slope))
    for name, joint in specification["joint"].items():
        first, second = (result[part] for part in joint["parts"])
        pairs = list(itertools.product(range(len(first.rows)), range(len(second.rows))))
        tie = [_tie(first.rows[i]["lean"], second.rows[j]["lean"], dials[joint["dial"]]) for i, j in pairs]
        rows = tuple({**first.rows[i], **second.rows[j]} for i, j in pairs)
        # the dial moves probability between the partners of a row and leaves the row's own probability alone
        by_row = (np.array(tie) * [second.weights[j] for _, j in pairs]).reshape(len(first.rows), -1)
        by_row /= by_row.sum(axis=1, keepdims=True)
        result[name] = Table(rows, (by_row * first.weights[:, None]).ravel())
    return result


def compile_templates(
    specification: dict, groups: Mapping[str, Table], tag_weights: Mapping[str, float]
) -> list[Template]:
    """Read all templates; `tag_weights` says how much more likely a tag such as "sense:1" makes a template."""
    total = sum(topic["share"] for topic in specification["topics"].values())
    templates = []
    for topic, content in specification["topics"].items():
        weights = [weight * tag_weights.get(*tag, 1.0) if tag else weight for _, weight, *tag in content["templates"]]
        for (text, *_), weight in zip(content["templates"], _normalized(np.array(weights, dtype=float))):
            templates.append(Template(topic, weight * content["share"] / total, _parts(text, groups)))
    return templates


def generate(
    templates: list[Template], groups: Mapping[str, Table], sentences: int, seed: int
) -> list[tuple[str, list[str]]]:
    """Draw (topic, tokens) pairs. Same arguments, same sentences, on every machine."""
    draw = np.random.Generator(np.random.PCG64(seed)).random
    chosen = _draw(np.array([t.probability for t in templates]), draw(sentences))
    result: list[tuple[str, list[str]]] = [("", [])] * sentences
    for number, template in enumerate(templates):
        places = np.flatnonzero(chosen == number)
        picked: dict[tuple[str, int] | None, np.ndarray] = {None: np.zeros(len(places), dtype=np.int64)}
        for variable in sorted({part.variable for part in template.parts if part.variable}):
            weights = groups[variable[0]].weights
            rows = _draw(weights, draw(len(places)))
            if variable[1] == 2:  # a second row of the same table must differ from the first
                first = picked[(variable[0], 1)]
                while len(same := np.flatnonzero(rows == first)):
                    rows[same] = _draw(weights, draw(len(same)))
            picked[variable] = rows
        columns = [[part.words[row] for row in picked[part.variable].tolist()] for part in template.parts]
        for place, tokens in zip(places.tolist(), zip(*columns)):
            result[place] = (template.topic, list(tokens))
    return result


def expected_counts(
    templates: list[Template], groups: Mapping[str, Table], window: int
) -> dict[tuple[str, str], float]:
    """Exact expected number of (center, context) pairs per sentence, for both orders, at a symmetric window."""
    counts: dict[tuple[str, str], float] = {}
    for template in templates:
        for i, j in itertools.combinations(range(len(template.parts)), 2):
            if j - i <= window:
                for a, b, probability in _joint(template.parts[i], template.parts[j], groups):
                    for pair in ((a, b), (b, a)) if probability > 0 else ():
                        counts[pair] = counts.get(pair, 0.0) + template.probability * probability
    return counts


def _parts(text: str, groups: Mapping[str, Table]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for token in reversed(text.split()):
        if match := SLOT.fullmatch(token):
            group, field, second = match.groups()
            parts.append(Part((group, 2 if second else 1), tuple(row[field] for row in groups[group].rows)))
        elif token == "a(n)":
            after = parts[-1]
            parts.append(Part(after.variable, tuple("an" if takes_an(word) else "a" for word in after.words)))
        elif token.isalpha():
            parts.append(Part(None, (token,)))
        else:
            raise ValueError(f"template {text!r}: cannot read {token!r}")
    return tuple(reversed(parts))


def takes_an(word: str) -> bool:
    """Whether the indefinite article before this word is "an"."""
    return word.startswith(AN_DESPITE_CONSONANT) or (word.startswith(VOWELS) and not word.startswith(A_DESPITE_VOWEL))


def _joint(first: Part, second: Part, groups: Mapping[str, Table]) -> Iterator[tuple[str, str, float]]:
    """Each pair of words that two places can show, with its probability."""
    if first.variable == second.variable or None in (first.variable, second.variable):
        variable = first.variable or second.variable
        weights = _marginal(variable, groups) if variable else np.ones(1)
        wide = [part.words if part.variable else part.words * len(weights) for part in (first, second)]
        yield from zip(*wide, weights.tolist())
        return
    table = np.outer(_marginal(first.variable, groups), _marginal(second.variable, groups))
    if first.variable[0] == second.variable[0]:  # two different rows of one table
        table = _pairs_of_rows(groups[first.variable[0]].weights)
        table = table if first.variable[1] == 1 else table.T
    for (a, b), probability in zip(itertools.product(first.words, second.words), table.ravel().tolist()):
        yield a, b, probability


def _marginal(variable: tuple[str, int], groups: Mapping[str, Table]) -> np.ndarray:
    weights = groups[variable[0]].weights
    return weights if variable[1] == 1 else _pairs_of_rows(weights).sum(axis=0)


def _pairs_of_rows(weights: np.ndarray) -> np.ndarray:
    """Probability that the first row is i and the second, drawn from the others, is j."""
    table = np.outer(weights / (1 - weights), weights)
    np.fill_diagonal(table, 0)
    return table


def _tie(lean_a: str, lean_b: str, strength: float) -> float:
    if lean_a == "n" or lean_b == "n":
        return 1.0
    return 1.0 + strength if lean_a == lean_b else 1.0 - strength


def _draw(weights: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    return np.minimum(np.searchsorted(np.cumsum(weights) / weights.sum(), uniform, side="right"), len(weights) - 1)


def _normalized(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum()
