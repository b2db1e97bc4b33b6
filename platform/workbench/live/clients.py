"""One browser's socket: what waits to be sent to it, bounded, and why it was closed."""

import asyncio
from collections import deque
from enum import IntEnum

from workbench.live.frames import Frame, pack

# A page that reads too slowly loses output first; when even news pile up, its line is closed.
OUTPUT_WAITING_BYTES = 10 * 1024 * 1024
MOST_WAITING_BYTES = 2 * OUTPUT_WAITING_BYTES


class Close(IntEnum):
    """Why we close a socket."""

    UNREADABLE = 1003
    INTERNAL = 1011
    SESSION_ENDED = 4401
    GONE = 4404
    IDLE = 4408
    REPLACED = 4409


class Client:
    """The kernel's side of a socket; the socket's side takes with :meth:`take`."""

    def __init__(self, session_key: str) -> None:
        self.session_key = session_key
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self.closed: Close | None = None
        self.cut: set[str] = set()  # runs of which this page misses output

    def offer(self, frame: Frame, *, may_drop: bool = False) -> bool:
        """Queue a message; false when it was dropped because the page does not read."""
        if self.closed is not None:
            return True
        if may_drop and self._bytes > OUTPUT_WAITING_BYTES:
            return False
        packed = pack(frame)
        self._waiting.append(packed)
        self._bytes += len(packed)
        if self._bytes > MOST_WAITING_BYTES:
            self.close(Close.INTERNAL)
        self._news.set()
        return True

    def close(self, code: Close) -> None:
        """Close after what waits was sent; at once when that is too much."""
        if self.closed is None:
            self.closed = code
            if self._bytes > OUTPUT_WAITING_BYTES:
                self._waiting.clear()
            self._news.set()

    async def take(self) -> bytes | None:
        """The next message; nothing once the socket is to be closed."""
        while not self._waiting:
            if self.closed is not None:
                return None
            self._news.clear()
            await self._news.wait()
        packed = self._waiting.popleft()
        self._bytes -= len(packed)
        return packed
