"""Where the course's own data files are."""

from __future__ import annotations

from pathlib import Path


def data_file(name: str) -> Path:
    """Path of a file that the course ships: inside the installed package, or in `data/` of a checkout.

    Raises:
        FileNotFoundError: if it is in neither place; says how to repair the installation.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "data", package.parent / "data"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name}: not found beside lessonlib; install the course again with: pip install -e .")
