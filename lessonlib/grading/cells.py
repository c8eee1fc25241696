"""Notebook cells and files, as every tool of the course writes them: ids from the content, counts in order."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell


def new_cell(kind: str, source: str, tags: list[str]) -> NotebookNode:
    """A code or Markdown cell."""
    make = new_code_cell if kind == "code" else new_markdown_cell
    return make(source, metadata={"tags": tags} if tags else {})


def with_ids(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cells with ids that follow from their content, as `tools.notebooks` gives them."""
    seen: dict[str, int] = {}
    for cell in cells:
        digest = hashlib.sha256(cell.source.encode("utf-8")).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return cells


def counted(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cells with execution counts in order, as after one run from top to bottom."""
    number = 0
    for cell in [cell for cell in cells if cell.cell_type == "code"]:
        number += bool(cell.source.strip())
        cell.execution_count = number if cell.source.strip() else None
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
    return cells


def unexecuted(notebook: NotebookNode) -> NotebookNode:
    """The notebook without outputs and counts."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def read(path: Path) -> NotebookNode:
    """A notebook in the current format."""
    return nbformat.read(path, as_version=4)


def write(notebook: NotebookNode, path: Path) -> list[Path]:
    """Replace the file in one step if its content changed; returns [path] if it did."""
    text = nbformat.writes(notebook) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with open(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)
    return [path]


def end_of_section(cells: list[NotebookNode], heading: str, where: str) -> int:
    """The index of the cell that starts the section after the one with this heading."""
    for start, cell in enumerate(cells):
        found = cell.cell_type == "markdown" and re.search(rf"^{heading}", cell.source, re.MULTILINE)
        if found:
            if re.search(r"^## ", cell.source[found.end() :], re.MULTILINE):
                raise ValueError(f"{where}: another section follows {heading!r} in the same cell")
            following = [
                index
                for index, later in enumerate(cells[start + 1 :], start + 1)
                if later.cell_type == "markdown" and re.search(r"^## ", later.source, re.MULTILINE)
            ]
            place = following[0] if following else len(cells)
            if following and not cells[place].source.startswith("## "):
                raise ValueError(f"{where}: the section after {heading!r} does not start at the start of a cell")
            return place
    raise ValueError(f"{where}: has no heading {heading!r}")
