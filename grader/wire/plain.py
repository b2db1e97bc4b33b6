"""The built-in types of the closed list, each with how it is written and read."""

from __future__ import annotations

import contextlib
import math
from array import array
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from grader.wire.frames import MAX_INT_BITS, WireError, WireLimitError
from grader.wire.ordering import ordered

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

MAX_ITEMS = 1_000_000  # of a list that travels packed in a buffer
PACK_FROM = 16  # items; shorter lists are plain JSON
LONG_TEXT = 4_096  # characters; longer ones travel in a buffer

ENCODERS: dict[type, Callable[[Encoder, Any, int], Any]] = {}
DECODERS: dict[str, Callable[[Decoder, dict[str, Any]], Any]] = {}


def exactly(value: Any, kind: type) -> Any:
    """Return ``value`` if it is exactly of ``kind``; no subclass passes, nor True for an int."""
    if type(value) is not kind:
        raise WireError(f"{kind.__name__} expected")
    return value


# Writing ---


def _same(_: Encoder, value: Any, depth: int) -> Any:
    return value


def _int(_: Encoder, value: int, depth: int) -> int:
    if value.bit_length() > MAX_INT_BITS:
        raise WireLimitError(f"an integer of more than {MAX_INT_BITS} bits")
    return value


def _float(_: Encoder, value: float, depth: int) -> Any:
    return value if math.isfinite(value) else {"$": "float", "v": repr(value)}


def _complex(encoder: Encoder, value: complex, depth: int) -> Any:
    return {"$": "complex", "v": [_float(encoder, value.real, 0), _float(encoder, value.imag, 0)]}


def _text(encoder: Encoder, value: str, depth: int) -> Any:
    if len(value) <= LONG_TEXT:
        return value
    return {"$": "str", "b": encoder.buffer(value.encode("utf-8", "surrogatepass"))}


def _bytes(encoder: Encoder, value: bytes | bytearray, depth: int) -> Any:
    return {"$": type(value).__name__, "b": encoder.buffer(bytes(value))}


def _list(encoder: Encoder, value: list[Any], depth: int) -> Any:
    if len(value) >= PACK_FROM:
        packed = _packed(encoder, value)
        if packed is not None:
            return packed
    return [encoder.value(item, depth + 1) for item in value]


def _packed(encoder: Encoder, items: list[Any]) -> dict[str, Any] | None:
    """A long list of floats, of ints of 64 bits, of truth values or of texts goes into buffers."""
    kinds = set(map(type, items))
    if len(kinds) != 1 or len(items) > MAX_ITEMS:
        return None
    kind = kinds.pop()
    if kind is float:
        return {"$": "packed", "p": "d", "b": encoder.buffer(array("d", items).tobytes())}
    if kind is bool:
        return {"$": "packed", "p": "?", "b": encoder.buffer(bytes(items))}
    if kind is int and min(items) >= -(2**63) and max(items) < 2**63:
        return {"$": "packed", "p": "q", "b": encoder.buffer(array("q", items).tobytes())}
    if kind is str:
        lengths = encoder.buffer(array("q", map(len, items)).tobytes())
        text = "".join(items).encode("utf-8", "surrogatepass")
        return {"$": "texts", "n": lengths, "b": encoder.buffer(text)}
    return None


def _sequence(encoder: Encoder, value: Any, depth: int) -> Any:
    return {"$": _NAMES[type(value)], "v": _list(encoder, list(value), depth + 1)}


def _set(encoder: Encoder, value: set[Any] | frozenset[Any], depth: int) -> Any:
    """In order, so that the set on the other side is built, and gone through, in the same way every time."""
    items = list(value)
    if all(map(encoder.travels, items)):
        with contextlib.suppress(Exception):  # inside a tuple may be what cannot be written
            items = ordered(items)
    return {"$": _NAMES[type(value)], "v": _list(encoder, items, depth + 1)}


def _dict(encoder: Encoder, value: dict[Any, Any], depth: int) -> Any:
    kind = type(value)
    names = set(map(type, value)) <= {str} and "$" not in value
    if kind is dict and names and len(value) < PACK_FROM:
        return {key: encoder.value(item, depth + 1) for key, item in value.items()}
    keys = _list(encoder, list(dict.keys(value)), depth + 1)
    return {"$": _NAMES[kind], "k": keys, "v": _list(encoder, list(value.values()), depth + 1)}


def _slice(encoder: Encoder, value: slice, depth: int) -> Any:
    parts = [value.start, value.stop, value.step]
    return {"$": "slice", "v": [encoder.value(part, depth + 2) for part in parts]}


def _range(encoder: Encoder, value: range, depth: int) -> Any:
    return {"$": "range", "v": [_int(encoder, n, 0) for n in (value.start, value.stop, value.step)]}


def _fraction(encoder: Encoder, value: Fraction, depth: int) -> Any:
    parts = [value.numerator, value.denominator]
    return {"$": "fraction", "v": [encoder.value(part, depth + 2) for part in parts]}


def _ellipsis(_: Encoder, value: object, depth: int) -> Any:
    return {"$": "ellipsis"}


_NAMES: dict[type, str] = {
    tuple: "tuple",
    set: "set",
    frozenset: "frozenset",
    deque: "deque",
    dict: "dict",
    OrderedDict: "ordereddict",
    Counter: "counter",
    defaultdict: "dict",  # its factory stays behind
}
ENCODERS.update({type(None): _same, bool: _same})
ENCODERS[int] = _int
ENCODERS[float] = _float
ENCODERS[complex] = _complex
ENCODERS.update({str: _text, bytes: _bytes, bytearray: _bytes, list: _list})
ENCODERS.update(dict.fromkeys((tuple, deque), _sequence))
ENCODERS.update(dict.fromkeys((set, frozenset), _set))
ENCODERS.update(dict.fromkeys((dict, OrderedDict, Counter, defaultdict), _dict))
ENCODERS.update({slice: _slice, range: _range, Fraction: _fraction})
ENCODERS[type(...)] = _ellipsis


# Reading ---


def _read_float(_: Decoder, node: dict[str, Any]) -> float:
    return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[node["v"]]


def _read_complex(decoder: Decoder, node: dict[str, Any]) -> complex:
    real, imag = map(decoder.value, exactly(node["v"], list))
    return complex(exactly(real, float), exactly(imag, float))


def _read_text(decoder: Decoder, node: dict[str, Any]) -> str:
    return decoder.buffer(node["b"]).decode("utf-8", "surrogatepass")


def _read_packed(decoder: Decoder, node: dict[str, Any]) -> list[Any]:
    data = decoder.buffer(node["b"])
    size = {"d": 8, "q": 8, "?": 1}[node["p"]]
    if len(data) % size or len(data) > size * MAX_ITEMS:
        raise WireError("not a packed list")
    if node["p"] == "?":
        return [bool(item) for item in data]
    return array(node["p"], bytes(data)).tolist()


def _read_texts(decoder: Decoder, node: dict[str, Any]) -> list[str]:
    lengths = _read_packed(decoder, {"p": "q", "b": node["n"]})
    text = _read_text(decoder, node)
    if sum(lengths) != len(text) or (lengths and min(lengths) < 0):
        raise WireError("not a list of texts")
    items, start = [], 0
    for length in lengths:
        items.append(text[start : start + length])
        start += length
    return items


def _read_sequence(decoder: Decoder, node: dict[str, Any]) -> Any:
    return _SEQUENCES[node["$"]](decoder.items(node["v"]))


def _read_dict(decoder: Decoder, node: dict[str, Any]) -> Any:
    keys, values = decoder.items(node["k"]), decoder.items(node["v"])
    items = dict(zip(keys, values, strict=True))
    return _DICTS[node["$"]](items)


def _read_slice(decoder: Decoder, node: dict[str, Any]) -> slice:
    start, stop, step = map(decoder.value, exactly(node["v"], list))
    return slice(start, stop, step)


def _read_range(_: Decoder, node: dict[str, Any]) -> range:
    start, stop, step = (exactly(part, int) for part in exactly(node["v"], list))
    return range(start, stop, step)


def _read_fraction(_: Decoder, node: dict[str, Any]) -> Fraction:
    numerator, denominator = (exactly(part, int) for part in exactly(node["v"], list))
    return Fraction(numerator, denominator)


_SEQUENCES: dict[str, Callable[[list[Any]], Any]] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": deque,
}
_DICTS: dict[str, Callable[[dict[Any, Any]], Any]] = {
    "dict": dict,
    "ordereddict": OrderedDict,
    "counter": Counter,
}
DECODERS.update({"float": _read_float, "complex": _read_complex, "str": _read_text})
DECODERS["bytes"] = lambda decoder, node: bytes(decoder.buffer(node["b"]))
DECODERS["bytearray"] = lambda decoder, node: decoder.buffer(node["b"])
DECODERS.update({"packed": _read_packed, "texts": _read_texts})
DECODERS.update(dict.fromkeys(_SEQUENCES, _read_sequence))
DECODERS.update(dict.fromkeys(_DICTS, _read_dict))
DECODERS.update({"slice": _read_slice, "range": _read_range})
DECODERS.update({"fraction": _read_fraction, "ellipsis": lambda decoder, node: ...})
