"""Execute, lint and render the notebooks: python -m tools.notebooks run | lint | html [paths]."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

from lessonlib.grading.cells import counted, with_ids, write
from tools.lint_notebooks import lint

ROOT = Path(__file__).resolve().parent.parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
COLOR = re.compile(r"\x1b\[[\d;]*m")
SECONDS = 60  # a notebook may take this long
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def default_paths() -> list[Path]:
    """Every notebook that is stored executed: the lessons and the masters."""
    return sorted(ROOT.glob("notebooks/0*.ipynb")) + sorted(ROOT.glob("solutions/*.ipynb"))


class _AsNbval(NotebookClient):
    """Runs cells as nbval will: in this interpreter, and without history, so that a trailing ';' hides nothing."""

    async def async_execute_cell(self, cell, cell_index, execution_count=None, store_history=False):
        return await super().async_execute_cell(cell, cell_index, execution_count, store_history=False)


class NotebookError(Exception):
    """A notebook that cannot be stored; the message names the file and shows the cell."""


def execute(path: Path, timeout: int = 120) -> float:
    """Run a notebook in place, with one thread and its own folder as working directory. Returns the seconds.

    The file is replaced only if the run succeeded and something changed.

    Raises:
        NotebookError: if a cell fails, takes longer than `timeout` seconds or writes to stderr.
    """
    notebook = nbformat.read(path, as_version=4)
    kernel = AsyncKernelManager(kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager())
    folder = {"metadata": {"path": str(path.parent)}}
    client = _AsNbval(notebook, km=kernel, timeout=timeout, record_timing=False, resources=folder)
    client.owns_km = True  # so that the kernel ends with the run, or with an error
    started = time.perf_counter()
    try:
        client.execute(env=os.environ | ONE_THREAD, stderr=subprocess.DEVNULL)  # the kernel's own log
    except (CellExecutionError, CellTimeoutError) as error:
        raise NotebookError(COLOR.sub("", f"{path.name}: {error}")) from None
    seconds = time.perf_counter() - started
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise NotebookError(f"{path.name}: cell {number} writes to stderr:\n{cell.source}\n\n{output.text}")
    normalize(notebook)
    write(notebook, path)
    return seconds


def normalize(notebook: nbformat.NotebookNode) -> None:
    """Keep what a reader sees, drop what changes from run to run: ids, timings, half-drawn progress bars."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat_minor = 5
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            cell.outputs = _final_text(cell.outputs)
    counted(with_ids(notebook.cells))


def _final_text(outputs: list) -> list:
    """Join neighboring streams of one name, and keep of each line what a terminal would show in the end."""
    joined: list = []
    for output in outputs:
        if output.output_type == "stream" and joined and joined[-1].get("name") == output.name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    for output in joined:
        if output.output_type == "stream":
            output.text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in output.text.split("\n"))
    return joined


def render(paths: list[Path], out: Path) -> None:
    """Write each notebook as an HTML page into `out`, to be looked at in a browser."""
    from nbconvert import HTMLExporter

    out.mkdir(parents=True, exist_ok=True)
    for path in paths:
        body, _ = HTMLExporter(template_name="lab").from_filename(str(path))
        (out / f"{path.stem}.html").write_text(body, encoding="utf-8")
        print(out / f"{path.stem}.html")


def run(paths: list[Path]) -> int:
    """Execute notebooks in place and print how long each takes. Returns the exit status; the first failure ends it."""
    status = 0
    for path in paths:
        try:
            seconds = execute(path.resolve())
        except NotebookError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"{path.name}: {seconds:.1f} s", flush=True)
        if seconds > SECONDS:
            print(f"{path.name}: takes more than {SECONDS} s; make its runs smaller", file=sys.stderr)
            status = 1
    return status


def main(words: list[str] | None = None) -> int:
    """Carry out one command of the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks", description=__doc__)
    parser.add_argument("command", choices=["run", "lint", "html"])
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "artefacts" / "html", help="folder for html")
    arguments = parser.parse_args(words)
    paths = arguments.paths or default_paths()
    if arguments.command == "run":
        return run(paths)
    if arguments.command == "html":
        render(paths, arguments.out)
        return 0
    problems = [problem for path in paths for problem in lint(path)]
    print("\n".join(problems) or f"{len(paths)} notebooks, nothing to complain about")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
