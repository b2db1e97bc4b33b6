"""How much memory the machine, or the container that we are in, has left."""

from __future__ import annotations

from pathlib import Path

# Limit, use, and the statistics that tell how much of the use is cache (cgroups(7)): version 2, version 1.
_FILES = (
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    (
        "memory/memory.limit_in_bytes",
        "memory/memory.usage_in_bytes",
        "memory/memory.stat",
        "total_inactive_file",
    ),
)


def available_bytes(
    meminfo: Path = Path("/proc/meminfo"), groups: Path = Path("/sys/fs/cgroup")
) -> int:
    """What can be had without swapping: of the machine, or of our own control group if that is less."""
    machine = _field(meminfo, "MemAvailable:") << 10
    return min([machine, *_left_in_groups(groups)])


def _left_in_groups(groups: Path) -> list[int]:
    left = []
    for limit, use, statistics, cache in _FILES:
        most, used = _number(groups / limit), _number(groups / use)
        if most is not None and used is not None:
            left.append(most - used + _field(groups / statistics, cache))
    return left


def _number(path: Path) -> int | None:
    text = _read(path).strip()
    return int(text) if text.isdigit() else None  # "max": no limit


def _field(path: Path, name: str) -> int:
    for line in _read(path).splitlines():
        words = line.split()
        if words[:1] == [name]:
            return int(words[1])
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
