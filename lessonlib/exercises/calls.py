"""Call a learner's function without trusting it: copied input, a time limit, no flood of text, plain data back."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from lessonlib.exercises.limits import IMPORTS, TooLong, limited
from lessonlib.exercises.surroundings import builtin_names, kept, put_back, with_own_builtins
from lessonlib.exercises.values import Unfit, named, plain, same

__all__ = ["Reply", "TooLong", "Unfit", "call", "plain", "same"]
MESSAGE = 200  # characters of an exception's text that are kept
IN_IMPORT = f"stopped in the middle of an import, after more than {IMPORTS:g} s"


@dataclass(frozen=True)
class Reply:
    """What came of one call: plain data, or the name of what went wrong, and whether the input was changed."""

    value: object = None
    error: str = ""  # "" or the class of the exception; "timeout" and "unfit" are ours
    message: str = ""
    changed: bool = False
    seconds: float = 0.0


def call(function: Callable, args: tuple, seconds: float = 3.0) -> Reply:
    """Call `function(*args)` on a copy of `args`, for at most `seconds` (plus what imports and one step in C take).

    Nothing that the function prints is shown, and what it could change around it is put back (`surroundings.kept`
    says what, and what not). Memory is not limited: a function that asks for all of it can end the kernel.
    Exceptions of the function, SystemExit and KeyboardInterrupt included, become a `Reply` with an error.

    Raises:
        KeyboardInterrupt: if the learner presses Ctrl-C or interrupts the kernel meanwhile.
    """
    given, names = copy.deepcopy(args), builtin_names()
    try:
        with kept():
            try:
                return limited(lambda: _attempt(function, given, args), seconds)
            except TooLong as error:
                end = IN_IMPORT if error.importing else f"stopped after {seconds:g} s"
                return Reply(error="timeout", message=end, seconds=seconds)
    finally:
        put_back(names)  # once more: the time limit may have come while they were put back


def _attempt(function: Callable, given: tuple, args: tuple) -> Reply:
    """All that may run code of the learner: also making plain data of an answer, and text of an exception."""
    try:
        started = perf_counter()
        returned = with_own_builtins(function, given)
        took = perf_counter() - started
        value = plain(returned)
    except TooLong:
        raise
    except Unfit as error:
        return Reply(error="unfit", message=str(error))
    except NotImplementedError as error:
        return Reply(error="NotImplementedError", message=_short(error))
    except BaseException as error:  # also SystemExit: a learner's exit() must not end the notebook
        return Reply(error=named(type(error)).partition(" ")[2], message=_short(error))
    try:
        changed = not same(given, args)
    except Exception:  # an input that can no longer be compared was changed
        changed = True
    return Reply(value=value, changed=changed, seconds=took)


def _short(error: BaseException) -> str:
    """The text of an exception on one line; "" if it has none or cannot be made."""
    try:
        text = " ".join(str(error)[: 10 * MESSAGE].split())
    except TooLong:
        raise
    except BaseException:
        return ""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:MESSAGE]
