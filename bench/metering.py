"""CPU time of a set of processes and of all that they ever start, dead or alive.

``getrusage`` and ``wait4`` see a process only when its parent waited for it. A sandbox of ours is a killed
grandchild whose parent lets the kernel reap it, so its time would be lost. A control group counts the time
of every task inside it, to the nanosecond, whoever reaps it, and forks inherit the group.

Version 1: a ``cpuacct`` group of our own; the kernel host moves its sandboxes between groups of *other*
controllers, so they stay in ours. Version 2 knows one tree only, and sandboxes leave our group for those of
their host; the host's parent group goes on counting them after they are gone, so both are added up.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
_numbers = itertools.count(1)


class NoMeterError(Exception):
    """CPU time of foreign process trees cannot be measured here."""


class CpuMeter:
    """Counts whatever is started within :meth:`joined`, and the process itself for that long."""

    def __init__(self) -> None:
        name = f"bench-{os.getpid()}-{next(_numbers)}"
        self._is_v1 = (ROOT / "cpuacct" / "cpuacct.usage").exists()
        if self._is_v1:
            self._home = ROOT / "cpuacct" / _own_path("cpuacct").lstrip("/")
            self._folder = ROOT / "cpuacct" / name
        else:
            self._home = ROOT / _own_path("").lstrip("/")
            self._folder = ROOT / name
        self._earlier: set[Path] = set()  # groups of hosts that were there before
        try:
            self._folder.mkdir()
        except OSError as error:
            raise NoMeterError(
                f"no control group for counting CPU time ({error}); run this as root"
            ) from error

    @contextlib.contextmanager
    def joined(self) -> Iterator[None]:
        """This process counts here, and so do all that it starts, for as long as they live."""
        self._earlier = set(_host_groups())
        _move_here(self._folder)
        try:
            yield
        finally:
            _move_here(self._home)

    def seconds(self) -> float:
        """CPU seconds so far, user and system."""
        if self._is_v1:
            return int((self._folder / "cpuacct.usage").read_text()) / 1e9
        return _v2_seconds(self._folder) + sum(
            _v2_seconds(path) for path in _host_groups() if path not in self._earlier
        )

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._folder.rmdir()


def _own_path(controller: str) -> str:
    """The path of our control group: of a version 1 controller, or (``""``) of version 2."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        if controller in names.split(","):
            return path
    return "/"


def _move_here(folder: Path) -> None:
    (folder / "cgroup.procs").write_text(str(os.getpid()))


def _host_groups() -> list[Path]:
    """Groups of kernel hosts (version 2), which outlive the sandboxes below them."""
    return [path for path in ROOT.glob("kilohour-*") if (path / "cpu.stat").exists()]


def _v2_seconds(folder: Path) -> float:
    for line in (folder / "cpu.stat").read_text().splitlines():
        name, value = line.split()
        if name == "usage_usec":
            return int(value) / 1e6
    return 0.0
