"""Corpora by name, as lists of tokenized sentences, kept in a cache after the first use. Nothing here downloads."""

from __future__ import annotations

import bz2
import hashlib
import inspect
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from lessonlib.text import tokenize

WIKIPEDIA_FILE = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"


def load(name: str | os.PathLike, progress: bool = False, **dials) -> list[list[str]]:
    """Sentences of a corpus: a list of lists of lower-case tokens.

    Args:
        name: "toyworld" (generated, with an answer key), "wikipedia-excerpt" (real text that gensim's wheel carries,
            CC BY-SA, about 0.48 million tokens), or the path of a UTF-8 text file with one sentence on each line.
        progress: show a bar while the Wikipedia excerpt is read for the first time (some seconds).
        dials: for "toyworld" only, the fields of `ToyWorld` (size, seed, sense_mix, …).

    Raises:
        ValueError: for an unknown name, or dials given to a corpus that has none.
    """
    if name == "toyworld":
        return _toyworld(dials)
    if dials:
        raise ValueError(f"{', '.join(dials)}: only the corpus 'toyworld' has dials, not {str(name)!r}")
    if name == "wikipedia-excerpt":
        return _wikipedia(progress)
    path = Path(name)
    if path.is_file():
        return list(Lines(path))
    raise ValueError(f"name={str(name)!r}: neither 'toyworld' nor 'wikipedia-excerpt' nor a text file that exists")


class Lines:
    """The sentences of a UTF-8 text file, one on each line, read anew on each pass: for files larger than memory.

    >>> SkipGramNS().fit(Lines("my-corpus.txt"))  # doctest: +SKIP
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        if not self.path.is_file():
            raise ValueError(f"path={str(path)!r}: is not a file")

    def __iter__(self) -> Iterator[list[str]]:
        with open(self.path, encoding="utf-8") as file:
            yield from (tokens for line in file if (tokens := tokenize(line)))


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
    from gensim.test.utils import datapath

    source = Path(datapath(WIKIPEDIA_FILE))
    recipe = source.read_bytes() + inspect.getsource(_read_wikipedia).encode("utf-8")
    return cached("wikipedia-excerpt", recipe, lambda: list(_read_wikipedia(source, progress)))


def _read_wikipedia(source: Path, progress: bool) -> Iterator[list[str]]:
    """Sentences of the articles in a Wikipedia dump, without redirects, markup, headings, tables and link lists."""
    import sys

    from gensim.corpora.wikicorpus import extract_pages, filter_wiki
    from tqdm import tqdm

    with bz2.open(source, "rb") as file:
        pages = extract_pages(file, filter_namespaces=("0",))
        for _title, markup, _page_id in tqdm(
            pages, desc="reading Wikipedia", unit="page", disable=not progress, file=sys.stdout, ncols=100
        ):
            if markup.lstrip().upper().startswith("#REDIRECT"):
                continue
            for line in filter_wiki(markup).splitlines():
                if line.lstrip().startswith(("=", "|", "!", "{", "*", "#", ";", ":")):
                    continue
                for sentence in re.split(r"(?<=[.!?])\s+", line.replace("'''", "").replace("''", "")):
                    tokens = tokenize(sentence)
                    if len(tokens) >= 4:
                        yield tokens


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
