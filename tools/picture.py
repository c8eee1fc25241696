"""Make the picture of the README with the course's own trainer and figures: python -m tools.picture"""

from __future__ import annotations

import matplotlib.pyplot as plt

from lessonlib import corpora, plots, toyworld
from lessonlib.trainers.softmax import SoftmaxSkipGram
from tools.notebooks import ROOT

GROUPS = ("capitals", "animals", "food", "family", "weather")


def main() -> None:
    plots.use_style()
    wv = SoftmaxSkipGram(epochs=8, alpha=0.3, batch_size=32768).fit(corpora.load("toyworld"), progress=True).wv
    groups = {name: toyworld.answer_key().categories[name][:12] for name in GROUPS}
    fig, ax = plt.subplots(figsize=(9.5, 6))
    words = [word for members in groups.values() for word in members]
    plots.word_scatter(wv, words, groups, ax=ax, title="Words at addresses: a model has read 30,000 simple sentences")
    fig.savefig(ROOT / "data" / "readme_map.png", metadata={"Software": None})


if __name__ == "__main__":
    main()
