"""pandas on the wire: Series, DataFrames, indexes, columns, and single moments, periods and intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from grader.wire.columns import (
    CLOSED,
    CannotTravelError,
    read_column,
    read_frequency,
    set_regularity,
    write_column,
    write_regularity,
)
from grader.wire.frames import WireError
from grader.wire.moments import read_zone
from grader.wire.plain import exactly

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

_INDEXES = (
    pd.Index,
    pd.RangeIndex,
    pd.MultiIndex,
    pd.DatetimeIndex,
    pd.TimedeltaIndex,
    pd.CategoricalIndex,
    pd.PeriodIndex,
    pd.IntervalIndex,
)
_MOMENTS = (pd.DatetimeIndex, pd.TimedeltaIndex)  # whose steps may be regular
_ARRAYS = (
    pd.Categorical,
    pd.arrays.ArrowStringArray,
    pd.arrays.BooleanArray,
    pd.arrays.DatetimeArray,
    pd.arrays.FloatingArray,
    pd.arrays.IntegerArray,
    pd.arrays.IntervalArray,
    pd.arrays.PeriodArray,
    pd.arrays.StringArray,
    pd.arrays.TimedeltaArray,
)


def _write_index(encoder: Encoder, index: Any, depth: int) -> Any:
    kind = type(index)
    if kind is pd.RangeIndex:
        parts = [index.start, index.stop, index.step]
        return {"$": "index", "r": parts, "n": encoder.value(index.name, depth + 1)}
    if kind is pd.MultiIndex:
        levels = [index.get_level_values(number) for number in range(index.nlevels)]
        columns = [write_column(encoder, level, depth + 2) for level in levels]
        return {"$": "multiindex", "c": columns, "n": encoder.value(list(index.names), depth + 1)}
    if kind not in _INDEXES:
        raise CannotTravelError
    column = write_column(encoder, index, depth + 1)
    node = {"$": "index", "c": column, "n": encoder.value(index.name, depth + 1)}
    step = write_regularity(index) if kind in _MOMENTS else None
    return node if step is None else {**node, "f": step}


def _read_index(decoder: Decoder, node: dict[str, Any]) -> Any:
    if node["$"] == "multiindex":
        columns = [read_column(decoder, column) for column in exactly(node["c"], list)]
        return pd.MultiIndex.from_arrays(columns, names=decoder.items(node["n"]))
    name = decoder.value(node["n"])
    if "r" in node:
        start, stop, step = (exactly(part, int) for part in exactly(node["r"], list))
        if max(abs(start), abs(stop), abs(step)) >= 2**62:
            raise WireError("not a range")
        return pd.RangeIndex(start, stop, step, name=name)
    index = pd.Index(read_column(decoder, node["c"]), name=name)
    if "f" in node and type(index) in _MOMENTS:
        set_regularity(decoder, index, node["f"])
    return index


def _write_series(encoder: Encoder, value: Any, depth: int) -> Any:
    return {
        "$": "series",
        "c": write_column(encoder, value, depth + 1),
        "i": _write_index(encoder, value.index, depth + 1),
        "n": encoder.value(value.name, depth + 1),
    }


def _read_series(decoder: Decoder, node: dict[str, Any]) -> Any:
    values, index = read_column(decoder, node["c"]), _read_index(decoder, node["i"])
    _check_lengths([values], index)
    return pd.Series(values, index=index, name=decoder.value(node["n"]))


def _write_frame(encoder: Encoder, value: Any, depth: int) -> Any:
    columns = [value.iloc[:, number] for number in range(value.shape[1])]
    return {
        "$": "frame",
        "c": [write_column(encoder, column, depth + 2) for column in columns],
        "i": _write_index(encoder, value.index, depth + 1),
        "k": _write_index(encoder, value.columns, depth + 1),
    }


def _read_frame(decoder: Decoder, node: dict[str, Any]) -> Any:
    columns = [read_column(decoder, column) for column in exactly(node["c"], list)]
    index, names = _read_index(decoder, node["i"]), _read_index(decoder, node["k"])
    if len(names) != len(columns):
        raise WireError("columns and names differ in number")
    _check_lengths(columns, index)
    frame = pd.DataFrame(dict(enumerate(columns)), index=index)
    frame.columns = names
    return frame


def _check_lengths(columns: list[Any], index: Any) -> None:
    """pandas would repeat a single item along an index, which may be a range of any length."""
    if any(len(column) != len(index) for column in columns):
        raise WireError("columns and index differ in length")


def _write_array(encoder: Encoder, value: Any, depth: int) -> Any:
    if getattr(value, "ndim", 1) != 1:
        raise CannotTravelError
    return {"$": "column", "c": write_column(encoder, value, depth + 1)}


def _read_array(decoder: Decoder, node: dict[str, Any]) -> Any:
    column = read_column(decoder, node["c"])
    return column.array if isinstance(column, pd.Index) else column


def _write_stamp(encoder: Encoder, value: Any, depth: int) -> Any:
    zone = getattr(value, "tzinfo", None)
    if zone is None:
        return {"$": "stamp", "v": encoder.value(value.to_numpy(), depth + 1)}
    plain = encoder.value(value.tz_convert("UTC").tz_localize(None).to_numpy(), depth + 1)
    return {"$": "stamp", "v": plain, "z": str(zone)}


def _read_stamp(decoder: Decoder, node: dict[str, Any]) -> Any:
    value = decoder.value(node["v"])
    if type(value) is not np.datetime64:
        return pd.Timedelta(exactly(value, np.timedelta64))
    stamp = pd.Timestamp(value)
    return stamp.tz_localize("UTC").tz_convert(read_zone(node["z"])) if node.get("z") else stamp


def _write_period(_: Encoder, value: Any, depth: int) -> Any:
    return {"$": "period", "v": [int(value.ordinal), value.freqstr]}


def _read_period(_: Decoder, node: dict[str, Any]) -> Any:
    ordinal, frequency = exactly(node["v"], list)
    if exactly(ordinal, int).bit_length() > 62:
        raise WireError("not a period")
    return pd.Period(ordinal=ordinal, freq=read_frequency(frequency))


def _write_interval(encoder: Encoder, value: Any, depth: int) -> Any:
    sides = [encoder.value(side, depth + 2) for side in (value.left, value.right)]
    return {"$": "interval", "v": sides, "c": value.closed}


def _read_interval(decoder: Decoder, node: dict[str, Any]) -> Any:
    left, right = map(decoder.value, exactly(node["v"], list))
    if node["c"] not in CLOSED:
        raise WireError("not an interval")
    return pd.Interval(left, right, closed=node["c"])


def _write_missing(encoder: Encoder, value: Any, depth: int) -> Any:
    return {"$": "missing", "v": "NA" if value is pd.NA else "NaT"}


def _or_stays(write: Any) -> Any:
    def write_or_export(encoder: Encoder, value: Any, depth: int) -> Any:
        try:
            return write(encoder, value, depth)
        except CannotTravelError:
            return encoder.export(value)

    return write_or_export


def encoders() -> dict[type, Any]:
    """How each type is written."""
    return {
        pd.Series: _or_stays(_write_series),
        pd.DataFrame: _or_stays(_write_frame),
        pd.Timestamp: _write_stamp,
        pd.Timedelta: _write_stamp,
        pd.Period: _write_period,
        pd.Interval: _write_interval,
        type(pd.NA): _write_missing,
        type(pd.NaT): _write_missing,
        **dict.fromkeys(_INDEXES, _or_stays(_write_index)),
        **dict.fromkeys(_ARRAYS, _or_stays(_write_array)),
    }


def decoders() -> dict[str, Any]:
    """How each tag is read."""
    return {
        "series": _read_series,
        "frame": _read_frame,
        "index": _read_index,
        "multiindex": _read_index,
        "column": _read_array,
        "stamp": _read_stamp,
        "period": _read_period,
        "interval": _read_interval,
        "missing": lambda decoder, node: {"NA": pd.NA, "NaT": pd.NaT}[node["v"]],
    }
