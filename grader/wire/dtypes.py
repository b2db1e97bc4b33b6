"""The NumPy dtypes of the closed list: every one whose data are bytes, none that holds objects."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from grader.wire.frames import MAX_BUFFER_BYTES, WireError
from grader.wire.plain import exactly

MAX_FIELDS = 256  # of one structured dtype
MAX_NAME = 200  # characters of a field's name
_NUMBERS = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
_LONG = ["<f16", "<c32"]  # ten bytes of number, six of padding
_DTYPES = frozenset(np.dtype(code).str for code in _NUMBERS)
# Moments counted in steps of 0 seconds would have NumPy divide by it, which ends the process.
_SIZED = re.compile(
    r"<U[0-9]{1,7}|\|[SV][0-9]{1,7}|<[mM]8(\[([1-9][0-9]{0,3})?(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?"
)
HAS_LONG = hasattr(np, "float128")

SCALARS = {
    np.dtype(code).type
    for code in [*_NUMBERS, "S1", "U1", "M8[s]", "m8[s]", "q", "Q", "g", "G", "V1"]
}
KINDS = {type(np.dtype(code)) for code in [*_NUMBERS, "S1", "U1", "M8[s]", "m8[s]", "g", "G", "V1"]}


def portable_dtype(dtype: np.dtype[Any], top: bool = True) -> np.dtype[Any] | None:
    """The little-endian, packed form of a dtype of the closed list, or None if it is not of the list."""
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        inner = None if top else portable_dtype(base, top=False)
        return None if inner is None else np.dtype((inner, shape))
    if dtype.names is not None:
        fields = [(name, portable_dtype(dtype[name], top=False)) for name in dtype.names]
        if not fields or any(inner is None or not _is_name(name) for name, inner in fields):
            return None
        return np.dtype(fields)
    if dtype.kind not in "biufcSUmMV":
        return None
    native = dtype.newbyteorder("<")
    is_listed = native.str in _DTYPES or _SIZED.fullmatch(native.str)
    return native if is_listed or (top and _is_long(native.str)) else None


def write_dtype(dtype: np.dtype[Any]) -> Any:
    """A portable dtype as JSON: its name, or ``[name, dtype]`` or ``[name, dtype, shape]`` per field."""
    if dtype.names is None:
        return dtype.str
    fields = []
    for name in dtype.names:
        inner = dtype[name]
        if inner.subdtype is None:
            fields.append([name, write_dtype(inner)])
        else:
            fields.append([name, write_dtype(inner.subdtype[0]), list(inner.subdtype[1])])
    return fields


def read_dtype(node: Any, top: bool = True) -> np.dtype[Any]:
    """A dtype of the closed list from its JSON.

    Raises:
        WireError: anything else. NumPy's own parser never sees it.
    """
    if type(node) is list:
        return _read_fields(node)
    if type(node) is not str:
        raise WireError("a dtype that is not of the list")
    if node in _DTYPES or _SIZED.fullmatch(node) or (top and _is_long(node)):
        return np.dtype(node)
    raise WireError("a dtype that is not of the list")


def check_data(values: np.ndarray[Any, Any]) -> None:
    """Refuse bytes that no value of the dtype is written as; NumPy trusts them.

    Raises:
        WireError: a truth value that is neither, text beyond Unicode, a malformed long double.
    """
    dtype = values.dtype
    if dtype.names is not None:
        for name in dtype.names:
            check_data(values[name])
    elif dtype.kind == "b" and (values.view(np.uint8) > 1).any():
        raise WireError("not truth values")
    elif dtype.kind == "U" and dtype.itemsize:
        if (np.ascontiguousarray(values).reshape(-1).view("<u4") > 0x10FFFF).any():
            raise WireError("not text")
    elif _is_long(dtype.str):
        parts = np.ascontiguousarray(values).reshape(-1).view(np.uint8).reshape(-1, 16)
        exponent = parts[:, 8].astype(int) | (parts[:, 9].astype(int) & 0x7F) << 8
        if ((exponent != 0) & (parts[:, 7] < 0x80)).any():
            raise WireError("not numbers")


def without_padding(data: np.ndarray[Any, Any]) -> bytes:
    """The bytes of a contiguous array; what lies between long doubles is memory of ours, and is wiped."""
    if not _is_long(data.dtype.str):
        return data.tobytes()
    parts = np.frombuffer(bytearray(data.tobytes()), np.uint8).reshape(-1, 16)
    parts[:, 10:] = 0
    return parts.tobytes()


def _read_fields(node: list[Any]) -> np.dtype[Any]:
    if not 0 < len(node) <= MAX_FIELDS:
        raise WireError("too many fields")
    fields: list[Any] = []
    for field in node:
        name, inner, *shape = exactly(field, list)
        if not _is_name(name):
            raise WireError("not the name of a field")
        sizes = [exactly(size, int) for part in shape for size in exactly(part, list)]
        if len(sizes) > 8 or any(not 0 <= size < 1 << 20 for size in sizes):
            raise WireError("a shape that cannot be")
        fields.append((name, read_dtype(inner, top=False), *([tuple(sizes)] if shape else [])))
    _check_size(fields)
    return np.dtype(fields)


def _check_size(fields: list[Any]) -> None:
    """NumPy adds sizes up in 32 bits: what is too large becomes small, and its fields lie outside of the data."""
    total = sum(inner.itemsize * math.prod(*shape or [()]) for _, inner, *shape in fields)
    if total > MAX_BUFFER_BYTES:
        raise WireError("a dtype too large")


def _is_name(name: Any) -> bool:
    return type(name) is str and 0 < len(name) <= MAX_NAME


def _is_long(name: str) -> bool:
    return HAS_LONG and name in _LONG
