"""Labeled sentences, to see what word vectors are worth in a task: topics in ToyWorld, topics in real articles.

ToyWorld knows the topic of each of its sentences. So that a classifier must go by the meaning of words and not by a
fixed frame ("is the capital of"), only the words stay that a template drew from a table. Every third row of the tables
is held out: no labeled sentence shows its words. They come in a test of their own.

The articles of the Wikipedia excerpt say in their last lines which categories they belong to. `RULES` turn categories
into a topic, and every sentence of an article gets that topic: a rough label, often wrong for a single sentence. An
article stands on one side of the split only, because its sentences share names that no other article has.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from lessonlib import corpora, toyworld
from lessonlib.text import require_at_least

Example = tuple[int, list[str]]  # the number of a topic, and the tokens

TOPICS = ("royalty", "family", "geography", "actions", "comparison", "animals", "meals", "weather", "work")
GROUPS = (
    "country", "royal", "family", "verb", "adjective", "animal", "food", "drink", "weather", "mover", "occupation",
)  # fmt: skip
NO_CONTENT = ("form", "lean", "where")  # fields that are no words, or prepositions
HELD_OUT = 3  # every third row
LONGEST = 20  # tokens of a real sentence that are kept, so that a batch is no wide rectangle of padding
WORLDS_APART = 1000  # labeled sentences come from other worlds than those that lessons train vectors on

# Topic -> what one of an article's categories must contain. The first rule that fits an article decides.
RULES = {
    "people": r"\d (births|deaths)$|^\d+ BC$",
    "arts": r"\b(films?|novels|books|songs|visual arts|essays|compositions|animation|literary|awards)\b",
    "places": r"\b(countries|states of the united|provinces|continents|oceans)\b",
    "life": r"\b(animals?|mammals|fish|anatomy|first appearances|disorders|organisms|endosymbiotic)\b",
    "matter": r"\b(chemical|physics|astronomy|astronauts|spacecraft|hydrocarbons|acids|units|radiation|time scales"
    r"|periodic table)\b",
}


class Labeled(NamedTuple):
    """A labeled data set.

    Attributes:
        topics: the names of the C topics; label i means topics[i].
        train: examples to learn from, in random order: the first n are a fair sample of size n.
        tests: name -> examples that are not in `train`.
    """

    topics: tuple[str, ...]
    train: list[Example]
    tests: dict[str, list[Example]]


def toyworld_words() -> tuple[set[str], set[str]]:
    """The words of ToyWorld's tables: those that labeled sentences may show, and those that are held out."""
    shown: set[str] = set()
    held_out: set[str] = set()
    for group in GROUPS:
        table = toyworld.specification()["groups"][group]
        fields = [i for i, field in enumerate(table["fields"]) if field not in NO_CONTENT]
        for number, row in enumerate(table["rows"], start=1):
            (shown if number % HELD_OUT else held_out).update(row[i] for i in fields)
    return shown, held_out - shown


def toyworld_topics(size: int = 5000, test_size: int = 1000, seed: int = 1) -> Labeled:
    """Sentences of ToyWorld, their table words only, labeled with their topic.

    Args:
        size: how many training examples.
        test_size: how many in each of the two tests, "seen words" and "unseen words". In the first, all words are of
            the kind that training examples may show; in the second, none is.
        seed: same seed, same examples.
    """
    require_at_least("size", size, 1)
    require_at_least("test_size", test_size, 1)
    shown, held_out = toyworld_words()
    seen: list[Example] = []
    unseen: list[Example] = []
    world = toyworld.ToyWorld(size=500 + 2 * size + 6 * test_size, seed=seed + WORLDS_APART)
    for topic, tokens in world.labeled():
        words = [token for token in tokens if token in shown or token in held_out]
        if words and topic in TOPICS:
            if shown.issuperset(words):
                seen.append((TOPICS.index(topic), words))
            elif held_out.issuperset(words):
                unseen.append((TOPICS.index(topic), words))
    tests = {"seen words": seen[size : size + test_size], "unseen words": unseen[:test_size]}
    return Labeled(TOPICS, seen[:size], tests)


def wikipedia_topics(
    test_size: int = 1000, seed: int = 1, train_share: float = 2 / 3, progress: bool = False
) -> Labeled:
    """Sentences of the Wikipedia excerpt, labeled with the topic of their article, split by article.

    Args:
        test_size: how many sentences, drawn from all other articles, are in the test "other articles".
        seed: decides which articles of each topic are for training, and the order of the examples.
        train_share: the share of the articles of each topic that are for training; at least one stays for the test.
        progress: show a bar while the articles are read for the first time.
    """
    require_at_least("test_size", test_size, 1)
    if not 0 < train_share < 1:
        raise ValueError(f"train_share={train_share!r}: must be between 0 and 1")
    topics = tuple(RULES)
    rng = np.random.default_rng(seed)
    rows = wikipedia_sentences(progress)
    for_training: set[str] = set()
    for topic in topics:
        articles = sorted({article for of, article, _ in rows if of == topic})
        n = min(max(1, round(train_share * len(articles))), len(articles) - 1)
        for_training.update(rng.permutation(articles)[:n].tolist())
    train: list[Example] = []
    test: list[Example] = []
    for i in rng.permutation(len(rows)):
        topic, article, tokens = rows[i]
        (train if article in for_training else test).append((topics.index(topic), tokens[:LONGEST]))
    return Labeled(topics, train, {"other articles": test[:test_size]})


def wikipedia_sentences(progress: bool = False) -> list[tuple[str, str, list[str]]]:
    """(topic, title of the article, tokens) for each sentence of the articles that a rule fits; kept in the cache."""
    code = inspect.getsource(_read) + inspect.getsource(topic_of) + repr(RULES)
    recipe = corpora.wikipedia_recipe() + code.encode("utf-8")
    rows = corpora.cached("wikipedia-topics", recipe, lambda: list(_read(progress)))
    return [(topic, title.replace("_", " "), tokens) for topic, title, *tokens in rows]


def topic_of(markup: str) -> str | None:
    """The topic of an article, from its [[Category:…]] lines; None if no rule fits."""
    categories = [name.strip() for name in re.findall(r"\[\[Category:([^\]|]*)", markup)]
    for topic, rule in RULES.items():
        if any(re.search(rule, category, re.IGNORECASE) for category in categories):
            return topic
    return None


def _read(progress: bool) -> Iterator[list[str]]:
    """One row for each sentence: topic, title, tokens. The sentences are those of the corpus "wikipedia-excerpt"."""
    for title, markup, sentences in corpora.wikipedia_articles(progress):
        if topic := topic_of(markup):
            yield from ([topic, title.replace(" ", "_"), *tokens] for tokens in sentences)
