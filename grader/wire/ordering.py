"""Sets in an order that no hash decides.

Texts hash differently in every process that was started with a seed of its own, as the examiner's is. What
was made of a set in hash order would differ after a restart: what a report shows, and what a learner's code
meets when it goes through a set that a check handed over.
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable
from typing import Any

_COMPARABLE = (str, int, bytes, bool)
_CONTAINERS = (set, frozenset, list, tuple, deque, dict, OrderedDict, Counter)


def ordered(items: Iterable[Any]) -> list[Any]:
    """The items by the names of their types, then by size (numbers) or by what they are written as."""
    found = list(items)
    kinds = set(map(type, found))
    if len(kinds) == 1 and kinds.pop() in _COMPARABLE:
        return sorted(found)
    return sorted(found, key=_place)


def settled(value: Any) -> Any:
    """The value, to be written out with ``repr``: each set in it, however deep, writes its items in order.

    Raises:
        RecursionError: the value holds itself.
    """
    kind = type(value)
    if kind in (set, frozenset):
        return _Text(_set_text(value))
    if kind in (list, tuple):
        return kind(map(settled, value))
    if kind is deque:
        return deque(map(settled, value), value.maxlen)
    if kind in (dict, OrderedDict):
        return kind((settled(key), settled(item)) for key, item in value.items())
    if kind is Counter:  # sorts by its counts when it is written
        return Counter({settled(key): count for key, count in value.items()})
    return _settled_objects(value)


class _Text:
    """Stands for a set, as which it is written."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _place(item: Any) -> tuple[str, Any, str]:
    kind = type(item)
    if kind in (int, float) and item == item:
        return kind.__name__, item, ""
    return kind.__name__, 0, item if kind is str else repr(settled(item))


def _set_text(items: set[Any] | frozenset[Any]) -> str:
    name = type(items).__name__
    if not items:
        return f"{name}()"
    text = "{" + ", ".join(repr(settled(item)) for item in ordered(items)) + "}"
    return text if name == "set" else f"{name}({text})"


def _settled_objects(value: Any) -> Any:
    """The same for what NumPy and pandas keep objects in; anything else as it is."""
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy is not None and type(value) is numpy.ndarray and value.dtype == object:
        return _settled_array(value)
    if pandas is None or type(value) not in (pandas.DataFrame, pandas.Series, pandas.Index):
        return value
    if type(value) is pandas.DataFrame:
        table = value.set_axis(settled(value.index)).set_axis(settled(value.columns), axis=1)
        for number in range(table.shape[1]):
            if _holds_containers(table.iloc[:, number]):
                table.isetitem(number, settled(table.iloc[:, number]))
        return table
    if type(value) is pandas.Series:
        value = value.set_axis(settled(value.index))
    if not _holds_containers(value):
        return value
    items = _settled_array(numpy.asarray(value, dtype=object))  # type: ignore[union-attr]
    if type(value) is pandas.Index:
        return pandas.Index(items, dtype=object, name=value.name)
    return pandas.Series(items, index=value.index, dtype=object, name=value.name)


def _holds_containers(column: Any) -> bool:
    return column.dtype == object and any(type(item) in _CONTAINERS for item in column)


def _settled_array(values: Any) -> Any:
    numpy = sys.modules["numpy"]
    result = numpy.empty(values.size, dtype=object)
    for number, item in enumerate(values.reshape(-1)):
        result[number] = settled(item)
    return result.reshape(values.shape)
