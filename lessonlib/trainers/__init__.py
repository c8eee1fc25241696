"""Trainers: each an estimator with gensim's parameter names; `fit(sentences)` fills `.wv`, `.losses`, `.vocabulary`."""

from __future__ import annotations

import importlib

HOME = {
    "SoftmaxSkipGram": "softmax",
    "SoftmaxCBOW": "softmax",
    "SkipGramNS": "negative_sampling",
    "CBOWNS": "negative_sampling",
    "GloVe": "glove",
    "FastText": "fasttext",
    "PPMI": "ppmi",
}
__all__ = list(HOME)  # noqa: PLE0605


def __getattr__(name: str) -> type:
    """The trainers by name, each loaded when it is first used."""
    if name in HOME:
        return getattr(importlib.import_module(f"lessonlib.trainers.{HOME[name]}"), name)
    raise AttributeError(f"lessonlib.trainers has no attribute {name!r}; it has {', '.join(HOME)}")
