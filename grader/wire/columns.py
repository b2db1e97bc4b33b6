"""One column of a pandas table on the wire. What pandas calls an extension array is taken apart."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from grader.wire.dtypes import portable_dtype
from grader.wire.frames import WireError
from grader.wire.moments import read_zone
from grader.wire.plain import exactly

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

CLOSED = ("left", "right", "both", "neither")
_NULLABLE = frozenset(
    f"{kind}{bits}" for kind in ("Int", "UInt") for bits in (8, 16, 32, 64)
) | frozenset(("Float32", "Float64", "boolean"))
_FREQUENCY = re.compile(r"([1-9][0-9]{0,3})?((Y|Q)-[A-Z]{3}|W-[A-Z]{3}|M|B|D|h|min|s|ms|us|ns)")
# Of an index of moments. Calendars and hours of one's own stay behind, so what needs them is not here.
_FIXED = re.compile(r"-?([1-9][0-9]{0,8})?(D|h|min|s|ms|us|ns)")
_CALENDAR = re.compile(
    r"-?([1-9][0-9]{0,3})?"
    r"(W-[A-Z]{3}|B?M[ES]|B?[QY][ES]-[A-Z]{3}|B|bh|SM[ES]-[0-9]{1,2}|WOM-[1-4][A-Z]{3})"
)


class CannotTravelError(Exception):
    """A column of a kind that stays behind, and the whole table with it."""


def write_column(encoder: Encoder, values: Any, depth: int) -> list[Any]:
    """One column as ``[kind, …]``.

    Raises:
        CannotTravelError: it is of none of the kinds.
    """
    values = _bare(values)
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
        names = write_column(encoder, dtype.categories, depth + 1)
        return ["category", codes, names, dtype.ordered]
    if isinstance(dtype, pd.DatetimeTZDtype):
        plain = np.asarray(pd.DatetimeIndex(values).tz_convert("UTC").tz_localize(None))
        return ["zoned", encoder.value(plain, depth + 1), str(dtype.tz)]
    if isinstance(dtype, pd.PeriodDtype):
        ordinals = np.asarray(pd.PeriodIndex(values).asi8)
        name = dtype.name.removeprefix("period[").removesuffix("]")
        return ["period", encoder.value(ordinals, depth + 1), name]
    if isinstance(dtype, pd.IntervalDtype):
        sides = [write_column(encoder, side, depth + 1) for side in (values.left, values.right)]
        return ["interval", *sides, values.closed]
    if dtype.name in _NULLABLE:
        missing = np.asarray(values.isna())
        plain = values.to_numpy(dtype=dtype.numpy_dtype, na_value=0)
        return ["nullable", dtype.name, encoder.value(plain, depth + 1), encoder.value(missing)]
    raise CannotTravelError


def read_column(decoder: Decoder, column: Any) -> Any:
    """Rebuild a column, as an array of NumPy's or pandas'.

    Raises:
        WireError: it is none.
    """
    kind, *rest = exactly(column, list)
    read = _READERS.get(kind) if type(kind) is str else None
    if read is None:
        raise WireError("not a column")
    values = read(decoder, rest)
    if values.ndim != 1:
        raise WireError("a column has one dimension")
    return values


def read_frequency(text: Any) -> str:
    """The name of a period's length.

    Raises:
        WireError: it is none of the known ones.
    """
    if type(text) is not str or not _FREQUENCY.fullmatch(text):
        raise WireError("not a frequency")
    return text


def write_regularity(index: Any) -> str | None:
    """The name of the step between an index's moments, or None if it has none or one that stays behind."""
    name = None if getattr(index, "freq", None) is None else index.freqstr
    return name if name and (_FIXED.fullmatch(name) or _CALENDAR.fullmatch(name)) else None


def set_regularity(decoder: Decoder, index: Any, name: Any) -> None:
    """Give an index of moments its step back where it fits; where pandas refuses it, it stays without.

    Raises:
        WireError: the name is none of the known ones.
    """
    if type(name) is not str or not (_FIXED.fullmatch(name) or _CALENDAR.fullmatch(name)):
        raise WireError("not a frequency")
    # Months and business days are stepped through one by one, for as long as the other side likes.
    if not _FIXED.fullmatch(name) and not decoder.affords(len(index)):
        return
    with contextlib.suppress(Exception):  # of many kinds, as for dates that pandas cannot hold
        index.freq = name


def _bare(values: Any) -> Any:
    """The values below an index or a series, and the NumPy array where pandas only wraps one."""
    if isinstance(values, pd.Index | pd.Series):
        values = values.array
    wraps = type(values) is pd.arrays.NumpyExtensionArray  # arrays of texts inherit from it
    if wraps or isinstance(values.dtype, np.dtype):
        return np.asarray(values)
    return values


def _with_missing(values: Any) -> Any:
    return zip(values, pd.isna(values), strict=True)


def _read_array(decoder: Decoder, rest: list[Any]) -> Any:
    return exactly(decoder.value(rest[0]), np.ndarray)


def _read_objects(decoder: Decoder, rest: list[Any]) -> Any:
    return pd.array(_objects(decoder.items(rest[0])), dtype=object)  # no guessing of a dtype


def _read_text(decoder: Decoder, rest: list[Any]) -> Any:
    texts = decoder.items(rest[1])
    if not all(type(text) in (str, type(None)) for text in texts):
        raise WireError("not a column of texts")
    dtype = pd.StringDtype(na_value=pd.NA if rest[0] else np.nan)
    return pd.array(_objects(texts), dtype=dtype)


def _read_category(decoder: Decoder, rest: list[Any]) -> Any:
    codes = exactly(decoder.value(rest[0]), np.ndarray)
    return pd.Categorical.from_codes(
        codes, pd.Index(read_column(decoder, rest[1])), ordered=rest[2] is True
    )


def _read_zoned(decoder: Decoder, rest: list[Any]) -> Any:
    moments = pd.DatetimeIndex(exactly(decoder.value(rest[0]), np.ndarray))
    return moments.tz_localize("UTC").tz_convert(read_zone(rest[1]))


def _read_periods(decoder: Decoder, rest: list[Any]) -> Any:
    ordinals = exactly(decoder.value(rest[0]), np.ndarray)
    if ordinals.dtype != np.int64 or ordinals.ndim != 1:
        raise WireError("not periods")
    return pd.PeriodIndex.from_ordinals(ordinals, freq=read_frequency(rest[1]))


def _read_intervals(decoder: Decoder, rest: list[Any]) -> Any:
    if rest[2] not in CLOSED:
        raise WireError("not intervals")
    left, right = read_column(decoder, rest[0]), read_column(decoder, rest[1])
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=rest[2])


def _read_nullable(decoder: Decoder, rest: list[Any]) -> Any:
    if rest[0] not in _NULLABLE:
        raise WireError("not a column")
    values, missing = decoder.value(rest[1]), decoder.value(rest[2])
    result = pd.array(exactly(values, np.ndarray), dtype=rest[0])
    result[exactly(missing, np.ndarray)] = pd.NA
    return result


def _objects(items: list[Any]) -> np.ndarray[Any, Any]:
    """An array of objects that NumPy did not look into: nested lists stay items."""
    result = np.empty(len(items), dtype=object)
    for position, item in enumerate(items):
        result[position] = item
    return result


_READERS: dict[str, Any] = {
    "array": _read_array,
    "object": _read_objects,
    "text": _read_text,
    "category": _read_category,
    "zoned": _read_zoned,
    "period": _read_periods,
    "interval": _read_intervals,
    "nullable": _read_nullable,
}
