"""Figures: every label readable, nothing told by color alone, an alt text on each, small files."""

import base64
import html
import io
import itertools
import re

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt  # noqa: E402
import nbformat  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402
from gensim.models import KeyedVectors  # noqa: E402
from matplotlib.colors import to_rgb  # noqa: E402
from matplotlib.text import Text  # noqa: E402
from PIL import Image  # noqa: E402

from lessonlib import flat, plots  # noqa: E402

ANIMALS = ["cat", "dog", "horse", "elephant", "parrot", "tortoise", "hedgehog"]
FOOD = ["rice", "bread", "lentils", "noodles", "mango", "dumplings", "honey"]
CATEGORIES = {"animals": ANIMALS, "food": FOOD}


def make_vectors(words=(*ANIMALS, *FOOD, "bank"), size=12, seed=0, tight=1.0):
    rng = np.random.default_rng(seed)
    wv = KeyedVectors(size)
    centers = {True: rng.normal(size=size), False: rng.normal(size=size)}
    wv.add_vectors(list(words), np.array([centers[w in ANIMALS] + tight * rng.normal(size=size) for w in words]))
    return wv


PAIRS = [*zip(ANIMALS[:5], FOOD[:5])]


@pytest.fixture(autouse=True)
def style():
    with matplotlib.rc_context():
        plots.use_style()
        yield
    plots.use_style()
    plt.close("all")


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def dark(request):
    plots.use_style(dark=request.param)
    return request.param


def texts_of(fig):
    """All visible texts of a figure as (string, box in pixels); tick labels outside the axes' limits do not count."""
    fig.draw_without_rendering()
    found = []
    for text in fig.findobj(Text):
        if text.get_visible() and text.get_text().strip():
            box = Text.get_window_extent(text)  # without the line that joins a label and its point
            if 0 <= box.x0 and box.x1 <= fig.bbox.width + 1 and 0 <= box.y0 and box.y1 <= fig.bbox.height + 1:
                found.append((text.get_text(), box))
    return found


def overlapping(fig):
    """Pairs of texts whose boxes share more than one pixel in both directions."""
    pairs = itertools.combinations(texts_of(fig), 2)
    return [
        (a, b)
        for (a, p), (b, q) in pairs
        if min(p.x1, q.x1) - max(p.x0, q.x0) > 1 and min(p.y1, q.y1) - max(p.y0, q.y0) > 1
    ]


def figures():
    """One of each kind that the module draws."""
    rng = np.random.default_rng(3)
    wv = make_vectors()
    frames = [{w: wv[w] * scale for w in wv.index_to_key} for scale in (0.01, 0.3, 0.8, 1.0)]
    runs = {"skip-gram": [5.9, 5.0, 4.6, 4.45], "CBOW": [5.8, 4.9, 4.55, 4.44]}
    yield "scatter", plots.word_scatter(wv, wv.index_to_key, CATEGORIES, title="Words").figure
    yield "multiples", plots.small_multiples(frames, CATEGORIES, ["epoch 0", "epoch 1", "epoch 4", "epoch 10"])
    yield "signed", plots.heatmap(rng.normal(size=(5, 5)), ANIMALS[:5], FOOD[:5], "Cosines", "cosine").figure
    yield "counts", plots.heatmap(rng.poisson(3, (14, 14)), ANIMALS + FOOD, ANIMALS + FOOD, "Counts", "pairs").figure
    yield "loss", plots.loss_curve([5.9, 5.0, 4.6, 4.4], floor=4.37, start=6.0, title="Loss").figure
    yield "two losses", plots.loss_curve(runs, floor=4.43).figure
    yield "arrows", plots.analogy_arrows(wv, PAIRS, title="From animal to food").figure
    yield "clusters", plots.cosine_heatmap(wv, [*ANIMALS, *FOOD, "bank"], CATEGORIES, title="Cosines").figure
    settings, values = [0, 0.25, 0.5, 1], rng.uniform(size=(5, 4))
    named = {"xlabel": "planted", "ylabel": "recovered"}
    yield "dial", plots.sweep(settings, {"bias": values}, **named, identity=True, chance=0.2).figure
    sizes = {"small": rng.normal(0.5, 0.05, (3, 4)), "large": rng.normal(0.55, 0.05, (3, 4))}
    yield "sizes", plots.sweep([2, 10, 100, 600], sizes, xlabel="dimensions", ylabel="score", log=True).figure
    yield "spread", plots.spread({"text": [0.9, 0.93, 0.88], "shuffled": [0.02, 0.0, 0.04]}, "top-1 accuracy").figure


def test_no_text_covers_another_and_every_axis_is_named(dark):
    for name, fig in figures():
        assert overlapping(fig) == [], name
        bottom_left = [ax for ax in fig.axes if ax.get_label() != "<colorbar>" and ax.get_subplotspec().is_first_col()]
        for ax in bottom_left:
            named = ax.get_ylabel() or [t.get_text() for t in ax.get_yticklabels() if t.get_text().isalpha()]
            assert named, f"{name}: vertical axis without a name"
            if ax.get_subplotspec().is_last_row():
                assert ax.get_xlabel() or [t.get_text() for t in ax.get_xticklabels() if t.get_text().isalpha()], name
        for ax in fig.axes:
            if ax.get_label() == "<colorbar>":
                assert ax.get_ylabel(), f"{name}: color bar without a name"


def luminance(color):
    """Relative luminance as the web's accessibility rules define it (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


def test_texts_stand_out_from_the_page(dark):
    for name, fig in figures():
        assert to_rgb(fig.get_facecolor()) == to_rgb("#111111" if dark else "white"), name
        cells = [text for ax in fig.axes for text in ax.texts] if name in ("signed", "counts", "clusters") else []
        for text in fig.findobj(Text):
            if text.get_text().strip() and text not in cells:
                assert contrast(text.get_color(), fig.get_facecolor()) >= 4.5, (name, text.get_text())
        assert {text.get_color() for text in cells} <= {".15", "w"}, name  # seaborn picks the ink for each cell


def test_the_style_says_which_palette_is_meant(dark):
    from lessonlib import plot_style

    assert plots.PALETTE[:] == (plot_style.DARK if dark else plot_style.LIGHT) and len(plots.PALETTE) == 8
    paper = plot_style.page("paper")
    readable = [color for color in plots.PALETTE if contrast(color, paper) >= 3]
    # On white, four of the eight are too pale to be read alone: markers and line styles carry the meaning too.
    assert len(readable) >= (8 if dark else 4), readable
    ax = plots.loss_curve([3, 2, 1])
    assert to_rgb(ax.lines[0].get_color()) == to_rgb(plots.PALETTE[0])


def test_arrows_go_from_a_to_b_and_labels_keep_off_them():
    wv = make_vectors()
    coords = np.random.default_rng(1).normal(size=(10, 2))
    ax = plots.analogy_arrows(wv, PAIRS, coords=coords)
    words = [word for pair in PAIRS for word in pair]
    at = dict(zip(words, coords))
    arrows = [(text.xyann, text.xy) for text in ax.texts if not text.get_text()]
    assert len(arrows) == len(PAIRS)
    for (start, end), (a, b) in zip(arrows, PAIRS):
        np.testing.assert_allclose([start, end], [at[a], at[b]])
    labels = [(text, box) for text, box in texts_of(ax.figure) if text in words]
    assert len(labels) >= 7
    for _, box in labels:
        for a, b in PAIRS:
            line = ax.transData.transform(at[a] + np.linspace(0.1, 0.9, 9)[:, None] * (at[b] - at[a]))
            assert not ((line > [box.x0, box.y0]) & (line < [box.x1, box.y1])).all(axis=1).any()
    with pytest.raises(ValueError, match="pairs: is empty"):
        plots.analogy_arrows(wv, [])


def test_a_word_of_several_pairs_is_drawn_once():
    ax = plots.analogy_arrows(make_vectors(), [("cat", "rice"), ("cat", "bread"), ("dog", "rice")])
    assert sum(len(points.get_offsets()) for points in ax.collections) == 4
    assert sum(not text.get_text() for text in ax.texts) == 3


def test_clusters_stand_together_and_cells_hold_the_cosines():
    wv = make_vectors(tight=0.3)
    words = [word for pair in zip(ANIMALS, FOOD) for word in pair]  # mixed as far as they can be
    ax = plots.cosine_heatmap(wv, words, CATEGORIES)
    shown = [label.get_text() for label in ax.get_xticklabels()]
    kinds = [word in ANIMALS for word in shown]
    assert sorted(shown) == sorted(words) and sum(a != b for a, b in itertools.pairwise(kinds)) == 1
    rows = [label.get_text() for label in ax.get_yticklabels()]
    assert rows == [f"{word} ({'animals' if word in ANIMALS else 'food'})" for word in shown]
    cells = np.asarray(ax.collections[0].get_array()).reshape(14, 14)
    expected = [[wv.similarity(a, b) for b in shown] for a in shown]
    np.testing.assert_allclose(cells, expected, atol=1e-6)


def test_cluster_order_puts_like_beside_like_and_survives_zeros():
    rng = np.random.default_rng(0)
    vectors = np.repeat(np.eye(5), 4, axis=0) + 0.01 * rng.normal(size=(20, 5))
    mixed = rng.permutation(20)
    order = mixed[flat.cluster_order(vectors[mixed])]
    assert sum(a // 4 != b // 4 for a, b in itertools.pairwise(order)) == 4
    assert sorted(flat.cluster_order(np.vstack([vectors, np.zeros((2, 5))]))) == [*range(22)]


def test_sweep_draws_means_seeds_and_the_line_of_truth():
    values = np.array([[0.1, 0.4, 0.9], [0.3, 0.6, 0.7]])
    ax = plots.sweep([0, 1, 2], {"a": values, "b": values[0]}, xlabel="x", ylabel="y", identity=True, chance=0.5)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0.2, 0.5, 0.8])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), values[0])
    np.testing.assert_allclose(ax.lines[2].get_ydata(), [0, 1, 2])
    assert len(ax.collections) == 1 and len(ax.collections[0].get_offsets()) == 6
    assert {text.get_text() for text in ax.texts} == {"a", "b", "recovered = planted", "chance 0.50"}
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()


def test_type_is_readable_and_figures_are_not_blank(dark):
    for name, fig in figures():
        small = [t.get_text() for t in fig.findobj(Text) if t.get_text().strip() and t.get_fontsize() < 9]
        assert small == [], name
        fig.canvas.draw()
        pixels = np.asarray(fig.canvas.buffer_rgba())[..., :3]
        assert 0.01 < (pixels != pixels[0, 0]).any(axis=-1).mean(), f"{name} is blank"


def test_crowded_labels_are_left_out_and_counted_rather_than_overlapped():
    words = [f"word{i:02d}" for i in range(80)]
    wv = make_vectors(words, tight=0.01)
    ax = plots.word_scatter(wv, words, coords=np.random.default_rng(0).normal(size=(80, 2)) ** 5)
    shown = sum(text.get_text() in words for text in ax.texts)
    assert overlapping(ax.figure) == []
    assert 0 < shown < 80
    assert f"{80 - shown} labels left out" in [text.get_text() for text in ax.texts]


def test_all_words_are_labeled_when_there_is_room():
    wv = make_vectors()
    ax = plots.word_scatter(wv, wv.index_to_key, CATEGORIES)
    assert {text.get_text() for text in ax.texts} == set(wv.index_to_key)


def test_a_category_has_its_own_color_and_its_own_marker():
    wv = make_vectors()
    ax = plots.word_scatter(wv, wv.index_to_key, CATEGORIES)
    styles = [(tuple(dots.get_facecolor()[0]), dots.get_paths()[0].vertices.tobytes()) for dots in ax.collections]
    assert len(styles) == 3  # two categories and the rest
    assert len({color for color, _ in styles}) == len({shape for _, shape in styles}) == 3
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["animals", "food", "other"]


# Machado, Oliveira & Fernandes (2009), table 1, severity 1.0, applied to linear RGB.
SEEN_AS = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


def lab(color, seen_as):
    """CIE L*a*b* (D65) of a color as a color-blind reader sees it."""
    srgb = np.array(to_rgb(color))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(SEEN_AS[seen_as]) @ linear, 0, 1)
    to_xyz = [[0.412456, 0.357576, 0.180438], [0.212673, 0.715152, 0.072175], [0.019334, 0.119192, 0.950304]]
    xyz = np.array(to_xyz) @ linear / [0.95047, 1, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("seen_as", SEEN_AS)
def test_palette_can_be_told_apart_by_color_blind_readers(seen_as):
    # A difference of 2.3 in L*a*b* is just noticeable side by side; small marks far apart need several times that.
    # 10 is about four such steps. Matplotlib's default cycle falls below it for both kinds of color blindness.
    def closest(colors):
        return min(np.linalg.norm(lab(a, seen_as) - lab(b, seen_as)) for a, b in itertools.combinations(colors, 2))

    assert closest(plots.PALETTE) > 10
    if seen_as != "normal":
        assert closest(matplotlib.color_sequences["tab10"][:8]) < 10


def test_heatmap_has_white_at_zero_and_is_not_red_green():
    ax = plots.heatmap([[-0.2, 0.0], [0.5, 1.0]], ["a", "b"], ["c", "d"])
    cells = ax.collections[0].get_facecolors()[:, :3]
    assert cells[1].min() > 0.95  # zero is (nearly) white although the range is lopsided
    low, high = lab(cells[0], "deuteranopia"), lab(cells[3], "deuteranopia")
    assert np.linalg.norm(low - high) > 10
    assert len(ax.texts) == 4  # a small matrix carries its numbers


def test_loss_curve_draws_what_it_is_given():
    ax = plots.loss_curve([5.0, 4.0, 3.5], floor=3.2, start=6.0)
    assert ax.lines[0].get_ydata().tolist() == [5.0, 4.0, 3.5]
    assert {line.get_ydata()[0] for line in ax.lines[1:]} == {3.2, 6.0}
    assert [t.get_text() for t in ax.texts] == ["entropy floor 3.20", "ln V 6.00"]


def test_spread_shows_every_value_and_the_mean():
    groups = {"a": [0.1, 0.2, 0.6], "b": [0.5]}
    ax = plots.spread(groups, "score")
    heights = [sorted(dots.get_offsets()[:, 1]) for dots in ax.collections[::2]]
    assert heights == [[0.1, 0.2, 0.6], [0.5]]
    assert [t.get_text() for t in ax.texts] == ["0.30", "0.50"]


def test_small_multiples_turns_frames_onto_the_last_and_keeps_one_scale():
    wv = make_vectors()
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(12, 12)))[0]
    frames = [{w: wv[w] @ turn for w in wv.index_to_key}, {w: wv[w] for w in wv.index_to_key}]
    fig = plots.small_multiples(frames, CATEGORIES, ["turned", "last"])
    first, last = ([dots.get_offsets() for dots in ax.collections] for ax in fig.axes)
    assert np.allclose(np.concatenate(first), np.concatenate(last), atol=1e-6)
    assert len({ax.get_xlim() + ax.get_ylim() for ax in fig.axes}) == 1


@pytest.mark.parametrize(
    "call, named",
    [
        (lambda: plots.show(plt.figure(), alt=" "), "alt"),
        (lambda: plots.word_scatter(make_vectors(), []), "words"),
        (lambda: plots.word_scatter(make_vectors(), ["cat"], coords=np.zeros((2, 2))), "coords"),
        (lambda: plots.heatmap(np.zeros((2, 3)), "ab", "cd"), "matrix"),
        (lambda: plots.cosine_heatmap(make_vectors(), ["cat", "dog", "cat"]), "words: 3 given, 2"),
        (lambda: plots.sweep([1, 2], {}, xlabel="x", ylabel="y"), "runs: 0"),
        (lambda: plots.sweep([1, 2], {"a": [1, 2, 3]}, xlabel="x", ylabel="y"), "runs: 'a' has shape (1, 3)"),
        (lambda: plots.small_multiples([{}], CATEGORIES, ["one"]), "titles"),
        (lambda: flat.pca_2d(np.array([[1.0, np.nan]])), "vectors"),
        (lambda: flat.category_ids(["bank"], {"money": ["bank"], "river": ["bank"]}), "categories"),
    ],
)
def test_errors_are_one_line_that_names_the_parameter(call, named):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value).startswith(named) and "\n" not in str(error.value)


def test_unknown_word_is_named_with_the_nearest_spelling():
    with pytest.raises(KeyError, match="'elefant' is not in the vocabulary; nearest spelling: elephant"):
        plots.word_scatter(make_vectors(), ["elefant"])


def test_pca_equals_the_eigenvectors_of_the_covariance_and_ignores_mirroring():
    vectors = np.random.default_rng(5).normal(size=(40, 6)) * [5, 3, 1, 1, 1, 1]
    values, axes = np.linalg.eigh(np.cov(vectors.T))
    expected = (vectors - vectors.mean(axis=0)) @ axes[:, [-1, -2]]
    got = flat.pca_2d(vectors)
    assert np.allclose(np.abs(got), np.abs(expected))
    assert np.allclose(flat.variance_share(vectors, got), values[[-1, -2]] / values.sum())
    loadings = np.linalg.lstsq(vectors - vectors.mean(axis=0), got, rcond=None)[0]
    assert (loadings[np.abs(loadings).argmax(axis=0), [0, 1]] > 0).all()
    assert flat.pca_2d(np.ones((3, 1))).tolist() == [[0, 0]] * 3


def test_align_undoes_a_turn_and_never_stretches():
    rng = np.random.default_rng(2)
    target, turn = rng.normal(size=(20, 2)), np.array([[0.0, 1.0], [1.0, 0.0]])  # a mirror image
    assert np.allclose(flat.align(3 * target @ turn, target), 3 * (target - target.mean(axis=0)))


def test_placed_labels_stay_on_the_page_and_cover_neither_labels_nor_points():
    rng = np.random.default_rng(0)
    points, sizes = rng.uniform(10, 290, size=(70, 2)), rng.uniform([20, 10], [60, 14], size=(50, 2))
    places = flat.place_labels(points, sizes, (300, 300), radius=4)
    boxes = [(x, y, x + w, y + h) for (x, y), (w, h) in ((p, s) for p, s in zip(places, sizes) if p)]
    assert len(places) == 50 and 10 < len(boxes)
    assert all(0 <= x0 and 0 <= y0 and x1 <= 300 and y1 <= 300 for x0, y0, x1, y1 in boxes)
    for a, b in itertools.combinations(boxes, 2):
        assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]
    for x0, y0, x1, y1 in boxes:
        gaps = np.maximum(0, np.maximum([x0, y0] - points, points - [x1, y1]))
        assert gaps.max(axis=1).min() >= 4


NOTEBOOK = """
import os
os.environ["MPLBACKEND"] = "agg"
import numpy as np
from lessonlib import plots
plots.use_style()
plots.show(plots.loss_curve([3.0, 2.0, 1.5], floor=1.2).figure, alt="The loss falls & stops above the \\"floor\\".")
"""


@pytest.fixture(scope="module")
def executed():
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(NOTEBOOK)])
    return NotebookClient(notebook, timeout=60, kernel_name="python3").execute()


def test_show_displays_once_with_alt_text_and_a_stable_repr(executed):
    (output,) = executed.cells[0].outputs
    assert output.output_type == "display_data"
    assert output.data["text/plain"] == "<Figure size 680x420 with 1 Axes>"
    assert output.metadata["image/png"]["alt"] == 'The loss falls & stops above the "floor".'
    png = base64.b64decode(output.data["image/png"])
    assert len(png) < 45_000
    assert Image.open(io.BytesIO(png)).size[0] > 500


def test_alt_text_reaches_the_exported_page(executed):
    nbconvert = pytest.importorskip("nbconvert")
    # nbconvert's "lab" template knows width and height but drops the alt text; "classic" keeps it.
    page, _ = nbconvert.HTMLExporter(template_name="classic").from_notebook_node(executed)
    (alt,) = re.findall(r"<img\b[^>]*?\balt=('[^']*'|\"[^\"]*\")", page)
    assert html.unescape(alt[1:-1]) == 'The loss falls & stops above the "floor".'


def test_the_fullest_map_stays_a_small_file(monkeypatch):
    import IPython.display

    sent = []
    monkeypatch.setattr(IPython.display, "display", lambda data, **rest: sent.append(data))
    words = [f"word{i:02d}" for i in range(90)]
    wv = make_vectors(words)
    groups = {str(i): words[14 * i : 14 * i + 14] for i in range(6)}
    plots.show(plots.word_scatter(wv, words, groups).figure, alt="Six groups.")
    picture = base64.b64decode(sent[0]["image/png"])
    assert len(picture) < 45_000
    colors = np.array([color for _, color in Image.open(io.BytesIO(picture)).convert("RGB").getcolors(1000)])
    for color in plots.PALETTE[:6]:  # few colors in the file, but those that carry meaning are kept
        assert np.abs(colors - 255 * np.array(to_rgb(color))).max(axis=1).min() <= 5
    assert not plt.get_fignums()
