"""python -m lessonlib doctor | lab-files | fetch | release"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m lessonlib", description="Helpers around the course.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("doctor", help="check what the course needs, and say how to mend what is missing")
    files = commands.add_parser("lab-files", help="copy the lessons to work/, where you may edit them")
    files.add_argument("--source", type=Path, default=Path("notebooks"), help="the course's lessons")
    files.add_argument("--target", type=Path, default=Path("work"), help="your copies")
    download = commands.add_parser("fetch", help="download a corpus or pretrained vectors, or list what there is")
    download.add_argument("name", nargs="?", help="what to download; without it, a table of everything")
    download.add_argument("--yes", action="store_true", help="agree to a download of more than 50 MB")
    exercises = commands.add_parser("release", help="derive the learners' notebooks from the masters (for instructors)")
    exercises.add_argument("--course", type=Path, default=Path("."), help="folder with notebooks/ and solutions/")
    exercises.add_argument("--variant", metavar="SECRET", help="a term's own exercises: a long random secret of yours")
    exercises.add_argument("--out", type=Path, help="folder for the notebooks; a variant needs one")
    chosen = parser.parse_args(arguments)
    if chosen.command == "doctor":
        from lessonlib.doctor import report

        return report()
    if chosen.command == "fetch":
        return fetch(chosen.name, chosen.yes)
    if chosen.command == "release":
        return release(chosen.course, chosen.out, chosen.variant)
    from lessonlib.workspace import sync

    try:
        messages = sync(chosen.source, chosen.target)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(messages))
    return 0


def fetch(name: str | None, yes: bool) -> int:
    """Download `name` and print where it is, or print what there is; returns the exit status."""
    from lessonlib import catalog, downloads

    if name is None:
        print(catalog.table())
        return 0
    try:
        path = downloads.fetch(name, yes=yes)
    except (downloads.DownloadError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\n{name}: stopped; what came so far is kept for the next run", file=sys.stderr)
        return 130
    print(f"{name}: {path}\nCite it as: {catalog.registry()[name].citation}")
    return 0


def release(course: Path, out: Path | None, secret: str | None) -> int:
    """Derive the learners' notebooks and print what changed; returns the exit status."""
    from lessonlib.grading import release as releasing

    try:
        changed = releasing.release(course, out, secret)
    except (FileNotFoundError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(f"{path}: written" for path in changed) or "everything is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
