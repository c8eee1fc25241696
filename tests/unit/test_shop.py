"""The generated shop: relevance by a naive look at the texts, words that only customers use, and no leak."""

from collections import Counter

import pytest

from lessonlib.shop import Query, Shop


@pytest.fixture(scope="module")
def shop():
    return Shop(seed=3)


@pytest.fixture(scope="module")
def queries(shop):
    return shop.queries(500)


def test_it_is_as_large_as_promised_and_the_same_again(shop, queries):
    assert len(shop.products) == 2400 and len(shop.kinds) == 48 and len(queries) == 500
    assert Shop(seed=3).products == shop.products and Shop(seed=3).queries(500) == queries
    assert Shop(seed=4).products != shop.products and Shop(seed=4).queries(500) != queries
    assert shop.posts(50) == Shop(seed=3).posts(50) != Shop(seed=4).posts(50)


def test_a_word_names_one_thing_only(shop):
    names = [word for _, sellers, customers, _ in shop.kinds for word in sellers + customers]
    words = [word for _, sides in shop.pairs for side in sides for word in side[:2]]
    about = {word for *_, some in shop.kinds for word in some}
    hints = {side[2] for _, sides in shop.pairs for side in sides}
    assert max(Counter(names + words).values()) == 1
    assert not about & set(names + words) and not hints & set(names + words)


def test_relevance_against_the_words_of_the_texts(shop, queries):
    """The key says what a reader sees: a seller's word for the kind, and the seller's word for the property."""
    for query in queries[::5]:
        _, sellers, customers, _ = shop.kinds[query.kind]
        assert query.tokens[-1] in sellers + customers
        expected = [i for i, product in enumerate(shop.products) if set(sellers) & set(product.tokens)]
        if query.wanted is not None:
            side = shop.pairs[query.wanted[0]][1][query.wanted[1]]
            assert query.tokens[0] in side[:2]
            expected = [i for i in expected if side[0] in shop.products[i].tokens]
        assert shop.relevant(query) == expected and expected


def test_customers_words_are_in_posts_and_in_no_product(shop):
    customers = {word for _, _, some, _ in shop.kinds for word in some}
    customers |= {side[1] for _, sides in shop.pairs for side in sides}
    in_products = {token for product in shop.products for token in product.tokens}
    in_posts = {token for post in shop.posts(5000) for token in post}
    assert not customers & in_products and customers <= in_posts


def test_a_product_has_one_side_of_each_pair_of_its_department(shop):
    for product in shop.products:
        department = shop.kinds[product.kind][0]
        mine = [i for i, (owner, _) in enumerate(shop.pairs) if owner == department]
        assert [pair for pair, _ in product.properties] == mine
        for pair, side in product.properties:
            sides = shop.pairs[pair][1]
            assert sides[side][0] in product.tokens and sides[1 - side][0] not in product.tokens


def test_queries_differ_and_most_ask_for_a_property(shop, queries):
    assert len({tuple(query.tokens) for query in queries}) == 500
    assert 0.7 < sum(query.wanted is not None for query in queries) / 500 < 0.85
    assert len(shop.queries(10)) == 10


def test_no_text_to_learn_from_is_a_query_but_most_queries_are_part_of_a_text(shop, queries):
    texts = [tuple(post) for post in shop.posts(5000)] + [tuple(product.tokens) for product in shop.products]
    assert not {*texts} & {tuple(query.tokens) for query in queries}
    pairs = {pair for tokens in texts for pair in zip(tokens, tokens[1:])}
    two = [tuple(query.tokens) for query in queries if len(query.tokens) == 2]
    assert 0.8 < sum(query in pairs for query in two) / len(two) <= 1, "the docstring says: most"


def test_one_post_in_seven_names_two_opposites(shop):
    opposites, posts = shop.opposites(), shop.posts(3000)
    both = sum(any(other in post for word in post for other in opposites.get(word, [])) for post in posts)
    assert both / len(posts) == pytest.approx(1 / 7, abs=0.03)


def test_synonyms_and_opposites_go_both_ways_and_never_meet(shop):
    synonyms, opposites = shop.synonyms(1.0), shop.opposites()
    for table in (synonyms, opposites):
        for word, others in table.items():
            assert others and word not in others and all(word in table[other] for other in others)
    assert not any(set(synonyms[word]) & set(opposites[word]) for word in opposites)
    assert shop.synonyms(0) == {}
    half = shop.synonyms(0.5)
    assert 0.4 < len(half) / len(synonyms) < 0.6 and all(synonyms[word] == others for word, others in half.items())


@pytest.mark.parametrize("call, message", [
    (lambda: Shop(0), "n_products=0"),
    (lambda: Shop(seed=-1), "seed=-1"),
    (lambda: Shop(5).queries(0), "n=0"),
    (lambda: Shop(5).queries(100_000), "n=100000: there are only"),
    (lambda: Shop(5).posts(0), "n=0"),
    (lambda: Shop(5).synonyms(1.2), "share=1.2: must be between 0 and 1"),
])  # fmt: skip
def test_errors_name_the_parameter_and_the_cure(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_query_is_plain_data():
    assert Query(["lamp"], 0, None).tokens == ["lamp"]
