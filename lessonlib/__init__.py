"""Trainers, corpora, measures and pictures that the word embeddings course runs on.

Importing this package is cheap: a submodule, and what it needs, is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from types import ModuleType

__version__ = "0.1.0"
SUBMODULES = [
    "analogies", "bias", "catalog", "classify", "corpora", "doctor", "downloads", "evaluate", "exercises",
    "explore", "explore_page", "explore_picture", "explore_vectors", "faithful", "grading", "labeled",
    "leaderboard", "morphology", "nearest", "own_text", "playlists", "plots", "sampling", "shop", "similarity",
    "stream", "tally", "text", "toyworld", "trainers", "translation", "vectors", "walks", "workspace",
]  # fmt: skip


def __getattr__(name: str) -> ModuleType:
    if name in SUBMODULES:
        return importlib.import_module(f"lessonlib.{name}")
    raise AttributeError(f"lessonlib has no attribute {name!r}; it has {', '.join(SUBMODULES)}")
