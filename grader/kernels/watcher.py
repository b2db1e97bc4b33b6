"""How much memory a sandbox uses, read from /proc: for ordinary users, who have no control groups."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def pid_of(pidfd: int) -> int:
    """The process behind a handle, or -1 when it has gone."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return -1


def uses_more_than(pid: int, most: int) -> bool:
    """Whether the process and all its descendants use more than ``most`` bytes together.

    Resident pages first, which is quick but counts what forks share once for each; only if that is too
    much, each one's own share.
    """
    family = _family(pid)
    return sum(map(_resident, family)) > most and sum(map(_share, family)) > most


def _family(pid: int) -> list[int]:
    """Whoever loses a parent inside a sandbox gets its first process as the new one: nobody is missed."""
    children: dict[int, list[int]] = defaultdict(list)
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = _read(f"/proc/{name}/stat").rpartition(")")[2].split()
            if fields:
                children[int(fields[1])].append(int(name))
    family = [pid]
    for member in family:
        family.extend(children[member])
    return family


def _resident(pid: int) -> int:
    fields = _read(f"/proc/{pid}/statm").split()
    return int(fields[1]) * _PAGE if fields else 0


def _share(pid: int) -> int:
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) << 10
    return _resident(pid)


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
