"""The notebook linter. Each rule is a function that yields (cell number or None, what is wrong and the cure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat

Notebook = nbformat.NotebookNode
Problem = tuple[int | None, str]

IGNORE = "nbval-ignore-output"
FRAME = (
    "What you will be able to do", "Before you start", "Symbols", "Textbook says, we measured", "Common mistakes",
    "Summary", "What is next", "References",
)  # fmt: skip
SHELL = re.compile(r"^\s*(!|%%?(pip|conda|sh|bash|cmd|system|sx)\b|get_ipython\(\)\.system)", re.MULTILINE)
ABSOLUTE = re.compile(r"(?<![\w./:<>-])(/(home|Users|root|tmp|work|var|mnt|private)/[\w.-]+|[A-Z]:\\\\?\w+)")
REMOTE_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*(https?:)?//|<img[^>]+src\s*=\s*[\"']?\s*(https?:)?//", re.IGNORECASE)
NO_ALT = re.compile(r"!\[\s*\]\(|<img(?![^>]*\balt\s*=\s*[\"'][^\"']+)[^>]*>", re.IGNORECASE)
MINUTES = re.compile(r"^## .*\((\d+) min\)\s*$", re.MULTILINE)
SECTION = re.compile(r"^## (\d+\. .*)$", re.MULTILINE)


def code_cells(notebook: Notebook) -> list[tuple[int, Notebook]]:
    return [(i, c) for i, c in enumerate(notebook.cells) if c.cell_type == "code" and c.source.strip()]


def ignored(cell: Notebook) -> bool:
    return IGNORE in cell.metadata.get("tags", [])


def executed_in_order(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for expected, (i, cell) in enumerate(code_cells(notebook), start=1):
        if cell.execution_count != expected:
            yield i, f"execution count {cell.execution_count}, expected {expected}; run `make notebooks`"


def no_error_output(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error":
                yield i, f"stores an error ({output.ename}); mend the cell"
            elif output.get("name") == "stderr":
                yield i, "stores text on stderr; silence the warning at its cause"


def ignored_cells_are_followed_up(notebook: Notebook, path: Path) -> Iterator[Problem]:
    cells = code_cells(notebook)
    for number, (i, cell) in enumerate(cells):
        if ignored(cell):
            # a prediction or a definition may stand between: the next cell with an output must be a compared one
            following = next((c for _, c in cells[number + 1 :] if c.outputs), None)
            if following is None or ignored(following):
                yield i, f"tagged {IGNORE}, but no compared cell states what it showed"
    if sum(ignored(cell) for _, cell in cells) * 4 > len(cells):
        yield None, f"more than one code cell in four is tagged {IGNORE}"


def no_shell(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in code_cells(notebook):
        if SHELL.search(cell.source):
            yield i, "installs or shells out; a lesson may use only what the course installs"


def no_trailing_semicolon(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in code_cells(notebook):
        if cell.source.rstrip().endswith(";"):
            yield i, "ends with ';', which nbval does not honor; assign the value to _"


def no_remote_images(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in enumerate(notebook.cells):
        texts = [cell.source] + [str(o.get("data", {}).get("text/html", "")) for o in cell.get("outputs", [])]
        if any(REMOTE_IMAGE.search(text) for text in texts):
            yield i, "shows an image from the network; ship it or draw it"


def no_absolute_paths(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in enumerate(notebook.cells):
        texts = [cell.source]
        for output in cell.get("outputs", []):
            texts += [output.get("text", ""), str(output.get("data", {}).get("text/plain", ""))]
        found = next((m for text in texts if (m := ABSOLUTE.search(text))), None)
        if found:
            yield i, f"holds the absolute path {found.group(0)!r}; use a name or a relative path"


def figures_have_alt_text(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and NO_ALT.search(cell.source):
            yield i, "has an image without alt text"
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                if not output.get("metadata", {}).get("image/png", {}).get("alt", "").strip():
                    yield i, "shows a figure without alt text; use plots.show(fig, alt=...)"


def no_widgets(notebook: Notebook, path: Path) -> Iterator[Problem]:
    if "widgets" in notebook.metadata:
        yield None, "stores widget state; clear it"
    for i, cell in code_cells(notebook):
        if any("widget" in kind for output in cell.outputs for kind in output.get("data", {})):
            yield i, "stores a widget view; use plain output"


def sizes(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in code_cells(notebook):
        if (lines := len(cell.source.splitlines())) > 25:
            yield i, f"has {lines} lines; split it, 25 is the limit"
    if path.stat().st_size > 1_000_000:
        yield None, f"takes {path.stat().st_size / 1e6:.2f} MB; 1 MB is the limit"


def lesson_frame(notebook: Notebook, path: Path) -> Iterator[Problem]:
    if not re.match(r"0\d_", path.name):
        return
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    for name in FRAME:
        if name not in headings:
            yield None, f"has no heading {name!r}"
    if not 45 <= len(notebook.cells) <= 95:
        yield None, f"has {len(notebook.cells)} cells; a lesson has 45 to 90, and a few for its tally"
    if not any(re.search(r"^my_prediction\s*=", cell.source, re.MULTILINE) for _, cell in code_cells(notebook)):
        yield None, "asks for no prediction (my_prediction = ...)"
    if prose.count("<details>") < 3:
        yield None, "has fewer than three folded self-checks (<details>)"
    for section in SECTION.findall(prose):
        if "(optional" not in section and not MINUTES.search(f"## {section}"):
            yield None, f"section {section!r} does not say how long it takes, as in '(5 min)'"
    core = sum(int(m.group(1)) for m in MINUTES.finditer(prose) if "(optional" not in m.group(0))
    if not 0 < core <= 75:
        yield None, f"has a core of {core} minutes; it must be between 1 and 75"


RULES: tuple[Callable[[Notebook, Path], Iterator[Problem]], ...] = (
    executed_in_order, no_error_output, ignored_cells_are_followed_up, no_shell, no_trailing_semicolon,
    no_remote_images, no_absolute_paths, figures_have_alt_text, no_widgets, sizes, lesson_frame,
)  # fmt: skip


def lint(path: Path) -> list[str]:
    """All complaints about one notebook, one line each."""
    notebook = nbformat.read(path, as_version=4)
    return [
        f"{path.name}: " + (f"cell {cell}: " if cell is not None else "") + message
        for rule in RULES
        for cell, message in rule(notebook, path)
    ]
