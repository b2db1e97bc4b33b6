"""Reads ``policy.toml`` and an order's limits into typed values."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MODES = ("root", "user")


@dataclass(frozen=True, slots=True)
class Wall:
    """One wall: what it stops, and how much each mode insists on it (``"essential"``, ``"advisory"``,
    ``"absent"``).
    """

    name: str
    stops: str
    needed: dict[str, str]


@dataclass(frozen=True, slots=True)
class Scratch:
    """A writable folder in memory: size in bytes, and how many files it may hold."""

    path: str
    size: int
    files: int


@dataclass(frozen=True, slots=True)
class Policy:
    """``policy.toml`` as values; its comments say what each field is for."""

    walls: tuple[Wall, ...]
    read_only: tuple[str, ...]
    links: tuple[str, ...]
    devices: tuple[str, ...]
    writable_for_landlock: tuple[str, ...]
    hostname: str
    scratch: tuple[Scratch, ...]
    processes: int
    cores: float
    open_files: int
    file_bytes: int
    address_space_bytes: int
    reserve_bytes: int
    core_bytes: int
    locked_bytes: int
    message_queue_bytes: int
    least_memory_mb: int
    usual_memory_mb: int
    most_memory_mb: int
    usual_cell_seconds: float
    most_cell_seconds: float
    usual_total_seconds: float
    most_total_seconds: float
    output_kept_bytes: int
    output_messages: int
    output_flood_bytes: int
    grace_seconds: float
    grading_places: int
    grading_kernels: int
    examiner_memory_bytes: int
    live_places: int
    live_cpu_weight: float
    live_memory_floor_bytes: int
    environment: dict[str, str]
    denied_calls: tuple[str, ...]
    unknown_calls: tuple[str, ...]
    socket_families: tuple[str, ...]
    denied_requests: tuple[str, ...]
    personalities: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one order may use: memory in MiB, wall time in seconds."""

    memory_mb: int
    cell_seconds: float
    total_seconds: float

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Limits:
        """Raises:
        ValueError: a limit is missing, no number, or beyond what a host gives.
        """
        try:
            limits = cls(
                int(data["memory_mb"]), float(data["cell_seconds"]), float(data["total_seconds"])
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"limits: {error!r}") from error
        policy = load_policy()
        if not policy.least_memory_mb <= limits.memory_mb <= policy.most_memory_mb:
            raise ValueError(f"memory_mb: {limits.memory_mb}")
        if not 0 < limits.cell_seconds <= min(limits.total_seconds, policy.most_cell_seconds):
            raise ValueError(f"cell_seconds: {limits.cell_seconds} of {limits.total_seconds}")
        if limits.total_seconds > policy.most_total_seconds:
            raise ValueError(f"total_seconds: {limits.total_seconds}")
        return limits


@cache
def load_policy() -> Policy:
    data = tomllib.loads(Path(__file__).with_name("policy.toml").read_text(encoding="utf-8"))
    files, limits, calls = data["file_system"], data["limits"], data["system_calls"]
    orders = data["orders"]
    return Policy(
        walls=tuple(
            Wall(name, wall["stops"], {mode: wall[mode] for mode in MODES})
            for name, wall in data["walls"].items()
        ),
        read_only=tuple(files["read_only"]),
        links=tuple(files["links"]),
        devices=tuple(files["devices"]),
        writable_for_landlock=tuple(files["writable_for_landlock"]),
        hostname=files["hostname"],
        scratch=tuple(
            Scratch(path, size["megabytes"] << 20, size["files"])
            for path, size in files["scratch"].items()
        ),
        processes=limits["processes"],
        cores=limits["cores"],
        open_files=limits["open_files"],
        file_bytes=limits["file_megabytes"] << 20,
        address_space_bytes=limits["address_space_gigabytes"] << 30,
        reserve_bytes=limits["reserve_megabytes"] << 20,
        core_bytes=limits["core_bytes"],
        locked_bytes=limits["locked_bytes"],
        message_queue_bytes=limits["message_queue_bytes"],
        least_memory_mb=orders["memory_megabytes"]["least"],
        usual_memory_mb=orders["memory_megabytes"]["usual"],
        most_memory_mb=orders["memory_megabytes"]["most"],
        usual_cell_seconds=orders["cell_seconds"]["usual"],
        most_cell_seconds=orders["cell_seconds"]["most"],
        usual_total_seconds=orders["total_seconds"]["usual"],
        most_total_seconds=orders["total_seconds"]["most"],
        output_kept_bytes=limits["output_kept_megabytes"] << 20,
        output_messages=limits["output_messages"],
        output_flood_bytes=limits["output_flood_megabytes"] << 20,
        grace_seconds=limits["grace_seconds"],
        grading_places=data["gradings"]["places"],
        grading_kernels=data["gradings"]["kernels"],
        examiner_memory_bytes=data["gradings"]["examiner_memory_megabytes"] << 20,
        live_places=data["live"]["places"],
        live_cpu_weight=data["live"]["cpu_weight"],
        live_memory_floor_bytes=round(data["live"]["memory_floor_gigabytes"] * 2**30),
        environment=data["environment"],
        denied_calls=tuple(calls["denied"]),
        unknown_calls=tuple(calls["unknown"]),
        socket_families=tuple(calls["socket_families"]),
        denied_requests=tuple(calls["denied_requests"]),
        personalities=tuple(calls["personalities"]),
    )
