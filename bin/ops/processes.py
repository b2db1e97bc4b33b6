"""Starting processes so that none outlives us, and ending them."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
# Marks every process that was started for one data folder.
MARK = "KILOHOUR_DATA"
# Tells them the process that must not end before them.
SUPERVISOR = "KILOHOUR_SUPERVISOR"


def die_with_parent(signum: int = signal.SIGTERM) -> None:
    """Ask the kernel to send us ``signum`` when our parent ends, however it ends."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signum), 0, 0, 0)


def start(
    command: Sequence[str],
    *,
    environ: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    cwd: Path | None = None,
    last_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own: Ctrl-C in the terminal reaches us alone, and we end it."""
    return subprocess.Popen(
        command,
        env=environ,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(last_signal),
    )


def end(
    process: subprocess.Popen[bytes], signum: int = signal.SIGTERM, seconds: float = 10
) -> None:
    """Ask the process to end; after ``seconds`` end its whole group."""
    if process.poll() is not None:
        return
    process.send_signal(signum)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether ``ready`` came true in time, while the process was alive."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if ready():
            return True
        time.sleep(0.02)
    return False


def marked(data: Path) -> list[int]:
    """Processes of ours that were started for this data folder, other than ourselves."""
    mark = f"{MARK}={data}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue  # ended meanwhile, or not ours
    return found


def sweep(data: Path, seconds: float = 5) -> None:
    """End what a killed supervisor left behind."""
    for signum in (signal.SIGTERM, signal.SIGKILL):
        for pid in marked(data):
            try:
                os.kill(pid, signum)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + seconds
        while marked(data) and time.monotonic() < deadline:
            time.sleep(0.05)
