"""Frames over a connected stream socket: a JSON header and byte buffers.

Layout, big-endian: 4 bytes ``KHW1``, u32 length of the header, u32 number of buffers, u32 length of each
buffer, the header (ASCII JSON, an object), the buffers. The sizes are checked before anything is read,
the header's depth, nodes and numbers before it is parsed.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any, NoReturn

from grader.errors import GraderError

MAX_HEADER_BYTES = 1 << 20
MAX_BUFFER_BYTES = 32 << 20  # of all buffers of a frame together
MAX_BUFFERS = 4_096
MAX_DEPTH = 16
MAX_NODES = 10_000
MAX_INT_BITS = 4_096
MAX_NUMBER_CHARACTERS = 1_300  # 4,096 bits are 1,234 digits

Buffer = bytes | bytearray | memoryview

_JOINED_BYTES = 1 << 16  # of buffers that are copied in order to be sent at once

_MAGIC = b"KHW1"
_PREFIX = struct.Struct("!4sII")
_MOST_VIEWS = 1_000  # filled by one call; Linux takes 1,024 (readv(2))
# Possessive quantifiers: no backtracking, so a hostile header costs time linear in its length.
_TOKEN = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]|[-+.0-9A-Za-z]++|[,:]|[ \t\r\n]++|.', re.DOTALL
)
_SPACING = frozenset(b",: \t\r\n")
_OPENING = frozenset(b"[{")
_CLOSING = frozenset(b"]}")
_QUOTE = ord('"')
_NUMBER_START = frozenset(b"-0123456789")


class WireError(GraderError):
    """What arrived, or what was to be sent, is not a frame within the limits."""


class WireLimitError(WireError):
    """Too large, too deep or too many parts."""


class WireClosedError(WireError):
    """The other side has gone."""


class WireTimeoutError(WireError):
    """The deadline passed."""


def send(
    sock: socket.socket,
    header: dict[str, Any],
    buffers: Sequence[Buffer] = (),
    deadline: float | None = None,
) -> None:
    """Send one frame. ``deadline`` is an instant of :func:`time.monotonic`.

    Raises:
        WireError: over a limit (then nothing was sent), closed, or late.
    """
    try:
        text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise WireError(f"the header is not plain JSON: {error}") from None
    lengths = [memoryview(buffer).nbytes for buffer in buffers]
    _check_sizes(len(text), lengths)
    check_header(text)
    prefix = _PREFIX.pack(_MAGIC, len(text), len(lengths))
    parts = [prefix + struct.pack(f"!{len(lengths)}I", *lengths) + text, *buffers]
    if sum(lengths) <= _JOINED_BYTES:
        parts = [b"".join(parts)]  # each piece would wake the other side
    for part in parts:
        _write(sock, part, deadline)


def receive(
    sock: socket.socket, deadline: float | None = None
) -> tuple[dict[str, Any], list[bytearray]]:
    """Wait for one frame and return its header and buffers.

    Raises:
        WireError: not a frame within the limits, closed, or not whole by ``deadline``.
    """
    prefix = bytearray(_PREFIX.size)
    _read(sock, [prefix], deadline)
    magic, size, count = _PREFIX.unpack(prefix)
    if magic != _MAGIC:
        raise WireError("not a frame")
    if count > MAX_BUFFERS:
        raise WireLimitError(f"{count} buffers, at most {MAX_BUFFERS} are allowed")
    sizes = bytearray(4 * count)
    _read(sock, [sizes], deadline)
    lengths = struct.unpack(f"!{count}I", sizes)
    _check_sizes(size, lengths)
    header, *buffers = parts = [bytearray(length) for length in (size, *lengths)]
    _read(sock, parts, deadline)
    return parse_header(header), buffers


def parse_header(text: bytes | bytearray) -> dict[str, Any]:
    """Parse a header that nobody vouches for.

    Raises:
        WireError: over a limit, not JSON, or not an object.
    """
    check_header(text)
    try:
        header = json.loads(text.decode("ascii"), parse_int=_integer, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise WireError(f"the header is not JSON: {error}") from None
    if type(header) is not dict:
        raise WireError("the header is not an object")
    return header


def check_header(text: bytes | bytearray) -> None:
    """Bound size, depth, nodes and lengths of numbers without parsing; stops at the first excess."""
    if len(text) > MAX_HEADER_BYTES:
        raise WireLimitError(f"the header has {len(text)} bytes, at most {MAX_HEADER_BYTES}")
    if len(text) <= MAX_NUMBER_CHARACTERS and text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return  # too short for any excess; most headers are
    depth = nodes = 0
    for token in _TOKEN.finditer(text):
        first = text[token.start()]
        if first in _SPACING:
            continue
        if first in _CLOSING:
            depth -= 1
            continue
        if first == _QUOTE and token.end() - token.start() == 1:
            raise WireError("the header is not JSON: a text without an end")
        nodes += 1
        depth += first in _OPENING
        if depth > MAX_DEPTH:
            raise WireLimitError(f"nested deeper than {MAX_DEPTH} levels")
        if nodes > MAX_NODES:
            raise WireLimitError(f"more than {MAX_NODES} parts")
        if first in _NUMBER_START and token.end() - token.start() > MAX_NUMBER_CHARACTERS:
            raise WireLimitError(f"a number of more than {MAX_NUMBER_CHARACTERS} characters")


def _check_sizes(header: int, lengths: Sequence[int]) -> None:
    if header > MAX_HEADER_BYTES:
        raise WireLimitError(f"the header has {header} bytes, at most {MAX_HEADER_BYTES}")
    if len(lengths) > MAX_BUFFERS:
        raise WireLimitError(f"{len(lengths)} buffers, at most {MAX_BUFFERS} are allowed")
    if sum(lengths) > MAX_BUFFER_BYTES:
        raise WireLimitError(f"{sum(lengths)} bytes of data, at most {MAX_BUFFER_BYTES}")


def _integer(digits: str) -> int:
    number = int(digits)  # at most MAX_NUMBER_CHARACTERS digits: checked before
    if number.bit_length() > MAX_INT_BITS:
        raise WireLimitError(f"an integer of more than {MAX_INT_BITS} bits")
    return number


def _no_constant(name: str) -> NoReturn:
    raise WireError(f"{name} is not JSON")


def _write(sock: socket.socket, data: Buffer, deadline: float | None) -> None:
    try:
        sock.settimeout(_remaining(deadline))
        sock.sendall(data)
    except TimeoutError:
        raise WireTimeoutError("the other side did not take the data in time") from None
    except OSError as error:
        raise WireClosedError(f"the other side has gone: {error}") from None


def _read(sock: socket.socket, parts: Sequence[bytearray], deadline: float | None) -> None:
    """Fill these, one after the other."""
    views = [memoryview(part) for part in parts if part]
    try:
        while views:
            sock.settimeout(_remaining(deadline))
            count = sock.recvmsg_into(views[:_MOST_VIEWS])[0]
            if not count:
                raise WireClosedError("the other side has gone")
            views = _after(views, count)
    except TimeoutError:
        raise WireTimeoutError("no whole answer in time") from None
    except OSError as error:
        raise WireClosedError(f"the other side has gone: {error}") from None


def _after(views: list[memoryview], count: int) -> list[memoryview]:
    """What is still to be filled after so many bytes."""
    for index, view in enumerate(views):
        if count < view.nbytes:
            return [view[count:], *views[index + 1 :]]
        count -= view.nbytes
    return []


def _remaining(deadline: float | None) -> float | None:
    """Seconds until the deadline; a zero timeout would mean non-blocking, so a late call raises."""
    if deadline is None:
        return None
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds
