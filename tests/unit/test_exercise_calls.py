"""A learner's function may do anything; what comes back is a `Reply`, and everything around is as before."""

import asyncio
import builtins
import importlib
import logging
import os
import random
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest
import torch

from lessonlib.exercises import limits
from lessonlib.exercises.calls import IN_IMPORT, call, plain, same
from lessonlib.exercises.values import Unfit


def forever():
    while True:
        pass


def busy_until(stop):
    while time.perf_counter() < stop:
        pass


def catches_all():
    while True:
        try:
            sum(range(50))
        except:  # noqa: E722
            pass


def sleeps_and_catches():
    while True:
        try:
            time.sleep(30)
        except BaseException:
            pass


def catches_twice():
    while True:
        try:
            while True:
                try:
                    len(str(5))
                except BaseException:
                    continue
        except BaseException:
            pass


def catches_then_returns():
    try:
        forever()
    except BaseException:
        return 3


def counts():
    number = 0
    while True:
        yield number
        number += 1


def floods():
    while True:
        print("line")


NEVER_DONE = {
    "loop": forever,
    "bare except": catches_all,
    "sleep": lambda: time.sleep(30),
    "sleep and except": sleeps_and_catches,
    "except twice": catches_twice,
    "returns late": catches_then_returns,
    "generator": lambda: sum(counts()),
    "prints": floods,
}


CATCHERS = ("bare except", "sleep and except", "except twice")  # only the alarm gets through to these
ENDED = [("alarm", name) for name in NEVER_DONE] + [
    (way, name) for way in ("no setitimer", "other thread") for name in NEVER_DONE if name not in CATCHERS
]


@pytest.mark.parametrize("way, name", ENDED)
def test_time_limit_ends_it(name, way, monkeypatch, capfd):
    if way == "no setitimer":  # as on Windows
        monkeypatch.delattr(signal, "setitimer", raising=False)
    replies, trace, sleep = [], sys.gettrace(), time.sleep

    def work():
        started = time.perf_counter()
        replies.append((call(NEVER_DONE[name], (), 0.2), time.perf_counter() - started))

    if way == "other thread":
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(30)
    else:
        work()
    (reply, took) = replies[0]
    assert reply.error == "timeout" and reply.message == "stopped after 0.2 s"
    assert took < 15  # a busy machine; alone it is under a second
    assert (sys.gettrace(), time.sleep) == (trace, sleep)
    assert capfd.readouterr() == ("", "")


SLOW = """
import sys
import time

half = True
sys.seen_by_tests.append("begun")
stop = time.perf_counter() + {seconds}
while time.perf_counter() < stop:
    pass
half = False
sys.seen_by_tests.append("whole")
"""


@pytest.fixture
def slow_module(tmp_path, monkeypatch):
    """Makes a module whose import takes so many seconds, under a name of its own."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "seen_by_tests", [], raising=False)
    made = []

    def make(seconds):
        made.append(f"slow_module_{len(made)}_{tmp_path.name}".replace("-", "_"))
        (tmp_path / f"{made[-1]}.py").write_text(SLOW.format(seconds=seconds), encoding="utf-8")
        importlib.invalidate_caches()
        return made[-1]

    yield make
    for name in made:
        sys.modules.pop(name, None)


def called(way, monkeypatch, function, *more):
    """The reply, and how long it took, by one of the three ways of the time limit."""
    if way == "no setitimer":
        monkeypatch.delattr(signal, "setitimer", raising=False)
    found = []

    def work():
        started = time.perf_counter()
        found.append((call(function, (), *more), time.perf_counter() - started))

    if way == "other thread":
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(60)
    else:
        work()
    return found[0]


WAYS = pytest.mark.parametrize("way", ["alarm", "no setitimer", "other thread"])


@WAYS
def test_an_import_is_not_stopped_and_does_not_count(way, monkeypatch, slow_module):
    name, lazy = slow_module(0.6), slow_module(0.6)

    def needs_it():
        module = importlib.import_module(name)
        busy_until(time.perf_counter() + 0.15)  # less than the limit after it, more than the limit with it
        later = importlib.import_module(lazy)  # as a library does that loads parts of itself when they are asked for
        busy_until(time.perf_counter() + 0.15)
        return [module.half, later.half]

    reply, took = called(way, monkeypatch, needs_it, 0.3)
    assert (reply.value, reply.error) == ([False, False], "") and took > 1.4
    assert call(needs_it, (), 5).value == [False, False]  # what was loaded is whole


def test_an_import_in_an_except_clause_is_not_stopped_either(monkeypatch, slow_module):
    name = slow_module(0.5)

    def stubborn():
        while True:
            try:
                forever()
            except BaseException:
                importlib.import_module(name)

    for _ in range(3):  # the second ring comes at another place each time
        reply, took = called("alarm", monkeypatch, stubborn, 0.1)
        assert reply.error == "timeout" and took < 15
        assert sys.seen_by_tests in ([], ["begun", "whole"])
        sys.seen_by_tests.clear()
        sys.modules.pop(name, None)


@WAYS
def test_a_loop_without_end_is_stopped_soon_after_an_import(way, monkeypatch, slow_module):
    name = slow_module(0.3)

    def stuck():
        importlib.import_module(name)
        forever()

    reply, took = called(way, monkeypatch, stuck, 0.2)
    assert (reply.error, reply.message) == ("timeout", "stopped after 0.2 s") and took < 15
    assert not sys.modules[name].half

    def imports_in_a_loop():
        while True:
            from xml import dom  # noqa: F401

            importlib.import_module("xml.dom.minidom")

    reply, took = called(way, monkeypatch, imports_in_a_loop, 0.2)
    assert reply.error == "timeout" and took < 15


@WAYS
def test_an_import_without_end_is_stopped_at_last(way, monkeypatch, slow_module):
    monkeypatch.setattr(limits, "IMPORTS", 0.5)
    name = slow_module(1e9)
    reply, took = called(way, monkeypatch, lambda: importlib.import_module(name), 0.2)
    assert (reply.error, reply.message) == ("timeout", IN_IMPORT) and 0.7 < took < 15
    number = iter(range(10**9))

    def pretends():  # there are always new modules
        while True:
            sys.modules[f"{name}.{next(number)}"] = sys

    reply, took = called(way, monkeypatch, pretends, 0.2)
    for key in [key for key in sys.modules if key.startswith(f"{name}.")]:
        del sys.modules[key]
    assert (reply.error, reply.message) == ("timeout", "stopped after 0.2 s") and 0.7 < took < 15


def test_a_check_within_an_import_has_its_time_limit(slow_module, tmp_path):
    name = slow_module(0)
    code = "from lessonlib.exercises.calls import call\n\ndef stuck():\n    while True:\n        pass\n\n"
    (tmp_path / f"{name}.py").write_text(code + "reply = call(stuck, (), 0.2)\n", encoding="utf-8")
    started = time.perf_counter()
    assert importlib.import_module(name).reply.error == "timeout" and time.perf_counter() - started < 15


@pytest.mark.parametrize("way", ["alarm", "no setitimer"])
def test_what_is_done_in_time_is_not_stopped(way, monkeypatch):
    if way == "no setitimer":
        monkeypatch.delattr(signal, "setitimer", raising=False)
    for _ in range(50):
        assert call(lambda x: x + 1, (1,), 0.5).value == 2
    stop = time.perf_counter() + 0.2
    while time.perf_counter() < stop:  # nothing rings later
        pass


def test_no_ring_falls_outside_of_the_work(monkeypatch):
    """Work that ends at about the moment of the alarm: it is a value or a timeout, and never an exception."""
    for way in (limits._with_alarm, limits._with_thread):
        monkeypatch.setattr(limits, "_with_alarm", way)
        for number in range(60):
            length = 0.004 + number * 0.00004
            end = time.perf_counter() + length

            def work(end=end):
                while time.perf_counter() < end:
                    pass

            assert call(work, (), 0.005).error in ("", "timeout")
            assert sys.exc_info() == (None, None, None)  # nor is one left as "being handled"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers of this kind here")
def test_own_alarm_of_the_learner_goes_on():
    rang = []

    def mine(number, frame):
        rang.append(time.perf_counter())

    before = signal.signal(signal.SIGALRM, mine)
    old = signal.setitimer(signal.ITIMER_REAL, 0.4)
    try:
        assert call(forever, (), 0.1).error == "timeout"
        assert signal.getsignal(signal.SIGALRM) is mine
        left = signal.getitimer(signal.ITIMER_REAL)[0]
        assert 0 < left < 0.35 and not rang
        time.sleep(left + 0.1)
        assert len(rang) == 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, *old)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("caught", [False, True])
def test_ctrl_c_of_the_learner_ends_the_check(caught):
    def pressed():
        try:
            signal.raise_signal(signal.SIGINT)
        except BaseException:
            if not caught:
                raise
        return 1

    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        call(pressed, (), 2)
    assert signal.getsignal(signal.SIGINT) is handler


class Silent(Exception):
    def __str__(self):
        raise KeyboardInterrupt


class Endless(Exception):
    def __str__(self):
        return forever()


def raiser(error):
    def function():
        raise error

    return function


def endless_recursion():
    return endless_recursion()


def test_exceptions_of_the_function_are_replies():
    for error, name, message in (
        (KeyboardInterrupt(), "KeyboardInterrupt", ""),
        (SystemExit(3), "SystemExit", "3"),
        (GeneratorExit("x"), "GeneratorExit", "x"),
        (Silent(), "Silent", ""),
        (ValueError("a\nb\x1b[31m\ud800"), "ValueError", "a b?[31m?"),
        (ValueError("x" * 999), "ValueError", "x" * 200),
        (NotImplementedError("exercise 02.1"), "NotImplementedError", "exercise 02.1"),
        (type("", (Exception,), {})(), "thing without a name", ""),
    ):
        reply = call(raiser(error), ())
        assert (reply.error, reply.message) == (name, message)
    assert call(raiser(Endless()), (), 0.2).error == "timeout"
    assert call(endless_recursion, ()).error == "RecursionError"
    assert call(lambda x: x, ()).error == "TypeError"  # another number of parameters
    assert call(exit, ()).error == "SystemExit"


def test_input_is_answered_by_an_error(monkeypatch):
    monkeypatch.setattr(builtins, "input", lambda *_: "typed")  # a notebook has its own
    reply = call(lambda: input("? "), ())
    assert reply.error == "EOFError" and "arguments" in reply.message
    assert input() == "typed"


def test_nothing_is_shown(capfd):
    logging.getLogger("learner").addHandler(handler := logging.StreamHandler(sys.stderr))

    def noisy():
        for place in (sys.stdout, sys.stderr):
            print("seen", file=place, flush=True)
        logging.error("seen")
        logging.getLogger("learner").critical("seen")
        warnings.simplefilter("always")
        warnings.warn("seen", stacklevel=1)
        np.log(np.zeros(1))
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")
        return 1

    try:
        assert call(noisy, ()).value == 1
        print("after")
        assert capfd.readouterr() == ("after\n", "")
    finally:
        logging.getLogger("learner").removeHandler(handler)


def test_what_is_around_stays_as_it_is(tmp_path):
    def state():
        return (
            np.random.random(3).tolist(),  # noqa: NPY002
            random.random(),
            torch.rand(3).tolist(),
            np.geterr(),
            np.get_printoptions(),
            torch.get_default_dtype(),
            torch.is_grad_enabled(),
            os.getcwd(),
            sys.getrecursionlimit(),
            list(logging.getLogger().handlers),
            logging.getLogger().level,
            logging.root.manager.disable,
            list(warnings.filters),
        )

    def careless():
        np.random.seed(5)  # noqa: NPY002
        random.seed(5)
        torch.manual_seed(5)
        np.seterr(all="raise")
        np.set_printoptions(precision=1)
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        os.chdir(tmp_path)
        sys.setrecursionlimit(5000)
        logging.basicConfig(force=True, level=5)
        logging.disable(3)
        warnings.simplefilter("error")
        return 1

    def seed():
        np.random.seed(1)  # noqa: NPY002
        random.seed(1)
        torch.manual_seed(1)

    seed()
    before = state()
    seed()
    assert call(careless, ()).value == 1
    assert str(state()) == str(before)


def test_built_in_names_come_back_however_a_loop_is_stopped():
    before = dict(vars(builtins))
    for _ in range(40):
        assert call(catches_all, (), 0.01).error == "timeout"
        assert vars(builtins) == before


def test_built_in_names_come_back():
    def saws():
        for name in ("len", "type", "isinstance", "next", "str", "Exception", "BaseException", "getattr"):
            delattr(builtins, name)
        builtins.sum = None
        builtins.mine = 3
        return [1]

    names = dict(vars(builtins))
    reply = call(saws, ())
    now = dict(vars(builtins))
    vars(builtins).update(names)
    assert reply.value == [1] and now == names


@pytest.mark.parametrize(
    "change",
    [
        lambda a, b, c: a.append(1),
        lambda a, b, c: a.clear(),
        lambda a, b, c: a[0].append(a),
        lambda a, b, c: a.__setitem__(0, a),
        lambda a, b, c: b.__setitem__((0, 0), 7),
        lambda a, b, c: b.resize((3, 2), refcheck=False),
        lambda a, b, c: setattr(b, "shape", (4,)),
        lambda a, b, c: setattr(b, "dtype", np.int64),
        lambda a, b, c: c.update(x=1.0),
        lambda a, b, c: c.update({Liar(): 2}),
    ],
)
def test_a_changed_input_is_noticed(change):
    args = ([[1, 2], "x"], np.array([[0.0, np.nan], [1, 2]]), {"x": float("nan")})

    def function(a, b, c):
        change(a, b, c)
        return 1

    reply = call(function, args)
    assert reply.value == 1 and reply.changed
    assert args[0] == [[1, 2], "x"] and args[1].shape == (2, 2) and args[1][0, 0] == 0 and len(args[2]) == 1
    assert not call(lambda a, b, c: 1, args).changed


class Liar:
    """Says that it is a list, equal to everything, of any length; and breaks when looked at."""

    __class__ = list

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __len__(self):
        raise ValueError("no")

    __iter__ = __repr__ = __array__ = __float__ = __len__


class FullList(list):
    def __len__(self):
        return 10**9

    def __iter__(self):
        return counts()


class OwnFloat(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


def holds_itself():
    value = []
    value += [value, value]
    return value


async def later():
    return 1


UNFIT = {
    "liar": (Liar, "Liar"),
    "liar inside": (lambda: [1, Liar()], "Liar"),
    "own float": (lambda: OwnFloat(1), "OwnFloat"),
    "itself": (holds_itself, "nested deeper"),
    "complex": (lambda: 1j, "complex"),
    "complex array": (lambda: np.array([1j]), "complex"),
    "complex scalar": (lambda: np.complex64(1j), "complex"),
    "objects": (lambda: np.array([None, 1]), "objects"),
    "dates": (lambda: np.datetime64("2020-01-01"), "datetime64"),
    "bytes": (lambda: b"x", "bytes"),
    "generator": (lambda: (i for i in range(3)), "make a list"),
    "zip": (lambda: zip([1], [2]), "make a list"),
    "function": (lambda: len, "builtin_function"),
    "class": (lambda: Liar, "type"),
    "long list": (lambda: [0] * 1_000_001, "1,000,000"),
    "long text": (lambda: "x" * 100_000_000, "1,000,000"),
    "wide array": (lambda: np.broadcast_to(np.zeros(1), 10**12), "1,000,000"),
    "huge number": (lambda: 1 << 10**6, "bits"),
    "key": (lambda: {torch.ones(2): 1}, "keys"),
    "coroutine": (later, "coroutine"),
    "meta": (lambda: torch.ones(3, device="meta"), "meta"),
    "sparse": (lambda: torch.eye(3).to_sparse(), "to_dense"),
    "complex tensor": (lambda: torch.ones(2, dtype=torch.complex64), "complex"),
    "module": (lambda: torch.nn.Linear(2, 2), "Linear"),
    "no name": (lambda: type("", (), {})(), "without a name"),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", UNFIT)
def test_what_is_no_plain_data_is_refused_and_named(name):
    make, word = UNFIT[name]
    reply = call(make, (), 10)
    assert reply.error == "unfit" and word in reply.message and len(reply.message) < 200


def test_plain_data_comes_back_as_it_is():
    weights = torch.ones(2, 2, requires_grad=True)
    for value, wanted in (
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.str_("x"), "x"),
        (np.longdouble(2), 2.0),
        (np.array(3), 3),
        (torch.tensor(2.0), 2.0),
        (2**80, 2**80),
        ({2, 1}, [1, 2]),
        ({(1, 2): np.int64(3)}, {(1, 2): 3}),
        ({frozenset([2, 1]): 1}, {(1, 2): 1}),
        (FullList([1, 2]), [1, 2]),
        ((1, [None]), (1, [None])),
    ):
        found = call(lambda value=value: value, ()).value
        assert found == wanted and type(found) is type(wanted)
    for value in (weights * 2, torch.full((2, 2), 2, dtype=torch.bfloat16), np.matrix([[2.0, 2], [2, 2]])):
        found = plain(value)
        assert type(found) is np.ndarray and (found == 2).all() and found.shape == (2, 2)
    kept = np.zeros(3)
    copied = plain(kept)
    kept[0] = 1
    assert copied[0] == 0 and plain(np.ones(2, np.float16)).dtype == np.float16


def test_a_class_and_a_coroutine_function_are_only_functions():
    assert call(Silent, ()).error == "unfit"
    assert call(lambda: asyncio.run(later()), ()).value == 1


def test_same_and_plain_agree_on_copies():
    for value in (1, "x", [1, (2, None)], {"a": np.array([np.nan, 1])}, float("nan"), np.array(["x"]), torch.ones(2)):
        assert same((value,), (value,))
    assert not same((1,), (True,)) and not same((1,), (1.0,))
    with pytest.raises(Unfit):
        plain([[[[[[[1]]]]]]])


def test_zeros_seen_as_another_type_are_changed():
    assert call(lambda zeros: setattr(zeros, "dtype", np.int64), (np.zeros(2),)).changed
