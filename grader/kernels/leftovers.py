"""Folders that are ours for as long as we live, told apart from what hosts before us left behind.

A lock on the folder itself says that its owner lives (flock(2), which control group folders know too); the
kernel drops it however the owner ends. Process ids would not do: containers and restarts reuse them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Callable
from pathlib import Path

PREFIX = "kernel-host-"


def claim(parent: Path) -> tuple[Path, int]:
    """A new folder below ``parent``, and the descriptor that keeps it ours until it is closed.

    Raises:
        OSError: no folder can be made there.
    """
    while True:
        folder = parent / f"{PREFIX}{secrets.token_hex(6)}"
        folder.mkdir(mode=0o711)
        with contextlib.suppress(FileNotFoundError):
            handle = _open(folder)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if folder.exists():
                return folder, handle
            # Somebody swept it away between the two.
            os.close(handle)


def stale(parent: Path) -> list[Path]:
    """Folders below ``parent`` whose owner is gone."""
    return [folder for folder in parent.glob(f"{PREFIX}*") if _is_stale(folder)]


def sweep(parent: Path, remove: Callable[[Path], None]) -> None:
    """Remove what hosts that are no longer alive left below ``parent``."""
    for folder in stale(parent):
        with contextlib.suppress(OSError):
            remove(folder)


def _is_stale(folder: Path) -> bool:
    try:
        handle = _open(folder)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(handle).st_uid == os.geteuid()
    except BlockingIOError:
        return False
    finally:
        os.close(handle)


def _open(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
