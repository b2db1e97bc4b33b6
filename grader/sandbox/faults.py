"""Exceptions on the learner's side of the wire: as plain data, and back."""

from __future__ import annotations

import builtins
import linecache
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

from grader.wire.frames import WireLimitError

MAX_MESSAGE = 1_000  # characters
MAX_NAME = 100
MAX_SOURCE = 200


class MissingNameError(Exception):
    """The notebook has no such name after it ran."""


def describe(error: BaseException, namespace: dict[str, Any]) -> dict[str, Any]:
    """Class, message and the innermost line of the notebook's own code, all bounded."""
    kind = type(error)
    description: dict[str, Any] = {
        "class": kind.__name__[:MAX_NAME],
        "bases": [base.__name__[:MAX_NAME] for base in kind.__mro__[:20]],
        "message": _text_of(error)[:MAX_MESSAGE],
        "missing": kind is MissingNameError,
        "limit": kind is WireLimitError,
    }
    for frame, line in _frames_of(error.__traceback__):
        if frame.f_globals is namespace:
            code = frame.f_code
            source = linecache.getline(code.co_filename, line).strip()[:MAX_SOURCE]
            description |= {"function": code.co_name[:MAX_NAME], "line": line, "source": source}
    return description


def as_exception(error: dict[str, Any]) -> Exception:
    """An exception of the same built-in class, else a RuntimeError."""
    kind = getattr(builtins, str(error.get("class")), None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        kind = RuntimeError
    return kind(str(error.get("message", "")))


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return "(its message could not be printed)"


def _frames_of(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next
