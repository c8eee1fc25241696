"""Classify a text by the mean of its word vectors: the baseline that every larger model has to beat.

Iyyer et al. (2015) showed how far this goes ("deep averaging networks"; here with no hidden layer). A batch is a
rectangle of ids, short texts are filled up with id 0, and the mean leaves the filling out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from lessonlib.text import require_at_least

PAD = 0  # word i of the vocabulary has id i + 1


def padded_ids(sentences: Iterable[Sequence[str]], key_to_index: Mapping[str, int]) -> torch.Tensor:
    """Token lists as one rectangle of ids.

    Args:
        sentences: n lists of str. Unknown words are left out.
        key_to_index: word -> row of the table, as `KeyedVectors.key_to_index`.

    Returns:
        (n, T) int64, T the number of known words in the longest sentence, at least 1. 0 is padding, word i is i + 1.
    """
    rows = [[key_to_index[word] + 1 for word in sentence if word in key_to_index] for sentence in sentences]
    ids = np.full((len(rows), max([1, *map(len, rows)])), PAD, dtype=np.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
    return torch.from_numpy(ids)


def masked_mean(vectors: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Mean over the words that are not padding: (B, T, d), (B, T) -> (B, d). A row of padding alone gives zeros.

    Added from left to right. `Tensor.sum` may group its terms in another way when T grows, and then more padding at the
    end would change the last digits; here it changes nothing at all.
    """
    known = (ids != PAD).unsqueeze(-1)  # (B, T, 1)
    total = sum(vectors.masked_fill(~known, 0).unbind(dim=1))  # T tensors of shape (B, d)
    return total / known.sum(dim=1).clamp(min=1)


class MeanPoolClassifier(nn.Module):
    """Word vectors, their masked mean, one linear layer. All in float64, so that runs agree on every processor.

    Args:
        vectors: (V, d) the table to start from.
        n_classes: C.
        freeze: True keeps the table as it is; False trains it with the rest.
    """

    def __init__(self, vectors: np.ndarray, n_classes: int, freeze: bool = False):
        super().__init__()
        require_at_least("n_classes", n_classes, 2)
        table = np.vstack([np.zeros(vectors.shape[1]), vectors])  # row 0 is the padding
        self.embedding = nn.Embedding.from_pretrained(
            torch.from_numpy(table.astype(np.float64)), freeze=freeze, padding_idx=PAD
        )
        self.output = nn.Linear(vectors.shape[1], n_classes, dtype=torch.float64)
        nn.init.zeros_(self.output.weight)  # every start is the same: all classes equally likely
        nn.init.zeros_(self.output.bias)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Scores of the classes: (B, T) ids -> (B, C)."""
        return self.output(masked_mean(self.embedding(ids), ids))

    @property
    def vectors(self) -> np.ndarray:
        """A copy of the table as it is now, without the row of the padding: (V, d)."""
        return self.embedding.weight.detach().numpy()[1:].copy()


def train_classifier(
    model: MeanPoolClassifier,
    ids: torch.Tensor,
    labels: Sequence[int],
    epochs: int = 20,
    lr: float = 0.01,
    table_lr: float | None = None,
    batch_size: int = 32,
    seed: int = 1,
) -> list[float]:
    """Train with Adam (Kingma & Ba 2015) on the cross-entropy. Returns the mean loss of each epoch, in nats.

    Args:
        ids: (n, T) from `padded_ids`.
        labels: n whole numbers from 0 to C - 1.
        lr: learning rate of the linear layer.
        table_lr: that of the word vectors; the same if left out. A frozen table has none.
        seed: of the order of the examples.
    """
    require_at_least("epochs", epochs, 1)
    require_at_least("batch_size", batch_size, 1)
    targets = torch.from_numpy(_checked_labels(labels, len(ids), model.output.out_features))
    parts = [{"params": model.output.parameters(), "lr": lr}]
    if model.embedding.weight.requires_grad:
        parts.append({"params": model.embedding.parameters(), "lr": lr if table_lr is None else table_lr})
    optimizer = torch.optim.Adam(parts, fused=True)  # the same steps in one pass over each table
    rng = np.random.default_rng(seed)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for batch in torch.from_numpy(rng.permutation(len(ids))).split(batch_size):
            loss = F.cross_entropy(model(ids[batch]), targets[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        losses.append(total / len(ids))
    return losses


def accuracy(model: MeanPoolClassifier, ids: torch.Tensor, labels: Sequence[int]) -> float:
    """Share of texts whose highest score belongs to the right class."""
    targets = _checked_labels(labels, len(ids), model.output.out_features)
    with torch.no_grad():
        return float((model(ids).argmax(dim=1).numpy() == targets).mean())


def _checked_labels(labels: Sequence[int], n_texts: int, n_classes: int) -> np.ndarray:
    """The labels as (n,) int64; a one-line ValueError unless there is a good one for each text."""
    found = np.asarray(labels)
    if len(found) != n_texts or n_texts == 0:
        raise ValueError(f"labels: {len(found)} for {n_texts} texts; give one for each, and at least one")
    if found.dtype.kind not in "biu" or found.min() < 0 or found.max() >= n_classes:
        strange = next((x for x in found.tolist() if x not in range(n_classes)), found[0])
        raise ValueError(f"labels: {strange!r} found; they must be whole numbers from 0 to {n_classes - 1}")
    return found.astype(np.int64)
