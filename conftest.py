"""For `pytest --nbval`: how long each notebook took, and a failure for one that takes longer than a lesson may."""

from __future__ import annotations

from collections import defaultdict

import pytest

# Alone, a lesson takes at most 60 s: `make notebooks` says so. Here two of them share the cores, or play an older CPU.
SECONDS = 120
took: dict[str, float] = defaultdict(float)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    path = report.nodeid.split("::")[0]
    if path.endswith(".ipynb"):
        took[path] += report.duration


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    is_worker = hasattr(session.config, "workerinput")  # the controller has heard from all workers, and decides
    if exitstatus == 0 and not is_worker and any(seconds > SECONDS for seconds in took.values()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for path, seconds in sorted(took.items()):
        verdict = f"  FAILED: more than {SECONDS} s; make its runs smaller" if seconds > SECONDS else ""
        terminalreporter.write_line(f"{path}: {seconds:.1f} s{verdict}")
