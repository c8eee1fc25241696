"""Proof that the notebook check can fail: one wrong stored output, and nbval as `make test` calls it goes red."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools.notebooks import execute

ROOT = Path(__file__).resolve().parents[2]

CELLS = {
    "number": "import sys\nfrom tqdm import tqdm\nvalue = 6 * 7\nprint('the answer is', value)",
    "result": "value + 1",
    "semicolon": "value;",
    "html": "from IPython.display import HTML\nHTML(f'<p data-value=\"{value}\">map</p>')",
    "figure": "import matplotlib.pyplot as plt\nfrom lessonlib import plots\nfig, ax = plt.subplots()\n"
    "ax.plot([1, 2])\nplots.show(fig, alt='a line')",
    "map": "import numpy as np\nfrom lessonlib.explore import word_map\n"
    "class Vectors(dict):\n    key_to_index, index_to_key = {'sun': 0, 'moon': 1, 'star': 2}, ['sun', 'moon', 'star']\n"
    "word_map(Vectors(zip(Vectors.index_to_key, np.eye(3) + [[0.5], [0.1], [0.2]])), k=2)",
    "silent": "value = 43",
    "talkative": "print('first')\nprint('second')",
    "bar": "import time\nfor _ in tqdm(range(3), file=sys.stdout):\n    print(time.perf_counter())",
    "last": "print(value)",
}
NUMBER = {name: number for number, name in enumerate(CELLS)}


def edit(output, kind, old, new):
    """Forge one piece of text in a stored output."""
    place = output if kind == "text" else output.data
    assert old in place[kind]
    place[kind] = place[kind].replace(old, new)


FORGERIES = {
    "number": lambda cell: edit(cell.outputs[0], "text", "42", "41"),
    "result": lambda cell: edit(cell.outputs[0], "text/plain", "43", "43.0"),
    "semicolon": lambda cell: cell.outputs.clear(),
    "html": lambda cell: edit(cell.outputs[0], "text/html", "42", "41"),
    "figure": lambda cell: edit(cell.outputs[0], "text/plain", "Figure", "Picture"),
    "map": lambda cell: edit(cell.outputs[0], "text/html", '"moon"', '"mood"'),
    "silent": lambda cell: cell.outputs.append(nbformat.v4.new_output("stream", text="43\n")),
    "talkative": lambda cell: edit(cell.outputs[0], "text", "first\nsecond", "second\nfirst"),
}


def nbval(*paths: Path, workers: int = 2) -> tuple[int, dict[str, set[str]], dict[str, set[str]], str]:
    """Run nbval with the flags of `make test`, read from the Makefile.

    Returns the exit status, the cells that passed and the cells that failed for each notebook, and all that was shown.
    """
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    flags = re.search(r"^NBVAL := \S+ (--nbval .*)$", makefile, re.MULTILINE).group(1).split()
    folder = paths[0].parent
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *flags, f"-n{workers}", "-rA", "-c", "/dev/null", "--rootdir", folder, *paths],
        capture_output=True, text=True, encoding="utf-8", cwd=folder,
    )  # fmt: skip
    passed, failed = {path.stem: set() for path in paths}, {path.stem: set() for path in paths}
    verdicts = re.findall(r"^(PASSED|FAILED) (?:.*/)?(\w+)\.ipynb::Cell (\d+)", result.stdout, re.MULTILINE)
    for verdict, stem, number in verdicts:
        (passed if verdict == "PASSED" else failed)[stem].add(list(CELLS)[int(number)])
    return result.returncode, passed, failed, result.stdout + result.stderr


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A notebook of all kinds of output, stored by `make notebooks`."""
    path = tmp_path_factory.mktemp("canary") / "good.ipynb"
    cells = {name: new_code_cell(source) for name, source in CELLS.items()}
    cells["bar"].metadata["tags"] = ["nbval-ignore-output"]
    nbformat.write(new_notebook(cells=list(cells.values())), path)
    execute(path)
    return path


@pytest.fixture(scope="module")
def verdict(good):
    """One run of nbval on the good notebook and on three that were spoiled after they had been stored."""

    def canary(cells):
        FORGERIES["number"](cells[NUMBER["number"]])

    def forged(cells):
        for name, forge in FORGERIES.items():
            forge(cells[NUMBER[name]])

    def noisy(cells):
        cells[NUMBER["last"]].source += "\nprint('careless', file=sys.stderr)"

    paths = [good]
    for spoil in (canary, forged, noisy):
        notebook = nbformat.read(good, as_version=4)
        spoil(notebook.cells)
        paths.append(good.with_name(f"{spoil.__name__}.ipynb"))
        nbformat.write(notebook, paths[-1])
    return nbval(*paths)


def test_the_canary_with_one_wrong_number_fails(verdict):
    status, _, failed, shown = verdict
    assert status == 1 and failed["canary"] == {"number"}, shown


def test_every_kind_of_forged_output_fails_and_nothing_else(verdict):
    _, passed, failed, shown = verdict
    assert failed["forged"] == set(FORGERIES) and passed["forged"] == set(CELLS) - set(FORGERIES), shown


def test_text_on_stderr_fails_although_none_is_stored(verdict):
    _, _, failed, shown = verdict
    assert failed["noisy"] == {"last"}, shown


def with_time_limit(path: Path, seconds: int, workers: int) -> tuple[int, str]:
    """Run nbval under the root conftest.py, which limits the time of a notebook, with another limit."""
    conftest = (ROOT / "conftest.py").read_text(encoding="utf-8")
    assert "SECONDS = 120" in conftest
    path.with_name("conftest.py").write_text(
        conftest.replace("SECONDS = 120", f"SECONDS = {seconds}"), encoding="utf-8"
    )
    status, _, failed, shown = nbval(path, workers=workers)
    assert not failed[path.stem], shown
    return status, shown


def test_a_correct_notebook_passes_and_its_seconds_are_shown(good):
    status, shown = with_time_limit(good, 120, workers=2)
    assert (
        status == 0 and f"{len(CELLS)} passed" in shown and re.search(r"^good.ipynb: \d+\.\d s$", shown, re.MULTILINE)
    ), shown


def test_a_notebook_that_takes_too_long_fails(tmp_path):
    notebook = new_notebook(cells=[new_code_cell("x = 1", execution_count=1)])
    nbformat.write(notebook, tmp_path / "slow.ipynb")
    status, shown = with_time_limit(tmp_path / "slow.ipynb", 0, workers=0)
    assert status == 1 and "slow.ipynb: " in shown and "FAILED: more than 0 s" in shown, shown
