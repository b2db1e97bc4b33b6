"""Dates, times and durations of the standard library on the wire, with their zones."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from grader.wire.frames import WireError
from grader.wire.plain import exactly

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

MAX_TEXT = 64  # characters of a moment in ISO 8601
_ZONE = re.compile(r"[A-Za-z0-9_+\-:]{1,30}(/[A-Za-z0-9_+\-]{1,30}){0,2}")
_KINDS: dict[str, Any] = {"datetime": datetime, "date": date, "time": time}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def read_zone(name: Any) -> str:
    """The name of a time zone.

    Raises:
        WireError: it could name something else, such as a file.
    """
    if type(name) is not str or not _ZONE.fullmatch(name):
        raise WireError("not a time zone")
    return name


def _write_moment(encoder: Encoder, value: Any, depth: int) -> Any:
    zone = getattr(value, "tzinfo", None)
    name = _NAMES[type(value)]
    if type(zone) is ZoneInfo and zone.key and type(value) is datetime:
        local = value.replace(tzinfo=None, fold=0).isoformat()
        return {"$": name, "v": local, "z": zone.key, "f": value.fold}
    if zone is not None and type(zone) is not timezone:
        return encoder.export(value)
    return {"$": name, "v": value.isoformat()}


def _read_moment(_: Decoder, node: dict[str, Any]) -> Any:
    text = exactly(node["v"], str)
    if len(text) > MAX_TEXT:
        raise WireError("not a moment")
    moment = _KINDS[node["$"]].fromisoformat(text)
    if "z" not in node:
        return moment
    zone = ZoneInfo(read_zone(node["z"]))
    return exactly(moment, datetime).replace(tzinfo=zone, fold=exactly(node["f"], int))


def _write_timedelta(_: Encoder, value: timedelta, depth: int) -> Any:
    return {"$": "timedelta", "v": [value.days, value.seconds, value.microseconds]}


def _read_timedelta(_: Decoder, node: dict[str, Any]) -> timedelta:
    return timedelta(*(exactly(part, int) for part in exactly(node["v"], list)[:3]))


ENCODERS = {timedelta: _write_timedelta, **dict.fromkeys(_NAMES, _write_moment)}
DECODERS = {"timedelta": _read_timedelta, **dict.fromkeys(_KINDS, _read_moment)}
