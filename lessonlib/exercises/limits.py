"""A time limit that a function cannot shrug off: `except BaseException`, `time.sleep`, another thread, Windows."""

from __future__ import annotations

import ctypes
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

PERIOD = 0.02  # seconds from one ring to the next, for a function that caught the one before
DEEP = 5000  # frames looked at; a deeper stack is a recursion without end
_dice = random.Random(0)  # its own, so that the learner's random numbers stay as they are
_sleep = time.sleep


class TooLong(BaseException):
    """The time of a call is over. Not an Exception, so that `except Exception` does not swallow it."""


class _TooLongThere(TooLong):
    """The same, sent by another thread; it is made in the thread that it stops, which lets it insist there."""

    def __init__(self) -> None:
        super().__init__()
        _insist(sys._getframe(1))


class _State:
    """Shared by the caller and whoever rings."""

    def __init__(self) -> None:
        self.inside = self.rang = self.interrupted = False
        self.guard = threading.Lock()


def limited(work: Callable[[], object], seconds: float) -> object:
    """What `work()` returns, if it is done within `seconds`.

    In the main thread of Linux and macOS an alarm stops it, elsewhere a second thread does. Both work between two
    steps of Python. Neither stops one step in C that never ends (`sum(itertools.count())`), nor a function that calls
    itself again in its own bare `except:`. For the second thread, sleeps called as `time.sleep` are cut into slices.
    A handler and timer of SIGALRM that were set before are set again afterwards, and what was left of that timer
    goes on.

    Raises:
        TooLong: if it is not done in time, also if it caught the alarm and came to an end later.
        KeyboardInterrupt: if the learner pressed Ctrl-C (or the kernel was interrupted) meanwhile, also if `work`
            caught it. One that `work` raises itself is no other than any exception.
    """
    state, result = _State(), None
    in_main = threading.current_thread() is threading.main_thread()
    run = _with_alarm if in_main and hasattr(signal, "setitimer") else _with_thread
    handler = signal.getsignal(signal.SIGINT) if in_main else None

    def interrupt(number: int, frame: FrameType | None) -> None:
        state.interrupted = True
        if state.inside:
            raise KeyboardInterrupt

    if callable(handler):
        signal.signal(signal.SIGINT, interrupt)
    try:
        result = run(work, seconds, state)
    except TooLong:
        state.rang = True
    except KeyboardInterrupt:
        if not state.interrupted:
            raise
    finally:
        if callable(handler):
            signal.signal(signal.SIGINT, handler)
    if state.interrupted:
        raise KeyboardInterrupt
    if state.rang:
        raise TooLong
    return result


def _work(work: Callable[[], object], state: _State) -> object:
    """Everything that may be stopped runs below this frame."""
    traced = sys.gettrace()
    state.inside = True
    try:
        return next(_apart(work))
    finally:
        state.inside = False
        sys.settrace(traced)


def _apart(work: Callable[[], object]) -> Iterator[object]:
    """A generator has a place of its own for the exception being handled. An alarm in the last steps of an `except`
    clause would else leave its exception there for good, and later errors would be shown as raised while handling it.
    """
    yield work()


def _with_alarm(work: Callable[[], object], seconds: float, state: _State) -> object:
    def ring(number: int, frame: FrameType | None) -> None:
        if state.inside:
            state.rang = True
            _insist(frame)
            raise TooLong

    handler = signal.signal(signal.SIGALRM, ring)
    started = time.perf_counter()
    left, period = signal.setitimer(signal.ITIMER_REAL, seconds, PERIOD)
    try:
        return _work(work, state)
    finally:
        state.inside = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if handler is None else handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(1e-3, left - (time.perf_counter() - started)), period)


def _with_thread(work: Callable[[], object], seconds: float, state: _State) -> object:
    caller = ctypes.c_ulong(threading.get_ident())
    over = threading.Event()

    def watch() -> None:
        wait = seconds
        while not over.wait(wait):
            with state.guard:
                if state.inside:
                    state.rang = True
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(caller, ctypes.py_object(_TooLongThere))
            wait = PERIOD

    def nap(duration: float) -> None:
        end = time.perf_counter() + duration
        while (left := end - time.perf_counter()) > 0:
            _sleep(min(left, PERIOD))

    watcher = threading.Thread(target=watch, daemon=True)
    sleep, time.sleep = time.sleep, nap
    watcher.start()
    try:
        return _work(work, state)
    finally:
        while not over.is_set():
            try:
                with state.guard:
                    state.inside = False
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(caller, None)
                over.set()
            except TooLong:  # it was already on its way
                pass
        time.sleep = sleep
        watcher.join()


def _insist(frame: FrameType | None) -> None:
    """Let the frames from this one up to `_work` raise `TooLong` once more, a random number of steps later.

    If the first was caught, the second comes at any place, sooner or later at one where nothing catches it: in the
    `except` clause itself, or at the head of the loop around it.
    """
    frames = []
    while frame is not None and frame.f_code is not _work.__code__ and len(frames) < DEEP:
        frames.append(frame)
        frame = frame.f_back
    if frame is None:
        return  # it came after the work was done
    steps = _dice.randrange(1, 60)

    def trace(where: FrameType, event: str, argument: object) -> Callable:
        nonlocal steps
        where.f_trace_opcodes = True
        steps -= 1
        if steps <= 0:
            raise TooLong
        return trace

    for each in frames:
        each.f_trace, each.f_trace_opcodes = trace, True
    sys.settrace(trace)
