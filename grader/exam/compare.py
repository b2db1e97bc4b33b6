"""When two plain values count as equal, and which values count as numbers."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from grader.exam.counted import plain
from grader.exam.errors import CheckFailure
from grader.exam.learner import Remote
from grader.wire.records import Record

MAX_DENSE = 4_000_000  # entries of a sparse matrix that is written out to be compared


def same(actual: Any, desired: Any) -> bool:
    """Whether two plain values are equal, looking into lists, tuples, dicts, arrays and tables."""
    if type(actual) is Record:
        actual = tuple(actual)
    if is_sparse(actual) or is_sparse(desired):
        both = type(actual) is type(desired) and actual.shape == desired.shape
        return both and actual.nnz == desired.nnz and (actual != desired).nnz == 0
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


def numbers(value: Any) -> np.ndarray[Any, Any] | None:
    """The value as an array of numbers, or None if it is not one."""
    value = plain(value)
    if value is None or isinstance(value, Remote | str | bytes):
        return None
    if is_sparse(value):
        return value.toarray() if value.shape[0] * value.shape[1] <= MAX_DENSE else None
    if type(value).__name__ == "Tensor":
        value = (
            value.detach().double().numpy() if value.is_floating_point() else value.detach().numpy()
        )
    array = as_array(value)
    return array if array is not None and array.dtype.kind in "biufc" else None


def is_sparse(value: Any) -> bool:
    """Whether this is one of SciPy's sparse arrays or matrices."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and bool(sparse.issparse(value))


def as_array(value: Any) -> np.ndarray[Any, Any] | None:
    """The value as an array, or None if it cannot be one."""
    try:
        return np.asarray(value)
    except (ValueError, TypeError, CheckFailure):  # ragged, or not an array at all
        return None


def unwrapped(array: np.ndarray[Any, Any]) -> Any:
    return array.item() if array.shape == () else array
