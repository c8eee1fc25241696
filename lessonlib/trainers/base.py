"""What every trainer does around its own update rule: check, count, run the epochs, report, hand over the vectors."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from lessonlib.stream import EncodedText, encode
from lessonlib.text import Sentences, Vocabulary, require_at_least

if TYPE_CHECKING:
    from gensim.models import KeyedVectors


class Progress(NamedTuple):
    """What an epoch reports as it goes: since the last report, words of the text, summed loss, examples in that sum."""

    words: float
    loss: float
    examples: float


class Trainer:
    """Base of the trainers. A subclass says how the text becomes examples and what one epoch does.

    Args:
        vector_size: d, the number of columns of the table.
        window: how many places to look on each side of the center word.
        epochs: passes over the text.
        alpha: learning rate at the start; it falls in a straight line to `min_alpha` at the end of the last epoch.
        min_alpha: learning rate at the end.
        min_count: words seen fewer times are left out.
        max_vocab_size: keep at most so many words, the most frequent ones; None keeps all.
        seed: same seed, same machine, same number of threads: same vectors. Engines that say so keep this promise for
            one worker only.

    After `fit`:
        W: (V, d), one row per word: the input vectors, which we keep.
        U: (V, d), the output vectors, which only the prediction task uses.
        wv: gensim KeyedVectors over the rows of W.
        losses: mean loss per example for each epoch, in nats, measured as each batch is met, before its update.
        vocabulary: the `Vocabulary` that gave the ids.
        interrupted: whether training was stopped early, by Ctrl-C or the stop button; what was learned is kept.
    """

    def __init__(
        self,
        vector_size: int,
        window: int,
        epochs: int,
        alpha: float,
        min_alpha: float,
        min_count: int,
        max_vocab_size: int | None,
        seed: int,
    ):
        for name, value in dict(vector_size=vector_size, window=window, epochs=epochs, min_count=min_count).items():
            require_at_least(name, value, 1)
        require_at_least("seed", seed, 0)
        if max_vocab_size is not None:
            require_at_least("max_vocab_size", max_vocab_size, 1)
        if not 0 < min_alpha <= alpha:
            raise ValueError(f"alpha={alpha!r}, min_alpha={min_alpha!r}: must satisfy 0 < min_alpha <= alpha")
        self.vector_size, self.window, self.epochs = vector_size, window, epochs
        self.alpha, self.min_alpha = alpha, min_alpha
        self.min_count, self.max_vocab_size, self.seed = min_count, max_vocab_size, seed

    def fit(
        self, sentences: Sentences, progress: bool = False, on_epoch: Callable[[int, Self], None] | None = None
    ) -> Self:
        """Train on a re-iterable of token lists.

        Ctrl-C (in Jupyter, the stop button) ends training early: a line says so, and the vectors learned until then
        are kept.

        Args:
            sentences: lists of str; may be read more than once, so not a generator.
            progress: show a bar with the loss and the speed in words per second.
            on_epoch: called as `on_epoch(epoch, self)` with epoch 0 before training and 1 … epochs after each pass;
                use it to look at `self.W` on the way (copy what you keep: the table goes on changing).

        Raises:
            TypeError, ValueError: one line that names the parameter and the cure.
            FloatingPointError: if the loss stops being a number; says at which epoch and what to lower.
        """
        self.vocabulary = Vocabulary.from_sentences(sentences, self.min_count, self.max_vocab_size)
        text = encode(sentences, self.vocabulary)
        if np.diff(text.starts).max() < 2:
            raise ValueError(
                f"sentences: no (center, context) pair in {len(self.vocabulary)} known word(s); "
                "use sentences of two words or more, or lower min_count"
            )
        self.losses: list[float] = []
        self.interrupted = False
        with self._bar(progress, len(text.ids)) as bar:
            epoch = 0
            try:
                self._prepare(text, np.random.default_rng(self.seed))
                if on_epoch:
                    on_epoch(0, self)
                for epoch in range(1, self.epochs + 1):
                    self.losses.append(self._run(epoch, bar))
                    if on_epoch:
                        on_epoch(epoch, self)
            except KeyboardInterrupt:
                if not hasattr(self, "W"):
                    raise  # nothing has been learned that could be kept
                self.interrupted = True
                bar.write(
                    f"stopped in epoch {epoch} of {self.epochs}: the vectors learned until now are kept",
                    file=sys.stdout,
                )
        return self

    def _run(self, epoch: int, bar) -> float:
        """One epoch: the mean loss per example."""
        loss = examples = 0.0
        with (
            np.errstate(over="ignore", invalid="ignore", divide="ignore"),
            contextlib.closing(self._epoch(epoch)) as on,
        ):
            for report in on:
                loss, examples = loss + report.loss, examples + report.examples
                if not math.isfinite(loss):
                    break
                bar.set_postfix_str(f"loss {loss / max(examples, 1):.4f}", refresh=False)
                bar.update(min(report.words, bar.total - bar.n))  # shares of a text may add up to a hair more
        if not math.isfinite(loss + float(self.W.sum())):
            raise FloatingPointError(
                f"training stopped in epoch {epoch} of {self.epochs}: the loss is no longer a number; "
                f"lower alpha={self.alpha}{self._also_lower()}"
            )
        return loss / max(examples, 1)

    @property
    def wv(self) -> KeyedVectors:
        """The input vectors as gensim KeyedVectors (float32, with the word counts)."""
        return keyed_vectors(self.vocabulary, self.W)

    def _prepare(self, text: EncodedText, rng: np.random.Generator) -> None:
        """Turn the text into what `_epoch` needs, and make the tables W and U."""
        raise NotImplementedError

    def _epoch(self, epoch: int) -> Iterator[Progress]:
        """Train for one epoch, reporting on the way. Closed early if training stops: leave no thread behind."""
        raise NotImplementedError

    def _also_lower(self) -> str:
        return ""

    def _start(self, rng: np.random.Generator, dtype: type = np.float64) -> None:
        """W uniform in (-0.5/d, 0.5/d), U zero, as in word2vec.c (Mikolov et al. 2013)."""
        shape = (len(self.vocabulary), self.vector_size)
        self.W, self.U = uniform(rng, shape, 0.5 / self.vector_size, dtype), np.zeros(shape, dtype)

    def _rate(self, done: float) -> float:
        """Learning rate when the share `done` of the whole training is over."""
        return self.alpha - (self.alpha - self.min_alpha) * done

    def _bar(self, progress: bool, words: int):
        from tqdm import tqdm

        name, engine = type(self).__name__, getattr(self, "engine", None)
        return tqdm(
            total=self.epochs * words, desc=f"{name} ({engine})" if engine else name, unit=" words", unit_scale=True,
            disable=not progress, file=sys.stdout, ncols=100,
        )  # fmt: skip


def uniform(rng: np.random.Generator, shape: tuple[int, int], limit: float, dtype: type) -> np.ndarray:
    """Numbers in (-limit, limit), drawn in float64 whatever the dtype, a few rows at a time to save memory."""
    table = np.empty(shape, dtype)
    for start in range(0, len(table), 4096):
        part = table[start : start + 4096]
        part[...] = 2 * limit * (rng.random(part.shape) - 0.5)
    return table


def keyed_vectors(vocabulary: Vocabulary, vectors: np.ndarray) -> KeyedVectors:
    """A copy of a (V, d) table as gensim KeyedVectors, so that all of gensim's look-ups work on it.

    float32, as everywhere in gensim: its `similarity` shortens float64 rows to length 1 in place.
    """
    from gensim.models import KeyedVectors

    wv = KeyedVectors(vectors.shape[1], dtype=np.float32)
    wv.add_vectors(vocabulary.words, vectors.astype(np.float32, copy=False))  # add_vectors makes the copy
    for word, count in zip(vocabulary.words, vocabulary.counts):
        wv.set_vecattr(word, "count", int(count))
    return wv
