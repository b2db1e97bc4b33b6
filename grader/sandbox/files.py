"""The working folder of a live session, served from inside the sandbox on a thread of its own.

Nothing outside ever opens that tree. Requests come in packets (:mod:`grader.wire.packets`), one answer each
with the same ``id``. Paths are relative, of plain names; links are not followed. Hidden names are not shown.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from collections.abc import Iterator
from typing import Any

from grader.wire import packets

FILES_A_PACKET = 50  # a header holds as many of the longest paths
MOST_FILES = 1_000
MOST_DEPTH = 8
MOST_PATH_BYTES = 255
CHUNK_BYTES = packets.MAX_BODY_BYTES

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe in place of a file must not hold us up.
_FILE = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


class Files:
    """Lists, reads and writes below ``root``, an absolute path.

    Answers are ``(header, bytes)``; what goes wrong is an ``OSError`` or ``ValueError``.
    """

    def __init__(self, root: str) -> None:
        self._root = root

    def serve(self, sock: socket.socket) -> None:
        """Answer requests until the other side closes."""
        with contextlib.suppress(packets.WireError):
            while True:
                header, body = packets.receive(sock)
                answer, found = self.answer(header, body)
                packets.send(sock, {"id": header.get("id"), **answer}, found)

    def answer(self, header: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        try:
            if header.get("do") == "list":
                return self._list(int(header["from"])), b""
            if header.get("do") == "read":
                return self._read(header["path"], int(header["at"]))
            if header.get("do") == "write":
                self._write(header["path"], int(header["at"]), bool(header["last"]), body)
                return {}, b""
            return {"error": "refused"}, b""
        except FileNotFoundError:
            return {"error": "missing"}, b""
        except OSError as error:
            return {"error": "full" if error.errno in _FULL else "refused"}, b""
        except Exception:  # a hostile request, or the learner's code has bent what we use
            return {"error": "refused"}, b""

    def _list(self, start: int) -> dict[str, Any]:
        found: list[tuple[str, int, float]] = []
        with self._open_folder(()) as folder:
            for entry in _walk(folder, "", MOST_DEPTH):
                found.append(entry)
                if len(found) >= MOST_FILES:
                    break
        found.sort()
        page = found[start : start + FILES_A_PACKET]
        return {"files": page, "of": len(found)}

    def _read(self, path: str, start: int) -> tuple[dict[str, Any], bytes]:
        *folders, name = split_path(path)
        with self._open_folder(folders) as folder:
            number = os.open(name, os.O_RDONLY | _FILE, dir_fd=folder)
            with os.fdopen(number, "rb", buffering=0) as file:
                status = os.fstat(number)
                if not stat.S_ISREG(status.st_mode):
                    raise ValueError("not a file")
                return {"size": status.st_size}, os.pread(file.fileno(), CHUNK_BYTES, start)

    def _write(self, path: str, start: int, is_last: bool, content: bytes) -> None:
        """Pieces are gathered beside the file, which is replaced by the last one."""
        *folders, name = split_path(path)
        part = f".{name[:200]}.part"
        with self._open_folder(folders, make=True) as folder:
            flags = os.O_WRONLY | os.O_CREAT | _FILE | (0 if start else os.O_TRUNC)
            number = os.open(part, flags, 0o600, dir_fd=folder)
            try:
                if not stat.S_ISREG(os.fstat(number).st_mode):
                    raise ValueError("not a file")
                while content:
                    written = os.pwrite(number, content, start)
                    start, content = start + written, content[written:]
                if is_last:
                    os.replace(part, name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError:
                os.unlink(part, dir_fd=folder)
                raise
            finally:
                os.close(number)

    @contextlib.contextmanager
    def _open_folder(self, names: Any, make: bool = False) -> Iterator[int]:
        number = os.open(self._root, _FOLDER)
        try:
            for name in names:
                if make:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(name, 0o700, dir_fd=number)
                inner = os.open(name, _FOLDER, dir_fd=number)
                os.close(number)
                number = inner
            yield number
        finally:
            os.close(number)


def split_path(path: str) -> list[str]:
    """The names of a relative path.

    Raises:
        ValueError: it is absolute, too long or deep, or has names that are hidden or lead upwards.
    """
    names = path.split("/")
    if len(path.encode()) > MOST_PATH_BYTES or len(names) > MOST_DEPTH + 1:
        raise ValueError("too long a path")
    if any(not name or name.startswith(".") or not name.isprintable() for name in names):
        raise ValueError("not a plain path")
    return names


def _walk(folder: int, above: str, depth: int) -> Iterator[tuple[str, int, float]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                path = "/".join(split_path(above + entry.name))
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    yield path, status.st_size, status.st_mtime
                elif stat.S_ISDIR(status.st_mode) and depth:
                    inner = os.open(entry.name, _FOLDER, dir_fd=folder)
                    try:
                        yield from _walk(inner, path + "/", depth - 1)
                    finally:
                        os.close(inner)
            except (OSError, ValueError):  # gone meanwhile, or a name that cannot be told
                continue
