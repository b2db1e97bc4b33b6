"""Which walls stand on this machine, found out by building one sandbox and looking around inside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.kernels.cgroups import ControlGroups, Group
from grader.kernels.environments import Environment
from grader.kernels.remedies import REMEDIES
from grader.kernels.sandboxes import FIRST_UID
from grader.sandbox import linux
from grader.sandbox.policy import load_policy
from grader.sandbox.walls import Site

PROBE_SECONDS = 20.0
PROBE_MEMORY_BYTES = 1 << 30
PROJECT_ROOT = Path(__file__).resolve().parents[2]

# By version of control groups: each wall's controller, and the files that say its limit.
_LIMITS: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "v1": {
        "memory": ("memory", ("memory.limit_in_bytes",)),
        "processes": ("pids", ("pids.max",)),
        "cpu": ("cpu", ("cpu.cfs_quota_us", "cpu.cfs_period_us")),
    },
    "v2": {
        "memory": ("", ("memory.max",)),
        "processes": ("", ("pids.max",)),
        "cpu": ("", ("cpu.max",)),
    },
}
# Built by the kernel host and the examiner themselves: nothing of the machine can take them away.
_OUTSIDE = ("cell-time", "total-time", "output")


@dataclass(frozen=True, slots=True)
class Wall:
    """One wall: whether it stands (``None``: could not be looked at), and who insists on it."""

    name: str
    stands: bool | None
    needed: str
    remedy: str
    note: str = ""

    @property
    def is_essential(self) -> bool:
        return self.needed == "essential"

    @property
    def is_missed(self) -> bool:
        """Whether the kernel host must not start."""
        return self.is_essential and not self.stands

    @property
    def reason(self) -> str:
        """Why it is missing and what to do, in one line."""
        cause = f" ({self.note})" if self.note else ""
        return f"the wall {self.name!r} is missing{cause}: {self.remedy}"


def examine(mode: str, environments: dict[str, Environment]) -> list[Wall]:
    """Build one sandbox as a grading would and judge each wall by what is seen from inside."""
    mounts = next(iter(environments.values())).mounts if environments else ()
    groups = ControlGroups()
    try:
        facts = _probe(mode, mounts, groups)
    finally:
        groups.close()
    stands: dict[str, bool | None] = dict.fromkeys(_OUTSIDE, True)
    stands |= facts.get("walls", {})
    notes = {"landlock": f"version {linux.landlock_abi()}"}
    for name, found, note in _counted(mode, facts):
        stands[name], notes[name] = found, note
    if "failed" in facts:
        stands[facts["failed"]], notes[facts["failed"]] = False, facts["error"]
    return [
        Wall(
            wall.name,
            stands.get(wall.name),
            wall.needed[mode],
            REMEDIES[wall.name],
            notes.get(wall.name, ""),
        )
        for wall in load_policy().walls
    ]


def missing(walls: Iterable[Wall]) -> list[Wall]:
    """The essential walls that are known to be missing, or all unknown ones if none is known to be."""
    missed = [wall for wall in walls if wall.is_missed]
    return [wall for wall in missed if wall.stands is False] or missed


def describe(mode: str, walls: Iterable[Wall]) -> list[str]:
    """The doctor's answer, a line each."""
    lines = [f"{mode} mode, Linux {os.uname().release}"]
    for wall in walls:
        state = {True: "stands", False: "MISSING" if wall.is_missed else "missing", None: "unknown"}
        note = f" ({wall.note})" if wall.note else ""
        advice = "" if wall.stands or wall.needed == "absent" else f"; {wall.remedy}"
        lines.append(
            f"{state[wall.stands]:<8} {wall.name:<18} {wall.needed:<10}{note}{advice}".rstrip()
        )
    return lines


def _counted(mode: str, facts: dict[str, Any]) -> Iterable[tuple[str, bool | None, str]]:
    """The walls that control groups build, or what stands in for them as an ordinary user."""
    if facts["groups"]:
        yield from facts["groups"]
    elif mode == "root":
        yield from ((name, False, "no control groups") for name in ("memory", "processes", "cpu"))
    else:
        inside = facts.get("walls", {})
        each = "a limit for each process, and the host watches the sum"
        yield "memory", inside.get("memory"), each
        yield "processes", inside.get("processes"), "a limit for each user namespace"
        yield "cpu", False, "no control groups"


def read_limits(
    group: Group, kind: str, entered: Sequence[str] | None
) -> list[tuple[str, bool | None, str]]:
    """Whether the probe's group says what was written to it, and whether the probe was in it: name of the
    wall, whether it stands, note. ``entered`` is ``None`` when the probe did not get so far.
    """
    found: list[tuple[str, bool | None, str]] = []
    for name, (controller, files) in _LIMITS[kind].items():
        folder = group.folders[controller]
        said = [word for file in files for word in (folder / file).read_text().split()]
        stands: bool | None = None if entered is None else str(folder) in entered
        note = f"control groups {kind}"
        if stands is False:
            note += ", but sandboxes do not get into theirs"
        if not _is_kept(name, said):
            stands, note = False, f"{note}, but the limit reads {' '.join(said)!r}"
        found.append((name, stands, note))
    return found


def _refused(error: OSError) -> list[tuple[str, bool | None, str]]:
    """As :func:`read_limits`, where the kernel does not take a limit; nothing is known of the others then."""
    controller = os.path.basename(error.filename or "").partition(".")[0]
    failed = {"memory": "memory", "pids": "processes", "cpu": "cpu"}.get(controller)
    names = ("memory", "processes", "cpu")
    return [(name, False if failed in (None, name) else None, str(error)) for name in names]


def _is_kept(name: str, said: Sequence[str]) -> bool:
    """Whether these words of limit files are at most what the probe was to have; "max" and -1 are none."""
    policy = load_policy()
    if not said or not all(word.isdecimal() for word in said):
        return False
    value, *period = (int(word) for word in said)
    if name == "cpu":
        return value <= policy.cores * period[0]
    return value <= (PROBE_MEMORY_BYTES if name == "memory" else policy.processes)


def _probe(mode: str, mounts: tuple[str, ...], groups: ControlGroups) -> dict[str, Any]:
    """What the probe says of itself, and under ``groups`` what its control groups say of it."""
    policy = load_policy()
    try:
        group = groups.make(
            "probe",
            memory_bytes=PROBE_MEMORY_BYTES,
            processes=policy.processes,
            cores=policy.cores,
        )
    except OSError as error:
        return {"groups": _refused(error)}
    try:
        facts = _run_probe(mode, mounts, group)
        entered = facts.get("entered")
        facts["groups"] = read_limits(group, groups.kind, entered) if group.folders else []
        return facts
    finally:
        group.end()


def _run_probe(mode: str, mounts: tuple[str, ...], group: Group) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="kilohour-probe-") as staging:
        site = Site(mode, FIRST_UID, staging, mounts, None, group.paths, PROBE_MEMORY_BYTES)
        command = [sys.executable, "-m", "grader.sandbox.probe", json.dumps(asdict(site))]
        try:
            result = subprocess.run(
                command,
                cwd=PROJECT_ROOT,
                env={"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                text=True,
                timeout=PROBE_SECONDS,
            )
            last = result.stderr.strip().splitlines()[-1:] or ["no answer"]
            failure = {"failed": "root-file-system", "error": last[0]}
            facts: dict[str, Any] = json.loads(result.stdout or json.dumps(failure))
        except (subprocess.TimeoutExpired, ValueError) as error:
            facts = {"failed": "root-file-system", "error": str(error)}
    return facts
