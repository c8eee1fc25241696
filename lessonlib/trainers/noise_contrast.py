"""What the trainers with negative sampling share around their step: parameters, the choice of an engine, the epochs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lessonlib.sampling import NoiseSampler, keep_probability, noise_distribution
from lessonlib.stream import EncodedText
from lessonlib.text import require_at_least
from lessonlib.trainers.base import Progress, Trainer
from lessonlib.trainers.blocks import Batch, Piece, Reader, batches
from lessonlib.trainers.engines import DTYPE, Engine, choose_engine, cores, in_threads

BLOCK = 32  # T, words in a block
BLOCKS = 32  # at most, in one update of "numpy" and "torch"
# S, negatives that a block shares: a multiple of 8 (CBOW: of 4). Fewer are faster, and worse at analogies.
SHARED = {"skipgram": 32, "cbow": 12, "fasttext": 16}


class NoiseContrast(Trainer):
    """Base of SkipGramNS, CBOWNS and FastText.

    Args beyond those of `Trainer`, with gensim's names:
        negative: k, words from the noise for each true pair.
        sample: threshold of the thinning of frequent words; 0 keeps them all (`lessonlib.sampling`).
        ns_exponent: negatives are drawn with probability proportional to count ** ns_exponent.
        engine: "numpy" is the reference: float64, one thread, no hidden state. "torch" takes the gradients by autograd
            in float32, on `device`. "fast" is compiled by Numba: float32, several threads. "auto" takes "fast" if
            Numba is installed, else "torch", else "numpy"; `self.engine` says which.
        device: for "torch": "cpu", "cuda", …; None takes "cpu".
        workers: threads of the engine "fast"; None takes every core this process may use. With one worker the same
            seed gives the same vectors bit for bit. With more it does not: the threads write to the same tables
            without locks, in an order that chance decides (Recht et al. 2011).

    Words are processed in blocks of 32 that share 32 negatives (CBOW: 12, FastText: 16). "fast" updates after each
    block, "numpy" and "torch" after several at once. Blocks are smaller where one word fills much of the text.

    An example, in `losses`, is one true pair: a center and a context, or for CBOW a center and its whole window.
    """

    kind: str

    def __init__(
        self,
        vector_size: int = 100,
        window: int = 5,
        negative: int = 5,
        sample: float = 1e-3,
        alpha: float = 0.025,
        min_alpha: float = 1e-4,
        epochs: int = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        ns_exponent: float = 0.75,
        seed: int = 1,
        engine: Engine = "auto",
        device: str | None = None,
        workers: int | None = None,
    ):
        super().__init__(vector_size, window, epochs, alpha, min_alpha, min_count, max_vocab_size, seed)
        require_at_least("negative", negative, 1)
        if not 0 <= sample < 1:
            raise ValueError(f"sample={sample!r}: must be at least 0 (keep every word) and less than 1")
        self.engine = choose_engine(engine, device)
        self.negative, self.sample, self.ns_exponent = negative, sample, ns_exponent
        self.device, self.workers = device, cores(workers) if self.engine == "fast" else 1

    def _prepare(self, text: EncodedText, rng: np.random.Generator) -> None:
        counts = self.vocabulary.counts
        keep = keep_probability(counts, self.sample)
        noise = NoiseSampler(noise_distribution(counts, self.ns_exponent))
        words = words_at_once(counts * keep, self.alpha)
        block = min(BLOCK, words)
        self._reader = Reader(text, keep, noise, self.window, block, SHARED[self.kind], self.seed)
        self._n_blocks = min(words // block, BLOCKS)
        self._start(rng, DTYPE[self.engine])
        if self.engine == "fast":
            from lessonlib.trainers.fast import FastEngine as chosen
        elif self.engine == "torch":
            from lessonlib.trainers.torch_engine import TorchEngine as chosen
        else:
            chosen = NumpyEngine
        self._engine = chosen(self)

    def _epoch(self, epoch: int) -> Iterator[Progress]:
        ranges, starts = self._reader.ranges, self._reader.text.starts

        def train(number: int) -> Progress:
            piece = self._reader.piece(epoch, number)
            done = starts[ranges[number][0]] / starts[-1]
            return Progress(piece.words, *self._engine.train(piece, self._rate((epoch - 1 + done) / self.epochs)))

        try:
            yield from in_threads(train, range(len(ranges)), self.workers)
        finally:
            self._engine.hand_over()

    def _start(self, rng: np.random.Generator, dtype: type = np.float64) -> None:
        """W uniform in (-1/d, 1/d), as gensim and fastText start it; U zero."""
        super()._start(rng, dtype)
        self.W *= 2

    def _input_rows(self) -> tuple[np.ndarray, np.ndarray]:
        """Which rows of W make up the vector of each word: word i has rows[first[i] : first[i + 1]]."""
        V = len(self.vocabulary)
        return np.arange(V + 1, dtype=np.int64), np.arange(V, dtype=np.int32)

    def _step(self, batch: Batch, rate: float) -> float:
        """Update the tables for one batch in NumPy; return the summed loss before the update."""
        raise NotImplementedError

    def _also_lower(self) -> str:
        return " or negative" if self.negative > 5 else ""


class NumpyEngine:
    """The reference: each batch goes through the trainer's own `_step`."""

    def __init__(self, trainer: NoiseContrast):
        self.trainer = trainer

    def train(self, piece: Piece, rate: float) -> tuple[float, float]:
        """Train on one piece; return the summed loss and the number of examples."""
        loss, examples = 0.0, 0
        for batch in batches(piece, self.trainer.window, self.trainer._n_blocks):
            loss += self.trainer._step(batch, rate)
            examples += count_examples(batch, self.trainer.kind)
        return loss, examples

    def hand_over(self) -> None:
        """Nothing to do: `_step` works on the trainer's own tables."""


def count_examples(batch: Batch, kind: str) -> int:
    """True pairs of a batch; for CBOW, centers that have at least one context."""
    return int(batch.near.any(axis=2).sum() if kind == "cbow" else batch.near.sum())


def words_at_once(kept_counts: np.ndarray, alpha: float) -> int:
    """How many words may share one update: so many that the most frequent one is met at 0.1 / alpha places.

    All gradients of one update are taken at the same point. With too many for one word, their sum overshoots, and
    training explodes: in trials with 3 to 300 words, some runs did from 0.14 / alpha on, and none below.
    """
    return max(1, int(0.1 / alpha * kept_counts.sum() / kept_counts.max()))
