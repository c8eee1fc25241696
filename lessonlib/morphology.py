"""Two invented languages that say the same messages, one with suffixes and one with little words; and typos.

A message is a few meanings in a row. A meaning is a stem, one of 80 that each belong to a topic, and values in eight
slots: not, past, many, … Both languages say the same messages, so they differ in form alone:

- the *rich* language glues a suffix to the stem for each value, in the order of the slots. A suffix takes the kind of
  vowel that the stem has (vowel harmony, known from Turkish, Finnish and other languages). This makes 103,680 forms;
- the *poor* language puts a little word before the stem for each value. Its words never change.

Each value also has a companion, a free-standing word such as "yesterday" beside a past, which is there in half of the
cases. So both can be learned from company: a stem from the other stems of its topic, a suffix from its companion.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lessonlib.text import require_at_least

TOPICS = ("billing", "delivery", "returns", "login", "network", "repair", "travel", "health")
STEMS_PER_TOPIC = 10
# slot -> value -> suffix of the rich language; A stands for a or e, U for u or i, as the stem asks
SLOTS: Mapping[str, Mapping[str, str]] = {
    "voice": {"made to": "dUk"},
    "polarity": {"not": "vA"},
    "ability": {"can": "gUs"},
    "aspect": {"still": "rAn", "again": "zUl"},
    "tense": {"past": "tA", "future": "nUm"},
    "person": {"you": "sAk", "they": "lUr"},
    "number": {"many": "pAd"},
    "mood": {"question": "mU", "please": "kAy"},
}
VALUES = tuple(value for values in SLOTS.values() for value in values)
VALUE_SHARE = 0.2  # how often a slot is filled
COMPANION_SHARE = 0.5  # how often a value brings its companion


class Sounds(NamedTuple):
    """The letters of a language. The two kinds of vowels never meet in one word."""

    consonants: str
    back: str
    front: str


RICH, POOR = Sounds("bdgklmnprstvyz", "aou", "eiö"), Sounds("cfhjlmnqrstwx", "aou", "éiy")


class Meaning(NamedTuple):
    """The meaning of one word: the number of its stem, from 0, and its values, at most one of each slot."""

    stem: int
    values: frozenset[str]

    @property
    def topic(self) -> str:
        return TOPICS[self.stem // STEMS_PER_TOPIC]


class Message(NamedTuple):
    """What is said, in no language yet; `companions` names for each meaning the values that bring their companion."""

    topic: str
    meanings: tuple[Meaning, ...]
    companions: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Language:
    """One language.

    Args:
        rich: with suffixes; otherwise with little words.
        seed: of its stems, companions and little words. The suffixes are always those of `SLOTS`.

    Attributes:
        stems: number -> stem.
        companions, little: value -> word. The rich language uses no little words.
    """

    rich: bool = True
    seed: int = 1
    stems: tuple[str, ...] = field(init=False, repr=False)
    companions: dict[str, str] = field(init=False, repr=False)
    little: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        require_at_least("seed", self.seed, 0)
        rng = random.Random(f"{self.rich} {self.seed}")
        long, short = (_new_words(rng, RICH if self.rich else POOR, shape) for shape in ("cvcvc", "cvc"))
        object.__setattr__(self, "stems", tuple(itertools.islice(long, STEMS_PER_TOPIC * len(TOPICS))))
        object.__setattr__(self, "companions", dict(zip(VALUES, long)))
        object.__setattr__(self, "little", dict(zip(VALUES, short)))

    def form(self, meaning: Meaning) -> str:
        """The word for a meaning: the stem with all its suffixes; in the poor language the bare stem."""
        stem = self.stems[meaning.stem]
        if not self.rich:
            return stem
        vowels = "au" if set(stem) & set(RICH.back) else "ei"
        suffixes = [s for values in SLOTS.values() for value, s in values.items() if value in meaning.values]
        return stem + "".join(suffixes).translate(str.maketrans("AU", vowels))

    def say(self, message: Message) -> list[str]:
        """The message as tokens."""
        tokens = []
        for meaning, companions in zip(message.meanings, message.companions):
            tokens += [self.companions[value] for value in companions]
            if not self.rich:
                tokens += [self.little[value] for value in VALUES if value in meaning.values]
            tokens.append(self.form(meaning))
        return tokens

    def key(self) -> dict[str, Meaning]:
        """The answer key of the rich language: every form of every stem with its meaning."""
        return {self.form(meaning): meaning for meaning in map(Meaning._make, itertools.product(*_all_parts()))}


def messages(n: int, seed: int = 1, own: float = 0.8) -> list[Message]:
    """n messages of three to five meanings, each about a topic. Some stems of a topic are frequent, others rare.

    Args:
        n: how many.
        seed: same seed, same messages.
        own: how often a stem is of the topic of its message; otherwise it is of any topic, that one included.
    """
    require_at_least("n", n, 1)
    if not 0 <= own <= 1:
        raise ValueError(f"own={own!r}: must be between 0 and 1")
    rng = random.Random(seed)
    ranks = range(STEMS_PER_TOPIC)
    weights = [1 / (rank + 2) for rank in ranks]
    slots = [tuple(values) for values in SLOTS.values()]
    found = []
    for topic in rng.choices(TOPICS, k=n):
        meanings, companions = [], []
        for rank in rng.choices(ranks, weights, k=rng.randint(3, 5)):
            of = topic if rng.random() < own else rng.choice(TOPICS)
            values = [rng.choice(slot) for slot in slots if rng.random() < VALUE_SHARE]
            meanings.append(Meaning(TOPICS.index(of) * STEMS_PER_TOPIC + rank, frozenset(values)))
            companions.append(tuple(value for value in values if rng.random() < COMPANION_SHARE))
        found.append(Message(topic, tuple(meanings), tuple(companions)))
    return found


def misspell(word: str, rng: random.Random) -> str:
    """The word with one typo: two neighbors swapped, a letter left out, doubled, or replaced by a letter of the word.

    The result is never empty and never the word itself.
    """
    if not word:
        raise ValueError("word: is empty")
    while True:
        i = rng.randrange(len(word))
        typo = rng.choice((
            word[:i] + word[i + 1 : i + 2] + word[i : i + 1] + word[i + 2 :],
            word[:i] + word[i + 1 :],
            word[: i + 1] + word[i:],
            word[:i] + rng.choice(word) + word[i + 1 :],
        ))  # fmt: skip
        if typo and typo != word:
            return typo


def with_typos(tokens: Sequence[str], share: float, rng: random.Random) -> list[str]:
    """The tokens, of which each is misspelled with probability `share`."""
    if not 0 <= share <= 1:
        raise ValueError(f"share={share!r}: must be between 0 and 1")
    return [misspell(token, rng) if rng.random() < share else token for token in tokens]


def _new_words(rng: random.Random, sounds: Sounds, shape: str) -> Iterator[str]:
    """Words of a shape such as "cvcvc", none of them twice; all vowels of a word are of one kind."""
    seen = set()
    while True:
        vowels = rng.choice((sounds.back, sounds.front))
        word = "".join(rng.choice(sounds.consonants if place == "c" else vowels) for place in shape)
        if word not in seen:
            seen.add(word)
            yield word


def _all_parts() -> tuple[range, list[frozenset[str]]]:
    choices = itertools.product(*([None, *slot] for slot in SLOTS.values()))
    return range(STEMS_PER_TOPIC * len(TOPICS)), [frozenset(filter(None, choice)) for choice in choices]
