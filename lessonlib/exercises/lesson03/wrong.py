"""Wrong answers that people give in lesson 03. The docstring is the hint that the learner reads."""

from __future__ import annotations

import numpy as np
import torch

PADDING, UNKNOWN, FIRST = 0, 1, 2
POWER = 1.0
YES, NO = 1, 0


def _rows(vectors):
    """What the table should hold, (V + 2, d)."""
    weight = np.zeros((len(vectors) + 2, vectors.shape[1]))
    weight[FIRST : FIRST + len(vectors)] = vectors
    weight[UNKNOWN] = vectors.mean(axis=0)
    return torch.from_numpy(weight)


def _table(weight, frozen, padding=PADDING):
    return torch.nn.Embedding.from_pretrained(weight, freeze=frozen, padding_idx=padding)


def pretrained_table__padding_not_named(vectors, frozen):
    """The padding row is zero at the start, but training will change it. The table has to know which row it is."""
    return _table(_rows(vectors), frozen, None)


def pretrained_table__unknown_as_padding(vectors, frozen):
    """You named the row of unknown words as the padding. That row should learn, and the padding should not."""
    return _table(_rows(vectors), frozen, UNKNOWN)


def pretrained_table__special_rows_swapped(vectors, frozen):
    """The padding row and the unknown row stand in each other's place. Read the order of the rows again."""
    weight = _rows(vectors)
    weight[PADDING], weight[UNKNOWN] = weight[UNKNOWN].clone(), weight[PADDING].clone()
    return _table(weight, frozen, UNKNOWN)


def pretrained_table__always_frozen(vectors, frozen):
    """Your table never gets a gradient. `from_pretrained` freezes unless it is told not to."""
    return _table(_rows(vectors), True, PADDING)


def pretrained_table__never_frozen(vectors, frozen):
    """Your table is trained although `frozen` is True. Check what becomes of that argument."""
    return _table(_rows(vectors), False, PADDING)


def pretrained_table__the_other_way_round(vectors, frozen):
    """You freeze the table when it should be trained, and train it when it should be frozen."""
    return _table(_rows(vectors), not frozen, PADDING)


def pretrained_table__unknown_is_zero(vectors, frozen):
    """The row for unknown words is zero. It should start in the middle of all words, at their mean."""
    weight = _rows(vectors)
    weight[UNKNOWN] = 0
    return _table(weight, frozen, PADDING)


def pretrained_table__mean_with_empty_rows(vectors, frozen):
    """Your mean is too short: it counts rows that are still empty. Take the mean of the V words alone."""
    weight = _rows(vectors)
    weight[UNKNOWN] = weight[UNKNOWN] * len(vectors) / (len(vectors) + 2)
    return _table(weight, frozen, PADDING)


def pretrained_table__noise_in_the_padding(vectors, frozen):
    """The padding row is not zero. Naming it does not clear it when the numbers are loaded: that is up to you."""
    weight = _rows(vectors)
    weight[PADDING] = weight[UNKNOWN]
    return _table(weight, frozen, PADDING)


def _divided(total, n):
    return total / n.clamp(min=1) ** POWER


def pooled_rows__no_mask(table, ids, pad):
    """The vector of the padding is part of your result. Leave those places out of the sum, and of the count."""
    return _divided(table[ids].sum(dim=1), torch.full((len(ids), 1), ids.shape[1]))


def pooled_rows__divides_by_the_width(table, ids, pad):
    """Your sum is right, but it is divided by the width of the batch. Padding must not count as words."""
    mask = (ids != pad).unsqueeze(-1)
    return _divided((table[ids] * mask).sum(dim=1), torch.full((len(ids), 1), ids.shape[1]))


def pooled_rows__only_the_count(table, ids, pad):
    """You count only words, but the sum still holds the vectors of the padding. The mask belongs above the line too."""
    return _divided(table[ids].sum(dim=1), (ids != pad).sum(dim=1, keepdim=True))


def pooled_rows__padding_is_0(table, ids, pad):
    """You leave out the id 0. The padding is `pad`, and 0 may be a word."""
    mask = (ids != 0).unsqueeze(-1)
    return _divided((table[ids] * mask).sum(dim=1), mask.sum(dim=1))


def pooled_rows__sum(table, ids, pad):
    """You add up and do not divide. Long sentences get long vectors."""
    return (table[ids] * (ids != pad).unsqueeze(-1)).sum(dim=1)


def pooled_rows__mask_inverted(table, ids, pad):
    """Your mask keeps the padding and drops the words."""
    mask = (ids == pad).unsqueeze(-1)
    return _divided((table[ids] * mask).sum(dim=1), mask.sum(dim=1))


def pooled_rows__nothing_by_nothing(table, ids, pad):
    """A sentence that is all padding gives NaN: nothing is divided by nothing. It should give zeros."""
    mask = (ids != pad).unsqueeze(-1)
    n = mask.sum(dim=1)
    return (table[ids] * mask).sum(dim=1) / n**POWER


def stable_yes_no_loss__overflows(scores, labels):
    """For a score of -1000 the sigmoid is 0 and its logarithm infinite; for 40 it is 1, and the loss is lost."""
    p = torch.sigmoid(scores)
    return -torch.log(torch.where(labels == YES, p, 1 - p)).mean()


def stable_yes_no_loss__clamped(scores, labels):
    """The small number inside the logarithm hides the fault: a loss of 1000 becomes about 28, without gradient."""
    p = torch.sigmoid(scores)
    return -torch.log(torch.where(labels == YES, p, 1 - p) + 1e-12).mean()


def stable_yes_no_loss__exponent_too_large(scores, labels):
    """ln(1 + e^x) is right, but e^1000 is infinite. Write the loss so that no exponent is above 0."""
    margins = torch.where(labels == YES, scores, -scores)
    return torch.log1p(torch.exp(-margins)).mean()


def stable_yes_no_loss__small_loss_lost(scores, labels):
    """Nothing overflows, but 1 + e^-40 is rounded to 1: a small loss becomes 0. PyTorch has ln(1 + x) for small x."""
    margins = torch.where(labels == YES, scores, -scores)
    return ((-margins).clamp(min=0) + torch.log(1 + torch.exp(-margins.abs()))).mean()


def stable_yes_no_loss__both_sides(scores, labels):
    """The loss is right and its gradient is NaN. `torch.where` computes both sides, and one of them is infinite."""
    margins = torch.where(labels == YES, scores, -scores)
    large, small = torch.log1p(torch.exp(-margins)), torch.log1p(torch.exp(margins)) - margins
    return torch.where(margins > 0, large, small).mean()


def stable_yes_no_loss__sum(scores, labels):
    """You add the losses up. The mean is asked for."""
    sign = torch.where(labels == YES, 1.0, -1.0)
    return -torch.nn.functional.logsigmoid(sign * scores).sum()


def stable_yes_no_loss__answers_swapped(scores, labels):
    """You reward the wrong answers: the loss grows when a true pair gets a high score."""
    sign = torch.where(labels == YES, -1.0, 1.0)
    return -torch.nn.functional.logsigmoid(sign * scores).mean()


def stable_yes_no_loss__always_yes(scores, labels):
    """Your loss is the same whatever the labels are. For a noise pair the right answer is no."""
    return -torch.nn.functional.logsigmoid(scores).mean()
