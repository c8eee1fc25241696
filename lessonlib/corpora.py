"""Corpora by name, as lists of tokenized sentences, and pretrained vectors; kept in a cache after the first use."""

from __future__ import annotations

import bz2
import hashlib
import inspect
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lessonlib.own_text import Lines, Pieces, split_sentences
from lessonlib.text import tokenize

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

WIKITEXT = ("wikitext-2", "wikitext-2-raw")
SPLITS = ("train", "valid", "test")
NAMES = ("toyworld", "wikipedia-excerpt", *WIKITEXT, "text8")
WIKIPEDIA_FILE = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"


def load(
    name: str | os.PathLike, progress: bool = False, split: str | None = None, **dials
) -> list[list[str]] | Pieces:
    """Sentences of a corpus: a list of lists of lower-case tokens.

    Args:
        name: "toyworld" (generated, with an answer key), "wikipedia-excerpt" (real text that gensim's wheel carries,
            CC BY-SA, about 0.42 million tokens), or the path of a UTF-8 text file with one sentence on each line.
            Downloaded on first use: "wikitext-2" and "wikitext-2-raw" (articles of Wikipedia, 2 million words; words
            that occur once or twice are missing in the first), "text8" (17 million words without sentence ends, which
            come in pieces of 1,000 and are read anew on each pass).
        progress: show a bar while something is downloaded or read for the first time.
        split: for WikiText-2 only, "train" (the default), "valid" or "test".
        dials: for "toyworld" only, the fields of `ToyWorld` (size, seed, sense_mix, …).

    Raises:
        ValueError: for an unknown name or split, or dials or a split given to a corpus that has none.
        DownloadError: if a corpus that is not in the cache cannot be downloaded; see `lessonlib.downloads`.
    """
    if split is not None and name not in WIKITEXT:
        raise ValueError(f"split={split!r}: only {' and '.join(WIKITEXT)} have splits, not {str(name)!r}")
    if name == "toyworld":
        return _toyworld(dials)
    if dials:
        raise ValueError(f"{', '.join(dials)}: only the corpus 'toyworld' has dials, not {str(name)!r}")
    if name in WIKITEXT:
        return _wikitext(str(name), split or "train", progress)
    if name == "wikipedia-excerpt":
        return _wikipedia(progress)
    if name == "text8":
        from lessonlib.downloads import fetch

        return Pieces(fetch("text8", "text8", progress=progress))
    path = Path(name)
    if path.is_file():
        return list(Lines(path))
    raise ValueError(f"name={str(name)!r}: neither {' nor '.join(map(repr, NAMES))} nor a text file that exists")


def pretrained(name: str | os.PathLike, yes: bool = False, progress: bool = False) -> KeyedVectors:
    """Pretrained word vectors, by gensim's name for them or from a file.

    Args:
        name: "glove-wiki-gigaword-50", "-100" or "-300", "word2vec-google-news-300",
            "fasttext-wiki-news-subwords-300", which are downloaded on first use; or the path of a file of vectors.
        yes: agree to a download of more than 50 MB; without it a terminal asks, and a notebook stops.
        progress: show bars while the vectors are downloaded and read.

    Raises:
        ValueError: for a name that is neither known nor a file, or a file that is no table of vectors.
        DownloadError: if vectors that are not in the cache cannot be downloaded; see `lessonlib.downloads`.
    """
    from lessonlib.catalog import registry
    from lessonlib.vectors import load_vectors

    tables = [entry.name for entry in registry().values() if entry.vectors]
    if name in tables:
        from lessonlib.downloads import fetch

        return load_vectors(fetch(str(name), yes=yes, progress=progress), progress=progress)
    if Path(name).exists():
        return load_vectors(name, progress=progress)
    raise ValueError(f"name={str(name)!r}: neither a file that exists nor one of {', '.join(tables)}")


def cache_folder() -> Path:
    """Where corpora are kept: `LESSONLIB_CACHE` if set, else the operating system's own cache folder."""
    import platformdirs

    return Path(os.environ.get("LESSONLIB_CACHE") or platformdirs.user_cache_dir("lessonlib"))


def _toyworld(dials: dict) -> list[list[str]]:
    from lessonlib import grammar, paths, toyworld

    world = toyworld.ToyWorld(**dials)
    code = [inspect.getsource(module) for module in (toyworld, grammar)]
    recipe = [repr(world), paths.data_file("toyworld.toml").read_text(encoding="utf-8"), *code]
    return cached("toyworld", "\n".join(recipe).encode("utf-8"), world.sentences)


def _wikipedia(progress: bool) -> list[list[str]]:
    def sentences() -> list[list[str]]:
        return [tokens for _, _, article in wikipedia_articles(progress) for tokens in article]

    return cached("wikipedia-excerpt", wikipedia_recipe(), sentences)


def wikipedia_recipe() -> bytes:
    """What `wikipedia_articles` depends on, for `cached`: the file, and the code that reads it."""
    return _wikipedia_file().read_bytes() + inspect.getsource(wikipedia_articles).encode("utf-8")


def _wikipedia_file() -> Path:
    from gensim.test.utils import datapath

    return Path(datapath(WIKIPEDIA_FILE))


def _wikitext(name: str, split: str, progress: bool) -> list[list[str]]:
    from lessonlib.downloads import fetch

    if split not in SPLITS:
        raise ValueError(f"split={split!r}: {name} has {', '.join(SPLITS)}")
    source = fetch(name, split, progress=progress).read_bytes()
    recipe = source + inspect.getsource(_read_wikitext).encode("utf-8")
    return cached(f"{name}-{split}", recipe, lambda: list(_read_wikitext(source.decode("utf-8"))))


def _read_wikitext(text: str) -> Iterator[list[str]]:
    """Sentences of WikiText-2, without headings (` = Title = `), in the tokens of every other corpus.

    Its tokens stand between spaces: a full stop is one, `don 't` is two, `state @-@ owned` is three. `<unk>` stands
    for a rare word and is left out, so that the words around it become neighbors; this is also what `min_count` does.
    """
    for line in text.split("\n"):
        if re.fullmatch(r"\s*=.*=\s*", line):
            continue
        line = re.sub(r" '(?=(?:s|t|re|ve|ll|d|m)\b)", "'", line, flags=re.IGNORECASE)
        for sentence in re.split(r"\s[.!?]\s", re.sub(r"<unk>\S*", " ", line)):
            if tokens := tokenize(sentence):
                yield tokens


def wikipedia_articles(progress: bool = False) -> Iterator[tuple[str, str, list[list[str]]]]:
    """Title, markup and sentences of each article of the Wikipedia excerpt; redirects are left out.

    The sentences are without markup, headings, tables and lists of links, and have at least four tokens.
    """
    import sys

    from gensim.corpora.wikicorpus import extract_pages, filter_wiki
    from tqdm import tqdm

    with bz2.open(_wikipedia_file(), "rb") as file:
        pages = extract_pages(file, filter_namespaces=("0",))
        for title, markup, _page_id in tqdm(
            pages, desc="reading Wikipedia", unit="page", disable=not progress, file=sys.stdout, ncols=100
        ):
            if markup.lstrip().upper().startswith("#REDIRECT"):
                continue
            sentences = []
            for line in filter_wiki(markup).splitlines():
                if line.lstrip().startswith(("=", "|", "!", "{", "*", "#", ";", ":")):
                    continue
                for sentence in split_sentences(line.replace("'''", "").replace("''", "")):
                    tokens = tokenize(sentence)
                    if len(tokens) >= 4:
                        sentences.append(tokens)
            yield title, markup, sentences


def cached(name: str, recipe: bytes, make: Callable[[], list[list[str]]]) -> list[list[str]]:
    """What `make()` returns, read from the cache if it was made from the same `recipe` before.

    The file's name holds a hash of the recipe (inputs, settings and code), so a changed recipe never meets an old
    file. One process makes it while others wait at a lock; it appears under its name only when it is complete.
    """
    from filelock import FileLock

    folder = cache_folder()
    path = folder / f"{name}-{hashlib.sha256(recipe).hexdigest()[:16]}.txt"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock"):
            if not path.exists():
                _write_atomically(path, make())
    with open(path, encoding="utf-8", newline="\n") as file:
        return [line.split() for line in file]


def _write_atomically(path: Path, sentences: list[list[str]]) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(" ".join(tokens) + "\n" for tokens in sentences)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
