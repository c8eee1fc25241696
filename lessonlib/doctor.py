"""python -m lessonlib doctor: is everything here that the course needs? If not, what to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

DISK_NEEDED = 2 * 10**9  # bytes: the environment measured 2.0 GB, corpora and figures need little


class Finding(NamedTuple):
    """One line of the report. `status` is OK, MISSING, OLD or NOTE; only MISSING and OLD stop the course."""

    status: str
    what: str
    cure: str = ""


def python_version() -> Iterator[Finding]:
    """The interpreter."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= (3, 11):  # noqa: UP036 (a checkout can be run by an older Python)
        yield Finding("OK", f"Python {version}")
    else:
        cure = "install Python 3.11 or newer, then: make clean lab PYTHON=python3.12"
        yield Finding("OLD", f"Python {version}", cure)


def packages() -> Iterator[Finding]:
    """Every package in the project's own list of dependencies, with its version range."""
    from importlib import metadata

    from packaging.requirements import Requirement

    for line in metadata.requires("lessonlib") or []:
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        cure = f"pip install '{requirement.name}{requirement.specifier}'"
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Finding("MISSING", requirement.name, cure)
            continue
        fits = requirement.specifier.contains(version, prereleases=True)
        yield Finding("OK" if fits else "OLD", f"{requirement.name} {version}", "" if fits else cure)


def kernel() -> Iterator[Finding]:
    """A Jupyter kernel that runs this very interpreter."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        yield Finding("MISSING", "Jupyter kernel python3", "python -m ipykernel install --sys-prefix")
        return
    here = shutil.which(program) is not None and Path(shutil.which(program) or "").parent == Path(sys.executable).parent
    if here or program == "python":
        yield Finding("OK", "Jupyter kernel python3")
    else:
        yield Finding("NOTE", "Jupyter kernel python3 runs another Python", "python -m ipykernel install --sys-prefix")


def fonts() -> Iterator[Finding]:
    """The font of the figures; looking for it also builds matplotlib's font cache, so that no lesson has to."""
    from matplotlib import font_manager

    try:
        font_manager.findfont("DejaVu Sans", fallback_to_default=False)
        yield Finding("OK", "font DejaVu Sans")
    except ValueError:
        yield Finding("MISSING", "font DejaVu Sans", "pip install --force-reinstall matplotlib")


def disk() -> Iterator[Finding]:
    """Room in this folder and in the cache, and that the cache can be written."""
    from lessonlib.corpora import cache_folder

    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        yield Finding("MISSING", f"cache folder {folder} cannot be written", "set LESSONLIB_CACHE to a folder of yours")
        return
    for place in (Path.cwd(), folder):
        free = shutil.disk_usage(place).free
        if free < DISK_NEEDED:
            yield Finding("NOTE", f"{free / 1e9:.1f} GB free at {place}", "make room: 2 GB are needed")
        else:
            yield Finding("OK", f"{free / 1e9:.0f} GB free at {place}")


def torch_device() -> Iterator[Finding]:
    """Which build of PyTorch is here, and what it can run on."""
    try:
        import torch
    except ImportError:
        return  # `packages` has said so already
    device = "CUDA" if torch.cuda.is_available() else "CPU (all that the lessons need)"
    yield Finding("OK", f"PyTorch {torch.__version__} runs on {device}; {os.cpu_count()} cores")


def optional_tools() -> Iterator[Finding]:
    """Programs that only contributors and instructors need."""
    uses = {
        ("make",): "runs make lab and make test",
        ("git",): "for contributors",
        ("chromium", "chromium-browser", "google-chrome"): "for the browser test",
        ("bwrap",): "for grading, on Linux",
    }
    for names, use in uses.items():
        found = next((name for name in names if shutil.which(name)), None)
        yield Finding("OK", f"{found}, optional") if found else Finding("NOTE", f"{names[0]} not found, optional", use)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    python_version, packages, kernel, fonts, disk, torch_device, optional_tools,
)  # fmt: skip


def report(checks: tuple[Callable[[], Iterator[Finding]], ...] = CHECKS) -> int:
    """Print one line per finding and a verdict. Returns 0 if nothing needed is missing or too old, else 1."""
    stopped = 0
    for check in checks:
        for finding in check():
            stopped += finding.status in ("MISSING", "OLD")
            print(f"{finding.status:>8}  {finding.what}" + (f"  ->  {finding.cure}" if finding.cure else ""))
    print("Everything the course needs is here." if not stopped else f"{stopped} to mend: see the arrows above.")
    return 1 if stopped else 0
