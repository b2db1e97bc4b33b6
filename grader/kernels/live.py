"""What the live process uses: a kernel for one learner at work, and the files of its session.

The kernel lives for as long as :class:`LiveKernel` is open; messages go by its sockets, as with any Jupyter
kernel. Whatever comes from the other side is a learner's: bounded here, and never more than a claim.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import re
import secrets
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import GraderError, HostBusyError, HostUnavailableError
from grader.kernels.client import MESSAGE_BYTES, connect, give_order, read_answer
from grader.sandbox.files import CHUNK_BYTES, MOST_FILES, split_path
from grader.sandbox.kernel_channels import CHANNELS
from grader.wire import packets

BEGIN_SECONDS = 20.0  # a fork with its files; usually 0.1
ANSWER_SECONDS = 2.0  # for each piece of a file
CALL_SECONDS = 10.0  # for a file as a whole
END_SECONDS = 10.0
MOST_FILE_BYTES = 256 << 20
_LATEST = 253_402_300_799.0  # the last second of the year 9999
_FOLDER = re.compile(r"kernel-host-[0-9a-f]{12}/[0-9]{1,12}")


class LiveFileError(GraderError):
    """The file cannot be read or written as asked. ``reason``: ``"missing"``, ``"full"`` (no room left),
    ``"too-large"``, ``"refused"`` (no plain relative path, or no ordinary file there).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LiveBusyError(GraderError):
    """A cell keeps the kernel so busy that its files cannot be served; ask again later."""


class LiveGoneError(GraderError):
    """The kernel has ended; :meth:`LiveKernel.fate` tells why."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a session: its path below the working folder, bytes, and seconds since 1970."""

    path: str
    size: int
    modified_at: float


class LiveKernel:
    """A kernel that is ready, made by :func:`open_live`. Its methods may be called from any thread.

    ``connection`` is what jupyter_client calls connection info: ipc, signed with a key that nobody but the
    kernel and we know.
    """

    def __init__(
        self, order: socket.socket, line: socket.socket, folder: Path, environment: str
    ) -> None:
        self.environment = environment
        self.connection: dict[str, Any] = {
            "transport": "ipc",
            "ip": str(folder / "k"),
            **{f"{name}_port": number for number, name in enumerate(CHANNELS, start=1)},
            "hb_port": 0,
            "key": secrets.token_hex(32).encode(),
            "signature_scheme": "hmac-sha256",
        }
        self._order = order
        self._line = line
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._fate = ""

    def fileno(self) -> int:
        """Readable when the kernel has ended: ask :meth:`fate` then, and :meth:`close`."""
        return self._order.fileno()

    def fate(self) -> str:
        """Why the kernel is gone: ``"memory"``, ``"exit"`` (its process ended), ``"host"`` (a fault of ours);
        ``""`` while it lives. Never waits.
        """
        if not self._fate:
            self._fate = self._read_fate()
        return self._fate

    def _read_fate(self) -> str:
        try:
            message = self._order.recv(MESSAGE_BYTES)
            reason = json.loads(message)["reason"]
        except BlockingIOError:
            return ""
        except (OSError, ValueError, KeyError, TypeError):
            return "host"
        return reason if reason in ("memory", "exit") else "host"

    def list_files(self) -> list[FileEntry]:
        """The files below the working folder, at most 1,000, by path; hidden ones and links are left out.

        Raises:
            LiveBusyError, LiveGoneError.
        """
        found: dict[str, FileEntry] = {}
        start, deadline = 0, time.monotonic() + CALL_SECONDS
        while start < MOST_FILES:
            header, _ = self._ask({"do": "list", "from": start}, b"", deadline)
            page = header.get("files")
            if not isinstance(page, list) or not page:
                break
            start += len(page)
            entries = filter(None, map(_read_entry, page))
            found |= {entry.path: entry for entry in entries}
            if header.get("of") == start:
                break
        return [found[path] for path in sorted(found)][:MOST_FILES]

    def read_file(self, path: str, most_bytes: int) -> bytes:
        """Raises:
        LiveFileError: there is no such file, or it has more than ``most_bytes``.
        LiveBusyError, LiveGoneError.
        """
        _check_path(path)
        content = bytearray()
        deadline = time.monotonic() + CALL_SECONDS
        while True:
            header, piece = self._ask(
                {"do": "read", "path": path, "at": len(content)}, b"", deadline
            )
            content += piece
            if len(content) > most_bytes or _whole(header.get("size")) > most_bytes:
                raise LiveFileError("too-large")
            if len(piece) < CHUNK_BYTES:
                return bytes(content)

    def write_file(self, path: str, content: bytes) -> None:
        """Write a file, making the folders above it; it appears whole or not at all.

        Raises:
            LiveFileError: not a plain relative path, or no room.
            LiveBusyError, LiveGoneError.
        """
        _check_path(path)
        deadline = time.monotonic() + CALL_SECONDS
        for at in range(0, max(1, len(content)), CHUNK_BYTES):
            piece = content[at : at + CHUNK_BYTES]
            is_last = at + len(piece) == len(content)
            self._ask({"do": "write", "path": path, "at": at, "last": is_last}, piece, deadline)

    def begin(self, data: Mapping[str, bytes], rules: Mapping[str, Any]) -> None:
        """Lay the public files below ``data/``, guard imports, and wait until the kernel serves.

        Raises:
            LiveGoneError, LiveBusyError, LiveFileError: it does not begin.
        """
        for name, content in data.items():
            self.write_file(f"data/{name}", content)
        forbidden = [str(name) for name in rules.get("forbidden_imports", ())]
        instead = {str(name): str(text) for name, text in rules.get("instead", {}).items()}
        header = {"do": "begin", "key": self.connection["key"].decode()}
        header |= {"forbidden": forbidden, "instead": instead}
        self._ask(header, b"", time.monotonic() + BEGIN_SECONDS, BEGIN_SECONDS)

    def close(self) -> None:
        """End the kernel and all that it has started; returns when nothing is left. May be called again."""
        self._fate = self.fate() or "exit"
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)  # whoever waits for an answer waits no longer
        with self._lock:
            self._line.close()
        with contextlib.suppress(OSError):
            self._order.shutdown(socket.SHUT_WR)
            self._order.settimeout(END_SECONDS)
            while self._order.recv(MESSAGE_BYTES):
                pass
        self._order.close()

    def _ask(
        self, header: dict[str, Any], body: bytes, deadline: float, most: float = ANSWER_SECONDS
    ) -> tuple[dict[str, Any], bytes]:
        """One request and its answer. Answers that came too late for an earlier one are passed over."""
        deadline = min(deadline, time.monotonic() + most)
        with self._lock:
            number = next(self._numbers)
            try:
                packets.send(self._line, {**header, "id": number}, body, deadline)
                answer: dict[str, Any] = {}
                while answer.get("id") != number:
                    answer, found = packets.receive(self._line, deadline)
                    if time.monotonic() > deadline:
                        raise packets.WireTimeoutError("no answer in time")
            except packets.WireTimeoutError as error:
                raise LiveBusyError(str(error)) from None
            except packets.WireError as error:
                raise LiveGoneError(str(error)) from None
        if "error" in answer:
            reason = answer["error"]
            raise LiveFileError(reason if reason in ("missing", "full") else "refused")
        return answer, found


def open_live(
    socket_path: str | Path,
    *,
    environment: str,
    limits: Mapping[str, float],
    data: Mapping[str, bytes],
    rules: Mapping[str, Any],
) -> LiveKernel:
    """Order a kernel and wait until it is ready; usually 0.15 s.

    Args:
        environment: its name, for example ``core``.
        limits: ``memory_mb``, ``cell_seconds`` and ``total_seconds``; the times are the caller's to keep.
        data: public files by name, laid below ``data/``.
        rules: the exercise's rules; ``forbidden_imports`` and ``instead`` are told of at the import.

    Raises:
        HostBusyError: every live place is taken, or the machine is short of memory; ask again later.
        HostUnavailableError: no host answers, or it cannot make the kernel.
    """
    order = {"order": "live", "environment": environment, "limits": dict(limits)}
    line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with contextlib.ExitStack() as opened:
        opened.enter_context(line)
        with theirs:
            connection = opened.enter_context(connect(socket_path))
            give_order(connection, order, theirs)
        folder = _accepted(read_answer(connection))
        kernel = LiveKernel(connection, line, Path(socket_path).parent / folder, environment)
        try:
            kernel.begin(data, rules)
        except (LiveGoneError, LiveBusyError, LiveFileError) as error:
            raise HostUnavailableError(_why(connection, error)) from error
        connection.setblocking(False)
        opened.pop_all()
    return kernel


def _accepted(answer: dict[str, Any]) -> str:
    """The folder of the sockets, below the one of the host's own."""
    if answer.get("state") == "busy":
        what = "is short of memory" if answer.get("reason") == "memory" else "has no place left"
        raise HostBusyError(f"the kernel host {what}")
    folder = answer.get("folder")
    if answer.get("state") != "accepted" or not _FOLDER.fullmatch(str(folder)):
        raise HostUnavailableError(str(answer.get("reason", answer.get("state"))))
    return str(folder)


def _why(connection: socket.socket, error: GraderError) -> str:
    """What the host says about a kernel that did not begin, or else what we saw."""
    connection.settimeout(ANSWER_SECONDS)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return str(json.loads(connection.recv(MESSAGE_BYTES)).get("reason"))
    return f"the kernel did not begin: {error}"


def _check_path(path: str) -> None:
    try:
        split_path(path)
    except ValueError:
        raise LiveFileError("refused") from None


def _read_entry(entry: object) -> FileEntry | None:
    """What a kernel says about a file, or ``None`` when it makes no sense."""
    if not (isinstance(entry, list) and len(entry) == 3 and isinstance(entry[0], str)):
        return None
    path, size, modified_at = entry
    try:
        split_path(path)
        when = float(modified_at)
    except (ValueError, TypeError, OverflowError):
        return None
    if not math.isfinite(when):
        return None
    return FileEntry(path, _whole(size), min(max(when, 0.0), _LATEST))


def _whole(value: object) -> int:
    """A size within what a file can have."""
    return min(max(value, 0), MOST_FILE_BYTES) if isinstance(value, int) else 0
