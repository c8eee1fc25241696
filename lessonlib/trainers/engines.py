"""What the engines of all trainers share: which one runs, on how many threads, and how rows are added to a table."""

from __future__ import annotations

import importlib.util
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Literal, TypeVar

import numpy as np

from lessonlib.text import require_at_least

Engine = Literal["auto", "numpy", "torch", "fast"]
DTYPE = {"numpy": np.float64, "torch": np.float32, "fast": np.float32}
Job, Result = TypeVar("Job"), TypeVar("Result")
_pools = itertools.count(1)


def choose_engine(engine: Engine, device: str | None = None) -> str:
    """The engine that "auto" stands for on this machine, or the one that was asked for, if it can run.

    Raises:
        ValueError: for an unknown engine, one whose package is missing, or a device for an engine that has none.
    """
    package = {"fast": "numba", "torch": "torch", "numpy": "numpy"}
    if engine == "auto":
        engine = next(name for name, needs in package.items() if importlib.util.find_spec(needs))
    if engine not in package:
        raise ValueError(f"engine={engine!r}: must be 'auto', 'numpy', 'torch' or 'fast'")
    if not importlib.util.find_spec(package[engine]):
        raise ValueError(f"engine={engine!r}: needs {package[engine]}; pip install {package[engine]}, or engine='auto'")
    if device is not None and engine != "torch":
        raise ValueError(f"device={device!r}: only engine='torch' runs on a device, not {engine!r}")
    if device is not None:
        import torch

        try:
            torch.empty(1, device=device)
        except (RuntimeError, AssertionError) as error:
            raise ValueError(f"device={device!r}: PyTorch cannot use it on this machine; leave it out") from error
    return engine


def cores(workers: int | None) -> int:
    """Threads to use: `workers`, or as many as this process may run on."""
    if workers is not None:
        require_at_least("workers", workers, 1)
        return workers
    available = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return len(available(0)) if available else os.cpu_count() or 1


def in_threads(work: Callable[[Job], Result], jobs: Sequence[Job], workers: int) -> Iterator[Result]:
    """`work(job)` for each job, results in the order in which they are done; with one worker, in order and here.

    If the caller stops early or an error comes up, jobs that have begun are finished, the rest is dropped, and no
    thread is left.
    """
    if workers == 1:
        yield from map(work, jobs)
        return
    name = f"lessonlib-{next(_pools)}-"
    pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
    try:
        for future in as_completed([pool.submit(work, job) for job in jobs]):
            yield future.result()
    finally:
        _end(pool, name)


def _end(pool: ThreadPoolExecutor, name: str) -> None:
    """Wait until all threads of a pool are gone. A Ctrl-C that comes meanwhile is raised afterwards.

    The pool's own wait is not enough: Ctrl-C can break it off, or come after a thread has begun and before the pool
    has noted it. So the threads are looked up by their name.
    """
    interrupt = None
    while True:
        try:
            pool.shutdown(wait=False, cancel_futures=True)
            threads = [thread for thread in threading.enumerate() if thread.name.startswith(name)]
            if not threads:
                break
            threads[0].join(0.1)
        except KeyboardInterrupt as error:
            interrupt = error
        except RuntimeError:  # the thread is about to begin: look again
            time.sleep(0.001)
    if interrupt:
        raise interrupt


def add_rows(table: np.ndarray, rows: np.ndarray, changes: np.ndarray) -> None:
    """table[rows[i]] += changes[i] for all i, also where rows repeat.

    The sum over repeats is a product with a sparse matrix of ones, many times faster than `np.add.at`.

    Args:
        table: (R, d), changed in place.
        rows: ids in any shape.
        changes: the same shape, and d.
    """
    from scipy import sparse

    rows = rows.ravel()
    order = np.argsort(rows, kind="stable")
    in_order = rows[order]
    first = np.flatnonzero(np.r_[True, in_order[1:] != in_order[:-1]])
    ones = np.ones(len(rows), table.dtype)
    gather = sparse.csr_array((ones, order, np.r_[first, len(rows)]), shape=(len(first), len(rows)))
    table[in_order[first]] += gather @ changes.reshape(len(rows), -1)
