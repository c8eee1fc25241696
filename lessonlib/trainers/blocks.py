"""The text as the engines of negative sampling read it: pieces of thinned-out text, cut into blocks of T words.

Every random choice is made here, in one place for all engines: which words are kept, how far each center looks, and
which negatives a block gets. The generator of a piece depends on (seed, epoch, number of the piece) only, so that all
engines, with any number of workers, see the same words, windows and negatives.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lessonlib.sampling import NoiseSampler
from lessonlib.stream import EncodedText

PIECE = 16_384  # words of text that are prepared at once, with one learning rate


class Piece(NamedTuple):
    """A stretch of n words, ready for training.

    Attributes:
        ids: (n,) int32, the words that were kept.
        sentence: (n,) int32, the number of the sentence that each belongs to.
        reach: (n,) int32, how far each center looks to both sides: 1 to `window`, drawn anew for each.
        negatives: (blocks, S) int32, the negatives of each block of T words, T = `block`.
        block: T.
        words: how many words of the text this piece stands for, before thinning.
    """

    ids: np.ndarray
    sentence: np.ndarray
    reach: np.ndarray
    negatives: np.ndarray
    block: int
    words: int


class Reader:
    """Prepares pieces of a text.

    Args:
        text: the encoded text.
        keep: (V,) the probability to keep an occurrence of each word.
        noise: where negatives are drawn from.
        window: the widest reach.
        block: T, the number of words in a block.
        shared: S, the number of negatives that a block shares.
        seed: of all random choices.
    """

    def __init__(
        self, text: EncodedText, keep: np.ndarray, noise: NoiseSampler, window: int, block: int, shared: int, seed: int
    ):
        self.text, self.keep, self.noise = text, keep.astype(np.float32), noise
        self.window, self.block, self.shared, self.seed = window, block, shared, seed
        self.ranges = list(text.pieces(PIECE))

    def piece(self, epoch: int, number: int) -> Piece:
        """Piece `number` of the text as it is met in the given epoch."""
        first, last = self.ranges[number]
        starts = self.text.starts[first : last + 1]
        ids = np.asarray(self.text.ids[starts[0] : starts[-1]])
        sentence = np.repeat(np.arange(last - first, dtype=np.int32), np.diff(starts))
        rng = np.random.default_rng([self.seed, epoch, number])
        kept = np.flatnonzero(rng.random(len(ids), dtype=np.float32) < self.keep[ids])
        reach = rng.integers(1, self.window + 1, len(kept), dtype=np.int32)
        negatives = self.noise.draw(rng, (-(-len(kept) // self.block), self.shared))
        return Piece(ids[kept], sentence[kept], reach, negatives, self.block, len(ids))


class Batch(NamedTuple):
    """B blocks of a piece as rectangular arrays, for engines that work on many blocks at once.

    Attributes:
        centers: (B, T) ids.
        contexts: (B, T + 2 * window) ids from `window` places before the block to `window` places after it.
        near: (B, T, T + 2 * window) bool: whether the context lies in the window of the center.
        negatives: (B, S) ids.
    """

    centers: np.ndarray
    contexts: np.ndarray
    near: np.ndarray
    negatives: np.ndarray


def batches(piece: Piece, window: int, n_blocks: int):
    """Cut a piece into batches of `n_blocks` blocks. The last block is filled up with centers that have no context."""
    T, n = piece.block, len(piece.ids)
    blocks = len(piece.negatives)
    ids = np.zeros(blocks * T + 2 * window, dtype=np.int32)
    ids[window : window + n] = piece.ids
    sentence = np.full(len(ids), -1, dtype=np.int32)
    sentence[window : window + n] = piece.sentence
    reach = np.zeros(blocks * T, dtype=np.int32)  # 0 for the filling: looks nowhere
    reach[:n] = piece.reach
    seen_ids = np.lib.stride_tricks.sliding_window_view(ids, T + 2 * window)[::T]
    seen_sentence = np.lib.stride_tricks.sliding_window_view(sentence, T + 2 * window)[::T]
    distance = np.abs(np.arange(T + 2 * window) - window - np.arange(T)[:, None])  # (T, T + 2 * window)
    distance[distance == 0] = window + 1  # a word is not its own context
    distance = distance.astype(np.int32)
    for b in range(0, blocks, n_blocks):
        part = slice(b, b + n_blocks)
        near = distance <= reach.reshape(blocks, T)[part, :, None]
        near &= seen_sentence[part, window : window + T, None] == seen_sentence[part, None, :]
        yield Batch(seen_ids[part, window : window + T], seen_ids[part], near, piece.negatives[part])
