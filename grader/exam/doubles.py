"""Test doubles: functions, iterators and objects that a check lends to the learner's code and counts.

What is lent stays here; the learner's code can only ask for one operation after another. So the counts are
facts, whatever that code says or does.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from grader.exam.errors import CheckFailure
from grader.exam.show import clean

KEPT_CALLS = 1_000
LIMIT = 100_000


class Double:
    """What is lent and asked by operations. ``kind`` says what stands for it on the other side."""

    kind = ""

    def serve(self, operation: str, *operands: Any) -> Any:
        """Do one operation for the learner's code. Nothing about the operands is trusted."""
        raise NotImplementedError


class Lending:
    """What is lent to one learner's kernel during one check, by number."""

    def __init__(self) -> None:
        self._last = 0  # the highest number given; none is given twice
        self._lent: dict[int, tuple[Any, Callable[..., Any]]] = {}
        self._number_of: dict[int, int] = {}  # by identity; what is lent is kept, so that ids stay

    def clear(self) -> None:
        """Take everything back."""
        self._lent.clear()
        self._number_of.clear()

    def node(self, value: object) -> dict[str, Any]:
        """What goes over the wire in place of ``value``; the same number for the same object.

        Raises:
            TypeError: it can be neither called nor iterated.
        """
        if isinstance(value, Double):
            return {"$": "double", "h": self._lend(value, value.serve), "k": value.kind}
        if hasattr(type(value), "__next__"):
            stream: Any = value
            number = self._lend(value, lambda: list(itertools.islice(stream, 1)))
            return {"$": "double", "h": number, "k": "stream"}
        if not callable(value):
            raise TypeError(f"an object of {type(value).__name__} cannot travel to the learner")
        name = clean(getattr(value, "__name__", "function"), 50)
        return {"$": "callback", "h": self._lend(value, value), "n": name}

    def function(self, number: Any) -> Callable[..., Any] | None:
        """What is asked under a number that the other side sent, or None."""
        return self._lent[number][1] if type(number) is int and number in self._lent else None

    def was_lent(self, number: Any) -> bool:
        """Whether it was lent under that number and has been taken back."""
        return type(number) is int and 0 < number <= self._last and number not in self._lent

    def __contains__(self, number: object) -> bool:
        return number in self._lent

    def __getitem__(self, number: int) -> Any:
        return self._lent[number][0]

    def _lend(self, value: object, function: Callable[..., Any]) -> int:
        if id(value) not in self._number_of:
            self._last = number = self._last + 1
            self._number_of[id(value)] = number
            self._lent[number] = (value, function)
        return self._number_of[id(value)]


class Counting:
    """A function that counts how often the learner's code calls it, and keeps the first arguments."""

    def __init__(self, function: Callable[..., Any], limit: int | None) -> None:
        self.__name__ = getattr(function, "__name__", "function")
        self.calls = 0
        self.seen: list[tuple[Any, ...]] = []
        self._function, self._limit = function, limit

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        if self._limit is not None and self.calls > self._limit:
            raise CheckFailure(f"{self.__name__} was called more than {self._limit:,} times")
        if len(self.seen) < KEPT_CALLS:
            self.seen.append(args)
        return self._function(*args, **kwargs)


class Stream:
    """An iterator that counts how many items were taken; it is read one by one, never ahead."""

    def __init__(self, iterable: Iterable[Any], limit: int) -> None:
        self.taken = 0
        self._iterator, self._limit = iter(iterable), limit

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self.taken >= self._limit:
            raise CheckFailure(f"more than {self._limit:,} items were taken")
        item = next(self._iterator)
        self.taken += 1
        return item


def counting(function: Callable[..., Any], limit: int | None = None) -> Counting:
    """``function`` for the learner's code to call: ``.calls`` counts, ``.seen`` keeps the arguments."""
    return Counting(function, limit)


def stream(iterable: Iterable[Any], limit: int = LIMIT) -> Stream:
    """An iterator for the learner's code, which may be endless: ``.taken`` counts what was asked for."""
    return Stream(iterable, limit)
