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
    """The index of the cell that starts the section after the one with this heading.

    A text cell that holds the end of one section and the start of the next is cut in two at the heading, in `cells`.

    Raises:
        ValueError: if no text cell has the heading; names the notebook by `where`.
    """
    inside = False
    for index, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            continue
        for found in re.finditer(r"^## ", cell.source, re.MULTILINE):
            if inside:
                before = cell.source[: found.start()].rstrip()
                if before:
                    cell.source = cell.source[found.start() :]
                    cells.insert(index, new_cell("markdown", before, []))
                return index + bool(before)
            inside = bool(re.match(heading, cell.source[found.start() :]))
    if not inside:
        raise ValueError(f"{where}: has no heading {heading!r}")
    return len(cells)
