"""The analogy explorer as text and as arithmetic. Browser tests compare what the page answers with `replay`."""

import math
import re

import numpy as np
import pytest
from explore_reader import HOSTILE, Reader, kept, make_vectors, numbers
from gensim.models import KeyedVectors
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib import evaluate, explore_vectors
from lessonlib.explore import analogy_explorer
from lessonlib.explore_vectors import LESS, full_answers, replay, shrink

WORDS = [f"word{i:04d}" for i in range(2000)]


def grid(side=6, size=12, seed=0, noise=0.3):
    """side x side words whose vectors are the sum of a row's and a column's, and the questions that follow."""
    rng = np.random.default_rng(seed)
    rows, columns = rng.normal(size=(2, side, size))
    wv = KeyedVectors(size)
    wv.add_vectors(
        [f"r{i}c{j}" for i in range(side) for j in range(side)],
        (rows[:, None] + columns[None]).reshape(-1, size) + noise * rng.normal(size=(side * side, size)),
    )
    questions = {
        f"column {j}": [
            (f"r{a}c0", f"r{a}c{j}", f"r{b}c0", f"r{b}c{j}") for a in range(side) for b in range(side) if a != b
        ]
        for j in range(1, side)
    }
    return wv, questions


def asked(wv, questions):
    return np.array([[wv.key_to_index[w] for w in q] for each in questions.values() for q in each])


def page_vectors(data):
    bits, _ = data["vectors"]
    values = numbers(data["vectors"], len(data["words"]) * data["dimensions"])
    return np.array(values).reshape(len(data["words"]), -1) - (2 ** (bits - 1) - 1)


def by_hand(vectors, a, b, c):
    """Rows from best to worst and their cosines, one by one in plain Python."""
    unit = [[x / (math.sqrt(sum(y * y for y in v)) or 1) for x in v] for v in vectors.tolist()]
    target = [y - x + z for x, y, z in zip(unit[a], unit[b], unit[c])]
    length = math.sqrt(sum(x * x for x in target))
    cosines = {i: sum(map(math.prod, zip(target, u))) / length for i, u in enumerate(unit) if i not in (a, b, c)}
    return sorted(cosines, key=lambda i: -cosines[i]), cosines


def test_full_answers_are_those_of_evaluate():
    wv, questions = grid()
    rows = full_answers(wv.vectors, asked(wv, questions))
    every = [question for each in questions.values() for question in each]
    assert [wv.index_to_key[i] for i in rows] == [evaluate.analogy(wv, *question[:3])[0][0] for question in every]
    assert len(set(rows)) > 10


def test_replay_is_3cosadd_of_the_rounded_vectors():
    wv, questions = grid(seed=3)
    small = shrink(wv.vectors, asked(wv, questions), 10**6)
    some = asked(wv, questions)[::7]
    rows, cosines = replay(small.numbers, some, 4)
    for (a, b, c, _), found, values in zip(some, rows, cosines):
        order, expected = by_hand(small.numbers, a, b, c)
        assert list(found) == order[:4]
        assert values == pytest.approx([expected[i] for i in order[:4]], abs=1e-12)


def test_equal_answers_come_by_number_and_zeros_are_harmless():
    vectors = np.array([[1, 0], [0, 1], [1, 1], [1, 1], [1, 1], [0, 0]])
    rows, cosines = replay(vectors, np.array([[0, 0, 1]]), 4)
    assert list(rows[0]) == [2, 3, 4, 5] and cosines[0, 3] == 0


def test_room_decides_about_bits_and_dimensions():
    wv, questions = grid(size=40)
    ids = asked(wv, questions)
    whole = 36 * 40 * 8 // 6
    full = shrink(wv.vectors, ids, whole)
    assert full.numbers.shape == (36, 40) and full.bits == 8 and np.abs(full.numbers).max(axis=1).tolist() == [127] * 36
    rounded = full.numbers * (np.abs(wv.vectors).max(axis=1, keepdims=True) / 127)
    assert np.abs(rounded - wv.vectors).max() <= np.abs(wv.vectors).max() / 254 + 1e-6  # not turned, only rounded
    for letters in (whole - 1, whole // 2, whole // 8):
        less = shrink(wv.vectors, ids, letters)
        assert less.numbers.shape[1] <= 40 and less.numbers.size * less.bits <= 6 * letters and less.bits in LESS
        assert np.abs(less.numbers).max() == less.limit
        agreeing = replay(less.numbers, ids, 1)[0][:, 0] == full_answers(wv.vectors, ids)
        assert less.agree == agreeing.sum()
    with pytest.raises(ValueError, match="words, questions: leave no room for vectors"):
        shrink(wv.vectors, ids, 10)


def test_reduction_keeps_cosines_and_does_not_center(monkeypatch):
    monkeypatch.setattr(explore_vectors, "LESS", (8,))
    rng = np.random.default_rng(0)
    spread = rng.normal(size=(60, 3)) * [1, 1, 0.3]
    vectors = spread @ np.eye(3, 20) + 5 * np.eye(20)[9]  # far from 0 in one direction, flat in the third
    ids = rng.permuted(np.tile(np.arange(60), (30, 1)), axis=1)[:, :4]
    small = shrink(vectors, ids, 60 * 3 * 8 // 6)
    assert small.numbers.shape == (60, 3)
    assert np.abs(evaluate.cosine_matrix(small.numbers) - evaluate.cosine_matrix(vectors)).max() < 0.06


def test_agreement_is_measured_and_rises_with_room():
    wv, questions = grid(side=10, size=60, noise=0.6)
    ids = asked(wv, questions)
    counts = [shrink(wv.vectors, ids, letters).agree for letters in (100 * 4, 100 * 20, 100 * 80)]
    assert counts[0] < counts[1] < counts[2] and counts[2] >= 0.98 * len(ids)


def test_the_page_holds_what_was_measured_and_says_so():
    wv, questions = grid()
    made = analogy_explorer(wv, questions, title="A <grid>")
    data = Reader(made.html).data
    small = page_vectors(data)
    ids = asked(wv, questions)
    agree = int((replay(small, ids, 1)[0][:, 0] == full_answers(wv.vectors, ids)).sum())
    assert data["words"] == wv.index_to_key and data["full"] == data["dimensions"] == 12
    assert (data["agree"], data["total"]) == (agree, 150)
    told = f"all 12 dimensions in 8 bits, {agree} of 150 answers as from the full vectors"
    assert repr(made) == f"Explorer(36 words, 5 relations, {told})"
    assert made.html == analogy_explorer(wv, questions, title="A <grid>").html
    assert not any("id" in attributes for _, attributes in Reader(made.html).tags)
    for relation, (name, each) in zip(data["relations"], questions.items()):
        halves = np.array(numbers(relation["questions"], 2 * relation["count"])).reshape(-1, 2)
        pairs = np.array(numbers(relation["pairs"], 2 * (halves.max() + 1))).reshape(-1, 2)
        assert relation["name"] == name
        assert [tuple(wv.index_to_key[i] for i in np.concatenate(pairs[half])) for half in halves] == each


def test_readers_without_scripts_see_one_question_of_each_relation():
    wv, questions = grid()
    page = Reader(analogy_explorer(wv, questions).html)
    cells = page.texts["bdi"]
    assert len(cells) == 5 * 6 and page.all("table") == [{"class": "asleep"}]
    for (name, each), row in zip(questions.items(), np.array(cells).reshape(5, 6)):
        assert list(row[:4]) == [name, *each[0][:3]] and row[5] == each[0][3]
        assert row[4] == evaluate.analogy(wv, *each[0][:3])[0][0]


def test_two_thousand_words_stay_below_150_kilobytes():
    for size in (50, 100):
        wv = make_vectors(WORDS, size)
        questions = {f"relation {i}": [tuple(WORDS[i + j : i + j + 4]) for j in range(100)] for i in range(12)}
        made = analogy_explorer(wv, questions)
        assert 130_000 < len(made.html.encode()) < 150_000
        data = Reader(made.html).data
        assert data["full"] == size and data["dimensions"] == (50 if size == 50 else page_vectors(data).shape[1])
        told = "all 50" if size == 50 else f"{data['dimensions']} of 100"
        assert f"2000 words, 12 relations, {told} dimensions in {data['vectors'][0]} bits" in repr(made)


def test_page_of_a_thousand_words_keeps_all_dimensions():
    wv = make_vectors(WORDS[:1080], 50)
    assert "all 50 dimensions in 8 bits" in repr(analogy_explorer(wv, {"r": [tuple(WORDS[:4])]}))


def test_hostile_words_and_relations_are_text_and_nothing_else():
    questions = {"</script><b>": [tuple(HOSTILE[:4])], "{{data}}": [tuple(HOSTILE[4:8])]}
    made = analogy_explorer(make_vectors(HOSTILE), questions, title="<script>")
    page, harmless = Reader(made.html), Reader(analogy_explorer(*grid()).html)
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in harmless.tags}
    assert made.html.lower().count("</script") == 2 and "<!--" not in made.html and "<" not in page.json
    assert page.data["words"] == [kept(word) for word in HOSTILE]
    assert [relation["name"] for relation in page.data["relations"]] == list(questions)


@settings(max_examples=40, deadline=None)
@given(words=st.lists(st.text(max_size=40), min_size=4, max_size=6, unique=True), name=st.text(max_size=20))
def test_any_unicode_comes_back_exactly(words, name):
    page = Reader(analogy_explorer(make_vectors(words), {name: [tuple(words[:4])]}, title=name).html)
    assert page.data["words"] == [kept(word) for word in words]
    assert page.data["relations"][0]["name"] == kept(name)
    assert [tag for tag, _ in page.tags].count("script") == 2


def test_questions_with_words_that_are_not_there_are_counted():
    wv, questions = grid()
    questions["column 1"] = [*questions["column 1"], ("r0c0", "r0c1", "r1c0", "r9c9")]
    questions["none"] = [("x", "y", "z", "w")]
    made = analogy_explorer(wv, questions)
    assert ", 2 questions left out)" in repr(made)
    assert [relation["name"] for relation in Reader(made.html).data["relations"]] == [
        f"column {i}" for i in range(1, 6)
    ]


@pytest.mark.parametrize(
    "words, questions, named",
    [
        (WORDS[:3], {"r": [tuple(WORDS[:4])]}, "words: 3 given; an analogy needs at least 4"),
        ([*WORDS, "one"], {"r": [tuple(WORDS[:4])]}, "words: 2,001 given, at most 2,000 fit"),
        (None, {"r": [tuple(WORDS[:4])]}, "words: 2,001 given, at most 2,000 fit"),
        (WORDS[:9] * 2, {"r": [tuple(WORDS[:4])]}, "words: 'word0000' is given twice"),
        (WORDS[:9], {}, "questions: none given whose four words"),
        (WORDS[:9], {"r": []}, "questions: none given whose four words"),
        (WORDS[:9], {"r": [("a", "b", "c", "d")]}, "questions: none given whose four words"),
    ],
)
def test_bad_input_is_refused_in_one_line(words, questions, named):
    with pytest.raises(ValueError) as error:
        analogy_explorer(make_vectors([*WORDS, "one"], 4), questions, words=words)
    assert str(error.value).startswith(named) and "\n" not in str(error.value)


def test_nan_unknown_words_and_overlong_words_are_named():
    wv = make_vectors(WORDS[:9])
    with pytest.raises(KeyError, match="'word9' is not in the vocabulary; nearest spelling: word000"):
        analogy_explorer(wv, {"r": [tuple(WORDS[:4])]}, words=[*WORDS[:5], "word9"])
    wv.vectors[5, 0] = np.nan
    with pytest.raises(ValueError, match="wv: the vector of 'word0005' holds NaN"):
        analogy_explorer(wv, {"r": [tuple(WORDS[:4])]})
    long = ["w" * 40_000 + str(i) for i in range(4)]
    with pytest.raises(ValueError, match="words, questions: leave no room"):
        analogy_explorer(make_vectors(long), {"r": [tuple(long)]})


def test_nothing_comes_from_elsewhere_and_controls_are_labeled():
    html = analogy_explorer(*grid()).html.replace('"http://www.w3.org/2000/svg"', "")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|https?:|url\(|@import|fetch|href=|src=", html
    )


def test_more_bits_are_spent_only_where_they_change_answers():
    wv, questions = grid(size=20, noise=0)
    wv.vectors[:, 0] += 400  # one long direction shared by all: 8 bits leave little for the others
    ids = asked(wv, questions)
    agree = [shrink(wv.vectors, ids, 36 * 20 * bits // 6).agree for bits in (8, 10, 12)]
    assert agree[0] < agree[1] <= agree[2]
    assert shrink(wv.vectors, ids, 10**6).bits > 8
