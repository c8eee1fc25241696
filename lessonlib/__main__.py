"""python -m lessonlib doctor | lab-files"""

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
    chosen = parser.parse_args(arguments)
    if chosen.command == "doctor":
        from lessonlib.doctor import report

        return report()
    from lessonlib.workspace import sync

    try:
        messages = sync(chosen.source, chosen.target)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(messages))
    return 0


if __name__ == "__main__":
    sys.exit(main())
