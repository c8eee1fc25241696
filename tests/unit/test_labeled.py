"""Labeled sentences: held-out words stay out, articles stay on one side, labels come from where they should."""

import pytest

from lessonlib import corpora, labeled, toyworld


def words_of(examples):
    return {word for _, tokens in examples for word in tokens}


@pytest.fixture(scope="module")
def topics():
    return labeled.toyworld_topics(size=2000, test_size=300, seed=3)


@pytest.fixture(scope="module")
def rows():
    return labeled.wikipedia_sentences()


# ToyWorld


def test_a_word_is_held_out_if_every_row_that_has_it_is_a_third_one():
    shown, held_out = labeled.toyworld_words()
    rows_of = {}
    for group in labeled.GROUPS:
        table = toyworld.specification()["groups"][group]
        for number, row in enumerate(table["rows"], start=1):
            for field, word in zip(table["fields"], row):
                if field not in ("form", "lean", "where"):
                    rows_of.setdefault(word, []).append(number)
    assert shown | held_out == set(rows_of) and not shown & held_out
    for word, numbers in rows_of.items():
        assert (word in held_out) == all(number % 3 == 0 for number in numbers), word
    assert {"tokyo", "lion"} <= shown and {"cairo", "horse"} <= held_out
    assert not {"along", "irregular", "the"} & (shown | held_out)


def test_no_labeled_sentence_shows_a_held_out_word(topics):
    shown, held_out = labeled.toyworld_words()
    assert words_of(topics.train) <= shown and words_of(topics.tests["seen words"]) <= shown
    assert words_of(topics.tests["unseen words"]) <= held_out
    assert not words_of(topics.tests["unseen words"]) & words_of(topics.train)


def test_examples_are_sentences_of_the_world_in_its_order_with_its_topics(monkeypatch):
    drawn = []
    original = toyworld.ToyWorld.labeled
    monkeypatch.setattr(toyworld.ToyWorld, "labeled", lambda world: drawn.extend(original(world)) or list(drawn))
    data = labeled.toyworld_topics(size=2000, test_size=300, seed=3)
    known = set.union(*labeled.toyworld_words())
    assert {label for label, _ in data.train} == set(range(len(labeled.TOPICS)))
    for examples in (data.train + data.tests["seen words"], data.tests["unseen words"]):
        sentences = iter(drawn)
        for label, words in examples:
            assert words and any(
                topic == data.topics[label] and [token for token in tokens if token in known] == words
                for topic, tokens in sentences
            )


@pytest.mark.parametrize("size, test_size", [(1, 1), (1, 1000), (5000, 1), (5000, 1000), (40, 40)])
def test_there_are_as_many_examples_as_asked_for(size, test_size):
    data = labeled.toyworld_topics(size, test_size, seed=5)
    assert len(data.train) == size and all(len(test) == test_size for test in data.tests.values())


def test_same_seed_same_examples_other_seed_others(topics):
    assert labeled.toyworld_topics(size=2000, test_size=300, seed=3) == topics
    assert labeled.toyworld_topics(size=2000, test_size=300, seed=4).train != topics.train


@pytest.mark.parametrize("what", ["size", "test_size"])
@pytest.mark.parametrize("value", [0, -1, 2.5])
def test_sizes_must_be_whole_and_positive(what, value):
    with pytest.raises(ValueError, match=f"^{what}={value}: must be a whole number of at least 1$"):
        labeled.toyworld_topics(**{what: value})


# Articles


@pytest.mark.parametrize(
    "markup, topic",
    [
        ("text [[Category:1809 births|Lincoln, Abraham]]", "people"),
        (
            "[[Category:British films]]\n[[Category:1865 deaths]]",
            "people",
        ),  # the first rule decides, not the first line
        ("[[Category:384 BC]]", "people"),
        ("[[Category: Countries in Africa ]]", "places"),
        ("[[Category:Ray-finned fish]]", "life"),
        ("[[Category:ASTRONOMY]]", "matter"),
        ("[[Category:Filmmakers' tools]] [[Category:Fishing]]", None),  # whole words only
        ("a film about countries, without categories", None),
        ("[[Category:Angolan society|countries]]", None),  # what is behind the bar only sorts
        ("", None),
    ],
)
def test_the_topic_comes_from_the_categories_alone(markup, topic):
    assert labeled.topic_of(markup) == topic


def test_sentences_are_those_of_the_excerpt_in_its_order(rows):
    excerpt = iter(corpora.load("wikipedia-excerpt"))
    assert all(any(tokens == sentence for sentence in excerpt) for _, _, tokens in rows)
    assert len(rows) > 10_000 and {topic for topic, _, _ in rows} == set(labeled.RULES)


def test_an_article_has_one_topic(rows):
    topics = {}
    for topic, article, _ in rows:
        assert topics.setdefault(article, topic) == topic
    assert topics["Abraham Lincoln"] == "people" and topics["Alkali metal"] == "matter"
    assert all(list(topics.values()).count(topic) >= 5 for topic in labeled.RULES)


@pytest.mark.parametrize("train_share", [0.01, 2 / 3, 0.99])
def test_no_article_is_on_both_sides_and_nothing_is_lost(rows, train_share):
    data = labeled.wikipedia_topics(test_size=10**6, seed=2, train_share=train_share)
    test = data.tests["other articles"]
    cut = [(data.topics.index(topic), tokens[: labeled.LONGEST]) for topic, _, tokens in rows]
    assert sorted(data.train + test) == sorted(cut)
    articles = {}  # a sentence that stands in one article only tells its side
    for topic, article, tokens in rows:
        articles.setdefault((data.topics.index(topic), *tokens[: labeled.LONGEST]), set()).add(article)
    train_side, test_side = (
        {next(iter(found)) for label, tokens in side if len(found := articles[label, *tokens]) == 1}
        for side in (data.train, test)
    )
    assert not train_side & test_side
    for label in range(len(data.topics)):
        assert any(of == label for of, _ in data.train) and any(of == label for of, _ in test)


def test_seeds_give_other_splits_and_the_same_seed_the_same_one():
    first, again, other = (labeled.wikipedia_topics(seed=seed) for seed in (1, 1, 2))
    assert first == again and len(first.tests["other articles"]) == 1000
    assert first.tests != other.tests and first.train != other.train


def test_the_front_of_the_training_set_is_a_fair_sample():
    data = labeled.wikipedia_topics(seed=1)
    shares = [[label for label, _ in part].count(2) / len(part) for part in (data.train[:2000], data.train)]
    assert abs(shares[0] - shares[1]) < 0.05  # 4.5 standard deviations


@pytest.mark.parametrize("train_share", [0, 1, -0.5, 1.5])
def test_the_share_must_leave_something_on_both_sides(train_share):
    with pytest.raises(ValueError, match=f"^train_share={train_share}: must be between 0 and 1$"):
        labeled.wikipedia_topics(train_share=train_share)
