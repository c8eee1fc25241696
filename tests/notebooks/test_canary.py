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

CELLS = [
    "import sys\nfrom tqdm import tqdm\nvalue = 6 * 7\nprint('the answer is', value)",
    "value + 1",
    "from IPython.display import HTML\nHTML(f'<p data-value=\"{value}\">map</p>')",
    "import matplotlib.pyplot as plt\nfrom lessonlib import plots\nfig, ax = plt.subplots()\nax.plot([1, 2])\n"
    "plots.show(fig, alt='a line')",
]
IGNORED = "import time\nfor _ in tqdm(range(3), file=sys.stdout):\n    print(time.perf_counter())"


def nbval_flags():
    """The flags of `make test`, read from the Makefile so that the canary tries what is really run."""
    line = re.search(r"^NBVAL := \S+ (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE).group(1)
    return line.replace("-n 2 --dist loadfile", "-n 0").split()


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    path = tmp_path_factory.mktemp("canary") / "good.ipynb"
    ignored = new_code_cell(IGNORED, metadata={"tags": ["nbval-ignore-output"]})
    nbformat.write(new_notebook(cells=[*map(new_code_cell, CELLS), ignored, new_code_cell("print(1)")]), path)
    execute(path)
    return path


def nbval(path):
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *nbval_flags(), "-c", "/dev/null", "--rootdir", path.parent, path],
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    return result.returncode, result.stdout + result.stderr


def test_a_correct_notebook_passes(executed):
    status, shown = nbval(executed)
    assert status == 0, shown
    assert "6 passed" in shown


FORGERIES = {
    "a printed number": (0, lambda o: o.update(text=o.text.replace("42", "41"))),
    "a result": (1, lambda o: o.data.update({"text/plain": "44"})),
    "an attribute in html": (2, lambda o: o.data.update({"text/html": o.data["text/html"].replace("42", "41")})),
    "the size of a figure": (3, lambda o: o.data.update({"text/plain": "<Figure size 1x1 with 1 Axes>"})),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_one_wrong_stored_output_fails(executed, tmp_path, what):
    notebook = nbformat.read(executed, as_version=4)
    cell, forge = FORGERIES[what]
    forge(notebook.cells[cell].outputs[0])
    nbformat.write(notebook, tmp_path / "forged.ipynb")
    status, shown = nbval(tmp_path / "forged.ipynb")
    assert status == 1 and "1 failed" in shown, shown


def test_an_output_on_stderr_fails(executed, tmp_path):
    notebook = nbformat.read(executed, as_version=4)
    notebook.cells[0].source += "\nprint('careless', file=sys.stderr)"
    nbformat.write(notebook, tmp_path / "noisy.ipynb")
    status, shown = nbval(tmp_path / "noisy.ipynb")
    assert status == 1, shown


def test_a_missing_output_fails(executed, tmp_path):
    notebook = nbformat.read(executed, as_version=4)
    notebook.cells[1].outputs = []
    nbformat.write(notebook, tmp_path / "empty.ipynb")
    status, shown = nbval(tmp_path / "empty.ipynb")
    assert status == 1, shown
