"""Starts kernel hosts in surroundings that lack something, or as somebody else."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grader.kernels.client import PROJECT_ROOT, KernelClient, _await_socket, _plain_environment
from grader.kernels.environments import find_environments
from grader.kernels.host import Host, listen

NOBODY = 65534


def try_to_start(*command: str, before: str = ":") -> subprocess.CompletedProcess[str]:
    """Start a host in a mount namespace of its own, after the shell line ``before``; it should refuse."""
    with tempfile.TemporaryDirectory() as folder:
        start = [sys.executable, "-m", "grader.kernels", "--socket", f"{folder}/s", *command]
        script = f"{before} && exec {shlex.join(start)}"
        return subprocess.run(
            ["unshare", "--mount", "/bin/sh", "-c", script],
            cwd=PROJECT_ROOT,
            env=_plain_environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )


def reachable(folder: Path) -> str:
    """Shell that lets everybody reach the interpreter, which may lie below a folder of root's alone.

    In a mount namespace of its own: the closed folder is covered by an empty one that shows nothing else.
    """
    base = Path(sys.base_prefix).resolve()
    closed = next(
        (parent for parent in reversed(base.parents) if not parent.stat().st_mode & 1), None
    )
    if closed is None:
        return ":"
    return " && ".join(
        [
            f"mount --bind {base} {folder}",
            f"mount -t tmpfs -o mode=0755 none {closed}",
            f"mkdir -p {base}",
            f"mount --move {folder} {base}",
        ]
    )


def as_nobody(*command: str, folder: Path) -> list[str]:
    """The command as an ordinary user who can reach our interpreter."""
    shell = f"mount --make-rprivate / && {reachable(folder)} && exec setpriv"
    shell += f" --reuid={NOBODY} --regid={NOBODY} --clear-groups {shlex.join(command)}"
    return ["unshare", "--mount", "/bin/sh", "-c", shell]


@contextlib.contextmanager
def user_host() -> Iterator[KernelClient]:
    """A kernel host of an ordinary user: of ourselves, or of nobody if we are root."""
    with tempfile.TemporaryDirectory(prefix="kilohour-user-") as name:
        folder, path = Path(name), Path(name, "kernels.sock")
        command = [sys.executable, "-m", "grader.kernels", "--socket", str(path), "--only=core"]
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            (folder / "mount").mkdir()
            command += ["--allow-uid=0", f"--allow-uid={NOBODY}"]
            command = as_nobody(*command, folder=folder / "mount")
        process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=_plain_environment())
        try:
            _await_socket(path, process)
            yield KernelClient(path)
        finally:
            process.terminate()
            process.wait()


@contextlib.contextmanager
def own_host(folder: Path, **options: Any) -> Iterator[tuple[Host, KernelClient]]:
    """A kernel host in threads of this process, where a test can take its parts away; without live places."""
    environments = {"core": find_environments()["core"]}
    mode = "root" if os.geteuid() == 0 else "user"
    host = Host(environments, mode=mode, allowed_uids=[os.geteuid()], **options)
    listener = listen(folder / "s")
    thread = threading.Thread(target=host.serve, args=[listener])
    thread.start()
    try:
        host.start()
        yield host, KernelClient(folder / "s")
    finally:
        host.stop()
        thread.join()
        listener.close()


def until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()
