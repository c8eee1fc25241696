"""Generated playlists: planted genres, popularity like a power law, titles that tell nothing, and the dial `mix`."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib.playlists import FIRST, GENRES, SECOND, SLOPE, Catalog


@settings(max_examples=20, deadline=None)
@given(st.integers(20, 72), st.floats(0, 1), st.integers(0, 99))
def test_catalog_and_playlists_keep_their_promises(songs, mix, seed):
    catalog = Catalog(songs, mix, seed)
    assert Counter(catalog.genre.values()) == dict.fromkeys(GENRES, songs)
    playlists = catalog.playlists(30, 3, 10)
    assert len(playlists) == 30 and playlists == Catalog(songs, mix, seed).playlists(30, 3, 10)
    for playlist in playlists:
        assert 3 <= len(playlist) <= 10 and len(set(playlist)) == len(playlist)
        assert set(playlist) <= set(catalog.genre)


def share_of_the_commonest_genre(catalog, playlists):
    return np.mean([max(Counter(catalog.genre[s] for s in p).values()) / len(p) for p in playlists])


def test_mix_runs_from_pure_playlists_to_none_that_has_a_genre():
    shares = []
    for mix in (0.0, 0.3, 0.6, 1.0):
        catalog = Catalog(mix=mix, seed=2)
        shares.append(share_of_the_commonest_genre(catalog, catalog.playlists(400)))
    assert shares[0] == 1 and all(a > b + 0.1 for a, b in zip(shares, shares[1:]))
    assert shares[1] == pytest.approx(0.7 + 0.3 / 12, abs=0.04)


def test_popular_songs_are_drawn_as_often_as_their_weight_says():
    catalog = Catalog(mix=1.0, seed=3)
    firsts = Counter(playlist[0] for playlist in catalog.playlists(20_000))  # the first is drawn without conditions
    total = sum(catalog.weight.values())
    by_rank = Counter()
    for number, title in enumerate(catalog.genre):
        by_rank[number % 50] += firsts[title]
        assert catalog.weight[title] == pytest.approx(1 / (number % 50 + 1) ** SLOPE)
    for rank in (0, 1, 9, 49):
        expected = 12 * (rank + 1) ** -SLOPE / total
        assert by_rank[rank] / 20_000 == pytest.approx(expected, abs=4 * (expected / 20_000) ** 0.5)


def test_the_words_of_a_title_tell_nothing_about_its_genre():
    catalog = Catalog(72, seed=1)  # every title there is
    assert len(catalog.genre) == len(FIRST) * len(SECOND)
    for word in FIRST + SECOND:
        counts = Counter(genre for title, genre in catalog.genre.items() if word in title.split())
        assert max(counts.values()) <= 0.35 * sum(counts.values()) + 3, word
    assert list(Catalog(seed=1).genre) != list(Catalog(seed=2).genre)


@pytest.mark.parametrize("call, message", [
    (lambda: Catalog(73), "songs_per_genre=73: must be at most 72"),
    (lambda: Catalog(0), "songs_per_genre=0: must be a whole number"),
    (lambda: Catalog(mix=1.5), "mix=1.5: must be between 0 and 1"),
    (lambda: Catalog(seed=-1), "seed=-1"),
    (lambda: Catalog().playlists(0), "n=0"),
    (lambda: Catalog().playlists(5, 9, 8), "longest=8: must be a whole number of at least 9"),
    (lambda: Catalog(20).playlists(5, 3, 11), "longest=11: must be at most half of songs_per_genre=20"),
])  # fmt: skip
def test_errors_name_the_parameter_and_the_cure(call, message):
    with pytest.raises(ValueError, match=message):
        call()
