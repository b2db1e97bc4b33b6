"""The line to one kernel process: its four channels, signed with its key."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from jupyter_client.session import Session

from workbench.live.frames import Frame
from workbench.live.zmtp import Incoming, Kind, Line, LineError

KINDS: Mapping[str, Kind] = {
    "shell": "DEALER",
    "iopub": "SUB",
    "stdin": "DEALER",
    "control": "DEALER",
}
_DELIMITER = b"<IDS|MSG>"
# What may stand before the delimiter: the topic of iopub, or nothing.
_MOST_ADDRESSES = 4

Listener = Callable[[Frame, bool], Awaitable[None]]


class Link:
    """Hands every message of the kernel to ``listener`` (with whether it was cut), until :meth:`close`.

    ``on_lost`` is called once when a channel ends by itself.
    """

    def __init__(
        self, connection: Mapping[str, Any], listener: Listener, on_lost: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._listener, self._on_lost = listener, on_lost
        self._session = Session(
            key=connection["key"], signature_scheme=connection["signature_scheme"]
        )
        self._lines: dict[str, Line] = {}
        self._pumps: list[asyncio.Task[None]] = []
        self._is_closed = False

    async def open(self) -> None:
        """Connect every channel.

        Raises:
            LineError: the kernel does not answer.
        """
        # One identity: a question on stdin goes to whoever asked on shell.
        identity = uuid4().hex.encode()
        try:
            for channel, kind in KINDS.items():
                path = f"{self._connection['ip']}-{self._connection[f'{channel}_port']}"
                self._lines[channel] = await Line.open(path, kind, identity)
        except LineError:
            self.close()
            raise
        for channel, line in self._lines.items():
            self._pumps.append(asyncio.create_task(self._pump(channel, line)))

    async def send(self, frame: Frame) -> None:
        """Sign and send; waits while the kernel does not read.

        Raises:
            LineError: the kernel is gone.
        """
        line = self._lines.get(frame.channel)
        if line is None or self._is_closed:
            raise LineError("closed")
        signature = self._session.sign(frame.parts)
        await line.send([_DELIMITER, signature, *frame.parts, *frame.buffers])

    def close(self) -> None:
        self._is_closed = True
        for pump in self._pumps:
            if pump is not asyncio.current_task():
                pump.cancel()
        for line in self._lines.values():
            line.close()

    async def _pump(self, channel: str, line: Line) -> None:
        try:
            while not self._is_closed:
                incoming = await line.receive()
                frame = self._read(channel, incoming)
                if frame is not None:
                    await self._listener(frame, incoming.is_cut)
        finally:
            if not self._is_closed:
                self._is_closed = True
                self._on_lost()

    def _read(self, channel: str, incoming: Incoming) -> Frame | None:
        """The message, or nothing when it is none, or not signed."""
        try:
            start = incoming.parts.index(_DELIMITER, 0, _MOST_ADDRESSES) + 1
            signature, header, parent, metadata, content, *buffers = incoming.parts[start:]
        except ValueError:
            return None
        frame = Frame(channel, header, parent, metadata, content, buffers)
        # A cut message cannot be checked; the key would only tell that it is this kernel's anyway.
        if not incoming.is_cut and not hmac.compare_digest(
            self._session.sign(frame.parts), signature
        ):
            return None
        return frame
