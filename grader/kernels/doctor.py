"""Which walls stand on this machine, found out by building one sandbox and looking around inside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.kernels.cgroups import ControlGroups
from grader.kernels.environments import Environment
from grader.kernels.sandboxes import FIRST_UID
from grader.sandbox import linux
from grader.sandbox.policy import load_policy
from grader.sandbox.walls import Site, counts_processes_by_namespace

PROBE_SECONDS = 20.0
PROJECT_ROOT = Path(__file__).resolve().parents[2]

_NAMESPACES = (
    "as root: give the host CAP_SYS_ADMIN; as a user: sysctl user.max_user_namespaces above 0, and"
    " where they exist kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0"
)
_MOUNTS = "in a container: security_opt systempaths=unconfined and apparmor=unconfined"
_GROUPS = (
    "as root: make the {} controller of control groups (v2, or v1) writable for the kernel host"
)
REMEDIES = {
    "own-uid": "run the kernel host as root",
    "user-namespace": _NAMESPACES,
    "root-file-system": _MOUNTS,
    "read-only": _MOUNTS,
    "nosuid-nodev": _MOUNTS,
    "scratch": _MOUNTS,
    "proc-sys": _MOUNTS,
    "system-calls": "needs CONFIG_SECCOMP_FILTER on x86_64 or aarch64",
    "socket-families": "needs CONFIG_SECCOMP_FILTER on x86_64 or aarch64",
    "landlock": "needs Linux 5.13 or later with landlock among the security modules (lsm=landlock,…)",
    "memory": _GROUPS.format("memory"),
    "processes": _GROUPS.format("pids") + "; as a user: Linux 5.14 or later",
    "cpu": _GROUPS.format("cpu"),
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
    for name, found, note in _counted(mode, groups.kind):
        stands[name], notes[name] = found, note
    if "failed" in facts:
        stands[facts["failed"]], notes[facts["failed"]] = False, facts["error"]
    return [
        Wall(
            wall.name,
            stands.get(wall.name),
            wall.needed[mode],
            REMEDIES.get(wall.name, _NAMESPACES),
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


def _counted(mode: str, groups: str) -> Iterable[tuple[str, bool, str]]:
    """The walls that control groups build, or what stands in for them as an ordinary user."""
    if groups != "none":
        yield from (
            (name, True, f"control groups {groups}") for name in ("memory", "processes", "cpu")
        )
    elif mode == "root":
        yield from ((name, False, "no control groups") for name in ("memory", "processes", "cpu"))
    else:
        yield "memory", True, "a limit for each process, and the host watches the sum"
        yield "processes", counts_processes_by_namespace(), "a limit for each user namespace"
        yield "cpu", False, "no control groups"


def _probe(mode: str, mounts: tuple[str, ...], groups: ControlGroups) -> dict[str, Any]:
    group = groups.make("probe", memory_bytes=1 << 30, processes=64, cores=1)
    with tempfile.TemporaryDirectory(prefix="kilohour-probe-") as staging:
        site = Site(mode, FIRST_UID, staging, mounts, None, group.paths, 1 << 30)
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
        finally:
            group.end()
    return facts
