"""Values with names on the wire: named tuples without their class and its methods, and stand-ins.

A stand-in is an object that one side makes up for the other: its members are values, or functions that
are called back.
"""

from __future__ import annotations

from collections.abc import Callable
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from grader.wire.frames import WireError
from grader.wire.ordering import settled
from grader.wire.plain import exactly

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

MAX_FIELDS = 64
MAX_NAME = 200  # characters of a field's name
_GENERATED = frozenset(
    ["__new__", "__repr__", "__getnewargs__", "__replace__", "_make", "_replace", "_asdict"]
)


class Record(tuple):  # type: ignore[type-arg]
    """A named tuple of the other side: a tuple whose items can also be had by name."""

    _fields: tuple[str, ...]

    @classmethod
    def of(cls, fields: tuple[str, ...], items: list[Any]) -> Record:
        """Raises WireError unless every item has one name of its own, as ``namedtuple`` takes them."""
        is_fit = len(fields) == len(items) <= MAX_FIELDS and all(map(is_field, fields))
        if not is_fit or len({*fields}) != len(fields):
            raise WireError("not a named tuple")
        record = cls(items)
        record._fields = fields
        return record

    def __getattr__(self, name: str) -> Any:
        # NumPy takes an ``__array_interface__`` at its word, address included; others look for ``_typ`` and
        # the like. What libraries ask for is never answered with what the other side sent.
        if not name.startswith("_") and name in self.__dict__.get("_fields", ()):
            return self[self._fields.index(name)]
        raise AttributeError(name)

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        items = (f"{name}={settled(item)!r}" for name, item in self._asdict().items())
        return f"({', '.join(items)})"


def is_field(name: Any) -> bool:
    """Whether a field may be called so: libraries ask a value for names that begin with an underscore."""
    if type(name) is not str or len(name) > MAX_NAME or not name.isidentifier():
        return False
    return not name.startswith("_") and not iskeyword(name)


class StandIn:
    """An object with these members and nothing else."""

    def __init__(self, **members: Any) -> None:
        self.__dict__.update(members)


def writer(kind: type) -> Callable[[Encoder, Any, int], Any] | None:
    """How a value of this class is written if it is a named tuple and nothing more, else None.

    A class with methods of its own stays behind, so that they can be called there.
    """
    if kind is Record:
        return _write
    fields = kind.__dict__.get("_fields")
    if kind.__bases__ != (tuple,) or type(fields) is not tuple or len(fields) > MAX_FIELDS:
        return None
    if not all(map(is_field, fields)):
        return None
    own = {name for name, item in kind.__dict__.items() if hasattr(item, "__get__")}
    own -= {"__dict__", "__weakref__"}
    return _write if own <= _GENERATED.union(fields) else None


def _write(encoder: Encoder, value: Any, depth: int) -> Any:
    items = encoder.value(list(tuple.__iter__(value)), depth + 1)
    return {"$": "record", "n": list(value._fields), "v": items}


def _read(decoder: Decoder, node: dict[str, Any]) -> Record:
    return Record.of(tuple(exactly(node["n"], list)), decoder.items(node["v"]))


def _write_stand_in(encoder: Encoder, value: Any, depth: int) -> Any:
    return {"$": "stand-in", "v": encoder.value(dict(value.__dict__), depth + 1)}


def _read_stand_in(decoder: Decoder, node: dict[str, Any]) -> StandIn:
    members = exactly(decoder.value(node["v"]), dict)
    if not all(type(name) is str and name.isidentifier() for name in members):
        raise WireError("not the members of an object")
    return StandIn(**members)


ENCODERS = {StandIn: _write_stand_in}
DECODERS = {"record": _read, "stand-in": _read_stand_in}
