"""Which walls stand on this machine, found out by building one sandbox and looking around inside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.kernels.cgroups import ControlGroups
from grader.kernels.environments import Environment
from grader.kernels.host import FIRST_UID
from grader.sandbox.policy import load_policy
from grader.sandbox.walls import Site

PROBE_SECONDS = 20.0
PROJECT_ROOT = Path(__file__).resolve().parents[2]

REMEDIES = {
    "namespaces": "as root: give CAP_SYS_ADMIN; as a user: sysctl kernel.unprivileged_userns_clone=1"
    " and user.max_user_namespaces above 0",
    "root-file-system": "in a container: security_opt systempaths=unconfined, apparmor=unconfined",
    "own-uid": "run the kernel host as root",
    "user-namespace": "sysctl user.max_user_namespaces above 0",
    "no-new-privileges": "needs Linux 3.5",
    "system-calls": "needs a kernel with CONFIG_SECCOMP_FILTER on x86_64 or aarch64",
    "landlock": "needs Linux 5.13 with landlock in the list of security modules",
    "memory": "make the memory controller of control groups writable for the kernel host",
    "processes": "make the pids controller of control groups writable for the kernel host",
}


@dataclass(frozen=True, slots=True)
class Wall:
    """One wall: whether it stands, and whether the host may start without it."""

    name: str
    stands: bool
    is_essential: bool
    remedy: str

    @property
    def is_missed(self) -> bool:
        return self.is_essential and not self.stands


def examine(mode: str, environments: dict[str, Environment]) -> list[Wall]:
    """Build one sandbox as a grading would and judge each wall by what is seen from inside."""
    mounts = next(iter(environments.values())).mounts if environments else ()
    groups = ControlGroups()
    try:
        facts = _probe(mode, mounts, groups)
    finally:
        groups.close()
    essential = load_policy().essential[mode]
    error = f" ({facts['error']})" if "error" in facts else ""
    return [
        Wall(name, stands, name in essential, REMEDIES[name] + error)
        for name, stands in _judge(mode, facts, groups.kind).items()
    ]


def _judge(mode: str, facts: dict[str, Any], groups: str) -> dict[str, bool]:
    built = "root" in facts
    return {
        "namespaces": built and not set(facts["same_namespaces"]) - {"user"},
        "root-file-system": built and not facts["writable_root"] and "home" in facts["root"],
        "own-uid": built and mode == "root" and facts["outer_uid"] != 0,
        "user-namespace": built and "user" not in facts["same_namespaces"],
        "no-new-privileges": built
        and facts["no_new_privileges"] == "1"
        and not int(facts["capabilities"], 16),
        "system-calls": built and facts["seccomp"] == "2" and facts["new_namespace_refused"],
        "landlock": built and facts["landlock_abi"] > 0,
        "memory": built and groups != "none",
        "processes": built and groups != "none",
    }


def _probe(mode: str, mounts: tuple[str, ...], groups: ControlGroups) -> dict[str, Any]:
    group = groups.make("probe", memory_bytes=1 << 30, processes=64)
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
            facts: dict[str, Any] = json.loads(result.stdout or json.dumps({"error": last[0]}))
        except (subprocess.TimeoutExpired, ValueError) as error:
            facts = {"error": str(error)}
        finally:
            group.end()
    return facts
