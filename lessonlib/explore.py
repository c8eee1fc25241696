"""Interactive pictures that work in JupyterLab, in exported pages and as files: a word map and an analogy explorer.

The map is flat, the neighbors are not: positions are two principal components, neighbors are looked for in all
dimensions. That the two disagree now and then is the first thing to learn from a map of words. The explorer carries
the vectors with it and answers in the page, by the same arithmetic as `evaluate.analogy`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lessonlib.evaluate import Question, cosine_matrix
from lessonlib.explore_page import Page, body, chosen_words, clean, escape, pack
from lessonlib.explore_picture import FONT, NARROW_FONT, SHAPES, SIZE, SMALL_DOT, labels, short_name, still, to_page
from lessonlib.explore_vectors import Small, replay, shrink
from lessonlib.flat import Categories, category_ids, pca_2d, variance_share
from lessonlib.text import require_at_least

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

MOST_BYTES = 150_000  # of one picture
SPARE = 900  # bytes that the frame of a saved page and the numbers in the explorer's note may take
ANSWERS = 5
EXAMPLES = 20  # relations in the still table of the explorer


@dataclass(frozen=True, repr=False)
class WordMap(Page):
    """An interactive map, ready to be shown by a notebook or saved as a page of its own."""

    name: ClassVar[str] = "Word map"


@dataclass(frozen=True, repr=False)
class Explorer(Page):
    """An analogy explorer, ready to be shown by a notebook or saved as a page of its own."""

    name: ClassVar[str] = "Analogy explorer"


def word_map(
    wv: KeyedVectors,
    words: Sequence[str] | None = None,
    *,
    categories: Categories | None = None,
    k: int = 5,
    title: str = "",
    axes: tuple[str, str] | None = None,
) -> WordMap:
    """A map of words: point at one, click it, walk with the arrow keys or search, and its k nearest neighbors light up.

    The legend's buttons switch categories off and on. A word that is switched off is gone from the picture, from the
    search and from the arrow keys; where it is among the nearest neighbors, the list names it as hidden, because
    without it the list would no longer hold the nearest words.

    Args:
        wv: the vectors; only `wv.key_to_index`, `wv.index_to_key` and `wv[word]` are used.
        words: what to draw, at most 2,000; all words of `categories`, or else the 90 first of `wv`, if left out.
            Early words are labeled first where room is scarce; a label left out appears when its word is touched.
        categories: name -> words, told apart by shape and color.
        k: how many neighbors, by cosine in all dimensions, among the words on the map. With 2,000 words of ordinary
            length the map stays below 150 kB up to k=8.
        title: a line above the map.
        axes: names of the horizontal and the vertical axis, if the usual ones do not do.

    Raises:
        KeyError: for an unknown word; names the nearest spelling.
        ValueError: for fewer than 2 or more than 2,000 words, a word given twice or in two categories, k outside
            1 … words - 1, NaN in a vector.
    """
    categories = categories or {}
    if words is None:
        words = [w for members in categories.values() for w in members] or wv.index_to_key[:90]
    words, vectors = chosen_words(wv, words)
    require_at_least("k", k, 1)
    if k >= len(words):
        raise ValueError(f"k={k}: with {len(words)} words on the map, at most {len(words) - 1}")
    flat = pca_2d(vectors)
    if axes is None:
        shares = variance_share(vectors, flat)
        axes = tuple(f"principal component {i + 1} ({share:.0%} of the variance)" for i, share in enumerate(shares))
    ids = category_ids(words, categories)
    points, names = to_page(flat), [short_name(word) for word in words]
    wide, narrow = labels(names, points, FONT), labels(names, points, NARROW_FONT)
    nearest, cosines = _nearest(vectors, k)
    noted = f"{len(categories)} categories, " if categories else ""
    summary = f"{len(words)} words, {noted}k={k}"
    data = {
        "words": [clean(word) for word in words],
        "names": {i: name for i, (name, word) in enumerate(zip(names, words)) if name != clean(word)},
        "groups": [clean(name) for name in categories],
        "label": clean(title) or f"Map of {len(words)} words",
        "axes": [clean(axis) for axis in axes],
        "size": SIZE,
        "shapes": [*SHAPES, SMALL_DOT],
        "dimensions": vectors.shape[1],
        "k": k,
        "at": pack(points),
        "kinds": pack(np.where(ids < 0, len(categories), ids)),
        "near": pack(nearest),
        "cosines": pack(cosines + 100),
        "wide": pack([(4 * p.leader + p.anchor, p.x + 1024, p.y + 1024) for p in wide]),
        "narrow": pack([(4 * p.leader + p.anchor, p.x + 1024, p.y + 1024) for p in narrow]),
    }
    alt = f"{data['label']}: {summary}. {axes[0]} to the right, {axes[1]} upward."
    picture = still(names, points, ids, wide, axes, alt, list(categories))
    return WordMap(body("word_map", title=title, still=picture, data=data), summary)


def analogy_explorer(
    wv: KeyedVectors,
    questions: Mapping[str, Sequence[Question]],
    *,
    words: Sequence[str] | None = None,
    title: str = "",
) -> Explorer:
    """Ask "a is to b as c is to what?" in the page: 3CosAdd among the words it carries, as in `evaluate.analogy`.

    The page holds the vectors as whole numbers: all dimensions with 8 bits or more, if that fits below 150 kB, else
    with fewer bits or after a truncated singular value decomposition (see `explore_vectors.shrink`). The page and the
    repr say which, and how many of the questions get the same first answer as from the full vectors among these words.

    Args:
        wv: the vectors; only `wv.key_to_index`, `wv.index_to_key` and `wv[word]` are used.
        questions: relation -> questions (a, b, c, d), as in `toyworld.answer_key().analogies`. Questions with a word
            that is not on the page are left out; the repr says how many.
        words: the candidates, at most 2,000; all words of `wv`, if left out.
        title: a line above the explorer.

    Raises:
        KeyError: for an unknown word in `words`; names the nearest spelling.
        ValueError: for fewer than 4 or more than 2,000 words, a word given twice, NaN in a vector, no question whose
            words are all on the page, or so many or so long words that no room for vectors is left.
    """
    words, vectors = chosen_words(wv, wv.index_to_key if words is None else words)
    if len(words) < 4:
        raise ValueError(f"words: {len(words)} given; an analogy needs at least 4")
    ids = {word: i for i, word in enumerate(words)}
    known = {name: [q for q in asked if all(w in ids for w in q)] for name, asked in questions.items()}
    total = sum(map(len, known.values()))
    left_out = sum(map(len, questions.values())) - total
    if not total:
        raise ValueError("questions: none given whose four words are all on the page")
    known = {name: asked for name, asked in known.items() if asked}
    asked = np.array([[ids[word] for word in question] for each in known.values() for question in each])
    data = {
        "words": [clean(word) for word in words],
        "relations": [_relation(name, [[ids[w] for w in q] for q in each]) for name, each in known.items()],
        "dimensions": 0, "full": vectors.shape[1], "agree": 0, "total": total, "vectors": [8, ""],
    }  # fmt: skip
    bare = body("analogy_explorer", title=title, still=_examples(words, known, ids, None), data=data)
    spare = SPARE + 120 * min(len(known), EXAMPLES)
    small = shrink(vectors, asked, MOST_BYTES - spare - len(bare.encode("utf-8")))
    n_dimensions = small.numbers.shape[1]
    data |= {
        "dimensions": n_dimensions, "agree": small.agree, "vectors": pack(small.numbers + small.limit, small.bits),
    }  # fmt: skip
    html = body("analogy_explorer", title=title, still=_examples(words, known, ids, small), data=data)
    of_all = f"all {n_dimensions}" if n_dimensions == vectors.shape[1] else f"{n_dimensions} of {vectors.shape[1]}"
    summary = (
        f"{len(words)} words, {len(known)} relations, {of_all} dimensions in {small.bits} bits, "
        f"{small.agree} of {total} answers as from the full vectors"
        + (f", {left_out} questions left out" if left_out else "")
    )
    return Explorer(html, summary)


def _nearest(vectors: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """For each row its k nearest others, and their cosines in hundredths; equal ones in the given order."""
    cosines = cosine_matrix(vectors).round(9)
    np.fill_diagonal(cosines, -np.inf)
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    return order, (100 * np.take_along_axis(cosines, order, axis=1)).round().astype(int)


def _relation(name: str, questions: list[list[int]]) -> dict:
    """The questions of one relation: its pairs, and for each question the numbers of its two pairs."""
    pairs = list(dict.fromkeys(tuple(half) for a, b, c, d in questions for half in ((a, b), (c, d))))
    number = {pair: i for i, pair in enumerate(pairs)}
    return {
        "name": clean(name),
        "pairs": pack(pairs),
        "questions": pack([(number[a, b], number[c, d]) for a, b, c, d in questions]),
        "count": len(questions),
    }


def _examples(
    words: Sequence[str], known: Mapping[str, Sequence[Question]], ids: Mapping[str, int], small: Small | None
) -> str:
    """A still table for readers without scripts: the first question of each relation with the page's answer."""
    first = {name: asked[0] for name, asked in list(known.items())[:EXAMPLES]}
    rows = []
    for name, (a, b, c, d) in first.items():
        found = "" if small is None else words[replay(small.numbers, np.array([[ids[a], ids[b], ids[c]]]), 1)[0][0, 0]]
        cells = "".join(f"<td><bdi>{escape(short_name(text))}</bdi></td>" for text in (name, a, b, c, found, d))
        rows.append(f"<tr>{cells}</tr>")
    heads = "".join(f"<th>{text}</th>" for text in ("relation", "a", "is to b", "as c", "is to", "expected"))
    return f'<table class="asleep"><tr>{heads}</tr>{"".join(rows)}</table>'
