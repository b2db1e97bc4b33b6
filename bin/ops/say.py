"""What the scripts tell the person in front of them: plain lines with the seconds since the start."""

import contextlib
import time

_started = time.monotonic()


def started_at(seconds: float | None = None) -> float:
    """The monotonic second from which lines count; a process that we start takes over ours."""
    global _started
    if seconds is not None:
        _started = seconds
    return _started


class PlainError(Exception):
    """The machine or the person must act first. Shown as one plain line, without a traceback."""


class Interrupted(BaseException):
    """Ctrl-C or a signal asked us to end. Not an error: it unwinds, and what was started is ended."""


def say(text: str) -> None:
    # With the terminal gone there is nobody to tell, but what was started must still be ended.
    with contextlib.suppress(OSError):
        print(f"{time.monotonic() - _started:6.1f} s  {text}", flush=True)
