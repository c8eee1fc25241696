"""A generated shop: products, customers' queries with known relevance, synonyms, opposites, and text to learn from.

Sellers and customers use different words. A seller writes "battery drill"; a customer may ask for a "cordless borer".
Each kind of product, and each of its properties, has words that sellers use and words that only customers use. The
relevance key is planted: a product answers a query if it is of the right kind and has the property that was asked for.

The text to learn from has two sources: the products' own texts, and what customers write in a forum, where both
kinds of words occur. Neither holds a pair of query and product. Most queries of two words do occur in a post, as
part of it. A post is about a kind of product and not about a product, so that it cannot be put into the search
index. One of the seven frames of a post names a property and its opposite: a trap for word vectors that is
planted.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from typing import NamedTuple

from lessonlib.text import require_at_least

# department -> its properties, two pairs of opposites: "sellers' word, customers' word, a hint" on both sides
PROPERTIES = {
    "tools": ("battery cordless charger / mains corded socket", "compact small pocket / fullsize large shelf"),
    "kitchen": ("nonstick coated wipe / uncoated plain scrub", "steel metal magnet / ceramic pottery glaze"),
    "clothing": ("waterproof rainproof rain / breathable airy summer", "lined warm frost / unlined thin layers"),
    "furniture": ("folding collapsible hinge / rigid fixed bolts", "indoor inside heating / outdoor outside weather"),
    "electronics": ("wireless bluetooth pairing / wired cabled plug", "silent quiet whisper / loud powerful volume"),
    "baby": (
        "washable reusable laundry / disposable throwaway bin",
        "organic natural farm / synthetic artificial plastic",
    ),
}
# kind of product: "sellers' words | customers' words : words that go with it"
KINDS = {
    "tools": """
        drill | borer : screws torque chuck; wrench spanner | turner : nuts pipe grip;
        saw | cutter : blade timber teeth; sander | smoother : paper dust grain;
        flashlight torch | lantern : beam lens night; mower | grasscutter : lawn bag wheel;
        pump | inflator : tire pressure hose; screwdriver | driver : slot tip handle""",
    "kitchen": """
        pan skillet | frypan : eggs stove lid; saucepan pot | casserole : soup simmer rice;
        kettle | boiler : tea spout water; wok | stirfryer : noodles flame ginger;
        grater | shredder : cheese carrot zest; blender | mixer : smoothie mango jug;
        colander | strainer : pasta holes drain; griddle comal | hotplate : tortilla pancakes crust""",
    "clothing": """
        sweater jumper | pullover : wool knit sleeves; trousers pants | slacks : pockets belt waist;
        cap | hat : brim sun head; sneakers trainers | runners : laces sole jogging;
        parka anorak | coat : hood zipper winter; poncho | cape : fringe shoulders alpaca;
        scarf | shawl : neck silk pattern; gloves | mittens : fingers thumb hands""",
    "furniture": """
        sofa couch | settee : cushions armrest velvet; wardrobe | closet : hangers mirror clothes;
        bookcase | bookshelf : novels shelves spines; stool | footrest : legs kitchenette bar;
        cupboard cabinet | sideboard : plates drawers doors; bed | bunk : mattress pillow sleep;
        desk | workstation : writing computer study; charpai cot | daybed : ropes courtyard shade""",
    "electronics": """
        headphones | headset : ears foam bass; television | telly : screen remote films;
        phone handset | mobile : calls ringtone contacts; laptop notebook | ultrabook : keyboard trackpad fanless;
        printer | copier : ink pages scans; fan ventilator | blower : breeze blades bedroom;
        speaker | boombox : music party stereo; camera | snapper : photos zoom shutter""",
    "baby": """
        stroller pushchair | pram : wheels walk harness; diaper nappy | napkin : change skin bedtime;
        pacifier soother | dummy : teat suck calm; bib | dribbler : spoon spills chin;
        rattle | shaker : noise play grasp; blanket | throw : swaddle soft crib;
        bottle | feeder : milk bubbles sip; playmat | gym : floor tummy mirrors""",
}
BRANDS = "akindo borealia chandra duende ezulu fjordal guanaco hanabi iroko jacaranda".split()
SELLERS_WORD = 0.4  # how often a forum post calls a thing by a word that sellers use


class Product(NamedTuple):
    """One product: the number of its kind, its two properties as (pair, side), and the tokens of its text."""

    kind: int
    properties: tuple[tuple[int, int], ...]
    tokens: list[str]


class Query(NamedTuple):
    """What a customer types, and what was meant: a kind, and a property (pair, side) or None."""

    tokens: list[str]
    kind: int
    wanted: tuple[int, int] | None


@dataclass(frozen=True)
class Shop:
    """One shop.

    Args:
        n_products: how many products.
        seed: same seed, same products, queries, posts and synonym list.

    Attributes:
        kinds: for each kind of product its department, sellers' words, customers' words, words that go with it.
        pairs: for each pair of opposites its department and, for both sides, (sellers' word, customers' word, hint).
        products: the catalog.
    """

    n_products: int = 2400
    seed: int = 1
    kinds: tuple[tuple[str, list[str], list[str], list[str]], ...] = field(init=False, repr=False)
    pairs: tuple[tuple[str, tuple[list[str], list[str]]], ...] = field(init=False, repr=False)
    products: tuple[Product, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        require_at_least("n_products", self.n_products, 1)
        require_at_least("seed", self.seed, 0)
        object.__setattr__(self, "kinds", tuple(_kinds()))
        object.__setattr__(self, "pairs", tuple(_pairs()))
        rng = random.Random(f"products {self.seed}")
        object.__setattr__(self, "products", tuple(self._product(rng) for _ in range(self.n_products)))

    def relevant(self, query: Query) -> list[int]:
        """The answer key: the numbers of the products that are of the right kind and have what was asked for."""
        return [
            number for number, product in enumerate(self.products)
            if product.kind == query.kind and (query.wanted is None or query.wanted in product.properties)
        ]  # fmt: skip

    def queries(self, n: int = 500) -> list[Query]:
        """n different queries: a kind, in three of four cases with a property, each by any of its words."""
        require_at_least("n", n, 1)
        possible: tuple[list[Query], list[Query]] = ([], [])
        for kind, (department, sellers, customers, _) in enumerate(self.kinds):
            for word in sellers + customers:
                possible[0].append(Query([word], kind, None))
                for pair, side in self._choices(department):
                    possible[1].extend(Query([w, word], kind, (pair, side)) for w in self.pairs[pair][1][side][:2])
        n_plain = min(n // 4, len(possible[0]))
        if n - n_plain > len(possible[1]):
            raise ValueError(f"n={n!r}: there are only {n_plain + len(possible[1])} different queries")
        rng = random.Random(f"queries {self.seed}")
        found = rng.sample(possible[0], n_plain) + rng.sample(possible[1], n - n_plain)
        rng.shuffle(found)
        return found

    def posts(self, n: int = 8000) -> list[list[str]]:
        """n posts of the customers' forum, about kinds of products."""
        require_at_least("n", n, 1)
        rng = random.Random(f"posts {self.seed}")
        return [self._post(rng) for _ in range(n)]

    def synonyms(self, share: float = 0.5) -> dict[str, list[str]]:
        """A synonym list as a shop keeps by hand: word -> its synonyms, for a share of all groups of synonyms."""
        if not 0 <= share <= 1:
            raise ValueError(f"share={share!r}: must be between 0 and 1")
        groups = [sellers + customers for _, sellers, customers, _ in self.kinds]
        groups += [side[:2] for _, sides in self.pairs for side in sides]
        kept = random.Random(f"synonyms {self.seed}").sample(groups, round(share * len(groups)))
        return {word: [other for other in group if other != word] for group in kept for word in group}

    def opposites(self) -> dict[str, list[str]]:
        """Each word for a property -> the words for its opposite."""
        found = {}
        for _, (left, right) in self.pairs:
            found |= {word: right[:2] for word in left[:2]} | {word: left[:2] for word in right[:2]}
        return found

    def _choices(self, department: str) -> list[tuple[int, int]]:
        """The properties (pair, side) of a department."""
        mine = [number for number, (owner, _) in enumerate(self.pairs) if owner == department]
        return list(itertools.product(mine, (0, 1)))

    def _product(self, rng: random.Random) -> Product:
        kind = rng.randrange(len(self.kinds))
        department, sellers, _, about = self.kinds[kind]
        mine = [number for number, (owner, _) in enumerate(self.pairs) if owner == department]
        properties = tuple((number, int(rng.random() < 0.4)) for number in mine)  # the second side is rarer
        sides = [self.pairs[pair][1][side] for pair, side in properties]
        word, (first, second) = rng.choice(sellers), rng.sample(about, 2)
        tokens = [rng.choice(BRANDS), *(side[0] for side in sides), word, "with", first, "and", second]
        tokens += [side[2] for side in sides if rng.random() < 0.5]
        return Product(kind, properties, tokens)

    def _post(self, rng: random.Random) -> list[str]:
        department, sellers, customers, about = rng.choice(self.kinds)
        word = rng.choice(sellers if rng.random() < SELLERS_WORD else customers)
        pair, side = rng.choice(self._choices(department))
        left, right = self.pairs[pair][1][side], self.pairs[pair][1][1 - side]
        which = int(rng.random() >= SELLERS_WORD)
        mine, other, hint = left[which], right[which], left[2]
        first, second = rng.sample(about, 2)
        frames = (
            f"do you sell a {mine} {word} for {first}", f"i need a {word} with good {first} and {second}",
            f"my {mine} {word} came with {hint} and {first}", f"is this {word} {mine} or {other}",
            f"which {word} is best for {first}", f"we want a {mine} {word} because of the {hint}",
            f"a {mine} {word} for {second} please",
        )  # fmt: skip
        return rng.choice(frames).split()


def _kinds():
    for department, lines in KINDS.items():
        text = " ".join(lines.split())
        for part in text.split(";"):
            names, about = part.split(":")
            sellers, customers = names.split("|")
            yield department, sellers.split(), customers.split(), about.split()


def _pairs():
    for department, pairs in PROPERTIES.items():
        for pair in pairs:
            left, right = pair.split("/")
            yield department, (left.split(), right.split())
