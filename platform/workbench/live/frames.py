"""Frames of the subprotocol ``v1.kernel.websocket.jupyter.org``.

Eight-byte little-endian integers: how many offsets, the offsets; then the parts that they bound: name of
the channel, header, parent header, metadata, content (JSON each), buffers.
Source: https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SUBPROTOCOL = "v1.kernel.websocket.jupyter.org"
MOST_BYTES = 1 << 20
MOST_BUFFERS = 64
# Channel and four JSON parts make five parts, which six offsets bound.
_LEAST_OFFSETS = 6


class FrameError(ValueError):
    """What came is no frame of this protocol."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of a channel. The JSON parts are bytes as they came, not yet looked at."""

    channel: str
    header: bytes
    parent: bytes = b"{}"
    metadata: bytes = b"{}"
    content: bytes = b"{}"
    buffers: Sequence[bytes] = field(default=())

    @property
    def parts(self) -> list[bytes]:
        """The four JSON parts, which are what a signature covers."""
        return [self.header, self.parent, self.metadata, self.content]

    @property
    def size(self) -> int:
        return sum(map(len, self.parts)) + sum(map(len, self.buffers))


def pack(frame: Frame) -> bytes:
    """The frame for the socket."""
    parts = [frame.channel.encode(), *frame.parts, *frame.buffers]
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    return b"".join([struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets), *parts])


def unpack(data: bytes) -> Frame:
    """Raises:
    FrameError: too large, or not what its offsets say.
    """
    if not 8 <= len(data) <= MOST_BYTES:
        raise FrameError("no frame, or too large")
    (count,) = struct.unpack_from("<Q", data)
    if not _LEAST_OFFSETS <= count <= _LEAST_OFFSETS + MOST_BUFFERS or len(data) < 8 * (count + 1):
        raise FrameError("wrong count of offsets")
    offsets = struct.unpack_from(f"<{count}Q", data, 8)
    if offsets[0] != 8 * (count + 1) or offsets[-1] != len(data):
        raise FrameError("the offsets do not bound the frame")
    if any(later < earlier for earlier, later in pairwise(offsets)):
        raise FrameError("offsets that do not rise")
    parts = [data[start:end] for start, end in pairwise(offsets)]
    channel, header, parent, metadata, content, *buffers = parts
    try:
        return Frame(channel.decode("ascii"), header, parent, metadata, content, buffers)
    except UnicodeDecodeError as error:
        raise FrameError("no name of a channel") from error
