"""Right answers for lesson 11, the capstone: the model answer of each question, and others written differently."""

from __future__ import annotations

from collections import Counter

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def count_of(sentences, words) -> dict[str, int]:
    """How often each of `words` occurs in the sentences, 0 for a word that does not occur.

    The sentences may be a stream that can be read only once.
    """
    found = dict.fromkeys(words, 0)
    for sentence in sentences:
        for token in sentence:
            if token in found:
                found[token] += 1
    return found


def count_of__counter(sentences, words):
    everything = Counter(token for sentence in sentences for token in sentence)
    return {word: everything[word] for word in words}


def draw_pairs(encoded: list, keep: np.ndarray, window: int, seed: int) -> tuple:
    """Centers and contexts of one pass over the text, as two arrays of P ids each, in any order.

    encoded: the sentences as arrays of ids. keep: (V,), how likely each word is kept, each time.
    window: the widest reach. Same seed, same pairs.
    """
    rng = np.random.default_rng(seed)
    ids = np.concatenate([np.empty(0, dtype=np.int64), *encoded])
    sentence = np.repeat(np.arange(len(encoded)), [len(sentence) for sentence in encoded])
    kept = rng.random(len(ids)) < keep[ids]
    ids, sentence = ids[kept], sentence[kept]
    reach = rng.integers(1, window + 1, size=len(ids))
    centers, contexts = [ids[:0]], [ids[:0]]
    for step in range(1, min(window, len(ids) - 1) + 1):
        same = sentence[step:] == sentence[:-step]
        right, left = same & (reach[:-step] >= step), same & (reach[step:] >= step)
        centers += [ids[:-step][right], ids[step:][left]]
        contexts += [ids[step:][right], ids[:-step][left]]
    return np.concatenate(centers), np.concatenate(contexts)


def draw_pairs__loop(encoded, keep, window, seed):
    rng, pairs = np.random.default_rng([seed, 7]), []
    for ids in encoded:
        kept = [word for word in ids if rng.random() < keep[word]]
        for i, center in enumerate(kept):
            reach = rng.integers(window) + 1
            pairs += [(center, kept[j]) for j in range(len(kept)) if 0 < abs(i - j) <= reach]
    centers, contexts = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return centers, contexts


def train_sgns(epochs, counts, vector_size: int = 100, negative: int = 5, seed: int = 0) -> tuple:
    """W (V, vector_size) and each epoch's mean loss; epochs: (centers, contexts) id arrays."""
    torch.manual_seed(seed)
    W, U = (nn.Embedding(len(counts), vector_size) for _ in range(2))
    nn.init.uniform_(W.weight, -0.5 / vector_size, 0.5 / vector_size)
    nn.init.zeros_(U.weight)
    optimizer = torch.optim.Adam([*W.parameters(), *U.parameters()], lr=0.005)
    noise, losses = torch.as_tensor(counts) ** 0.75, []
    for centers, contexts in epochs:
        losses.append(0.0)
        for batch in torch.randperm(len(centers)).split(2048):
            drawn = torch.multinomial(noise, len(batch) * negative, replacement=True)
            h, true = W(torch.as_tensor(centers)[batch]), U(torch.as_tensor(contexts)[batch])
            scores = (U(drawn).view(len(batch), negative, -1) * h[:, None]).sum(dim=2)
            loss = -(F.logsigmoid((h * true).sum(dim=1)) + F.logsigmoid(-scores).sum(dim=1)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses[-1] += loss.item() * len(batch) / len(centers)
    return W.weight.detach().numpy(), losses


def train_sgns__sparse(epochs, counts, vector_size=100, negative=5, seed=0):
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    V, losses = len(counts), []
    W = nn.Embedding(V, vector_size, sparse=True)
    U = nn.Embedding(V, vector_size, sparse=True)
    with torch.no_grad():
        W.weight.uniform_(-1 / vector_size, 1 / vector_size)
        U.weight.zero_()
    optimizer = torch.optim.SparseAdam([*W.parameters(), *U.parameters()], lr=0.01)
    share = np.asarray(counts, dtype=np.float64) ** 0.75
    for centers, contexts in epochs:
        order, sums = rng.permutation(len(centers)), []
        for start in range(0, len(order), 1024):
            at = order[start : start + 1024]
            noise = rng.choice(V, size=(len(at), negative), p=share / share.sum())
            rows = torch.as_tensor(np.hstack([np.asarray(contexts)[at, None], noise]))
            scores = torch.einsum("nd,nkd->nk", W(torch.as_tensor(np.asarray(centers)[at])), U(rows))
            wanted = torch.zeros_like(scores)
            wanted[:, 0] = 1
            loss = F.binary_cross_entropy_with_logits(scores, wanted, reduction="sum")
            sums.append(loss.item())
            optimizer.zero_grad()
            (loss / len(at)).backward()
            optimizer.step()
        losses.append(sum(sums) / len(order))
    return W.weight.detach().numpy(), losses


def closest_words(table: np.ndarray, words: list, query: str, topn: int = 5) -> list:
    """The `topn` words with the highest cosines to `query`, as (word, cosine), best first.

    table: (V, d), row i belongs to words[i]. The query itself is left out. No row is changed.
    """
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    asked = words.index(query)
    cosines = unit @ unit[asked]
    cosines[asked] = -np.inf
    best = np.argsort(-cosines, kind="stable")[:topn]
    return [(words[i], float(cosines[i])) for i in best if i != asked]


def closest_words__sorted(table, words, query, topn=5):
    row = dict(zip(words, table))
    asked = row.pop(query)

    def cosine(word):
        return float(row[word] @ asked / np.sqrt((row[word] @ row[word]) * (asked @ asked)))

    return [(word, cosine(word)) for word in sorted(row, key=cosine, reverse=True)[:topn]]


def rank_of_answer(table: np.ndarray, words: list, question: tuple, answer: str) -> int:
    """The rank of `answer` for "a is to b as c is to ?", question = (a, b, c): 1 is the best.

    table: (V, d), row i belongs to words[i]. The words a, b and c take no part in the ranking.
    """
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    a, b, c = (words.index(word) for word in question)
    scores = unit @ (unit[b] - unit[a] + unit[c])
    scores[[a, b, c]] = -np.inf
    return 1 + int((scores > scores[words.index(answer)]).sum())


def rank_of_answer__sorted(table, words, question, answer):
    unit = {word: row / np.sqrt((row**2).sum()) for word, row in zip(words, table)}
    a, b, c = question
    target = unit[c] + unit[b] - unit[a]
    others = [word for word in words if word not in question]
    return sorted(others, key=lambda word: -float(unit[word] @ target)).index(answer) + 1
