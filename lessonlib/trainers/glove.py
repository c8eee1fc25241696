r"""GloVe (Pennington, Socher & Manning 2014): vectors whose dot products are logarithms of co-occurrence counts.

With X_ij the weighted count of word j near word i, the model fits, for each pair that occurs,

    w_i · u_j + b_i + c_j = log X_ij

and minimizes  J = 1/2 Σ f(X_ij) (w_i · u_j + b_i + c_j - log X_ij)²  (equation 8; the half, as in the authors' program,
saves a factor 2 in the gradient). f(x) = min(1, (x / x_max) ** exponent) keeps rare counts from saying too much and
frequent ones from saying everything (equation 9). The text is read once: all that follows runs on the counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from lessonlib.stream import EncodedText
from lessonlib.text import require_at_least
from lessonlib.trainers.base import Progress, Trainer, keyed_vectors
from lessonlib.trainers.cooccurrence import count_pairs
from lessonlib.trainers.engines import DTYPE, Engine, add_rows, choose_engine, cores


def weight(x: np.ndarray, x_max: float = 100, exponent: float = 0.75) -> np.ndarray:
    """f(x): how much a count of x matters. Rises to 1 at x_max and stays there. Any shape, same shape back."""
    return np.minimum(1.0, (x / x_max) ** exponent)


def glove_loss(
    w: np.ndarray, u: np.ndarray, b: np.ndarray, c: np.ndarray, log_x: np.ndarray, f: np.ndarray
) -> tuple[float, np.ndarray]:
    """The loss of n pairs and its gradient for the n scores.

    Args:
        w, u: (n, d) vectors of the word and of the context word of each pair.
        b, c: (n,) their biases.
        log_x, f: (n,) log X_ij and f(X_ij).

    Returns:
        loss: 1/2 Σ f (w · u + b + c - log x)².
        pull: (n,) f (w · u + b + c - log x). It is the gradient for b and c; times u it is that for w, times w for u.
    """
    miss = (w * u).sum(axis=1) + b + c - log_x
    return float(0.5 * (f * miss**2).sum()), f * miss


class GloVe(Trainer):
    """GloVe, trained with AdaGrad. See `Trainer` for what is not named here.

    Args:
        x_max, exponent: of the weighting f.
        smoothing: added to every X_ij. The paper has 0: pairs that never occur are left out, and what their absence
            could tell is lost. With 0.1, say, they take part; all V * V pairs are then trained, so V may be 5,000 at
            most.
        alpha: learning rate of AdaGrad, whose sums of squares start at 1. It does not fall.
        batch_size: pairs that share one update, for "numpy" and "torch"; "fast" updates after each pair.
        engine, device, workers: as for `SkipGramNS`.

    After `fit`:
        wv: KeyedVectors over W + U: the two tables play the same part; the paper reports a small gain from their sum
            (section 4.2); lesson 05 measures it.
        b, c: (V,) the biases.
        losses: mean loss per pair (i, j) that occurs, as it is met.
    """

    def __init__(
        self,
        vector_size: int = 100,
        window: int = 10,
        x_max: float = 100,
        exponent: float = 0.75,
        smoothing: float = 0.0,
        alpha: float = 0.05,
        epochs: int = 25,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        batch_size: int = 1024,
        seed: int = 1,
        engine: Engine = "auto",
        device: str | None = None,
        workers: int | None = None,
    ):
        super().__init__(vector_size, window, epochs, alpha, alpha, min_count, max_vocab_size, seed)
        require_at_least("batch_size", batch_size, 1)
        for name, value in dict(x_max=x_max, exponent=exponent).items():
            if not value > 0:
                raise ValueError(f"{name}={value!r}: must be greater than 0")
        if not smoothing >= 0:
            raise ValueError(f"smoothing={smoothing!r}: must be at least 0")
        self.x_max, self.exponent, self.smoothing, self.batch_size = x_max, exponent, smoothing, batch_size
        self.engine = choose_engine(engine, device)
        self.device, self.workers = device, cores(workers) if self.engine == "fast" else 1

    @property
    def wv(self):
        """W + U as gensim KeyedVectors."""
        return keyed_vectors(self.vocabulary, self.W + self.U)

    def _prepare(self, text: EncodedText, rng: np.random.Generator) -> None:
        dtype = DTYPE[self.engine]
        self._words, self._rng = len(text.ids), rng
        V = len(self.vocabulary)
        if self.smoothing and V > 5000:
            raise ValueError(f"smoothing={self.smoothing}: {V} words make {V * V:,} pairs; set max_vocab_size=5000")
        X = count_pairs(text, V, self.window, True, self.engine, self.workers)
        if self.smoothing:
            X = sparse.csr_array(X.toarray() + X.dtype.type(self.smoothing))
        self._start(rng, dtype)
        self.U = ((rng.random(self.W.shape) - 0.5) / self.vector_size).astype(dtype)
        self.b, self.c = np.zeros(len(self.W), dtype), np.zeros(len(self.W), dtype)
        # AdaGrad's sums of squares, of the same shapes
        self._sums = {name: np.ones_like(getattr(self, name)) for name in ("W", "U", "b", "c")}
        if self.engine == "fast":
            from lessonlib.trainers.fast_glove import Tiles

            self._tiles = Tiles(X, self, rng)
            return
        X = X.tocoo()
        self._pairs = X.row, X.col, np.log(X.data), weight(X.data, self.x_max, self.exponent)
        if self.engine == "torch":
            from lessonlib.trainers.torch_glove import TorchGloVe

            self._step = TorchGloVe(self).step

    def _epoch(self, epoch: int) -> Iterator[Progress]:
        if self.engine == "fast":
            yield from self._tiles.epoch()
            return
        n = len(self._pairs[0])
        order = self._rng.permutation(n)
        for first in range(0, n, self.batch_size):
            batch = order[first : first + self.batch_size]
            loss = self._step(*(part[batch] for part in self._pairs))
            yield Progress(self._words * len(batch) / n, loss, len(batch))
        if self.engine == "torch":
            self._step.__self__.hand_over()

    def _step(self, i: np.ndarray, j: np.ndarray, log_x: np.ndarray, f: np.ndarray) -> float:
        """One AdaGrad step for a batch of pairs; return the summed loss before it."""
        w, u = self.W[i], self.U[j]
        loss, pull = glove_loss(w, u, self.b[i], self.c[j], log_x, f)
        self._descend("W", i, pull[:, None] * u)
        self._descend("U", j, pull[:, None] * w)
        self._descend("b", i, pull)
        self._descend("c", j, pull)
        return loss

    def _descend(self, name: str, rows: np.ndarray, gradient: np.ndarray) -> None:
        """AdaGrad: every number has its own step, alpha / sqrt(1 + the sum of its squared gradients)."""
        table, sums = getattr(self, name), self._sums[name]
        total = np.zeros_like(table)
        add_rows(total.reshape(len(table), -1), rows, gradient)
        used = np.unique(rows)
        table[used] -= self.alpha * total[used] / np.sqrt(sums[used])
        sums[used] += total[used] ** 2
