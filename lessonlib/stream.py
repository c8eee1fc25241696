"""A whole text as two flat arrays of numbers, so that trainers can read millions of words without Python objects.

A text of 100 million words takes 0.4 GB as int32 ids, and several times as much as lists of strings. Beyond
`IN_MEMORY` words the ids lie in an unnamed temporary file that is mapped into memory: the operating system keeps what
fits, and the file is gone when the array is.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from lessonlib.text import Sentences, Vocabulary

IN_MEMORY = 2**26  # words; 256 MB


class EncodedText(NamedTuple):
    """Sentences one after the other.

    Attributes:
        ids: (N,) int32, the ids of all words of the text that the vocabulary knows.
        starts: (M + 1,) int64: sentence m is ids[starts[m] : starts[m + 1]]. Sentences may be of any length.
    """

    ids: np.ndarray
    starts: np.ndarray

    def pieces(self, words: int) -> Iterator[tuple[int, int]]:
        """Cut the text between sentences into (first, last) ranges of sentences of about `words` words each."""
        first = 0
        while first < len(self.starts) - 1:
            last = int(np.searchsorted(self.starts, self.starts[first] + words))
            last = min(max(last, first + 1), len(self.starts) - 1)
            yield first, last
            first = last


def encode(sentences: Sentences, vocabulary: Vocabulary, in_memory: int = IN_MEMORY) -> EncodedText:
    """Read `sentences` once. Unknown words are left out, so that their neighbors move closer together."""
    look_up = vocabulary.index.get
    pending, file, written = array("i"), None, 0
    starts = array("q", [0])
    for sentence in sentences:
        pending.extend([i for token in sentence if (i := look_up(token)) is not None])
        starts.append(written + len(pending))
        if len(pending) >= in_memory:
            file = file or tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the array that is mapped to it)
            pending.tofile(file)
            written, pending = written + len(pending), array("i")
    if file is None:
        ids = np.frombuffer(pending, dtype=np.intc) if pending else np.empty(0, dtype=np.intc)
    else:
        pending.tofile(file)
        file.flush()
        ids = np.memmap(file, dtype=np.intc, mode="r")
    return EncodedText(ids.astype(np.int32, copy=False), np.frombuffer(starts, dtype=np.int64))
