"""Packets over a ``SOCK_SEQPACKET`` pair: a JSON header and bytes, whole or not at all.

For talks in which one side may stop listening at any time: a packet that was not answered leaves nothing
half read behind. Layout: u32 length of the header (big-endian), the header (ASCII JSON, an object), the bytes.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

from grader.wire.frames import (
    WireClosedError,
    WireError,
    WireLimitError,
    WireTimeoutError,
    parse_header,
)

MAX_HEADER_BYTES = 48 << 10
MAX_BODY_BYTES = 64 << 10

_PREFIX = struct.Struct("!I")
_MOST = _PREFIX.size + MAX_HEADER_BYTES + MAX_BODY_BYTES


def send(
    sock: socket.socket, header: dict[str, Any], body: bytes = b"", deadline: float | None = None
) -> None:
    """Send one packet. ``deadline`` is an instant of :func:`time.monotonic`; ``None`` waits for ever.

    Raises:
        WireError: over a limit (then nothing was sent), closed, or late.
    """
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode("ascii")
    if len(text) > MAX_HEADER_BYTES or len(body) > MAX_BODY_BYTES:
        raise WireLimitError(f"a packet of {len(text)} and {len(body)} bytes")
    try:
        sock.settimeout(_seconds_until(deadline))
        sock.send(_PREFIX.pack(len(text)) + text + body)
    except TimeoutError:
        raise WireTimeoutError("the other side takes nothing") from None
    except OSError as error:
        raise WireClosedError(f"the other side has gone: {error}") from None


def receive(sock: socket.socket, deadline: float | None = None) -> tuple[dict[str, Any], bytes]:
    """Wait for one packet. Descriptors sent along are not taken.

    Raises:
        WireError: not a packet within the limits, closed, or late.
    """
    try:
        sock.settimeout(_seconds_until(deadline))
        packet = sock.recv(_MOST + 1)
    except TimeoutError:
        raise WireTimeoutError("no answer in time") from None
    except OSError as error:
        raise WireClosedError(f"the other side has gone: {error}") from None
    if not packet:
        raise WireClosedError("the other side has gone")
    if not _PREFIX.size <= len(packet) <= _MOST:
        raise WireLimitError("not a packet")
    end = _PREFIX.size + _PREFIX.unpack_from(packet)[0]
    if end > len(packet):
        raise WireError("a packet that ends before its header does")
    return parse_header(packet[_PREFIX.size : end]), packet[end:]


def _seconds_until(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    return max(0.001, deadline - time.monotonic())
