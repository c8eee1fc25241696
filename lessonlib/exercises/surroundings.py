"""What a learner's function could leave behind is put back after it: output, input, random states, settings."""

from __future__ import annotations

import builtins
import contextlib
import io
import logging
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator

import numpy as np

_BUILTINS = vars(builtins)
_TORCH = ("get_rng_state", "get_default_dtype", "is_grad_enabled")


class _Sink(io.TextIOBase):
    """Takes any text and keeps nothing."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)

    def isatty(self) -> bool:
        return False


def with_own_builtins(function: Callable, args: tuple) -> object:
    """`function(*args)`; the built-in names that it deletes or replaces are back before anything else happens."""
    saved = builtin_names()
    _BUILTINS["input"] = _no_input
    try:
        return function(*args)
    finally:
        put_back(saved)


def builtin_names() -> dict[str, object]:
    """The built-in names as they are now."""
    return _BUILTINS.copy()


def put_back(saved: dict[str, object], names: dict[str, object] = _BUILTINS) -> None:
    """Make the built-in names what they were."""
    names.update(saved)  # no built-in name is used up to here
    for name in names.keys() - saved.keys():
        del names[name]


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Nothing that the body prints, logs, warns of or displays is seen, and these are as before when it ends:

    the random states of NumPy, `random` and torch; NumPy's error and print settings; warning filters; the handlers of
    the root logger; the working directory; the recursion limit; torch's default dtype and gradient mode. `input()`
    and `sys.stdin` give nothing, and IPython's `exit` does not end the kernel.

    Not covered: what is written past `sys.stdout` (`os.write`, C libraries), `os._exit`, changed modules or functions
    (`np.exp = …`), environment variables, files, threads left running.
    """
    with contextlib.ExitStack() as stack:
        back = stack.callback
        back(random.setstate, random.getstate())
        back(np.random.set_state, np.random.get_state())  # noqa: NPY002
        back(sys.setrecursionlimit, sys.getrecursionlimit())
        back(_back_to, _here())
        _keep_torch(back)
        _keep_logging(back)
        _keep_ipython(back)
        sink = _Sink()
        stack.enter_context(contextlib.redirect_stdout(sink))
        stack.enter_context(contextlib.redirect_stderr(_Sink()))
        back(setattr, sys, "stdin", sys.stdin)
        sys.stdin = io.StringIO("")
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(np.printoptions())
        stack.enter_context(np.errstate(all="ignore"))
        yield


def _no_input(*_: object) -> str:
    raise EOFError("nobody answers input() here; take what you need from the arguments")


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:  # the folder is gone
        return ""


def _back_to(folder: str) -> None:
    with contextlib.suppress(OSError):
        if folder and _here() != folder:
            os.chdir(folder)


def _keep_torch(back: Callable) -> None:
    torch = sys.modules.get("torch")
    if torch is None or not all(hasattr(torch, name) for name in _TORCH):
        return  # not imported, or not to the end
    back(torch.set_rng_state, torch.get_rng_state())
    back(torch.set_default_dtype, torch.get_default_dtype())
    back(torch.set_grad_enabled, torch.is_grad_enabled())


def _keep_logging(back: Callable) -> None:
    root = logging.getLogger()
    back(setattr, root, "handlers", list(root.handlers))
    back(_back_to_level, root, root.level)
    back(logging.disable, root.manager.disable)
    logging.disable(logging.CRITICAL)


def _back_to_level(root: logging.Logger, level: int) -> None:
    if root.level != level:  # setting it makes every logger forget what it knows, which takes time
        root.setLevel(level)


def _keep_ipython(back: Callable) -> None:
    find = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = find() if find else None
    if shell is None:
        return

    def refuse() -> None:
        raise SystemExit

    def no_output(*args: object, **names: object) -> None:
        return None

    for owner, name, instead in ((shell, "ask_exit", refuse), (shell.display_pub, "publish", no_output)):
        if name not in vars(owner):
            back(delattr, owner, name)
            setattr(owner, name, instead)
