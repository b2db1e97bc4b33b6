"""What attacks are after, set out on the host for as long as the tests run."""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def set_out() -> Iterator[dict[str, Any]]:
    """A folder of files, a listening port, an abstract socket, a message queue and a process of the host."""
    queue = f"/kilohour-test-{secrets.token_hex(8)}"
    descriptor = _libc.mq_open(queue.encode(), os.O_CREAT | os.O_RDWR, 0o644, None)
    mark = f"bait-{secrets.token_hex(8)}"
    process = subprocess.Popen(["/bin/sh", "-c", "read wait", mark], stdin=subprocess.PIPE)
    # Not below /tmp: what lies there is writable for Landlock, wherever it is mounted from.
    folder = Path(tempfile.mkdtemp(prefix="kilohour-bait-", dir="/var/tmp"))
    abstract = f"\0{mark}"
    try:
        _fill(folder)
        with socket.create_server(("127.0.0.1", 0)) as listener, _listen(abstract):
            yield {
                "folder": str(folder),
                "port": listener.getsockname()[1],
                "abstract": abstract,
                "queue": queue,
                "process": mark,
                "pid": process.pid,
                "hostname": os.uname().nodename,
                "cores": 1.0,
            }
    finally:
        process.communicate()
        if descriptor >= 0:
            os.close(descriptor)
            _libc.mq_unlink(queue.encode())
        shutil.rmtree(folder)


def _listen(name: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(name)
    listener.listen()
    return listener


def _fill(folder: Path) -> None:
    folder.chmod(0o755)
    for name, mode in [("public", 0o644), ("secret", 0o600), ("root-only", 0o600)]:
        (folder / name).write_text("canary")
        (folder / name).chmod(mode)
    (folder / "writable").mkdir()
    (folder / "writable").chmod(0o777)
    shutil.copy("/usr/bin/id", folder / "id")
    (folder / "id").chmod(0o4755)
    if os.geteuid() == 0:
        os.mknod(folder / "zero", 0o020666, os.makedev(1, 5))
        (folder / "zero").chmod(0o666)
