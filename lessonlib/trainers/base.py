"""What every trainer does around its own update rule: check, count, run the epochs, report, hand over the vectors."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from lessonlib.text import Sentences, Vocabulary, require_at_least

if TYPE_CHECKING:
    from gensim.models import KeyedVectors


class Trainer:
    """Base of the trainers. A subclass says how the text becomes examples and what one step does.

    Args:
        vector_size: d, the number of columns of the table.
        window: how many places to look on each side of the center word.
        epochs: passes over the text.
        alpha: learning rate at the start; it falls in a straight line to `min_alpha` at the end of the last epoch.
            About 0.2 suits "adagrad", about 0.025 and a small batch suit "sgd".
        min_alpha: learning rate at the end.
        optimizer: "adagrad" gives each number of the tables its own step, smaller the more it has moved (Duchi, Hazan &
            Singer 2011); "sgd" is plain gradient descent: one step size for all.
        min_count: words seen fewer times are left out.
        max_vocab_size: keep at most so many words, the most frequent ones; None keeps all.
        batch_size: examples that share one update.
        seed: same seed, same machine, same number of threads: same vectors.

    After `fit`:
        W: (V, d) float64, one row per word: the input vectors, which we keep.
        U: (V, d) float64, the output vectors, which only the prediction task uses.
        wv: gensim KeyedVectors over the rows of W.
        losses: mean loss per example for each epoch, in nats, measured as each batch is met, before its update.
        vocabulary: the `Vocabulary` that gave the ids.
    """

    def __init__(
        self,
        vector_size: int = 50,
        window: int = 4,
        epochs: int = 5,
        alpha: float = 0.2,
        min_alpha: float = 1e-4,
        optimizer: Literal["adagrad", "sgd"] = "adagrad",
        min_count: int = 1,
        max_vocab_size: int | None = None,
        batch_size: int = 4096,
        seed: int = 1,
    ):
        for name, value in dict(vector_size=vector_size, window=window, batch_size=batch_size, epochs=epochs).items():
            require_at_least(name, value, 1)
        if not 0 < min_alpha <= alpha:
            raise ValueError(f"alpha={alpha!r}, min_alpha={min_alpha!r}: must satisfy 0 < min_alpha <= alpha")
        if optimizer not in ("adagrad", "sgd"):
            raise ValueError(f"optimizer={optimizer!r}: must be 'adagrad' or 'sgd'")
        self.vector_size, self.window, self.epochs = vector_size, window, epochs
        self.alpha, self.min_alpha, self.optimizer = alpha, min_alpha, optimizer
        self.min_count, self.max_vocab_size = min_count, max_vocab_size
        self.batch_size, self.seed = batch_size, seed

    def fit(
        self, sentences: Sentences, progress: bool = False, on_epoch: Callable[[int, Self], None] | None = None
    ) -> Self:
        """Train on a re-iterable of token lists.

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
        examples = self._examples(self.vocabulary.encode(sentences))
        if len(examples[0]) == 0:
            raise ValueError(
                f"sentences: no (center, context) pair in {len(self.vocabulary)} known word(s); "
                "use sentences of two words or more, or lower min_count"
            )
        rng = np.random.default_rng(self.seed)
        self._initialize(rng)
        self.losses: list[float] = []
        bar = self._bar(progress)
        if on_epoch:
            on_epoch(0, self)
        for epoch in range(1, self.epochs + 1):
            loss, seen, started = 0.0, 0, time.perf_counter()
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                for batch in self._batches(len(examples[0]), rng):
                    done = (epoch - 1 + seen / len(examples[0])) / self.epochs
                    loss += self._step([part[batch] for part in examples], self._rate(done))
                    seen += len(batch)
                    if not math.isfinite(loss):
                        bar.close()
                        raise FloatingPointError(
                            f"training stopped in epoch {epoch} of {self.epochs}: the loss is no longer a number; "
                            f"lower alpha={self.alpha} or batch_size={self.batch_size}"
                        )
            self.losses.append(loss / len(examples[0]))
            speed = self.vocabulary.counts.sum() / (time.perf_counter() - started)
            bar.set_postfix_str(f"loss {self.losses[-1]:.4f}, {speed:,.0f} words/s")
            bar.update()
            if on_epoch:
                on_epoch(epoch, self)
        bar.close()
        return self

    @property
    def wv(self) -> KeyedVectors:
        """The input vectors as gensim KeyedVectors (float32, with the word counts)."""
        return keyed_vectors(self.vocabulary, self.W)

    def _examples(self, encoded: list[np.ndarray]) -> tuple[np.ndarray, ...]:
        """Arrays of equal length; entry i of each belongs to example i."""
        raise NotImplementedError

    def _step(self, batch: list[np.ndarray], rate: float) -> float:
        """Update W and U for one batch and return the summed loss of its examples before the update."""
        raise NotImplementedError

    def _initialize(self, rng: np.random.Generator) -> None:
        """W uniform in (-0.5/d, 0.5/d), U zero, as in word2vec.c (Mikolov et al. 2013): the first guess is uniform."""
        shape = (len(self.vocabulary), self.vector_size)
        self.W = (rng.random(shape) - 0.5) / self.vector_size
        self.U = np.zeros(shape)
        self._moved = {"W": np.full(shape, 1e-8), "U": np.full(shape, 1e-8)}  # AdaGrad: sum of squared gradients

    def _descend(self, table: Literal["W", "U"], rows: np.ndarray | slice, gradient: np.ndarray, rate: float) -> None:
        """Move the given (distinct) rows of a table against their summed gradient."""
        if self.optimizer == "adagrad":
            self._moved[table][rows] += gradient**2
            gradient = gradient / np.sqrt(self._moved[table][rows])
        getattr(self, table)[rows] -= rate * gradient

    def _batches(self, n: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
        order = rng.permutation(n)
        for start in range(0, n, self.batch_size):
            yield order[start : start + self.batch_size]

    def _rate(self, done: float) -> float:
        return self.alpha - (self.alpha - self.min_alpha) * done

    def _bar(self, progress: bool):
        import sys

        from tqdm import tqdm

        return tqdm(
            total=self.epochs, desc=type(self).__name__, unit="epoch", disable=not progress, file=sys.stdout, ncols=100
        )


def keyed_vectors(vocabulary: Vocabulary, vectors: np.ndarray) -> KeyedVectors:
    """A copy of a (V, d) table as gensim KeyedVectors, so that all of gensim's look-ups work on it.

    float32, as everywhere in gensim: its `similarity` shortens float64 rows to length 1 in place.
    """
    from gensim.models import KeyedVectors

    wv = KeyedVectors(vectors.shape[1], dtype=np.float32)
    wv.add_vectors(vocabulary.words, vectors.astype(np.float32))
    for word, count in zip(vocabulary.words, vocabulary.counts):
        wv.set_vecattr(word, "count", int(count))
    return wv
