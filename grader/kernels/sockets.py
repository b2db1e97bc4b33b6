"""The sockets of kernels: bound by the host and handed in, so that no kernel sees the folder they lie in."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from grader.sandbox.kernel_channels import CHANNELS


def listen(prefix: Path, mode: int = 0o666) -> list[socket.socket]:
    """One listener for each channel of a kernel, at ``prefix-1``, ``prefix-2``, … in the order of ``CHANNELS``.

    Raises:
        OSError: the folder is missing, or the path too long for a socket (107 bytes).
    """
    listeners: list[socket.socket] = []
    try:
        for number in range(1, len(CHANNELS) + 1):
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listeners.append(listener)
            path = f"{prefix}-{number}"
            listener.bind(path)
            os.chmod(path, mode)
            listener.listen(64)
            listener.setblocking(False)
    except OSError:
        close(listeners)
        raise
    return listeners


def close(listeners: list[socket.socket]) -> None:
    for listener in listeners:
        listener.close()
