"""What checks expect of an answer. Each says what was expected, what came, and for which input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.exam.compare import as_array, numbers, same, unwrapped
from grader.exam.counted import plain
from grader.exam.errors import CheckFailure, LearnerRaised, UnusableAnswer
from grader.exam.failing import fail
from grader.exam.learner import Remote, observe
from grader.exam.show import describe, labelled, show, show_difference
from grader.exam.tables import is_table, show_table_difference
from grader.wire.ordering import ordered


def expect(condition: Any, message: str, **inputs: Any) -> None:
    """Fail with ``message`` unless ``condition`` is true; ``inputs`` are shown with it."""
    if isinstance(condition, np.ndarray) and condition.size != 1:
        raise TypeError("expect() needs one truth value; say .all() or .any()")
    if not bool(condition):
        fail(message, inputs)


def expect_close(
    actual: Any,
    desired: Any,
    message: str,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    equal_nan: bool = False,
    **inputs: Any,
) -> None:
    """Fail unless numbers agree: same shape, and ``|actual - desired| <= atol + rtol·|desired|``."""
    right = numbers(desired)
    if right is None:
        raise TypeError(f"expect_close() compares numbers, not {describe(desired)}")
    left = numbers(actual)
    if left is None:
        fail(f"{message}: {_expected(right)}, got {describe(actual)}", inputs)
    if left.shape != right.shape:
        fail(f"{message}: {_expected(right)}, got {describe(unwrapped(left))}", inputs)
    with np.errstate(all="ignore"):
        differs = ~np.isclose(left, right, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if differs.any():
        fail(message, inputs, show_difference(left, right, differs))


def expect_equal(actual: Any, desired: Any, message: str, **inputs: Any) -> None:
    """Fail unless two plain values are equal, arrays entry by entry, tables with their labels.

    Numbers compare by value (1 equals 1.0 and NumPy's 1); lists and tuples differ, as in Python.
    """
    if isinstance(actual, Remote):
        fail(f"{message}: expected {describe(desired)}, got {describe(actual)}", inputs)
    actual = plain(actual)
    if isinstance(desired, np.ndarray):
        _expect_equal_arrays(actual, desired, message, inputs)
    elif is_table(desired) and type(actual) is type(desired):
        if not same(actual, desired):
            fail(message, inputs, show_table_difference(actual, desired))
    elif not same(actual, desired):
        lines = [labelled("expected", show(desired)), labelled("got     ", show(actual))]
        detail = "\n".join([*lines, *_first_difference(actual, desired)])
        fail(message, inputs, detail)


def expect_shape(value: Any, shape: tuple[int, ...], message: str = "", **inputs: Any) -> None:
    """Fail unless the value is an array (tensor, table) of this shape."""
    # Of a named tuple's fields, and of a Remote, the learner's code chooses the names.
    found = None if isinstance(value, Remote | tuple) else getattr(value, "shape", None)
    if found is None or tuple(found) != tuple(shape):
        text = f"expected an array of shape {tuple(shape)}, got {describe(value)}"
        fail(f"{message}: {text}" if message else text, inputs)


def expect_type(
    value: Any, kind: type | tuple[type, ...], message: str = "", **inputs: Any
) -> None:
    """Fail unless the value is of this type, or of one of these."""
    if isinstance(value, Remote) or not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        names = " or ".join(item.__name__ for item in kinds)
        text = f"expected {names}, got {describe(value)}"
        fail(f"{message}: {text}" if message else text, inputs)


def expect_raises(
    error: type[Exception] | str,
    function: Callable[..., Any],
    *args: Any,
    message: str = "",
    **kwargs: Any,
) -> LearnerRaised:
    """Call ``function`` and fail unless the learner's code raises ``error`` (a class, or its name).

    Returns what was raised, to look at its message.
    """
    name = error if isinstance(error, str) else error.__name__
    called = function._label if isinstance(function, Remote) else "the call"
    inputs = {**{f"argument {n}": item for n, item in enumerate(args, 1)}, **kwargs}
    try:
        value = function(*args, **kwargs)
    except LearnerRaised as raised:
        if name in raised.bases:
            return raised
        text = f"{called} should raise {name} here, but raised {raised.class_name}"
        fail(f"{message}: {text}" if message else text, inputs)
    text = f"{called} should raise {name} here, but returned {describe(value)}"
    fail(f"{message}: {text}" if message else text, inputs)


def expect_unchanged(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function of the learner's, fail if it changes an argument, and return its value."""
    answer = observe(function, args, kwargs)
    pairs: list[tuple[str, Any, Any]] = [
        (f"argument {number}", before, after)
        for number, (before, after) in enumerate(zip(args, answer.args, strict=False), 1)
    ]
    pairs += [(name, kwargs[name], answer.kwargs.get(name)) for name in kwargs]
    for name, before, after in pairs:
        if not (callable(before) or isinstance(after, Remote) or same(after, before)):
            label = function._label if isinstance(function, Remote) else "The function"
            detail = f"{labelled('before', show(before))}\n{labelled('after ', show(after))}"
            fail(f"{label} changed its input ({name}); work on a copy", {}, detail)
    return answer.value


def _expect_equal_arrays(
    actual: Any, desired: np.ndarray[Any, Any], message: str, inputs: dict[str, Any]
) -> None:
    if not isinstance(actual, np.ndarray | list | tuple):
        fail(f"{message}: {_expected(desired)}, got {describe(actual)}", inputs)
    found = as_array(actual)
    if found is None or found.shape != desired.shape:
        fail(f"{message}: {_expected(desired)}, got {describe(actual)}", inputs)
    try:
        equal = np.asarray(found == desired)
    except Exception:  # such as moments of units too far apart
        equal = np.asarray(False)
    if equal.shape != desired.shape:
        fail(f"{message}: {_expected(desired)}, got entries of type {found.dtype}", inputs)
    if found.dtype.kind in "fc" and desired.dtype.kind in "fc":
        equal |= np.isnan(found) & np.isnan(desired)
    if not equal.all():
        fail(message, inputs, show_difference(found, desired, ~equal))


def _expected(desired: np.ndarray[Any, Any]) -> str:
    shape = f"an array of shape {desired.shape}"
    return "expected a number" if desired.shape == () else f"expected {shape}"


def _first_difference(actual: Any, desired: Any) -> list[str]:
    """One line that points at the first place where two containers differ."""
    if type(actual) is not type(desired):
        return [f"expected {describe(desired)}, got {describe(actual)}"]
    if isinstance(desired, list | tuple):
        if len(actual) != len(desired):
            return [f"expected {len(desired)} items, got {len(actual)}"]
        for number, (left, right) in enumerate(zip(actual, desired, strict=True)):
            if not same(left, right):
                return [f"first difference at [{number}]: expected {show(right)}, got {show(left)}"]
    if isinstance(desired, dict):
        missing, extra = desired.keys() - actual.keys(), actual.keys() - desired.keys()
        if missing or extra:
            return [f"missing keys: {show(ordered(missing))}"] * bool(missing) + [
                f"keys that should not be there: {show(ordered(extra))}"
            ] * bool(extra)
        wrong = next(key for key in desired if not same(actual[key], desired[key]))
        return [
            f"first difference at [{show(wrong)}]: expected {show(desired[wrong])}, got {show(actual[wrong])}"
        ]
    return []


__all__ = [
    "CheckFailure",
    "UnusableAnswer",
    "expect",
    "expect_close",
    "expect_equal",
    "expect_raises",
    "expect_shape",
    "expect_type",
    "expect_unchanged",
    "same",
]
