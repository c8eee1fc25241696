"""Solve the exact versions of constraints.txt again: a fresh environment, no old constraints, then pip freeze."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = (
    "# Exact versions, solved by pip in a fresh environment with `make constraints` on Python {python}; not edited by\n"
    "# hand. torch carries no local version, so that a CPU build (2.x.y+cpu) fits too.\n"
)


def frozen(python: Path) -> list[str]:
    """`pip freeze` of an environment, without the project itself and without local version labels."""
    lines = subprocess.run(
        [python, "-m", "pip", "freeze", "--exclude-editable"],
        check=True, capture_output=True, text=True, encoding="utf-8",
    ).stdout.splitlines()  # fmt: skip
    return [re.sub(r"\+\w+$", "", line) for line in lines if "==" in line]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        pinned = [line for line in sys.argv[1:] if "==" in line] or ["torch==2.13.0"]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *pinned, f"{ROOT}[test,site]"], check=True)
        lines = [line for line in frozen(python) if not line.startswith("lessonlib")]
    version = ".".join(map(str, sys.version_info[:2]))
    text = HEADER.format(python=version) + "\n".join(lines) + "\n"
    (ROOT / "constraints.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
