"""The learner's own copies of the lessons: new lessons arrive, edits are never overwritten."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

RECORD = ".lessons.json"


def sync(source: Path, target: Path) -> list[str]:
    """Bring every file of `source` into `target` and say in plain words what happened to each.

    A lesson that is missing is copied. One that is exactly as it was copied is updated. One that the learner has
    changed (running it counts) is kept; if the course has a newer version, that arrives beside it, once, under a name
    with `.new-` and the first eight digits of its hash.

    Raises:
        FileNotFoundError: if `source` is not a folder.
    """
    if not source.is_dir():
        raise FileNotFoundError(f"{source}: no such folder; run this in the folder of the course, or give --source")
    target.mkdir(parents=True, exist_ok=True)
    delivered, messages = _read_record(target)
    for path in sorted(p for p in source.rglob("*") if p.is_file() and ".ipynb_checkpoints" not in p.parts):
        name = path.relative_to(source).as_posix()
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        mine = target / name
        if not mine.exists():
            _write(mine, content)
            messages.append(f"{name}: copied" if name not in delivered else f"{name}: was gone, copied again")
        elif _digest(mine) == digest:
            pass
        elif _digest(mine) == delivered.get(name):
            _write(mine, content)
            messages.append(f"{name}: updated, you had not changed it")
        elif delivered.get(name) == digest:
            messages.append(f"{name}: yours, kept as it is")
        else:
            beside = mine.with_name(f"{mine.stem}.new-{digest[:8]}{mine.suffix}")
            if not beside.exists():
                _write(beside, content)
                messages.append(f"{name}: yours is kept; the course's new version is beside it as {beside.name}")
            else:
                messages.append(f"{name}: yours, kept as it is; the new version is in {beside.name}")
        delivered[name] = digest
    _write(target / RECORD, json.dumps(delivered, indent=1, sort_keys=True).encode("utf-8"))
    return messages or [f"{target}: everything is up to date"]


def _read_record(target: Path) -> tuple[dict[str, str], list[str]]:
    """What was delivered before: file name -> hash. A damaged record counts every lesson as edited."""
    path = target / RECORD
    if not path.exists():
        return {}, []
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(record, dict) and all(isinstance(value, str) for value in record.values()):
            return record, []
    except ValueError:
        pass
    return {}, [f"{RECORD} could not be read; every lesson you have is treated as yours and kept"]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with open(handle, "wb") as file:
        file.write(content)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)
