"""Generated playlists with planted genres: sequences that are no language, with an answer key.

Each song has a genre and a popularity that falls like a power law (Zipf) from rank to rank, so that a few songs of a
genre are in many playlists and most in few. A playlist has a genre. Each of its songs is drawn from that genre, or,
with probability `mix`, from the whole catalog; both by popularity. Within a playlist no song comes twice, and the order
carries no meaning. The titles are drawn independently of the genres: their words tell nothing.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field

from lessonlib.text import require_at_least

GENRES = (
    "cumbia", "qawwali", "highlife", "fado", "gamelan", "bluegrass", "techno", "enka", "taarab", "mbalax", "klezmer",
    "samba",
)  # fmt: skip
FIRST = (
    "blue quiet last paper golden slow hidden silver winter open salt night broken summer copper early distant red "
    "hollow gentle wild borrowed second northern"
).split()
SECOND = (
    "harbor lantern river market train letter garden window shadow bridge mango kite drum mirror desert island orchard "
    "station feather balcony rain ferry caravan clock tide ladder moth saddle violin pepper kettle echo monsoon ribbon "
    "courtyard compass"
).split()
SLOPE = 0.8  # of the popularity: the song of rank r has weight 1 / r ** SLOPE


@dataclass(frozen=True)
class Catalog:
    """Songs with planted genres, and the playlists that are made of them.

    Args:
        songs_per_genre: how many songs each of the 12 genres has, 1 to 72.
        mix: 0 to 1, how often a song of a playlist is drawn from the whole catalog instead of the playlist's genre.
        seed: which songs carry which titles, and which playlists there are.

    Attributes:
        genre: title -> its genre, the answer key; for each genre the most popular song comes first.
        weight: title -> popularity, in arbitrary units.
    """

    songs_per_genre: int = 50
    mix: float = 0.3
    seed: int = 1
    genre: dict[str, str] = field(init=False, repr=False)
    weight: dict[str, float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("songs_per_genre", "seed"):
            require_at_least(name, getattr(self, name), int(name == "songs_per_genre"))
        most = len(FIRST) * len(SECOND) // len(GENRES)
        if self.songs_per_genre > most:
            raise ValueError(
                f"songs_per_genre={self.songs_per_genre!r}: must be at most {most}; there are no more titles"
            )
        if not 0 <= self.mix <= 1:
            raise ValueError(f"mix={self.mix!r}: must be between 0 and 1")
        titles = [f"{first} {second}" for first, second in itertools.product(FIRST, SECOND)]
        random.Random(f"titles {self.seed}").shuffle(titles)
        genre, weight = {}, {}
        for number, title in enumerate(titles[: self.songs_per_genre * len(GENRES)]):
            genre[title] = GENRES[number // self.songs_per_genre]
            weight[title] = 1 / (number % self.songs_per_genre + 1) ** SLOPE
        object.__setattr__(self, "genre", genre)
        object.__setattr__(self, "weight", weight)

    def playlists(self, n: int = 3000, shortest: int = 6, longest: int = 14) -> list[list[str]]:
        """n playlists, each a list of different titles; the lengths are drawn evenly from `shortest` to `longest`.

        Raises:
            ValueError: for lengths that make no sense, or that are more than half of the songs of a genre.
        """
        require_at_least("n", n, 1)
        require_at_least("shortest", shortest, 2)
        require_at_least("longest", longest, shortest)
        if longest > self.songs_per_genre // 2:
            raise ValueError(f"longest={longest!r}: must be at most half of songs_per_genre={self.songs_per_genre}")
        rng = random.Random(f"playlists {self.seed}")
        everything = _Urn(self.weight)
        urns = {name: _Urn({t: w for t, w in self.weight.items() if self.genre[t] == name}) for name in GENRES}
        found = []
        for _ in range(n):
            own, length = urns[rng.choice(GENRES)], rng.randint(shortest, longest)
            chosen: dict[str, None] = {}  # an ordered set
            while len(chosen) < length:
                chosen[(everything if rng.random() < self.mix else own).draw(rng)] = None
            found.append(list(chosen))
        return found


class _Urn:
    """Draws titles in proportion to their weights."""

    def __init__(self, weights: dict[str, float]):
        self.titles, self.cumulative = list(weights), list(itertools.accumulate(weights.values()))

    def draw(self, rng: random.Random) -> str:
        return rng.choices(self.titles, cum_weights=self.cumulative)[0]
