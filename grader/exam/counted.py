"""Numbers and lists that count what the learner's code does with them: comparisons, sums, reads, writes."""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Iterable
from typing import Any

from grader.exam.doubles import LIMIT, Double
from grader.exam.errors import CheckFailure

MAX_BITS = 4_096  # of a whole number that grows in the learner's hands
MAX_LENGTH = 100_000

_COMPARISONS = {name: getattr(operator, name) for name in ("lt", "le", "gt", "ge", "eq", "ne")}
_ARITHMETIC = {
    name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "floordiv", "mod")
}
_COUNTED_AS = {"add": "additions", "sub": "additions", "mul": "multiplications"}
_salt = b""


def hide_hashes(salt: bytes) -> None:
    """Begin a check: a whole number's own hash would tell the number without a comparison."""
    global _salt
    _salt = salt


class Tally:
    """Counts what the learner's code does with the numbers and lists made here.

    Args:
        limit: operations in all before the check fails, so that nobody waits for a slow answer.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.comparisons = self.additions = self.multiplications = self.divisions = 0
        self.reads = self.writes = 0
        self._limit = limit

    @property
    def arithmetic(self) -> int:
        """Additions (and subtractions), multiplications and divisions together."""
        return self.additions + self.multiplications + self.divisions

    @property
    def total(self) -> int:
        """All operations together."""
        return self.comparisons + self.arithmetic + self.reads + self.writes

    def reset(self) -> None:
        """Begin again at 0."""
        self.__init__(self._limit)  # type: ignore[misc]

    def number(self, value: Any) -> Counted:
        """A number, or a text, whose comparisons and arithmetic are counted."""
        return value if isinstance(value, Counted) else Counted(self, value)

    def numbers(self, values: Iterable[Any]) -> list[Any]:
        """Plain lists, nested as ``values`` are, of counted numbers: 2,000 of them at most."""
        return [
            self.numbers(item) if hasattr(item, "__iter__") and type(item) is not str
            else self.number(item.item() if hasattr(item, "item") else item)
            for item in values
        ]  # fmt: skip

    def list(self, values: Iterable[Any]) -> CountedList:
        """A list of counted numbers whose reads and writes are counted too."""
        return CountedList(self, values)

    def count(self, what: str, times: int = 1) -> None:
        """Add to one of the counts.

        Raises:
            CheckFailure: the limit is passed.
        """
        setattr(self, what, getattr(self, what) + times)
        if self.total > self._limit:
            raise CheckFailure(f"more than {self._limit:,} operations were needed")


class Counted(Double):
    """A number that is counted; here it equals its value, and asking that counts nothing."""

    kind = "scalar"

    def __init__(self, tally: Tally, value: Any) -> None:
        if type(value) not in (bool, int, float, str):
            raise TypeError(f"a counted number is made of a number, not {type(value).__name__}")
        self._tally = tally
        self.value = value

    def serve(self, operation: str, *operands: Any) -> Any:
        """One operation; comparisons give a truth value, arithmetic a counted number."""
        if operation in _COMPARISONS:
            other = _value_of(*operands)
            self._tally.count("comparisons")
            return bool(_COMPARISONS[operation](self.value, other))
        if operation in _ARITHMETIC:
            return self._compute(operation, *operands)
        if operation == "hash":
            self._tally.count("comparisons")  # it tells equal from different
            return _hidden_hash(self.value)
        if operation == "truth":
            self._tally.count("comparisons")
            return bool(self.value)
        if operation in ("neg", "abs"):
            return self._tally.number(getattr(operator, operation)(_number(self.value)))
        raise TypeError("counted numbers are compared, added, multiplied and divided")

    def _compute(self, operation: str, other: Any, is_swapped: bool = False) -> Counted:
        left, right = _number(self.value), _number(_value_of(other))
        if is_swapped:
            left, right = right, left
        self._tally.count(_COUNTED_AS.get(operation, "divisions"))
        result = _ARITHMETIC[operation](left, right)
        if type(result) is int and result.bit_length() > MAX_BITS:
            raise OverflowError("the number has become too large")
        return self._tally.number(result)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (other.value if isinstance(other, Counted) else other))

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return repr(self.value)


class CountedList(Double):
    """A list whose reads and writes are counted; ``values`` is what it holds now."""

    kind = "sequence"

    def __init__(self, tally: Tally, values: Iterable[Any]) -> None:
        self._tally = tally
        self._items = tally.numbers(values)

    @property
    def values(self) -> list[Any]:
        """The plain values that it holds now; looking counts nothing."""
        return [item.value for item in self._items]

    def serve(self, operation: str, *operands: Any) -> Any:
        """One operation. A slice counts as many reads or writes as it has items."""
        if operation == "len" and not operands:
            return len(self._items)
        place: Any = operands[0] if operands else None
        if type(place) not in (int, slice):
            raise TypeError("list indices must be integers or slices")
        if operation == "getitem":
            found = self._items[place]
            self._tally.count("reads", len(found) if type(found) is list else 1)
            return found
        if operation == "delitem":
            self._tally.count("writes")
            del self._items[place]
        elif operation in ("setitem", "insert") and len(operands) == 2:
            self._write(operation, place, operands[1])
        else:
            raise TypeError("this list is read, written, inserted into and deleted from")
        return None

    def _write(self, operation: str, place: Any, value: Any) -> None:
        if type(place) is slice and type(value) in (list, tuple, CountedList):
            items = value._items if type(value) is CountedList else list(value)
            self._tally.count("writes", max(1, len(items)))
            self._items[place] = [self._tally.number(item) for item in items]
        elif operation == "insert":
            self._tally.count("writes")
            self._items.insert(place, self._tally.number(value))
        else:
            self._tally.count("writes")
            self._items[place] = self._tally.number(value)
        if len(self._items) > MAX_LENGTH:
            raise CheckFailure(f"a list has grown beyond {MAX_LENGTH:,} items")

    def __repr__(self) -> str:
        return repr(self.values)


def plain(value: Any) -> Any:
    """The value with everything counted replaced by what it holds."""
    if isinstance(value, Counted):
        return value.value
    if isinstance(value, CountedList):
        return value.values
    if type(value) in (list, tuple):
        return type(value)(plain(item) for item in value)
    return value


def _value_of(operand: Any, *rest: Any) -> Any:
    value = operand.value if isinstance(operand, Counted) else operand
    if rest or type(value) not in (bool, int, float, str):
        raise TypeError("a counted number goes with numbers only")
    return value


def _number(value: Any) -> Any:
    if type(value) is str:
        raise TypeError("texts are compared, not added")
    return value


def _hidden_hash(value: Any) -> int:
    text = value if type(value) is str else str(hash(value))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=_salt, digest_size=7)
    return int.from_bytes(digest.digest(), "big")
