"""ToyWorld: a generated corpus of simple English with an answer key. The words and sentences: data/toyworld.toml."""

from __future__ import annotations

import functools
import itertools
import random
import tomllib
from dataclasses import asdict, dataclass

from lessonlib import grammar
from lessonlib.paths import data_file

QUESTIONS_PER_RELATION = 200
Pairs = tuple[tuple[str, str], ...]


@functools.cache
def specification() -> dict:
    """The parsed content of data/toyworld.toml."""
    with open(data_file("toyworld.toml"), "rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True)
class ToyWorld:
    """One world: its size, its seed and its dials. The ranges stand under `[dials]` in data/toyworld.toml.

    Args:
        size: how many sentences; the default gives about 200,000 tokens.
        seed: same seed and dials, same sentences.
        gender_bias: 0 to 1, how strongly occupations lean to "he" or "she".
        group_bias: 0 to 1, how strongly two invented peoples are tied to pleasant and to unpleasant words.
        sense_mix: 0 to 1, share of the first sense of each word that has two.
        register: 0 to 1, share of formal wording.

    Raises:
        ValueError: for a value out of range; names the dial, the value and the range.
    """

    size: int = 30_000
    seed: int = 1
    gender_bias: float = 0.0
    group_bias: float = 0.0
    sense_mix: float = 0.5
    register: float = 0.5

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            dial = specification()["dials"][name]
            whole, low, high = isinstance(dial["default"], int), dial["lowest"], dial.get("highest", float("inf"))
            kind_fits = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
            if not (kind_fits and low <= value <= high):
                kind = "whole number" if whole else "number"
                upper = f" to {high:g}" if "highest" in dial else " or more"
                raise ValueError(f"{name}={value!r}: must be a {kind}, {low:g}{upper}")

    def sentences(self) -> list[list[str]]:
        """All sentences as lists of lower-case tokens."""
        return [tokens for _, tokens in self.labeled()]

    def labeled(self) -> list[tuple[str, list[str]]]:
        """All sentences with their topic: (topic, tokens)."""
        templates, groups = self._compiled()
        return grammar.generate(templates, groups, self.size, self.seed)

    def expected_counts(self, window: int) -> dict[tuple[str, str], float]:
        """Exact expectation of X_ij, the number of times word j stands at most `window` places from word i."""
        templates, groups = self._compiled()
        per_sentence = grammar.expected_counts(templates, groups, window)
        return {pair: self.size * count for pair, count in per_sentence.items()}

    def _compiled(self) -> tuple[list[grammar.Template], dict[str, grammar.Table]]:
        groups = grammar.tables(specification(), asdict(self))
        tags = {
            "sense:1": self.sense_mix, "sense:2": 1 - self.sense_mix,
            "register:formal": self.register, "register:casual": 1 - self.register,
        }  # fmt: skip
        return grammar.compile_templates(specification(), groups, {t: 2 * share for t, share in tags.items()}), groups


@dataclass(frozen=True)
class AnswerKey:
    """What is true in ToyWorld, so that vectors trained on it can be marked.

    Attributes:
        analogies: relation -> questions (a, b, c, d), "a is to b as c is to d".
        relation_pairs: relation -> pairs (a, b) that the questions are made of.
        categories: category -> words with one sense.
        similar, related, unrelated: pairs that can replace each other; that go together; that do neither.
        antonyms: pairs of opposites that share their contexts.
        senses: word with two senses -> sense -> words that belong to it.
        probes: the two compared words under "first" and "second", and the word that goes with each.
        verb_forms: present form -> "regular" or "irregular".
        occupation_lean: occupation -> "m", "f" or "n", the direction in which `gender_bias` pushes it.
        people_lean, trait_lean: the same for `group_bias`, "+" or "-".
        compounds: made-up and real compounds -> a word of their theme.
        unlinked: pairs named together that share no frame with other pairs.
    """

    analogies: dict[str, list[tuple[str, str, str, str]]]
    relation_pairs: dict[str, Pairs]
    categories: dict[str, tuple[str, ...]]
    similar: Pairs
    related: Pairs
    unrelated: Pairs
    antonyms: Pairs
    senses: dict[str, dict[str, tuple[str, ...]]]
    probes: dict[str, str]
    verb_forms: dict[str, str]
    occupation_lean: dict[str, str]
    people_lean: dict[str, str]
    trait_lean: dict[str, str]
    compounds: dict[str, str]
    unlinked: Pairs


@functools.cache
def answer_key() -> AnswerKey:
    """The answer key; the same for every size, seed and dial."""
    key = specification()["key"]
    relations = {
        name: tuple(pair for group, a, b in sources for pair in zip(_column(group, a), _column(group, b)))
        for name, sources in key["relations"].items()
    }
    return AnswerKey(
        analogies={name: _questions(pairs) for name, pairs in relations.items()},
        relation_pairs=relations,
        categories={
            name: tuple(word for group, field in sources for word in _column(group, field))
            for name, sources in key["categories"].items()
        },
        similar=_pairs(key["pairs"]["similar"]),
        related=_pairs(key["pairs"]["related"]),
        unrelated=_pairs(key["pairs"]["unrelated"]),
        antonyms=tuple(zip(_column("antonym", "x"), _column("antonym", "y"))),
        senses={w: {sense: tuple(words) for sense, words in senses.items()} for w, senses in key["senses"].items()},
        probes={"first": key["probes"]["first"], "second": key["probes"]["second"], **key["probes"]["words"]},
        verb_forms=_mapping("verb", "base", "form"),
        occupation_lean=_mapping("occupation", "job", "lean"),
        people_lean=_mapping("people", "name", "lean"),
        trait_lean=_mapping("trait", "trait", "lean"),
        compounds=_mapping("compound", "word", "theme"),
        unlinked=_pairs(key["unlinked"]["inventor"]),
    )


def _column(group: str, field: str) -> list[str]:
    table = specification()["groups"][group]
    return [row[table["fields"].index(field)] for row in table["rows"]]


def _mapping(group: str, key: str, value: str) -> dict[str, str]:
    return dict(zip(_column(group, key), _column(group, value)))


def _pairs(rows: list[list[str]]) -> Pairs:
    return tuple((a, b) for a, b in rows)


def _questions(pairs: Pairs) -> list[tuple[str, str, str, str]]:
    """Every ordered pair of two pairs, or a fixed sample of them where there are too many."""
    questions = [(*first, *second) for first, second in itertools.permutations(pairs, 2)]
    if len(questions) > QUESTIONS_PER_RELATION:
        questions = sorted(random.Random(0).sample(questions, QUESTIONS_PER_RELATION))
    return questions
