"""Right answers for lesson 03: the model answer of each question, and another one written differently."""

from __future__ import annotations

import numpy as np
import torch

PADDING, UNKNOWN, FIRST = 0, 1, 2
POWER = 1.0
YES, NO = 1, 0


def pretrained_table(vectors: np.ndarray, frozen: bool) -> torch.nn.Embedding:
    """vectors: (V, d). Returns a table of V + 2 rows, which is trained unless `frozen`."""
    V, d = vectors.shape
    weight = torch.zeros(V + 2, d, dtype=torch.float64)
    weight[FIRST : FIRST + V] = torch.from_numpy(vectors)
    weight[UNKNOWN] = torch.from_numpy(vectors).mean(dim=0)
    return torch.nn.Embedding.from_pretrained(weight, freeze=frozen, padding_idx=PADDING)


def pretrained_table__fills_an_empty_one(vectors, frozen):
    rows = [list(map(float, row)) for row in vectors]
    places = [(PADDING % (len(rows) + 2), [0.0] * len(rows[0]))]
    places.append((UNKNOWN % (len(rows) + 2), [sum(column) / len(rows) for column in zip(*rows)]))
    for place, row in sorted(places):
        rows.insert(place, row)
    table = torch.nn.Embedding(len(rows), len(rows[0]), padding_idx=PADDING, dtype=torch.float64)
    with torch.no_grad():
        table.weight.copy_(torch.tensor(rows, dtype=torch.float64))
    table.weight.requires_grad_(not frozen)
    return table


def pooled_rows(table: torch.Tensor, ids: torch.Tensor, pad: int) -> torch.Tensor:
    """A vector for each sentence. table: (V, d); ids: (B, T), padded with `pad`; returns (B, d)."""
    mask = (ids != pad).unsqueeze(-1).to(table.dtype)
    total = (table[ids] * mask).sum(dim=1)
    n = mask.sum(dim=1).clamp(min=1)
    return total * n.pow(-POWER)


def pooled_rows__sentence_by_sentence(table, ids, pad):
    pooled = torch.zeros(len(ids), table.shape[1], dtype=table.dtype)
    for b, sentence in enumerate(ids.tolist()):
        words = [word for word in sentence if word != pad]
        for word in words:
            pooled[b] += table[word] / len(words) ** POWER
    return pooled


def stable_yes_no_loss(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mean of -ln p(right answer). scores, labels: (B,); returns a tensor of one number."""
    sign = torch.where(labels == YES, 1.0, -1.0)
    return -torch.nn.functional.logsigmoid(sign * scores).mean()


def stable_yes_no_loss__by_formula(scores, labels):
    margins = torch.where(labels == NO, -scores, scores)
    return (torch.log1p(torch.exp(-margins.abs())) - margins.clamp(max=0)).sum() / len(scores)
