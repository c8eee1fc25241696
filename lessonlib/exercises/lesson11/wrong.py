"""Mistakes that people make in lesson 11; each docstring is the hint for it."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn.functional import logsigmoid


def count_of__reads_again(sentences, words):
    """The text may be a stream that can be read only once. Your function reads it anew for each word."""
    return {word: sum(sentence.count(word) for sentence in sentences) for word in words}


def count_of__sentences(sentences, words):
    """You count sentences that hold the word. A word may occur twice in a sentence, and then it counts twice."""
    found = dict.fromkeys(words, 0)
    for sentence in sentences:
        for word in set(sentence) & set(found):
            found[word] += 1
    return found


def count_of__parts(sentences, words):
    """You find the word inside other words, too. Compare whole tokens."""
    found = dict.fromkeys(words, 0)
    for sentence in sentences:
        for word in found:
            found[word] += sum(word in token for token in sentence)
    return found


def count_of__only_found(sentences, words):
    """A word that does not occur is missing from your result. It should be there, with the count 0."""
    found = {}
    for sentence in sentences:
        for token in sentence:
            if token in words:
                found[token] = found.get(token, 0) + 1
    return found


def _pairs(encoded, keep, window, seed, reach_from=1, reach_to=None, sides=(-1, 1), late=False, side=1):
    rng, pairs = np.random.default_rng(seed), []
    for ids in encoded:
        chosen = (rng.random(len(ids)) < keep[ids]) == (side == 1)
        kept = ids if late else ids[chosen]
        for i, center in enumerate(kept):
            reach = rng.integers(reach_from, (reach_to or window) + 1)
            for j in range(max(0, i - reach), min(len(kept), i + reach + 1)):
                if j != i and (j > i) * 2 - 1 in sides and (not late or (chosen[i] and chosen[j])):
                    pairs.append((center, kept[j]))
    return tuple(np.array(pairs, dtype=np.int64).reshape(-1, 2).T)


def draw_pairs__full_window(encoded, keep, window, seed):
    """Every center of yours looks `window` places far. Each center should draw its own reach, from 1 to `window`."""
    return _pairs(encoded, keep, window, seed, reach_from=window)


def draw_pairs__reach_zero(encoded, keep, window, seed):
    """Some centers of yours see nobody. The reach is at least 1: look at where your random numbers begin and end."""
    return _pairs(encoded, keep, window, seed, reach_from=0, reach_to=max(1, window - 1))


def draw_pairs__one_side(encoded, keep, window, seed):
    """Your centers look to one side only. Contexts stand on both sides."""
    return _pairs(encoded, keep, window, seed, sides=(1,))


def draw_pairs__keeps_all(encoded, keep, window, seed):
    """You keep every occurrence. Each one should stay with the probability that `keep` has for its word."""
    return _pairs(encoded, np.ones_like(keep), window, seed)


def draw_pairs__drops_what_it_should_keep(encoded, keep, window, seed):
    """You keep the words that should be dropped: the words with a high probability in `keep` are rare in your pairs."""
    return _pairs(encoded, keep, window, seed, side=0) if keep.min() < 1 else _pairs(encoded, keep, window, seed)


def draw_pairs__drops_too_late(encoded, keep, window, seed):
    """You drop words after the windows are made. Drop first: then the words that stay move closer together."""
    return _pairs(encoded, keep, window, seed, late=True)


def draw_pairs__crosses_sentences(encoded, keep, window, seed):
    """Some of your pairs reach from one sentence into the next. A window ends where the sentence ends."""
    return _pairs([np.concatenate([np.empty(0, np.int64), *encoded])], keep, window, seed)


def _sgns(epochs, counts, d, k, seed, power=0.75, sign=-1, give=0, noise_words=None):
    torch.manual_seed(seed)
    W, U = nn.Embedding(len(counts), d), nn.Embedding(len(counts), d)
    nn.init.uniform_(W.weight, -0.5 / d, 0.5 / d)
    nn.init.zeros_(U.weight)
    optimizer = torch.optim.Adam([*W.parameters(), *U.parameters()], lr=0.005)
    noise, losses = torch.as_tensor(counts) ** power, []
    k = noise_words or k
    for centers, contexts in epochs:
        losses.append(0.0)
        for batch in torch.randperm(len(centers)).split(2048):
            drawn = U(torch.multinomial(noise, len(batch) * k, replacement=True)).view(len(batch), k, d)
            h, true = W(torch.as_tensor(centers)[batch]), U(torch.as_tensor(contexts)[batch])
            scores = (drawn * h[:, None]).sum(2)
            loss = -(logsigmoid((h * true).sum(1)) + logsigmoid(sign * scores).sum(1)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses[-1] += loss.item() * len(batch) / len(centers)
    return (W, U)[give].weight.detach().numpy(), losses


def train_sgns__plain_counts(epochs, counts, vector_size=100, negative=5, seed=0):
    """Your noise words come as often as in the text. The noise is proportional to a power of the counts."""
    return _sgns(epochs, counts, vector_size, negative, seed, power=1.0)


def train_sgns__uniform_noise(epochs, counts, vector_size=100, negative=5, seed=0):
    """Your noise words are drawn all alike. A frequent word should be drawn more often than a rare one."""
    return _sgns(epochs, counts, vector_size, negative, seed, power=0.0)


def train_sgns__noise_is_true(epochs, counts, vector_size=100, negative=5, seed=0):
    """Your loss falls far below what is possible. Look at the sign of the noise scores: they must be pushed down."""
    return _sgns(epochs, counts, vector_size, negative, seed, sign=1)


def train_sgns__one_negative(epochs, counts, vector_size=100, negative=5, seed=0):
    """Your loss starts at 2 ln 2, as with a single noise word. Each pair needs `negative` of them, summed."""
    return _sgns(epochs, counts, vector_size, negative, seed, noise_words=1)


def train_sgns__other_table(epochs, counts, vector_size=100, negative=5, seed=0):
    """You return the output vectors U. The vectors of the words are the rows that the centers use."""
    return _sgns(epochs, counts, vector_size, negative, seed, give=1)


def train_sgns__sums_loss(epochs, counts, vector_size=100, negative=5, seed=0):
    """Your losses grow with the number of pairs. Report the mean loss of a pair."""
    epochs = list(epochs)
    table, losses = _sgns(epochs, counts, vector_size, negative, seed)
    return table, [loss * len(pairs[0]) for loss, pairs in zip(losses, epochs)]


def train_sgns__one_loss(epochs, counts, vector_size=100, negative=5, seed=0):
    """You return one loss. Each epoch has its own: a list with one number for each."""
    table, losses = _sgns(epochs, counts, vector_size, negative, seed)
    return table, losses[-1:]


def _unit(table):
    return table / np.linalg.norm(table, axis=1, keepdims=True)


def _best(words, scores, topn):
    return [(words[i], float(scores[i])) for i in np.argsort(-scores, kind="stable")[:topn] if scores[i] > -np.inf]


def closest_words__keeps_query(table, words, query, topn=5):
    """The query itself is among your neighbors. It is always nearest to itself: leave it out."""
    unit = _unit(table)
    return _best(words, unit @ unit[words.index(query)], topn)


def closest_words__dot_product(table, words, query, topn=5):
    """You order by dot products, so long rows win. A cosine needs rows of length 1."""
    scores = table @ table[words.index(query)]
    scores[words.index(query)] = -np.inf
    return _best(words, scores, topn)


def closest_words__normalizes_columns(table, words, query, topn=5):
    """You normalize along the wrong axis. Each word is a row, and each row gets length 1."""
    unit = table / np.linalg.norm(table, axis=0, keepdims=True)
    scores = unit @ unit[words.index(query)]
    scores[words.index(query)] = -np.inf
    return _best(words, scores, topn)


def closest_words__farthest(table, words, query, topn=5):
    """Your list begins with the words that are farthest away. Sort from the highest cosine down."""
    unit = _unit(table)
    scores = unit @ unit[words.index(query)]
    return [(words[i], float(scores[i])) for i in np.argsort(scores, kind="stable")[:topn] if words[i] != query]


def closest_words__drops_first(table, words, query, topn=5):
    """You drop the first of the sorted words, whatever it is. Another word may have the same direction as the query."""
    unit = _unit(table)
    scores = unit @ unit[words.index(query)]
    order = np.argsort(-scores.round(12), kind="stable")
    return [(words[i], float(scores[i])) for i in order[1 : topn + 1]]


def closest_words__one_short(table, words, query, topn=5):
    """You return one neighbor too few: the query was taken out after the list was cut."""
    unit = _unit(table)
    scores = unit @ unit[words.index(query)]
    return [pair for pair in _best(words, scores, topn) if pair[0] != query]


def _rank(table, words, question, answer, signs=(-1, 1, 1), unit=True, out=True, first=1):
    rows = _unit(table) if unit else table
    at = [words.index(word) for word in question]
    scores = _unit(table) @ sum(sign * rows[i] for sign, i in zip(signs, at))
    if out:
        scores[at] = -np.inf
    return first + int((scores > scores[words.index(answer)]).sum())


def rank_of_answer__query_words_stay(table, words, question, answer):
    """The three words of the question take part in your ranking, and stand before the answer. Leave them out."""
    return _rank(table, words, question, answer, out=False)


def rank_of_answer__from_zero(table, words, question, answer):
    """Your best rank is 0. The best answer has rank 1."""
    return _rank(table, words, question, answer, first=0)


def rank_of_answer__wrong_signs(table, words, question, answer):
    """You add a and take b away. "a is to b as c is to ?" asks for what b has and a has not, added to c."""
    return _rank(table, words, question, answer, signs=(1, -1, 1))


def rank_of_answer__not_normalized(table, words, question, answer):
    """You add rows of different lengths, so the longest one decides. Give each row length 1 first."""
    return _rank(table, words, question, answer, unit=False)


def rank_of_answer__adds_all(table, words, question, answer):
    """You add up all three words. One of them is to be taken away."""
    return _rank(table, words, question, answer, signs=(1, 1, 1))
