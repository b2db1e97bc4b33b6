"""Calling the learner's code over the wire. Run by test_exam.py under the core environment."""

import socket
import time

import numpy as np

from grader.exam.errors import (
    AnswerTooLarge,
    CheckFailure,
    LearnerDied,
    LearnerRaised,
    LearnerTimeout,
    NotAttempted,
    UnusableAnswer,
)
from grader.exam.learner import Learner, Remote
from grader.verdict import Verdict
from grader.wire import frames
from tests.grader.exam.stage import learner, raised


def case_functions_are_called_with_plain_values():
    code = "def scale(A, by=2): return A * by\nlimit = 5\nwords = ['a', 'b']"
    found = learner(code)
    assert np.array_equal(found.scale(np.eye(2), by=3), 3 * np.eye(2))
    assert found.limit == 5
    assert found.value("words") == ["a", "b"]
    assert found.call("scale", 4) == 8
    assert found.has("scale")
    assert not found.has("nothing")
    found.assign("limit", 6)
    assert found.limit == 6


def case_names_of_the_notebook_that_shadow_built_ins_disturb_nothing():
    code = "len = sum = list = str = type = getattr = frames = None\ndef f(x): return [x]"
    assert learner(code).f(1) == [1]


def case_missing_and_unwritten_are_told_from_wrong():
    found = learner("def todo(x): raise NotImplementedError")
    assert "no “svd”" in str(raised(NotAttempted, lambda: found.svd(1)))
    assert "todo" in str(raised(NotAttempted, found.todo, 1))
    assert "no “svd”" in str(raised(NotAttempted, found.call, "svd"))


def case_exceptions_come_with_class_message_and_place():
    code = "class Odd(ValueError): pass\ndef inner(x):\n    raise Odd('not like that')\ndef f(x): return inner(x)"
    error = raised(LearnerRaised, learner(code).f, 1)
    assert error.class_name == "Odd"
    assert error.message == "not like that"
    assert "ValueError" in error.bases
    assert "inner, line 4" in error.place
    for code in ("def f(): raise SystemExit(3)", "def f(): raise KeyboardInterrupt"):
        found = learner(code)
        raised(LearnerRaised, found.f)
        raised(LearnerRaised, found.f)


def case_too_little_memory_is_a_limit():
    found = learner("def f(): raise MemoryError")
    assert raised(LearnerRaised, found.f).verdict is Verdict.MEMORY_LIMIT


def case_an_exception_that_cannot_be_printed_is_still_told():
    code = "class Bad(Exception):\n    def __str__(self): raise RuntimeError\ndef f(): raise Bad"
    assert "could not be printed" in raised(LearnerRaised, learner(code).f).message


def case_classes_and_instances_work_from_afar():
    code = """
class Model:
    def __init__(self, k): self.k = k
    def fit(self, X):
        self.mean_ = X.mean(axis=0)
        return self
    @classmethod
    def small(cls): return cls(1)
    def __len__(self): return self.k
    def __getitem__(self, n): return n * self.k
    def __iter__(self): return iter(range(self.k))
    def __add__(self, other): return Model(self.k + other.k)
"""
    found = learner(code)
    model = found.Model(3)
    assert isinstance(model, Remote)
    assert model.k == 3
    assert np.array_equal(model.fit(np.eye(2)).mean_, [0.5, 0.5])
    assert np.array_equal(found.Model(4).fit(np.ones((2, 1))).mean_, [1.0])
    assert found.Model.small().k == 1
    assert model[5] == 15
    assert list(model) == [0, 1, 2]
    model.k = 7
    assert found.operate("len", model) == 7
    assert found.operate("add", model, found.Model(1)).k == 8


def case_generators_are_taken_item_by_item_and_have_an_end():
    code = "seen = []\ndef count():\n    n = 0\n    while True:\n        seen.append(n)\n        yield n\n        n += 1"
    found = learner(code)
    numbers = iter(found.count())
    assert [next(numbers) for _ in range(3)] == [0, 1, 2]
    assert found.seen == [0, 1, 2]
    raised(UnusableAnswer, lambda: sum(1 for _ in found.count()))


def case_objects_of_the_learners_decide_nothing():
    code = """
class Yes:
    def __eq__(self, other): return True
    def __bool__(self): return True
    def __lt__(self, other): return True
    def __len__(self): return 3
    def __sub__(self, other): return 0.0
    def __float__(self): return 1.0
    def __array__(self, *args): return np.ones(3)
class Number(float):
    def __eq__(self, other): return True
def answer(): return Yes()
def number(): return Number(2)
"""
    found = learner(code)
    for yes in (found.answer(), found.number()):
        for doubt in (
            lambda yes=yes: yes == 1,
            lambda yes=yes: yes != 1,
            lambda yes=yes: bool(yes),
            lambda yes=yes: yes < 1,
            lambda yes=yes: yes - 1,
            lambda yes=yes: float(yes),
            lambda yes=yes: abs(yes),
            lambda yes=yes: np.ones(3) - yes,
            lambda yes=yes: [yes] == [1],
            lambda yes=yes: yes in [1],
        ):
            assert "plain value was needed" in str(raised(UnusableAnswer, doubt))
        raised(TypeError, len, yes)
        raised((TypeError, AssertionError), np.testing.assert_allclose, yes, 1.0)
        raised((TypeError, AssertionError), np.allclose, yes, 1.0)


def case_functions_of_the_check_are_called_back():
    code = """
def descend(grad, x, steps=3):
    for _ in range(steps): x = x - 0.5 * grad(x)
    return x
def apply_twice(f, x): return f(f(x))
def give_back(f): return f
def swallow(f):
    try: f(1)
    except Exception as error: return type(error).__name__ + ': ' + str(error)
"""
    found = learner(code)
    calls = []

    def grad(x):
        calls.append(x.copy())
        return x

    assert np.array_equal(found.descend(grad, np.array([8.0, 4.0])), [1.0, 0.5])
    assert len(calls) == 3
    assert found.give_back(grad) is grad
    assert found.swallow(lambda x: 1 / 0) == "ZeroDivisionError: division by zero"
    double = learner("def double(x): return 2 * x\ndef apply(f, x): return f(x)")
    assert double.apply(double.double, 4) == 8  # their own function, by name
    assert double.apply(lambda x: double.double(x) + 1, 4) == 9  # asked in between
    assert found.apply_twice(lambda x: found.apply_twice(lambda y: y + 1, x), 0) == 4


def case_what_a_function_of_the_check_finds_wrong_cannot_be_swallowed():
    found = learner("def f(g):\n    try: g(1)\n    except Exception: pass\n    return 1")

    def strict(x):
        raise CheckFailure("called with a number")

    assert raised(CheckFailure, found.f, strict).message == "called with a number"
    assert found.f(lambda x: x) == 1


def case_slow_answers_end_at_the_deadline():
    found = learner("import time\ndef slow(): time.sleep(60)\ndef f(): return 1", seconds=0.2)
    started = time.monotonic()
    raised(LearnerTimeout, found.slow)
    assert time.monotonic() - started < 30
    raised(LearnerDied, lambda: found.f(1))


def case_calling_back_for_ever_ends_at_the_deadline():
    found = learner("def f(g):\n    while True: g(1)", seconds=0.2)
    raised(LearnerTimeout, found.f, lambda x: x)


def case_answers_that_are_too_large_are_told():
    code = "def big(): return np.zeros(10**7)\ndef deep():\n    x = []\n    for _ in range(99): x = [x]\n    return x"
    found = learner(code)
    assert "too large" in str(raised(AnswerTooLarge, found.big))
    assert "deeper" in str(raised(AnswerTooLarge, found.deep))


def case_arguments_that_cannot_travel_are_the_authors_fault():
    found = learner("def f(x): return 1")
    raised(frames.WireLimitError, found.f, np.zeros(10**7))
    raised(TypeError, found.f, object())
    assert found.f(1) == 1


def _lying(*replies):
    """A learner whose process sends these bytes, whatever it is asked."""
    ours, theirs = socket.socketpair()
    for reply in replies:
        theirs.sendall(reply) if isinstance(reply, bytes) else frames.send(theirs, reply)
    found = Learner(ours)
    found._link.start(time.monotonic() + 2)
    found.keep = theirs
    return found


def case_nonsense_on_the_wire_is_a_lost_kernel():
    for reply in (
        b"HTTP/1.1 200 OK\r\n\r\n",
        {"id": 1},
        {"id": 2, "value": 1},
        {"id": True, "value": 1},
        {"id": 1, "error": 3},
        {"id": 1, "value": {"$": "handle", "h": "x"}},
        {"id": 1, "value": {"$": "name", "h": 1}},
        {"id": 1, "value": {"$": "callback", "h": 1}},
        {"callback": 1, "args": [], "kwargs": {}},
        {"callback": [], "args": [], "kwargs": {}},
        {"callback": 7},
    ):
        raised(LearnerDied, _lying(reply).call, "f")


def case_lies_are_only_answers():
    told = _lying({"id": 1, "error": {"class": 3, "bases": "x", "message": ["\0"], "line": "9"}})
    assert raised(LearnerRaised, told.call, "f").class_name == "an exception"
    shown = _lying({"id": 1, "value": {"$": "handle", "h": 2**60, "c": "<b>\0" * 999}})
    thing = shown.call("f")
    assert len(repr(thing)) < 200
    assert "\0" not in repr(thing)
