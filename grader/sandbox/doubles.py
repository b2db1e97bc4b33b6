"""What the examiner lends to the learner's code: functions, iterators, and numbers that are counted.

Nothing of value lies here. Each operation is a question to the examiner, which holds the numbers, computes
and counts; so neither a number nor a count can be had without being asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableSequence
from typing import Any

Ask = Callable[[int, tuple[Any, ...], dict[str, Any]], Any]


class Callback:
    """A function of the examiner's, as the learner's code sees it: call it like any other."""

    def __init__(self, ask: Ask, number: int, name: str) -> None:
        self._ask = ask
        self._kilohour = number
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(self._kilohour, args, kwargs)

    def __repr__(self) -> str:
        return f"<function {self.__name__} of the check>"


class Stream:
    """An iterator of the examiner's: each item is fetched when it is asked for, and not before."""

    def __init__(self, ask: Ask, number: int) -> None:
        self._ask = ask
        self._kilohour = number

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        items = self._ask(self._kilohour, (), {})
        if not items:
            raise StopIteration
        return items[0]


class _Double:
    """Passes every operation on, by its name in :mod:`operator`."""

    def __init__(self, ask: Ask, number: int) -> None:
        self._ask = ask
        self._kilohour = number

    def _operate(self, operation: str, *operands: Any) -> Any:
        return self._ask(self._kilohour, (operation, *operands), {})


def _forward(operation: str, swapped: bool = False) -> Callable[..., Any]:
    def method(self: Scalar, *others: Any) -> Any:
        if not all(type(other) in (bool, int, float, str, Scalar) for other in others):
            others = tuple(map(_plain, others))
            if any(other is NotImplemented for other in others):
                return NotImplemented
        return self._operate(operation, *others, *([True] if swapped else []))

    return method


def _plain(value: Any) -> Any:
    """A NumPy number as Python's, anything else that is no number as NotImplemented."""
    if type(value) in (bool, int, float, str, Scalar):
        return value
    item = getattr(value, "item", None)
    is_number = type(value).__module__ == "numpy" and getattr(value, "shape", None) == ()
    return item() if is_number and item is not None else NotImplemented


class Scalar(_Double):
    """A number (or text) that is counted: compare, add and multiply it; it can't be converted."""

    __array_ufunc__ = None

    __lt__, __le__ = _forward("lt"), _forward("le")
    __gt__, __ge__ = _forward("gt"), _forward("ge")
    __eq__, __ne__ = _forward("eq"), _forward("ne")
    __hash__ = _forward("hash")  # type: ignore[assignment]
    __bool__ = _forward("truth")
    __add__, __radd__ = _forward("add"), _forward("add", swapped=True)
    __sub__, __rsub__ = _forward("sub"), _forward("sub", swapped=True)
    __mul__, __rmul__ = _forward("mul"), _forward("mul", swapped=True)
    __truediv__, __rtruediv__ = _forward("truediv"), _forward("truediv", swapped=True)
    __floordiv__, __rfloordiv__ = _forward("floordiv"), _forward("floordiv", swapped=True)
    __mod__, __rmod__ = _forward("mod"), _forward("mod", swapped=True)
    __neg__, __abs__ = _forward("neg"), _forward("abs")

    def __pow__(self, exponent: Any) -> Any:
        """Whole powers are products, and are counted as such."""
        if type(exponent) is not int or not 0 < exponent <= 64:
            return NotImplemented
        result = self
        for _ in range(exponent - 1):
            result = result * self
        return result

    def __repr__(self) -> str:
        return "<a number whose operations are counted>"

    def _refuse(self) -> Any:
        raise TypeError(
            "this number counts what is done with it: compare, add or multiply it as it is, "
            "without converting it"
        )

    __int__ = __float__ = __index__ = __complex__ = _refuse


class Sequence(_Double, MutableSequence):  # type: ignore[type-arg]
    """A list of the examiner's, whose reads and writes are counted; its items are :class:`Scalar`."""

    def __len__(self) -> int:
        return int(self._operate("len"))

    def __getitem__(self, place: Any) -> Any:
        return self._operate("getitem", place)

    def __setitem__(self, place: Any, value: Any) -> None:
        self._operate("setitem", place, value)

    def __delitem__(self, place: Any) -> None:
        self._operate("delitem", place)

    def insert(self, index: int, value: Any) -> None:
        self._operate("insert", index, value)

    def copy(self) -> list[Any]:
        return list(self)

    def sort(self, *_args: Any, **_options: Any) -> None:
        raise AttributeError("this list has no sort(): write it")

    def __add__(self, other: Iterable[Any]) -> list[Any]:
        return [*self, *other]

    def __radd__(self, other: Iterable[Any]) -> list[Any]:
        return [*other, *self]

    def __repr__(self) -> str:
        return "<a list whose reads and writes are counted>"


def make(ask: Ask, number: int, kind: str) -> Any:
    """What stands here for something of the examiner's."""
    return {"scalar": Scalar, "sequence": Sequence, "stream": Stream}[kind](ask, number)


KINDS = (Callback, Stream, Scalar, Sequence)
