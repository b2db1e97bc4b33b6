"""When two plain values count as equal, and which values count as numbers."""

from __future__ import annotations

import math
import sys
from collections import deque
from typing import Any

import numpy as np

from grader.exam.counted import plain
from grader.exam.errors import AnswerError, CheckFailure
from grader.exam.learner import Remote
from grader.exam.show import describe
from grader.wire.records import Record

MAX_DENSE = 4_000_000  # entries of a sparse matrix or a range that is written out to be compared
_SEQUENCES = frozenset((list, tuple, deque, Record))  # into which NumPy looks
_LEAVES = frozenset((bool, int, float, complex, str))


def same(actual: Any, desired: Any) -> bool:
    """Whether two plain values are equal, looking into lists, tuples, dicts, arrays and tables."""
    try:
        return _same(actual, desired)
    except (AnswerError, CheckFailure):
        raise
    except Exception:  # a learner may give what libraries refuse to compare, each in its own way
        return False


def _same(actual: Any, desired: Any) -> bool:
    actual, desired = (tuple(item) if type(item) is Record else item for item in (actual, desired))
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
    if hasattr(type(desired), "equals") and type(actual) is type(desired):  # pandas
        return bool(desired.equals(actual))
    if type(desired).__name__ == "Tensor" and type(actual) is type(desired):
        return actual.dtype == desired.dtype and bool(actual.equal(desired))
    if _compares_entries(actual) or _compares_entries(desired):
        return False
    if type(desired).__name__ == "Generator" and type(actual) is type(desired):
        return same(actual.bit_generator.state, desired.bit_generator.state)
    if isinstance(actual, float) and isinstance(desired, float) and actual != actual:
        return desired != desired
    if actual is desired:  # which pandas' NA and NaT would not say
        return True
    if isinstance(actual, bool | np.bool_) != isinstance(desired, bool | np.bool_):
        return False
    return bool(actual == desired)


def _compares_entries(value: Any) -> bool:
    """Whether ``==`` goes through the entries, of which an index may have any number."""
    kind = type(value)
    is_table = kind.__module__.partition(".")[0] == "pandas" and hasattr(kind, "equals")
    return is_table or kind.__name__ == "Tensor"


def numbers(value: Any) -> np.ndarray[Any, Any] | None:
    """The value as an array of numbers, or None if it is not one."""
    value = plain(value)
    if value is None or isinstance(value, Remote | str | bytes):
        return None
    if is_sparse(value):
        return value.toarray() if math.prod(value.shape) <= MAX_DENSE else None
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
    """The value as an array, or None if it cannot be one.

    Raises:
        CheckFailure: ranges in it stand for more entries than can be compared.
    """
    check_length(value)
    try:
        return np.asarray(without_names(value))
    except AnswerError:
        raise
    except Exception:  # ragged, or no array at all: of a learner's value libraries raise many kinds
        return None


def check_length(value: Any) -> None:
    """Raises CheckFailure if ranges in the value, however deep in lists, are too long to be written out."""
    entries = _entries(value)
    if entries > MAX_DENSE:
        what = f"a {type(value).__name__}" if is_range(value) else describe(value)
        raise CheckFailure(f"{what} has {entries:,} entries, more than can be compared")


def is_range(value: Any) -> bool:
    """Whether this is a range, Python's or pandas': a few bytes for any number of entries."""
    pandas = sys.modules.get("pandas")
    return isinstance(value, range) or (pandas is not None and isinstance(value, pandas.RangeIndex))


def _entries(value: Any) -> int:
    """Of all ranges in the value; ``len`` could not say it of the longest."""
    if is_range(value):
        return int(max(0, -((value.start - value.stop) // value.step)))
    return 0 if _is_flat(value) else sum(map(_entries, value))


def without_names(value: Any) -> Any:
    """The value with a plain tuple for each named one, however deep in lists: of a tuple NumPy asks no names."""
    if type(value) is not Record and _is_flat(value):
        return value
    items = list(map(without_names, value))
    return items if type(value) is list else tuple(items)


def _is_flat(value: Any) -> bool:
    return type(value) not in _SEQUENCES or _LEAVES.issuperset(map(type, value))


def unwrapped(array: np.ndarray[Any, Any]) -> Any:
    return array.item() if array.shape == () else array
