"""What ``checks.py`` needs of ``grader.exam``, as plain assertions in one process.

With it the other graders judge by the very same checks, inside their own kernels, and the floor is measured:
what the checks cost where nothing lies between them and the answers. Runs in every environment of the bench,
so it imports NumPy alone. Messages are not made: that work would be charged to the others.
"""

import copy
import sys
import types
import zlib

import numpy as np

CHECKS: list = []  # (title, points, function)


class CheckFailure(AssertionError):  # noqa: N818
    pass


class LearnerRaised(Exception):  # noqa: N818
    def __init__(self, error):
        super().__init__(str(error))
        self.class_name = type(error).__name__
        self.bases = [kind.__name__ for kind in type(error).__mro__]


class NotAttempted(Exception):  # noqa: N818
    pass


class UnusableAnswer(Exception):  # noqa: N818
    pass


class Remote:
    """Nothing is remote here; checks ask ``isinstance`` of it."""


class Learner:
    """The notebook's names, of a namespace in this very process."""

    def __init__(self, namespace):
        self._namespace = namespace

    def __getattr__(self, name):
        return self.value(name)

    def value(self, name):
        if name not in self._namespace:
            raise NotAttempted(name)
        value = self._namespace[name]
        return _guarded(value) if callable(value) else value

    def call(self, name, *args, **kwargs):
        return self.value(name)(*args, **kwargs)

    def has(self, name):
        return name in self._namespace

    def assign(self, name, value):
        self._namespace[name] = value


def _guarded(function):
    def call(*args, **kwargs):
        try:
            return function(*map(_own, args), **{key: _own(item) for key, item in kwargs.items()})
        except Exception as error:
            raise LearnerRaised(error) from error

    return call


def _own(value):
    """Generators travel by value in ours, so they do here."""
    return copy.deepcopy(value) if isinstance(value, np.random.Generator) else value


def check(*, points, title, about="", visible=True, hints=()):
    def register(function):
        CHECKS.append((title, points, function))
        return function

    return register


def expect(condition, message, **inputs):
    if not bool(condition):
        raise CheckFailure(message)


def expect_close(actual, desired, message, *, rtol=1e-6, atol=1e-9, equal_nan=False, **inputs):
    left, right = np.asarray(actual), np.asarray(desired)
    expect(left.shape == right.shape, message)
    expect(np.isclose(left, right, rtol=rtol, atol=atol, equal_nan=equal_nan).all(), message)


def expect_equal(actual, desired, message, **inputs):
    expect(_same(actual, desired), message)


def expect_shape(value, shape, message="", **inputs):
    expect(tuple(np.shape(value)) == tuple(shape), message)


def expect_type(value, kind, message="", **inputs):
    expect(isinstance(value, kind), message)


def expect_raises(error, function, *args, message="", **kwargs):
    name = error if isinstance(error, str) else error.__name__
    try:
        function(*args, **kwargs)
    except LearnerRaised as raised:
        expect(name in raised.bases, message)
        return raised
    raise CheckFailure(message)


def expect_unchanged(function, *args, **kwargs):
    before = copy.deepcopy(args)
    value = function(*args, **kwargs)
    expect(_same(args, before), "an argument was changed")
    return value


def for_all(rng, draw, test, *, sizes=(1, 2, 3, 4, 5, 6, 8, 10), repeats=3, simplify=(), calls=200):
    for size in [size for size in sizes for _ in range(repeats)][:calls]:
        test(**draw(rng, size))


def _same(left, right):
    if hasattr(right, "equals"):
        return bool(right.equals(left))
    if isinstance(right, np.ndarray):
        return np.array_equal(left, right)
    if isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(_same, left, right))
    return callable(right) or bool(left == right)


def load(source):
    """Run a file of checks against this module in place of ``grader.exam``."""
    exam = types.ModuleType("grader.exam")
    exam.__dict__.update({name: item for name, item in globals().items() if name[0] != "_"})
    sys.modules.setdefault("grader", types.ModuleType("grader"))
    sys.modules["grader.exam"] = exam
    CHECKS.clear()
    exec(compile(source, "checks.py", "exec"), {"__name__": "checks"})
    return CHECKS


def run(number, namespace):
    """Run one check; raises what it raises."""
    title, _, function = CHECKS[number]
    rng = np.random.default_rng([1, zlib.crc32(title.encode())])
    known = {"learner": Learner(namespace), "rng": rng}
    code = function.__code__
    function(**{name: known[name] for name in code.co_varnames[: code.co_argcount]})
