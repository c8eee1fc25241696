"""What a learner has done so far, in a small file beside the notebook. Nothing is sent anywhere."""

from __future__ import annotations

import contextlib
import json
import math
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lessonlib.exercises.judge import Verdict

MARK = "lessonlib progress"
VERSION = 1
WAIT = 2.0  # seconds, for another notebook that is writing
_told: set[str] = set()  # files of which it was said that they cannot be used


def file() -> Path:
    """Where progress is kept: `LESSONLIB_PROGRESS` if set, else `progress.json` in the notebook's folder."""
    return Path(os.environ.get("LESSONLIB_PROGRESS") or "progress.json")


def keep(verdict: Verdict, code: str) -> None:
    """Remember a result: the best points of a question and how often it was tried, for each variant apart.

    Under a lock, the file is read again, changed and replaced as a whole, so that a second notebook that does the same
    loses nothing. Where no lock can be had within `WAIT` seconds, it is done without one: then one of two results kept
    in the same moment can be lost, and the file is still whole. A file that cannot be used is no reason to fail: one
    printed line says so, once.
    """
    path = file()
    with _locked(path):
        try:
            variants = _read(path)
            if variants is None:
                variants = _set_aside(path)
            entry = variants.setdefault(code, {}).setdefault(verdict.id, {"points": 0.0, "tries": 0})
            entry["points"] = max(float(entry["points"]), float(verdict.points))
            entry["tries"] = int(entry["tries"]) + 1
            _replace(path, {"what": MARK, "version": VERSION, "variants": variants})
        except OSError as error:
            _tell(path, error)


def read(code: str) -> dict[str, dict]:
    """Question id -> {"points": best, "tries": number} of the variant with this code; {} if nothing is known."""
    path = file()
    try:
        variants = _read(path)
    except OSError as error:
        _tell(path, error)
        return {}
    if variants is None:
        print(f"Progress: {path} is damaged or not ours. It stays as it is until the next result is kept.")
        return {}
    return variants.get(code, {})


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One notebook at a time, if the lock can be had. Its file, hidden beside the other, may stay there, empty."""
    from filelock import FileLock

    place = Path(os.path.realpath(path))
    lock = FileLock(place.with_name(f".{place.name}.lock"), timeout=WAIT)
    # OSError: another notebook has it for long, or no file can be made there. RuntimeError: no locks on this disk.
    with contextlib.suppress(OSError, RuntimeError):
        if place.parent.is_dir():  # else it would make the folder
            lock.acquire(poll_interval=0.01)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.release()


def _read(path: Path) -> dict[str, dict[str, dict]] | None:
    """What the file holds, by variant; {} if there is no file, None if it is not one of ours, or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):  # no UTF-8, no JSON, or nested without end
        return None
    return found["variants"] if _sound(found) else None


def _sound(found: object) -> bool:
    if not isinstance(found, dict) or found.get("what") != MARK or found.get("version") != VERSION:
        return False
    variants = found.get("variants")
    if not isinstance(variants, dict) or not all(isinstance(entries, dict) for entries in variants.values()):
        return False
    return all(
        isinstance(entry, dict) and _number(entry.get("points")) and _number(entry.get("tries"))
        for entries in variants.values()
        for entry in entries.values()
    )


def _number(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value < 1e9 and math.isfinite(value)


def _set_aside(path: Path) -> dict:
    """Give a file that is damaged or not ours another name; nothing that stands there is lost."""
    number = 1
    while (other := path.with_name(f"{path.name}.set-aside-{number}")).exists():
        number += 1
    path.rename(other)
    print(f"Progress: {path} is damaged or not ours; it is now called {other.name}, and a new file begins.")
    return {}


def _replace(path: Path, content: dict) -> None:
    path = Path(os.path.realpath(path))
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8") as part:
            part.write(text)
        for pause in (0.01, 0.05, None):  # Windows refuses while another notebook reads the file
            try:
                os.replace(name, path)
                break
            except PermissionError:
                if pause is None:
                    raise
                time.sleep(pause)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _tell(path: Path, error: OSError) -> None:
    if str(path) not in _told:
        _told.add(str(path))
        print(f"Progress: {path} cannot be used ({error.strerror or type(error).__name__}); results are not kept.")
