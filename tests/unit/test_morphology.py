"""The two invented languages: one form for one meaning, both languages say the same, typos are small."""

import itertools
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import morphology
from lessonlib.morphology import SLOTS, STEMS_PER_TOPIC, TOPICS, Language, Meaning, messages, misspell, with_typos

STEMS = STEMS_PER_TOPIC * len(TOPICS)
MEANINGS = st.builds(
    lambda stem, values: Meaning(stem, frozenset(value for value in values if value)),
    st.integers(0, STEMS - 1),
    st.tuples(*(st.sampled_from([None, *slot]) for slot in SLOTS.values())),
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def rich():
    return Language(rich=True, seed=3)


@pytest.fixture(scope="module")
def key(rich):
    return rich.key()


def read(form, language):
    """What a form means, by cutting suffixes off from left to right: knows the table of suffixes, not the code."""
    stem = next(stem for stem in language.stems if form.startswith(stem))
    rest, values = form[len(stem) :], set()
    for value, suffix in itertools.chain.from_iterable(slot.items() for slot in SLOTS.values()):
        for shown in (suffix.replace("A", "a").replace("U", "u"), suffix.replace("A", "e").replace("U", "i")):
            if rest.startswith(shown):
                rest = rest[len(shown) :]
                values.add(value)
                break
    assert rest == ""
    return Meaning(language.stems.index(stem), frozenset(values))


def test_eight_slots_and_more_than_twenty_thousand_forms(key):
    n = STEMS
    for slot in SLOTS.values():
        n *= 1 + len(slot)
    assert len(SLOTS) == 8
    assert len(key) == n > 20_000  # every meaning has a form of its own


@given(MEANINGS)
def test_a_form_can_be_read_back(meaning):
    language = Language(rich=True, seed=3)
    assert read(language.form(meaning), language) == meaning


def test_the_key_knows_each_form(rich, key):
    for form, meaning in random.Random(0).sample(sorted(key.items(), key=lambda item: item[0]), 500):
        assert rich.form(meaning) == form


def test_vowels_of_a_word_are_of_one_kind(key):
    for form in key:
        assert not (set(form) & set("aou") and set(form) & set("eiö")), form


@pytest.mark.parametrize("is_rich", [True, False])
def test_stems_companions_and_little_words_differ(is_rich):
    for seed in range(5):
        language = Language(is_rich, seed)
        words = [*language.stems, *language.companions.values(), *language.little.values()]
        assert len(set(words)) == len(words) == STEMS + 2 * len(morphology.VALUES)


def test_companions_are_no_forms(rich, key):
    assert not set(rich.companions.values()) & set(key)


def test_both_languages_say_the_same_message(rich):
    poor = Language(rich=False, seed=3)
    for message in messages(300, seed=5):
        said_rich, said_poor = rich.say(message), poor.say(message)
        companions = [value for values in message.companions for value in values]
        assert [rich.companions[value] for value in companions] == [
            token for token in said_rich if token in rich.companions.values()
        ]
        forms = [token for token in said_rich if token not in rich.companions.values()]
        assert [read(form, rich) for form in forms] == list(message.meanings)
        assert [poor.stems.index(token) for token in said_poor if token in poor.stems] == [
            meaning.stem for meaning in message.meanings
        ]
        values = Counter(value for meaning in message.meanings for value in meaning.values)
        names = {word: value for value, word in poor.little.items()}
        assert Counter(names[token] for token in said_poor if token in names) == values
        assert all(set(own) <= meaning.values for own, meaning in zip(message.companions, message.meanings))


def test_same_seed_same_words_and_messages():
    assert Language(True, 7) == Language(True, 7) and Language(True, 7).stems != Language(True, 8).stems
    assert messages(50, 2) == messages(50, 2) != messages(50, 3)


def test_own_says_how_many_stems_are_of_the_topic():
    for own in (0.0, 0.6, 1.0):
        told = messages(3000, seed=1, own=own)
        shares = [meaning.topic == message.topic for message in told for meaning in message.meanings]
        expected = own + (1 - own) / len(TOPICS)  # the rest is of any topic, the own one included
        assert abs(sum(shares) / len(shares) - expected) < 0.03  # standard error 0.005


@given(WORDS, st.integers(0, 1000))
def test_a_typo_is_one_small_change(word, seed):
    typo = misspell(word, random.Random(seed))
    assert typo and typo != word
    assert set(typo) <= set(word) and abs(len(typo) - len(word)) <= 1
    cut = {word[:i] + word[i + 1 :] for i in range(len(word))}
    doubled = {word[: i + 1] + word[i:] for i in range(len(word))}
    swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    replaced = {word[:i] + letter + word[i + 1 :] for i in range(len(word)) for letter in word}
    assert typo in cut | doubled | swapped | replaced


def test_share_of_typos():
    tokens = ["letter"] * 5000
    wrong = sum(token != "letter" for token in with_typos(tokens, 0.1, random.Random(1)))
    assert abs(wrong / 5000 - 0.1) < 0.02  # standard error 0.004
    assert with_typos(tokens, 0, random.Random(1)) == tokens
    assert "letter" not in with_typos(tokens, 1, random.Random(1))


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda: Language(seed=-1), "seed=-1"),
        (lambda: messages(0), "n=0"),
        (lambda: messages(5, own=1.5), "own=1.5"),
        (lambda: with_typos(["a"], 2, random.Random(0)), "share=2"),
        (lambda: misspell("", random.Random(0)), "word: is empty"),
    ],
)
def test_bad_arguments_are_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()
