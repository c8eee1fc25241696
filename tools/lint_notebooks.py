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
UNTIMED = {*FRAME, "Your predictions"}  # second-level headings that need no minutes
TABLES = ("Symbols", "Textbook says, we measured")
OTHER_MARKER = re.compile(r"^\s*#+\s*(NBVAL|PYTEST_VALIDATE)_\w+\s*$", re.MULTILINE)
SHELL = re.compile(
    r"^\s*(!|%%?(pip|conda|sh|bash|cmd|system|sx)\b)|=\s*![^=]|get_ipython\(\)\.system|\bsubprocess\b|\bos\.(system|popen)\b",
    re.MULTILINE,
)
ABSOLUTE = re.compile(
    r"file://|(?<![\w./:<-])/(home|Users|root|tmp|work|var|mnt|private)/[\w.-]+|\b[A-Z]:[\\/]+(Users|Windows|Program|Temp)\b"
)
REMOTE = re.compile(
    r"!\[[^\]]*\]\(\s*<?(https?:)?//"
    r"|<(img|image|script|iframe|link|video|audio|source|embed)\b[^>]*\b(src|href)\s*=\s*[\"']?\s*(https?:)?//",
    re.IGNORECASE,
)
NO_ALT = re.compile(r"!\[\s*\]\(|<img\b(?![^>]*\balt\s*=\s*[\"']\s*[^\s\"'])[^>]*>", re.IGNORECASE)
MINUTES = re.compile(r"\((\d+) min\)$")


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


def no_other_markers(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in code_cells(notebook):
        tags = set(cell.metadata.get("tags", [])) - {IGNORE}
        if any(tag.startswith(("nbval", "raises-exception", "skip-execution")) for tag in tags):
            yield i, f"is tagged {', '.join(sorted(tags))}; {IGNORE} is the only tag that may change a comparison"
        if OTHER_MARKER.search(cell.source):
            yield i, f"tells nbval what to do in a comment; use the tag {IGNORE}"


def no_shell(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in code_cells(notebook):
        if SHELL.search(cell.source):
            yield i, "installs or shells out; a lesson may use only what the course installs"


def no_trailing_semicolon(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in code_cells(notebook):
        if cell.source.rstrip().endswith(";"):
            yield i, "ends with ';', which nbval does not honor; assign the value to _"


def texts(cell: Notebook) -> list[str]:
    """What a cell says: its source and every text that it put out."""
    found = [cell.source]
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        found += [str(output.get("text", "")), str(data.get("text/plain", "")), str(data.get("text/html", ""))]
    return found


def nothing_remote(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in enumerate(notebook.cells):
        if any(REMOTE.search(text) for text in texts(cell)):
            yield i, "shows an image or runs a script from the network; ship it or draw it"


def no_absolute_paths(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in enumerate(notebook.cells):
        found = next((m for text in texts(cell) if (m := ABSOLUTE.search(text))), None)
        if found:
            yield i, f"holds the absolute path {found.group(0)!r}; use a name or a relative path"


def figures_have_alt_text(notebook: Notebook, path: Path) -> Iterator[Problem]:
    for i, cell in enumerate(notebook.cells):
        html = [str(output.get("data", {}).get("text/html", "")) for output in cell.get("outputs", [])]
        if any(NO_ALT.search(text) for text in ([cell.source] if cell.cell_type == "markdown" else html)):
            yield i, "has an image without alt text; say in a sentence what it shows"
        for output in cell.get("outputs", []):
            for kind in output.get("data", {}):
                if kind.startswith("image/") and not output.get("metadata", {}).get(kind, {}).get("alt", "").strip():
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


def is_lesson(path: Path) -> bool:
    return re.match(r"0\d_", path.name) is not None


def sections(notebook: Notebook) -> list[tuple[str, str]]:
    """(heading line, text below it) of every heading; the heading keeps its # marks, computed prose counts too."""
    prose = "\n".join(
        str(text)
        for cell in notebook.cells
        for text in (
            [cell.source]
            if cell.cell_type == "markdown"
            else [output.get("data", {}).get("text/markdown", "") for output in cell.get("outputs", [])]
        )
    )
    prose = re.sub(r"^```.*?^```", "", prose, flags=re.MULTILINE | re.DOTALL)
    parts = re.split(r"^(#+ .*)$", prose, flags=re.MULTILINE)
    return [(heading.strip(), text) for heading, text in zip(parts[1::2], parts[2::2])]


def cells_taught(notebook: Notebook) -> int:
    """How many cells there are without exercises; a text that an exercise cuts in two counts once."""
    kinds = ["exercise" if "exercise" in c.metadata.get("tags", []) else c.cell_type for c in notebook.cells]
    cut = re.findall(r"(?<=markdown )(?:exercise )+(?=markdown )", " ".join(kinds) + " ")
    return len(kinds) - kinds.count("exercise") - len(cut)


def lesson_frame(notebook: Notebook, path: Path) -> Iterator[Problem]:
    if not is_lesson(path):
        return
    found = {heading.lstrip("# "): text for heading, text in sections(notebook)}
    for name in FRAME:
        if name not in found:
            yield None, f"has no heading {name!r}; every lesson has one, spelled like this"
    for name in TABLES:
        if name in found and not re.search(r"^\|\s*:?-+", found[name], re.MULTILINE):
            yield None, f"has no table under {name!r}"
    if not 45 <= (taught := cells_taught(notebook)) <= 90:
        yield None, f"has {taught} cells without its exercises; a lesson has 45 to 90"
    if not any(re.search(r"^my_prediction\s*=", cell.source, re.MULTILINE) for _, cell in code_cells(notebook)):
        yield None, "asks for no prediction (my_prediction = ...)"
    if sum(text.count("<details>") for text in found.values()) < 3:
        yield None, "has fewer than three folded self-checks (<details>)"


def lesson_minutes(notebook: Notebook, path: Path) -> Iterator[Problem]:
    if not is_lesson(path):
        return
    headings = [heading[3:] for heading, _ in sections(notebook) if heading.startswith("## ")]
    core = [h for h in headings if h not in UNTIMED and "(optional" not in h]
    for heading in core:
        if not MINUTES.search(heading):
            yield None, f"section {heading!r} does not say how long it takes, as in '(5 min)'"
    total = sum(int(minutes[1]) for heading in core if (minutes := MINUTES.search(heading)))
    if not 0 < total <= 75:
        yield None, f"has a core of {total} minutes; it must be between 1 and 75"


RULES: tuple[Callable[[Notebook, Path], Iterator[Problem]], ...] = (
    executed_in_order, no_error_output, ignored_cells_are_followed_up, no_other_markers, no_shell,
    no_trailing_semicolon, nothing_remote, no_absolute_paths, figures_have_alt_text, no_widgets, sizes,
    lesson_frame, lesson_minutes,
)  # fmt: skip


def lint(path: Path) -> list[str]:
    """All complaints about one notebook, one line each."""
    notebook = nbformat.read(path, as_version=4)
    return [
        f"{path.name}: " + (f"cell {cell}: " if cell is not None else "") + message
        for rule in RULES
        for cell, message in rule(notebook, path)
    ]
