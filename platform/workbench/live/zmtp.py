"""The kernel's sockets: ZMTP 3.0 over a unix socket, whole messages in and out.

libzmq keeps whatever its peer sends until a message is complete, and a message may have any number of
parts; told to refuse large ones it drops the line, and with it the word that a run has ended. Here what is
too large is read and thrown away, and the line stays.
Source: https://rfc.zeromq.org/spec/23/
"""

import asyncio
import contextlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.live.budgets import Bucket

MOST_BYTES = 16 * 1024 * 1024  # of a message that is kept; twice what a run may show
MOST_PARTS = 128
COMMAND_BYTES = 4096
HANDSHAKE_SECONDS = 5.0
# A kernel that writes without end must not have the whole process; honest ones stay far below.
READ_BYTES_PER_SECOND = 256 * 1024 * 1024
READ_BYTES_AT_ONCE = 32 * 1024 * 1024
PART_COST = 4096  # bytes that a part counts for on top: tiny ones cost us time as well
_MORE, _LONG, _COMMAND = 1, 2, 4
_CHUNK = 256 * 1024
_GREETING = struct.pack(">B8sB BB 20s B 31s", 0xFF, b"\0" * 7 + b"\1", 0x7F, 3, 0, b"NULL", 0, b"")
Kind = Literal["DEALER", "SUB"]


class LineError(ConnectionError):
    """The other side is gone, or speaks no ZMTP."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """The parts of a message. When ``is_cut``, it was too large: the last part is incomplete, later ones are missing."""

    parts: list[bytes]
    is_cut: bool = False


class Line:
    """One connection to a socket of the kernel's."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._pace = Bucket(READ_BYTES_PER_SECOND, READ_BYTES_AT_ONCE)

    @classmethod
    async def open(cls, path: str, kind: Kind, identity: bytes = b"") -> "Line":
        """Connect and shake hands; a SUB line gets everything.

        Raises:
            LineError: nobody there, or no ZMTP.
        """
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                line = cls(*await asyncio.open_unix_connection(path, limit=_CHUNK))
                await line._shake_hands(kind, identity)
        except (OSError, EOFError, TimeoutError) as error:
            raise LineError(f"{path}: {error}") from error
        if kind == "SUB":
            await line.send([b"\1"])
        return line

    async def send(self, parts: Sequence[bytes]) -> None:
        """Send one message; waits while the kernel does not read.

        Raises:
            LineError: the line is closed.
        """
        try:
            for number, part in enumerate(parts, start=1):
                more = _MORE if number < len(parts) else 0
                self._writer.writelines([_frame_head(more, len(part)), part])
            await self._writer.drain()
        except (OSError, RuntimeError) as error:
            raise LineError(str(error)) from error

    async def receive(self) -> Incoming:
        """The next message.

        Raises:
            LineError: the line is closed, or nonsense came.
        """
        try:
            while True:
                flags, size = await self._read_head()
                if not flags & _COMMAND:
                    return await self._read_message(flags, size)
                await self._read_command(size)
        except (OSError, EOFError) as error:
            raise LineError(str(error)) from error

    def close(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended before us
            self._writer.transport.abort()

    async def _shake_hands(self, kind: Kind, identity: bytes) -> None:
        self._writer.write(_GREETING)
        greeting = await self._reader.readexactly(64)
        if (greeting[0], greeting[9], greeting[12:16]) != (0xFF, 0x7F, b"NULL") or greeting[10] < 3:
            raise LineError("no ZMTP 3")
        ready = b"\5READY" + _property(b"Socket-Type", kind.encode())
        ready += _property(b"Identity", identity)
        self._writer.writelines([_frame_head(_COMMAND, len(ready)), ready])
        flags, size = await self._read_head()
        if not flags & _COMMAND or not (await self._read_command(size)).startswith(b"\5READY"):
            raise LineError("the handshake failed")

    async def _read_head(self) -> tuple[int, int]:
        flags = (await self._reader.readexactly(1))[0]
        if flags & _LONG:
            (size,) = struct.unpack(">Q", await self._reader.readexactly(8))
        else:
            size = (await self._reader.readexactly(1))[0]
        if flags & ~(_MORE | _LONG | _COMMAND):
            raise LineError("unknown flags")
        return flags, size

    async def _read_command(self, size: int) -> bytes:
        if size > COMMAND_BYTES:
            raise LineError("a command that is too large")
        return await self._reader.readexactly(size)

    async def _read_message(self, flags: int, size: int) -> Incoming:
        parts: list[bytes] = []
        room = MOST_BYTES
        is_cut = False
        while True:
            kept = 0 if is_cut or len(parts) == MOST_PARTS else min(size, room)
            is_cut = is_cut or kept < size or len(parts) == MOST_PARTS
            room -= kept
            if kept or not is_cut:
                parts.append(await self._reader.readexactly(kept))
            await self._pause(kept + PART_COST)
            await self._skip(size - kept)
            if not flags & _MORE:
                return Incoming(parts, is_cut)
            flags, size = await self._read_head()
            if flags & _COMMAND:
                raise LineError("a command inside a message")

    async def _skip(self, size: int) -> None:
        while size > 0:
            chunk = await self._reader.read(min(size, _CHUNK))
            if not chunk:
                raise EOFError
            size -= len(chunk)
            await self._pause(len(chunk))

    async def _pause(self, size: int) -> None:
        seconds = self._pace.owe(size)
        if seconds > 0.001:
            await asyncio.sleep(min(seconds, 1.0))


def _frame_head(flags: int, size: int) -> bytes:
    if size < 256:
        return bytes([flags, size])
    return struct.pack(">BQ", flags | _LONG, size)


def _property(name: bytes, value: bytes) -> bytes:
    return bytes([len(name)]) + name + struct.pack(">I", len(value)) + value
