"""Control groups for sandboxes: v2 where controllers are given to it, else v1 (cgroups(7)).

One group per sandbox and controller, below a group of this host's own, so that what an earlier host left
behind can be told apart and swept away.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.kernels import leftovers

_V1_CONTROLLERS = ("memory", "pids", "cpu")
_CPU_PERIOD_US = 100_000
_V1_SHARES, _V2_WEIGHT = 1024, 100  # what a group has by default
_END_SECONDS = 5.0


@dataclass(slots=True)
class Group:
    """The control groups of one sandbox; an empty one where none can be had."""

    folders: dict[str, Path] = field(default_factory=dict)  # controller → folder; v2: one, ""

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(str(folder) for folder in dict.fromkeys(self.folders.values()))

    def was_out_of_memory(self) -> bool:
        """Whether the kernel had to kill a process of this group for its memory."""
        for name, file in (("memory", "memory.oom_control"), ("", "memory.events")):
            if name in self.folders:
                text = _read(self.folders[name] / file)
                counts = dict(line.split() for line in text.splitlines() if " " in line)
                return int(counts.get("oom_kill", 0)) > 0
        return False

    def end(self, seconds: float = _END_SECONDS) -> None:
        """Kill whatever is left inside and remove the groups. Returns when nothing is left.

        Raises:
            OSError: something is left after so many seconds; may be called again.
        """
        deadline = time.monotonic() + seconds
        for folder in dict.fromkeys(self.folders.values()):
            while True:
                _kill_all(folder)
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.002)
        self.folders.clear()


class ControlGroups:
    """Makes groups below one of the host's own. ``kind`` is ``"v2"``, ``"v1"`` or ``"none"``."""

    def __init__(self, root: Path = Path("/sys/fs/cgroup")) -> None:
        self._parents: dict[str, Path] = {}
        self._handles: list[int] = []
        self.kind = "none"
        for kind, parents in (("v2", _v2_parents(root)), ("v1", _v1_parents(root))):
            if parents and self._claim(kind, parents):
                break

    def _claim(self, kind: str, parents: dict[str, Path]) -> bool:
        try:
            for name, parent in parents.items():
                leftovers.sweep(parent, _remove_tree)
                self._parents[name], handle = leftovers.claim(parent)
                self._handles.append(handle)
            if kind == "v2":
                _write(self._parents[""] / "cgroup.subtree_control", "+memory +pids +cpu")
        except OSError:
            self.close()
            return False
        self.kind = kind
        return True

    def make(
        self,
        name: str,
        *,
        memory_bytes: int,
        processes: int,
        cores: float,
        weight: float = 1.0,
    ) -> Group:
        """A group that may use ``memory_bytes``, ``processes`` processes or threads, and ``cores``.

        ``weight`` is how much it gets, against other groups, of a processor that all of them want.

        Raises:
            OSError: the kernel refuses; then nothing of the group is left.
        """
        group = Group()
        with contextlib.ExitStack() as half_made:
            half_made.callback(group.end)
            for controller, parent in self._parents.items():
                folder = parent / name
                folder.mkdir()
                group.folders[controller] = folder
            quota = round(cores * _CPU_PERIOD_US)
            if self.kind == "v1":
                _limit_v1(group.folders, memory_bytes, processes, quota, weight)
            elif self.kind == "v2":
                _limit_v2(group.folders[""], memory_bytes, processes, quota, weight)
            half_made.pop_all()
        return group

    def close(self) -> None:
        for folder in dict.fromkeys(self._parents.values()):
            _remove_tree(folder)
        self._parents.clear()
        for handle in self._handles:
            os.close(handle)
        self._handles.clear()


def _limit_v1(
    folders: dict[str, Path], memory_bytes: int, processes: int, quota: int, weight: float
) -> None:
    _write(folders["memory"] / "memory.limit_in_bytes", str(memory_bytes))
    _write_if_there(folders["memory"] / "memory.memsw.limit_in_bytes", memory_bytes)
    _write(folders["pids"] / "pids.max", str(processes))
    _write(folders["cpu"] / "cpu.cfs_period_us", str(_CPU_PERIOD_US))
    _write(folders["cpu"] / "cpu.cfs_quota_us", str(quota))
    _write(folders["cpu"] / "cpu.shares", str(round(_V1_SHARES * weight)))


def _limit_v2(folder: Path, memory_bytes: int, processes: int, quota: int, weight: float) -> None:
    _write(folder / "memory.max", str(memory_bytes))
    _write_if_there(folder / "memory.swap.max", 0)
    _write_if_there(folder / "memory.oom.group", 1)
    _write(folder / "pids.max", str(processes))
    _write(folder / "cpu.max", f"{quota} {_CPU_PERIOD_US}")
    _write(folder / "cpu.weight", str(round(_V2_WEIGHT * weight)))


def _v2_parents(root: Path) -> dict[str, Path]:
    controllers = _read(root / "cgroup.controllers").split()
    if not {"memory", "pids", "cpu"} <= set(controllers):
        return {}
    if not _write_if_there(root / "cgroup.subtree_control", "+memory +pids +cpu"):
        return {}
    return {"": root}


def _v1_parents(root: Path) -> dict[str, Path]:
    parents = {name: root / name for name in _V1_CONTROLLERS}
    return parents if all((path / "tasks").exists() for path in parents.values()) else {}


def _remove_tree(folder: Path) -> None:
    for inner in folder.glob("*/"):
        with contextlib.suppress(OSError):
            Group({"": inner}).end()
    with contextlib.suppress(OSError):
        folder.rmdir()


def _kill_all(folder: Path) -> None:
    if _write_if_there(folder / "cgroup.kill", 1):
        return
    for pid in _pids(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _pids(folder: Path) -> Iterator[int]:
    for word in _read(folder / "cgroup.procs").split():
        if word != "0":
            yield int(word)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _write(path: Path, value: str) -> None:
    path.write_text(value)


def _write_if_there(path: Path, value: object) -> bool:
    try:
        with path.open("r+") as file:
            file.write(str(value))
    except OSError:
        return False
    return True
