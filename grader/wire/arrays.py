"""NumPy arrays, scalars and random generators on the wire."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.wire.frames import MAX_BUFFER_BYTES, WireError
from grader.wire.plain import exactly

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

MAX_DIMENSIONS = 32
_NUMBERS = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
_DTYPES = frozenset(np.dtype(code).str for code in _NUMBERS)
_SIZED = re.compile(
    r"<U[0-9]{1,7}|\|S[0-9]{1,7}|<[mM]8(\[[0-9]{0,4}(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?"
)
_UINT64 = 1 << 64
_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


def portable_dtype(dtype: np.dtype[Any]) -> np.dtype[Any] | None:
    """The little-endian form of a dtype of the closed list, or None if it is not of the list."""
    if dtype.fields is not None or dtype.subdtype is not None or dtype.kind not in "biufcSUmM":
        return None
    native = dtype.newbyteorder("<")
    return native if native.str in _DTYPES or _SIZED.fullmatch(native.str) else None


def read_dtype(text: Any) -> np.dtype[Any]:
    """A dtype of the closed list from its name.

    Raises:
        WireError: any other text. NumPy's own parser never sees it.
    """
    if type(text) is not str or not (text in _DTYPES or _SIZED.fullmatch(text)):
        raise WireError("a dtype that is not of the list")
    return np.dtype(text)


def write_array(encoder: Encoder, value: np.ndarray[Any, Any], depth: int) -> Any:
    """An array of the closed dtypes, in C order; any other stays behind."""
    dtype = portable_dtype(value.dtype)
    if dtype is None:
        return encoder.export(value)
    data = np.ascontiguousarray(value, dtype=dtype)
    number = encoder.buffer(data.tobytes())
    return {"$": "array", "d": dtype.str, "s": list(value.shape), "b": number}


def read_array(decoder: Decoder, node: dict[str, Any]) -> np.ndarray[Any, Any]:
    """Rebuild an array over the received bytes, without a copy.

    Raises:
        WireError: dtype, shape and length do not belong together.
    """
    dtype = read_dtype(node["d"])
    shape = tuple(exactly(size, int) for size in exactly(node["s"], list))
    if len(shape) > MAX_DIMENSIONS or any(not 0 <= size <= MAX_BUFFER_BYTES for size in shape):
        raise WireError("a shape that cannot be")
    data = decoder.buffer(node["b"])
    if math.prod(shape) * dtype.itemsize != len(data):
        raise WireError("the shape does not fit the data")
    if dtype.itemsize == 0 or not data:
        return np.zeros(shape, dtype)
    flat = np.frombuffer(data, np.uint8 if dtype.kind == "b" else dtype)
    if dtype.kind == "b":
        flat = flat != 0  # a byte of 2 would be a truth value that equals neither
    if dtype.kind == "U" and (np.frombuffer(data, "<u4") > 0x10FFFF).any():
        raise WireError("not text")
    return flat.reshape(shape)


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


_SCALARS = {np.dtype(code).type for code in [*_NUMBERS, "S1", "U1", "M8[s]", "m8[s]", "q", "Q"]}
ENCODERS = {
    np.ndarray: write_array,
    np.random.Generator: write_generator,
    **dict.fromkeys(_SCALARS, write_scalar),
}
DECODERS = {"array": read_array, "scalar": read_scalar, "generator": read_generator}
