"""Values of a closed list of types, as JSON and buffers, and back.

Only exact types travel: a subclass may carry methods of the other side, so it stays behind, and what
``export`` makes of it (an opaque handle) goes in its place. Plain JSON stands for itself; everything else
is an object with the key ``$``. NumPy, pandas, SciPy, SymPy, torch, Pillow and matplotlib join in when they
are loaded.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable
from typing import Any

from grader.wire import moments, plain, records
from grader.wire.frames import (
    MAX_BUFFER_BYTES,
    MAX_BUFFERS,
    MAX_NODES,
    Buffer,
    WireError,
    WireLimitError,
)

MAX_STEPS = 50_000  # of a calendar in one message, about a second, or rows that cost no byte of it
MAX_VALUE_DEPTH = 13  # a header's envelope takes up to three of its levels

Export = Callable[[object], dict[str, Any]]
Resolve = Callable[[dict[str, Any]], object]

# Which library brings which of our modules, and the tags that it reads.
_EXTENSIONS = {
    "numpy": ("grader.wire.arrays", ("array", "scalar", "strings", "dtype", "generator")),
    "pandas": (
        "grader.wire.tables",
        (
            "series",
            "index",
            "multiindex",
            "frame",
            "column",
            "stamp",
            "period",
            "interval",
            "missing",
        ),
    ),
    "torch": ("grader.wire.tensors", ("tensor", "dtype-torch", "size")),
    "scipy.sparse": ("grader.wire.sparse", ("sparse",)),
    "sympy": ("grader.wire.expressions", ("expression",)),
    "PIL.Image": ("grader.wire.images", ("image",)),
    "matplotlib.figure": ("grader.wire.figures", ("figure", "axes")),
}
_MODULE_OF_TAG = {tag: module for module, tags in _EXTENSIONS.values() for tag in tags}


def encode(value: object, export: Export) -> tuple[Any, list[Buffer]]:
    """Turn ``value`` into JSON and buffers; ``export`` describes what is not of the closed list.

    Raises:
        WireLimitError: too large, too deep, too many parts.
    """
    encoder = Encoder(export)
    return encoder.value(value), encoder.buffers


def decode(node: Any, buffers: list[bytearray], resolve: Resolve) -> Any:
    """Rebuild a value; ``resolve`` gets the nodes whose tag is not of the closed list.

    Raises:
        WireError: the node is not what :func:`encode` makes.
    """
    return Decoder(buffers, resolve).value(node)


class Encoder:
    """One message on its way out: several values may share its buffers."""

    def __init__(self, export: Export) -> None:
        self.export = export
        self.buffers: list[Buffer] = []
        self._nodes = 0
        self._bytes = 0
        _load_extensions()

    def value(self, value: object, depth: int = 0) -> Any:
        """JSON for one value. ``depth`` counts the levels of JSON around it."""
        if depth > MAX_VALUE_DEPTH:
            raise WireLimitError(f"nested deeper than {MAX_VALUE_DEPTH} levels")
        self.count(1)
        write = ENCODERS.get(type(value)) or _record_writer(type(value))
        return self.export(value) if write is None else write(self, value, depth)

    def travels(self, value: object) -> bool:
        """Whether the value is of the closed list, so that its ``repr`` is none of anybody's own code."""
        return type(value) in ENCODERS

    def count(self, parts: int) -> None:
        """Count parts of the message, those that a writer makes without :meth:`value` among them."""
        self._nodes += parts
        if self._nodes > MAX_NODES:
            raise WireLimitError(f"more than {MAX_NODES} parts")

    def buffer(self, data: Buffer) -> int:
        """Keep ``data`` as a buffer and return its number."""
        self._bytes += memoryview(data).nbytes
        if self._bytes > MAX_BUFFER_BYTES:
            raise WireLimitError(f"more than {MAX_BUFFER_BYTES >> 20} MiB of data")
        if len(self.buffers) >= MAX_BUFFERS:
            raise WireLimitError(f"more than {MAX_BUFFERS} arrays")
        self.buffers.append(data)
        return len(self.buffers) - 1


class Decoder:
    """One message that came in: nothing about it is trusted.

    ``takes_stand_ins`` is for the learner's side only: an object with members of the other side's choice
    could pass there for anything.
    """

    def __init__(
        self, buffers: list[bytearray], resolve: Resolve, takes_stand_ins: bool = False
    ) -> None:
        self.resolve = resolve
        self._takes_stand_ins = takes_stand_ins
        self._buffers: list[bytearray | None] = list(buffers)
        self._steps = MAX_STEPS

    def value(self, node: Any) -> Any:
        """Rebuild one value.

        Raises:
            WireError: the node is not what :class:`Encoder` makes.
        """
        kind = type(node)
        if kind is list:
            return [self.value(item) for item in node]
        if kind is not dict:
            return node
        tag = node.get("$")
        if tag is None:
            return {key: self.value(item) for key, item in node.items()}
        read = _decoder(tag)
        if read is None or (tag == "stand-in" and not self._takes_stand_ins):
            return self.resolve(node)
        try:
            return read(self, node)
        except WireError:
            raise
        except Exception as error:  # the libraries raise many kinds on nonsense
            raise WireError(f"not a {tag}: {type(error).__name__}") from None

    def buffer(self, number: Any) -> bytearray:
        """Take a buffer. Each may be named once, or 10,000 nodes could copy the same 32 MiB."""
        if type(number) is not int or not 0 <= number < len(self._buffers):
            raise WireError("no such buffer")
        data, self._buffers[number] = self._buffers[number], None
        if data is None:
            raise WireError("a buffer is named twice")
        return data

    def affords(self, steps: int) -> bool:
        """Whether the message may still make us take so many steps that none of its bytes pays for; they then count."""
        if steps > self._steps:
            return False
        self._steps -= steps
        return True

    def items(self, node: Any) -> list[Any]:
        """Rebuild a value that must be a list."""
        return plain.exactly(self.value(node), list)


ENCODERS: dict[Any, Callable[[Encoder, Any, int], Any]] = {
    **plain.ENCODERS,
    **moments.ENCODERS,
    **records.ENCODERS,
}
DECODERS: dict[str, Callable[[Decoder, dict[str, Any]], Any]] = {
    **plain.DECODERS,
    **moments.DECODERS,
    **records.DECODERS,
}
_waiting = dict(_EXTENSIONS)


def _record_writer(kind: type) -> Callable[[Encoder, Any, int], Any] | None:
    return records.writer(kind) if issubclass(kind, tuple) else None


def _load_extensions() -> None:
    """Let the types of NumPy, pandas and others travel once those are loaded; never load them here."""
    for library in [name for name in _waiting if name in sys.modules]:
        module, _ = _waiting.pop(library)
        with contextlib.suppress(Exception):  # a library that is broken must not spoil the rest
            ENCODERS.update(importlib.import_module(module).encoders())


def _decoder(tag: Any) -> Callable[[Decoder, dict[str, Any]], Any] | None:
    if type(tag) is not str:
        raise WireError("a tag is not text")
    module = _MODULE_OF_TAG.get(tag)
    if module is not None and tag not in DECODERS:
        try:
            DECODERS.update(importlib.import_module(module).decoders())
        except ImportError:
            raise WireError(f"this environment cannot hold a {tag}") from None
    return DECODERS.get(tag)
