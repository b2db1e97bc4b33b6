"""NumPy arrays, scalars and random generators on the wire."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.wire.dtypes import (
    KINDS,
    SCALARS,
    check_data,
    portable_dtype,
    read_dtype,
    without_padding,
    write_dtype,
)
from grader.wire.frames import MAX_BUFFER_BYTES, WireError
from grader.wire.plain import exactly

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

MAX_DIMENSIONS = 32
_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


def write_array(encoder: Encoder, value: np.ndarray[Any, Any], depth: int) -> Any:
    """An array of the closed dtypes, in C order; any other stays behind."""
    if value.dtype.kind == "T":
        return _write_strings(encoder, value, depth)
    dtype = portable_dtype(value.dtype)
    if dtype is None:
        return encoder.export(value)
    data = np.ascontiguousarray(value, dtype=dtype)
    number = encoder.buffer(without_padding(data))
    return {"$": "array", "d": write_dtype(dtype), "s": list(value.shape), "b": number}


def read_array(decoder: Decoder, node: dict[str, Any]) -> np.ndarray[Any, Any]:
    """Rebuild an array over the received bytes, without a copy.

    Raises:
        WireError: dtype, shape and length do not belong together.
    """
    dtype, shape = read_dtype(node["d"]), _read_shape(node["s"])
    # Sizes of zero bytes count as one: NumPy makes room for it.
    if math.prod(shape) * max(1, dtype.itemsize) > MAX_BUFFER_BYTES:
        raise WireError("a shape that cannot be")
    data = decoder.buffer(node["b"])
    if math.prod(shape) * dtype.itemsize != len(data):
        raise WireError("the shape does not fit the data")
    if not data:
        return np.zeros(shape, dtype)
    if dtype.kind == "b":  # a byte of 2 would be a truth value that equals neither
        return (np.frombuffer(data, np.uint8) != 0).reshape(shape)
    values = np.frombuffer(data, dtype)
    check_data(values)
    return values.reshape(shape)


def _read_shape(node: Any) -> tuple[int, ...]:
    shape = tuple(exactly(size, int) for size in exactly(node, list))
    if len(shape) > MAX_DIMENSIONS or any(not 0 <= size <= MAX_BUFFER_BYTES for size in shape):
        raise WireError("a shape that cannot be")
    return shape


def _write_strings(encoder: Encoder, value: np.ndarray[Any, Any], depth: int) -> Any:
    """NumPy's texts of any length; those with a mark for missing ones stay behind."""
    if hasattr(value.dtype, "na_object"):
        return encoder.export(value)
    texts = encoder.value([str(text) for text in value.reshape(-1)], depth + 1)
    return {"$": "strings", "s": list(value.shape), "v": texts}


def _read_strings(decoder: Decoder, node: dict[str, Any]) -> np.ndarray[Any, Any]:
    texts = decoder.items(node["v"])
    if not all(type(text) is str for text in texts):
        raise WireError("not texts")
    return np.array(texts, dtype=np.dtypes.StringDType()).reshape(_read_shape(node["s"]))


def _write_dtype(encoder: Encoder, value: np.dtype[Any], depth: int) -> Any:
    dtype = portable_dtype(value)
    return encoder.export(value) if dtype is None else {"$": "dtype", "v": write_dtype(dtype)}


def write_scalar(encoder: Encoder, value: np.generic, depth: int) -> Any:
    """A NumPy scalar, as an array without dimensions."""
    node = write_array(encoder, np.asarray(value), depth)
    return {**node, "$": "scalar"} if node["$"] == "array" else encoder.export(value)


def read_scalar(decoder: Decoder, node: dict[str, Any]) -> Any:
    """Rebuild a NumPy scalar."""
    if node["s"] != []:
        raise WireError("a scalar has no dimensions")
    return read_array(decoder, node)[()]


def write_generator(encoder: Encoder, value: np.random.Generator, depth: int) -> Any:
    """A random generator, as the name and the state of its bit generator."""
    bits = value.bit_generator
    name = type(bits).__name__
    if type(bits) is not getattr(np.random, name, None) or name not in _GENERATORS:
        return encoder.export(value)
    return {"$": "generator", "n": name, "v": encoder.value(bits.state, depth + 1)}


def read_generator(decoder: Decoder, node: dict[str, Any]) -> np.random.Generator:
    """Rebuild a random generator that continues where the other one stood.

    Raises:
        WireError: not a state. NumPy does not check positions, and reads past the end of its tables.
    """
    name, state = node["n"], decoder.value(node["v"])
    if name not in _GENERATORS or not _is_state(name, state):
        raise WireError("not the state of a generator")
    bits = getattr(np.random, name)(0)
    bits.state = state
    return np.random.Generator(bits)


def _is_state(name: str, state: Any) -> bool:
    inner = state["state"]
    if state["bit_generator"] != name:
        return False
    if name == "MT19937":
        return _is_table(inner["key"], "<u4", 624) and _is_int(inner["pos"], 625)
    if not (_is_int(state["has_uint32"], 2) and _is_int(state["uinteger"], 1 << 32)):
        return False
    if name == "SFC64":
        return _is_table(inner["state"], "<u8", 4)
    if name == "Philox":
        return (
            _is_table(inner["counter"], "<u8", 4)
            and _is_table(inner["key"], "<u8", 2)
            and _is_table(state["buffer"], "<u8", 4)
            and _is_int(state["buffer_pos"], 5)
        )
    return _is_int(inner["state"], 1 << 128) and _is_int(inner["inc"], 1 << 128)


def _is_int(value: Any, end: int) -> bool:
    return type(value) is int and 0 <= value < end


def _is_table(value: Any, dtype: str, size: int) -> bool:
    return type(value) is np.ndarray and value.dtype.str == dtype and value.shape == (size,)


def encoders() -> dict[type, Any]:
    """How each type is written."""
    return {
        np.ndarray: write_array,
        np.random.Generator: write_generator,
        **dict.fromkeys(SCALARS, write_scalar),
        **dict.fromkeys(KINDS, _write_dtype),
    }


def decoders() -> dict[str, Any]:
    """How each tag is read."""
    return {
        "array": read_array,
        "scalar": read_scalar,
        "strings": _read_strings,
        "dtype": lambda decoder, node: read_dtype(node["v"]),
        "generator": read_generator,
    }
