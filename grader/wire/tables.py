"""pandas Series, DataFrames and indexes on the wire, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from grader.wire.arrays import portable_dtype
from grader.wire.frames import WireError
from grader.wire.plain import exactly

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

_NULLABLE = frozenset(
    f"{kind}{bits}" for kind in ("Int", "UInt") for bits in (8, 16, 32, 64)
) | frozenset(("Float32", "Float64", "boolean"))


def _write_column(encoder: Encoder, values: Any, depth: int) -> Any:
    """One column as ``[kind, …]``; what pandas calls an extension array is taken apart."""
    dtype = values.dtype
    if isinstance(dtype, np.dtype):
        if portable_dtype(dtype) is not None:
            return ["array", encoder.value(np.asarray(values), depth + 1)]
        return ["object", encoder.value(list(np.asarray(values, dtype=object)), depth + 1)]
    if isinstance(dtype, pd.StringDtype):
        texts = [None if missing else str(item) for item, missing in _with_missing(values)]
        return ["text", dtype.na_value is pd.NA, encoder.value(texts, depth + 1)]
    if isinstance(dtype, pd.CategoricalDtype):
        codes = encoder.value(np.asarray(values.codes), depth + 1)
        return [
            "category",
            codes,
            _write_index(encoder, dtype.categories, depth + 1),
            dtype.ordered,
        ]
    if isinstance(dtype, pd.DatetimeTZDtype):
        plain = np.asarray(values.tz_convert("UTC").tz_localize(None))
        return ["zoned", encoder.value(plain, depth + 1), str(dtype.tz)]
    if dtype.name in _NULLABLE:
        missing = np.asarray(values.isna())
        plain = values.to_numpy(dtype=dtype.numpy_dtype, na_value=0)
        return ["nullable", dtype.name, encoder.value(plain, depth + 1), encoder.value(missing)]
    raise _CannotTravelError


class _CannotTravelError(Exception):
    """A column of a kind that stays behind, and the whole table with it."""


def _with_missing(values: Any) -> Any:
    return zip(values, pd.isna(values), strict=True)


def _read_column(decoder: Decoder, column: Any) -> Any:
    kind, *rest = exactly(column, list)
    if kind == "array":
        return exactly(decoder.value(rest[0]), np.ndarray)
    if kind == "object":
        return pd.array(_objects(decoder.items(rest[0])), dtype=object)  # no guessing of a dtype
    if kind == "text":
        texts = decoder.items(rest[1])
        if not all(type(text) in (str, type(None)) for text in texts):
            raise WireError("not a column of texts")
        return pd.array(
            _objects(texts), dtype=pd.StringDtype(na_value=pd.NA if rest[0] else np.nan)
        )
    if kind == "category":
        codes, categories = decoder.value(rest[0]), _read_index(decoder, rest[1])
        return pd.Categorical.from_codes(codes, categories, ordered=rest[2] is True)
    if kind == "zoned":
        return (
            pd.DatetimeIndex(decoder.value(rest[0])).tz_localize("UTC").tz_convert(_zone(rest[1]))
        )
    if kind == "nullable" and rest[0] in _NULLABLE:
        values, missing = decoder.value(rest[1]), decoder.value(rest[2])
        result = pd.array(exactly(values, np.ndarray), dtype=rest[0])
        result[exactly(missing, np.ndarray)] = pd.NA
        return result
    raise WireError("not a column")


def _objects(items: list[Any]) -> np.ndarray[Any, Any]:
    """An array of objects that NumPy did not look into: nested lists stay items."""
    result = np.empty(len(items), dtype=object)
    for position, item in enumerate(items):
        result[position] = item
    return result


def _zone(name: Any) -> str:
    if type(name) is not str or len(name) > 64 or not set(name) <= _ZONE_LETTERS:
        raise WireError("not a time zone")
    return name


_ZONE_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-:/")


def _write_index(encoder: Encoder, index: Any, depth: int) -> Any:
    kind = type(index)
    if kind is pd.RangeIndex:
        parts = [index.start, index.stop, index.step]
        return {"$": "index", "r": parts, "n": encoder.value(index.name, depth + 1)}
    if kind is pd.MultiIndex:
        columns = [
            _write_column(encoder, _level(index, n), depth + 2) for n in range(index.nlevels)
        ]
        return {"$": "multiindex", "c": columns, "n": encoder.value(list(index.names), depth + 1)}
    if kind not in (pd.Index, pd.DatetimeIndex, pd.TimedeltaIndex, pd.CategoricalIndex):
        raise _CannotTravelError
    values = index if isinstance(index.dtype, pd.DatetimeTZDtype) else index.array
    if kind is pd.CategoricalIndex:
        values = index.values
    column = _write_column(encoder, _bare(values), depth + 1)
    return {"$": "index", "c": column, "n": encoder.value(index.name, depth + 1)}


def _level(index: Any, number: int) -> Any:
    values = index.get_level_values(number)
    return values if isinstance(values.dtype, pd.DatetimeTZDtype) else _bare(values.array)


def _bare(values: Any) -> Any:
    """The NumPy array where pandas only wraps one."""
    wraps = type(values) is pd.arrays.NumpyExtensionArray  # arrays of texts inherit from it
    if wraps or isinstance(values.dtype, np.dtype):
        return np.asarray(values)
    return values


def _read_index(decoder: Decoder, node: dict[str, Any]) -> Any:
    if node["$"] == "multiindex":
        columns = [_read_column(decoder, column) for column in exactly(node["c"], list)]
        return pd.MultiIndex.from_arrays(columns, names=decoder.items(node["n"]))
    name = decoder.value(node["n"])
    if "r" in node:
        start, stop, step = (exactly(part, int) for part in exactly(node["r"], list))
        if max(abs(start), abs(stop), abs(step)) >= 2**62:
            raise WireError("not a range")
        return pd.RangeIndex(start, stop, step, name=name)
    return pd.Index(_read_column(decoder, node["c"]), name=name)


def _write_series(encoder: Encoder, value: Any, depth: int) -> Any:
    zoned = isinstance(value.dtype, pd.DatetimeTZDtype)
    values = pd.DatetimeIndex(value) if zoned else _bare(value.array)
    return {
        "$": "series",
        "c": _write_column(encoder, values, depth + 1),
        "i": _write_index(encoder, value.index, depth + 1),
        "n": encoder.value(value.name, depth + 1),
    }


def _read_series(decoder: Decoder, node: dict[str, Any]) -> Any:
    values, index = _read_column(decoder, node["c"]), _read_index(decoder, node["i"])
    return pd.Series(values, index=index, name=decoder.value(node["n"]))


def _write_frame(encoder: Encoder, value: Any, depth: int) -> Any:
    columns = [value.iloc[:, number] for number in range(value.shape[1])]
    return {
        "$": "frame",
        "c": [_write_column(encoder, _series_values(column), depth + 2) for column in columns],
        "i": _write_index(encoder, value.index, depth + 1),
        "k": _write_index(encoder, value.columns, depth + 1),
    }


def _series_values(column: Any) -> Any:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return pd.DatetimeIndex(column)
    return _bare(column.array)


def _read_frame(decoder: Decoder, node: dict[str, Any]) -> Any:
    columns = [_read_column(decoder, column) for column in exactly(node["c"], list)]
    index, names = _read_index(decoder, node["i"]), _read_index(decoder, node["k"])
    if len(names) != len(columns):
        raise WireError("columns and names differ in number")
    frame = pd.DataFrame(dict(enumerate(columns)), index=index)
    frame.columns = names
    return frame


def _write_stamp(encoder: Encoder, value: Any, depth: int) -> Any:
    if getattr(value, "tzinfo", None) is not None:
        return encoder.export(value)
    return {"$": "stamp", "v": encoder.value(value.to_numpy(), depth + 1)}


def _read_stamp(decoder: Decoder, node: dict[str, Any]) -> Any:
    value = decoder.value(node["v"])
    if type(value) is np.datetime64:
        return pd.Timestamp(value)
    return pd.Timedelta(exactly(value, np.timedelta64))


def _write_missing(encoder: Encoder, value: Any, depth: int) -> Any:
    return {"$": "missing", "v": "NA" if value is pd.NA else "NaT"}


def _or_stays(write: Any) -> Any:
    def write_or_export(encoder: Encoder, value: Any, depth: int) -> Any:
        try:
            return write(encoder, value, depth)
        except _CannotTravelError:
            return encoder.export(value)

    return write_or_export


_INDEXES = (
    pd.Index,
    pd.RangeIndex,
    pd.MultiIndex,
    pd.DatetimeIndex,
    pd.TimedeltaIndex,
    pd.CategoricalIndex,
)
ENCODERS = {
    pd.Series: _or_stays(_write_series),
    pd.DataFrame: _or_stays(_write_frame),
    pd.Timestamp: _write_stamp,
    pd.Timedelta: _write_stamp,
    type(pd.NA): _write_missing,
    type(pd.NaT): _write_missing,
    **dict.fromkeys(_INDEXES, _or_stays(_write_index)),
}
DECODERS = {
    "series": _read_series,
    "frame": _read_frame,
    "index": _read_index,
    "multiindex": _read_index,
    "stamp": _read_stamp,
    "missing": lambda decoder, node: {"NA": pd.NA, "NaT": pd.NaT}[node["v"]],
}
