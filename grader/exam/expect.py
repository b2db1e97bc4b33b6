"""What checks expect of an answer. Each says what was expected, what came, and for which input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from grader.exam.errors import CheckFailure, LearnerRaised, UnusableAnswer
from grader.exam.learner import Remote, observe
from grader.exam.show import describe, labelled, show, show_difference, show_inputs

MAX_EXAMPLE = 4_000  # characters


def expect(condition: Any, message: str, **inputs: Any) -> None:
    """Fail with ``message`` unless ``condition`` is true; ``inputs`` are shown with it."""
    if isinstance(condition, np.ndarray) and condition.size != 1:
        raise TypeError("expect() needs one truth value; say .all() or .any()")
    if not bool(condition):
        _fail(message, inputs)


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
    right = _numbers(desired)
    if right is None:
        raise TypeError(f"expect_close() compares numbers, not {describe(desired)}")
    left = _numbers(actual)
    if left is None:
        _fail(f"{message}: {_expected(right)}, got {describe(actual)}", inputs)
    if left.shape != right.shape:
        _fail(f"{message}: {_expected(right)}, got {describe(_unwrapped(left))}", inputs)
    with np.errstate(all="ignore"):
        differs = ~np.isclose(left, right, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if differs.any():
        _fail(message, inputs, show_difference(left, right, differs))


def expect_equal(actual: Any, desired: Any, message: str, **inputs: Any) -> None:
    """Fail unless two plain values are equal, arrays entry by entry, tables with their labels.

    Numbers compare by value (1 equals 1.0 and NumPy's 1); lists and tuples differ, as in Python.
    """
    if isinstance(actual, Remote):
        _fail(f"{message}: expected {describe(desired)}, got {describe(actual)}", inputs)
    if isinstance(desired, np.ndarray):
        _expect_equal_arrays(actual, desired, message, inputs)
    elif not same(actual, desired):
        lines = [labelled("expected", show(desired)), labelled("got     ", show(actual))]
        detail = "\n".join([*lines, *_first_difference(actual, desired)])
        _fail(message, inputs, detail)


def expect_shape(value: Any, shape: tuple[int, ...], message: str = "", **inputs: Any) -> None:
    """Fail unless the value is an array (tensor, table) of this shape."""
    found = None if isinstance(value, Remote) else getattr(value, "shape", None)
    if found is None or tuple(found) != tuple(shape):
        text = f"expected an array of shape {tuple(shape)}, got {describe(value)}"
        _fail(f"{message}: {text}" if message else text, inputs)


def expect_type(
    value: Any, kind: type | tuple[type, ...], message: str = "", **inputs: Any
) -> None:
    """Fail unless the value is of this type, or of one of these."""
    if isinstance(value, Remote) or not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        names = " or ".join(item.__name__ for item in kinds)
        text = f"expected {names}, got {describe(value)}"
        _fail(f"{message}: {text}" if message else text, inputs)


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
        _fail(f"{message}: {text}" if message else text, inputs)
    text = f"{called} should raise {name} here, but returned {describe(value)}"
    _fail(f"{message}: {text}" if message else text, inputs)


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
            _fail(f"{label} changed its input ({name}); work on a copy", {}, detail)
    return answer.value


def same(actual: Any, desired: Any) -> bool:
    """Whether two plain values are equal, looking into lists, tuples, dicts, arrays and tables."""
    if isinstance(actual, np.ndarray) or isinstance(desired, np.ndarray):
        return (
            isinstance(actual, np.ndarray)
            and isinstance(desired, np.ndarray)
            and actual.shape == desired.shape
            and np.array_equal(actual, desired, equal_nan=actual.dtype.kind in "fcmM")
        )
    if isinstance(desired, list | tuple) and type(actual) is type(desired):
        pairs = zip(actual, desired, strict=False)
        return len(actual) == len(desired) and all(same(left, right) for left, right in pairs)
    if isinstance(desired, dict) and isinstance(actual, dict):
        keys = actual.keys() == desired.keys()
        return keys and all(same(actual[key], desired[key]) for key in desired)
    if hasattr(desired, "equals") and type(actual) is type(desired):  # pandas
        return bool(desired.equals(actual))
    if type(desired).__name__ == "Tensor" and type(actual) is type(desired):
        return actual.dtype == desired.dtype and bool(actual.equal(desired))
    if type(desired).__name__ == "Generator" and type(actual) is type(desired):
        return same(actual.bit_generator.state, desired.bit_generator.state)
    if isinstance(actual, float) and isinstance(desired, float) and actual != actual:
        return desired != desired
    if isinstance(actual, bool | np.bool_) != isinstance(desired, bool | np.bool_):
        return False
    return bool(actual == desired)


def _expect_equal_arrays(
    actual: Any, desired: np.ndarray[Any, Any], message: str, inputs: dict[str, Any]
) -> None:
    if not isinstance(actual, np.ndarray | list | tuple):
        _fail(f"{message}: {_expected(desired)}, got {describe(actual)}", inputs)
    found = _array(actual)
    if found is None or found.shape != desired.shape:
        _fail(f"{message}: {_expected(desired)}, got {describe(actual)}", inputs)
    equal = np.asarray(found == desired)
    if equal.shape != desired.shape:
        _fail(f"{message}: {_expected(desired)}, got entries of type {found.dtype}", inputs)
    if found.dtype.kind in "fc" and desired.dtype.kind in "fc":
        equal |= np.isnan(found) & np.isnan(desired)
    if not equal.all():
        _fail(message, inputs, show_difference(found, desired, ~equal))


def _numbers(value: Any) -> np.ndarray[Any, Any] | None:
    """The value as an array of numbers, or None if it is not one."""
    if value is None or isinstance(value, Remote | str | bytes):
        return None
    if type(value).__name__ == "Tensor":
        value = (
            value.detach().double().numpy() if value.is_floating_point() else value.detach().numpy()
        )
    array = _array(value)
    return array if array is not None and array.dtype.kind in "biufc" else None


def _array(value: Any) -> np.ndarray[Any, Any] | None:
    try:
        return np.asarray(value)
    except (ValueError, TypeError, CheckFailure):  # ragged, or not an array at all
        return None


def _unwrapped(array: np.ndarray[Any, Any]) -> Any:
    return array.item() if array.shape == () else array


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
            return [f"missing keys: {show(sorted(missing, key=repr))}"] * bool(missing) + [
                f"keys that should not be there: {show(sorted(extra, key=repr))}"
            ] * bool(extra)
        wrong = next(key for key in desired if not same(actual[key], desired[key]))
        return [
            f"first difference at [{show(wrong)}]: expected {show(desired[wrong])}, got {show(actual[wrong])}"
        ]
    return []


def _fail(message: str, inputs: dict[str, Any], detail: str = "") -> NoReturn:
    parts = [part for part in (show_inputs(inputs), detail) if part]
    raise CheckFailure(message, "\n".join(parts)[:MAX_EXAMPLE])


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
