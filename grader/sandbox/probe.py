"""Builds one sandbox and says, as JSON on standard output, what really stands inside.

Run as a program by the kernel host's self-test: ``python -m grader.sandbox.probe '<site as JSON>'``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import Any

from grader.sandbox import linux, walls
from grader.sandbox.policy import load_policy


def main() -> None:
    data = json.loads(sys.argv[1])
    site = walls.Site(
        **{**data, "mounts": tuple(data["mounts"]), "cgroups": tuple(data["cgroups"])}
    )
    outside = _namespaces()
    stage = "processes"
    try:
        walls.enter_cgroups(site)
        stage = "namespaces"
        walls.leave_namespaces(site)
        pid = os.fork()
        if pid == 0:
            stage = "root-file-system"
            walls.close_in(site, load_policy())
            print(json.dumps(_facts(outside, site)), flush=True)
            os._exit(0)
        os.waitpid(pid, 0)
    except (OSError, KeyError) as error:
        print(json.dumps({"failed": stage, "error": str(error)}), flush=True)
        os._exit(1)


def _namespaces() -> dict[str, str]:
    names = ("mnt", "pid", "net", "ipc", "uts", "cgroup", "user")
    return {name: os.readlink(f"/proc/self/ns/{name}") for name in names}


def _facts(outside: dict[str, str], site: walls.Site) -> dict[str, Any]:
    inside = _namespaces()
    with open("/proc/self/status") as file:
        status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
    return {
        "same_namespaces": [name for name, link in inside.items() if link == outside[name]],
        "root": sorted(os.listdir("/")),
        "writable_root": _can_write("/"),
        "capabilities": status["CapEff"].strip() + status["CapBnd"].strip(),
        "no_new_privileges": status["NoNewPrivs"].strip(),
        "seccomp": status["Seccomp"].strip(),
        "new_namespace_refused": _is_refused(lambda: linux.unshare(linux.CLONE_NEWUSER)),
        "landlock_abi": linux.landlock_abi(),
        "cgroups": bool(site.cgroups),
        "outer_uid": site.uid if site.mode == "root" else os.getuid(),
    }


def _can_write(folder: str) -> bool:
    with contextlib.suppress(OSError):
        os.close(os.open(f"{folder}/probe", os.O_CREAT | os.O_WRONLY))
        return True
    return False


def _is_refused(call: Any) -> bool:
    try:
        call()
    except PermissionError:
        return True
    return False


if __name__ == "__main__":
    main()
