"""Execute, lint and render the notebooks: python -m tools.notebooks run | lint | html [paths]."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tools.lint_notebooks import lint

ROOT = Path(__file__).resolve().parent.parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def default_paths() -> list[Path]:
    """Every notebook that is stored executed: the lessons and the masters."""
    return sorted(ROOT.glob("notebooks/0*.ipynb")) + sorted(ROOT.glob("solutions/*.ipynb"))


def execute(path: Path, timeout: int = 120) -> float:
    """Run a notebook in place, with one thread and its own folder as working directory. Returns the seconds.

    The file is replaced only if the run succeeded and something changed.
    """
    notebook = nbformat.read(path, as_version=4)
    os.environ.update(ONE_THREAD)
    started = time.perf_counter()
    client = NotebookClient(
        notebook, timeout=timeout, kernel_name="python3", record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    client.execute()
    seconds = time.perf_counter() - started
    normalize(notebook)
    write(notebook, path)
    return seconds


def normalize(notebook: nbformat.NotebookNode) -> None:
    """Keep what a reader sees, drop what changes from run to run: ids, timings, half-drawn progress bars."""
    notebook.metadata = nbformat.from_dict(METADATA)
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(cell.source.encode("utf-8")).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            cell.outputs = _final_text(cell.outputs)


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


def write(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Replace the file in one step, and only if its content changed."""
    text = nbformat.writes(notebook) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with open(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)


def render(paths: list[Path], out: Path) -> None:
    """Write each notebook as an HTML page into `out`, with the alt texts of the figures."""
    from nbconvert import HTMLExporter

    out.mkdir(parents=True, exist_ok=True)
    for path in paths:
        body, _ = HTMLExporter(template_name="lab").from_filename(str(path))
        (out / f"{path.stem}.html").write_text(body, encoding="utf-8")
        print(out / f"{path.stem}.html")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks", description=__doc__)
    parser.add_argument("command", choices=["run", "lint", "html"])
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "artefacts" / "html", help="folder for html")
    arguments = parser.parse_args()
    paths = arguments.paths or default_paths()
    if arguments.command == "run":
        for path in paths:
            print(f"{path.name}: {execute(path.resolve()):.1f} s", flush=True)
        return 0
    if arguments.command == "html":
        render(paths, arguments.out)
        return 0
    problems = [problem for path in paths for problem in lint(path)]
    print("\n".join(problems) or f"{len(paths)} notebooks, nothing to complain about")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
