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
AGAIN = 0.1  # the same for a ring that was itself stopped
DEEP = 5000  # frames looked at; a deeper stack is a recursion without end
IMPORTS = 120.0  # seconds more that imports get: torch can take half a minute on its first day
IMPORTERS = {"<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>"}  # files of Python's own import
_dice = random.Random(0)  # its own, so that the learner's random numbers stay as they are
_sleep = time.sleep


class TooLong(BaseException):
    """The time of a call is over. Not an Exception, so that `except Exception` does not swallow it.

    Attributes:
        importing: True if an import was stopped half-way.
    """

    importing = False


class _State:
    """Shared by the caller and whoever rings."""

    def __init__(self, seconds: float) -> None:
        self.inside = self.rang = self.interrupted = self.importing = False
        self.guard = threading.Lock()
        self.seconds, self.modules = seconds, len(sys.modules)
        self.started = self.since = time.perf_counter()

    def over(self, frame: FrameType | None) -> bool:
        """Whether the work, now at this frame, is to be stopped. `rang` and `importing` then say so.

        A half-loaded library can end in a crash, so an import goes on, and what loads modules, at the first call of a
        function too, gets its time anew after it; all this for `IMPORTS` seconds at most.
        """
        now, importing = time.perf_counter(), _imports(frame)
        if now - self.started < self.seconds + IMPORTS:
            if importing:
                return False
            if not self.rang and len(sys.modules) != self.modules:
                self.modules, self.since = len(sys.modules), now
            if now - self.since < self.seconds:
                return False
        self.rang, self.importing = True, self.importing or importing
        return True


def limited(work: Callable[[], object], seconds: float) -> object:
    """What `work()` returns, if it is done within `seconds`, not counting the imports that it starts.

    In the main thread of Linux and macOS an alarm stops it, elsewhere a second thread does. Both work between two
    steps of Python, again and again; the alarm also insists in code that catches it. Neither stops one step in C that
    never ends (`sum(itertools.count())`), nor a function that calls itself again in its own bare `except:`, nor the
    second thread a loop that stands inside its own bare `except:` for good. For it, sleeps called as `time.sleep` are
    cut into slices.
    An import is not stopped, unless it takes more than `IMPORTS` seconds. A handler and timer of SIGALRM that were
    set before are set again afterwards, and what was left of that timer goes on.

    Raises:
        TooLong: if it is not done in time, also if it caught the alarm and came to an end later.
        KeyboardInterrupt: if the learner pressed Ctrl-C (or the kernel was interrupted) meanwhile, also if `work`
            caught it. One that `work` raises itself is no other than any exception.
    """
    state, result = _State(seconds), None
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
        error = TooLong()
        error.importing = state.importing
        raise error
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
        if not state.inside:
            return
        signal.setitimer(signal.ITIMER_REAL, PERIOD, AGAIN)  # from here on, so that rings do not pile up
        if state.over(frame):
            _insist(frame)
            raise TooLong

    handler = signal.signal(signal.SIGALRM, ring)
    started = time.perf_counter()
    left, period = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        return _work(work, state)
    finally:
        state.inside = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if handler is None else handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(1e-3, left - (time.perf_counter() - started)), period)


def _with_thread(work: Callable[[], object], seconds: float, state: _State) -> object:
    name = threading.get_ident()
    caller, sent = ctypes.c_ulong(name), ctypes.py_object(TooLong)
    over = threading.Event()

    def watch() -> None:
        wait = seconds
        while not over.wait(wait):
            with state.guard:
                frame = sys._current_frames().get(name)
                step = getattr(frame, "f_lasti", 0)
                # While its frames were looked at the caller may have gone on, into an import: then look again.
                if state.inside and state.over(frame) and step == getattr(frame, "f_lasti", 0):
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(caller, sent)
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
        while True:
            try:
                with state.guard:
                    state.inside = False
                over.set()
                watcher.join()
                time.sleep = sleep
                if state.rang:  # one may be on its way: replace it, and wait until it is here
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(caller, sent)
                    while True:  # taking it back instead, with None, leaves 3.11 a flag with which traced code hangs
                        pass
                break
            except TooLong:
                if time.sleep is sleep:
                    break


def _insist(frame: FrameType | None) -> None:
    """Let the frames from this one up to `_work` raise `TooLong` once more, a random number of steps later.

    If the first was caught, the second comes at any place, sooner or later at one where nothing catches it: in the
    `except` clause itself, or at the head of the loop around it.
    """
    frames = _below_work(frame)
    if not frames:
        return  # it came after the work was done
    steps = _dice.randrange(1, 60)

    def trace(where: FrameType, event: str, argument: object) -> Callable | None:
        nonlocal steps
        if where.f_code.co_filename in IMPORTERS:  # an import is not to be stopped; the next ring insists again
            sys.settrace(None)
            return None
        where.f_trace_opcodes = True
        steps -= 1
        if steps <= 0:
            raise TooLong
        return trace

    for each in frames:
        each.f_trace, each.f_trace_opcodes = trace, True
    sys.settrace(trace)


def _imports(frame: FrameType | None) -> bool:
    """Whether the work, now at this frame, is in the middle of an import."""
    return any(each.f_code.co_filename in IMPORTERS for each in _below_work(frame))


def _below_work(frame: FrameType | None) -> list[FrameType]:
    """The frames from this one up to `_work`, the first `DEEP` of them; [] if it is not below `_work`."""
    frames: list[FrameType] = []
    while frame is not None and frame.f_code is not _work.__code__ and len(frames) < DEEP:
        frames.append(frame)
        frame = frame.f_back
    return [] if frame is None else frames
