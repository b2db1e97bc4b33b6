"""Builds one sandbox and says, as JSON on standard output, what really stands inside.

Run as a program by the kernel host's self-test: ``python -m grader.sandbox.probe '<site as JSON>'``.
Nothing here trusts that a call which did not fail did what it says: each wall is looked at, or pushed.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.sandbox import linux, walls
from grader.sandbox.policy import Policy, load_policy
from grader.sandbox.seccomp import build_filter

_LINKS = {f"{kind}-namespace": f"/proc/self/ns/{short}" for kind, short in [
    ("mount", "mnt"), ("pid", "pid"), ("network", "net"), ("ipc", "ipc"), ("uts", "uts"),
    ("cgroup", "cgroup"), ("user", "user"),
]}  # fmt: skip
# Which wall is missing when what builds it fails.
_BUILDERS = {
    "_make_scratch": "scratch", "_close_proc_sys": "proc-sys", "_become": "own-uid", "_enter_user_namespace": "user-namespace",
    "drop_capabilities": "capabilities", "landlock": "landlock", "install_seccomp": "system-calls",
}  # fmt: skip


def main() -> None:
    data = json.loads(sys.argv[1])
    site = walls.Site(
        **{**data, "mounts": tuple(data["mounts"]), "cgroups": tuple(data["cgroups"])}
    )
    outside = _namespaces()
    policy = load_policy()
    stage = "system-calls"
    try:
        build_filter(policy)
        stage = "processes"
        walls.enter_cgroups(site)
        entered = _groups_entered(site)
        stage = "user-namespace" if site.mode == "user" else "mount-namespace"
        walls.leave_namespaces(site)
        stage = "root-file-system"
        pid = os.fork()
        if pid:
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        walls.close_in(site, policy)
        found = _look_around(outside, site, policy)
        print(json.dumps({"walls": found, "entered": entered}), flush=True)
        os._exit(0)
    except (OSError, KeyError, ValueError) as error:
        failed = _wall_of(error, policy) or stage
        print(json.dumps({"failed": failed, "error": str(error)}), flush=True)
        os._exit(1)


def _wall_of(error: Exception, policy: Policy) -> str | None:
    """The wall that was being built, if there is more to say than which stage it was."""
    functions = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    if "_limit_resources" in functions:
        # A hard limit of whoever started us, which nobody without rights can raise.
        return next((name for name, kind, most in _limits(policy) if _hard(kind) < most), None)
    return next((_BUILDERS[name] for name in functions if name in _BUILDERS), None)


def _groups_entered(site: walls.Site) -> list[str]:
    """The control groups that really hold us."""
    ourselves = str(os.getpid())
    lists = {folder: Path(folder, "cgroup.procs").read_text().split() for folder in site.cgroups}
    return [folder for folder, members in lists.items() if ourselves in members]


def _namespaces() -> dict[str, str]:
    return {name: os.readlink(path) for name, path in _LINKS.items()}


def _look_around(outside: dict[str, str], site: walls.Site, policy: Policy) -> dict[str, bool]:
    """Whether each wall stands that can be judged from inside."""
    status = _status()
    mounts = _mounts()
    scratch = {place.path for place in policy.scratch}
    bound = {path: options for path, options in mounts.items() if path not in {*scratch, "/proc"}}
    plain = {path: options for path, options in bound.items() if not path.startswith("/dev/")}
    return {
        **{name: link != outside[name] for name, link in _namespaces().items()},
        "own-uid": site.mode == "root" and site.uid != 0 and _outer_uid() == site.uid,
        "root-file-system": not _unlisted(site, policy),
        "read-only": all("ro" in options for options in plain.values()) and not _can_write("/"),
        "nosuid-nodev": all({"nosuid", "nodev"} <= options for options in plain.values()),
        "scratch": all(_is_bounded(place.path, place.size, place.files) for place in policy.scratch),
        "proc-sys": "ro" in mounts.get("/proc/sys", set()),
        "capabilities": not any(int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")),
        "no-new-privileges": status["NoNewPrivs"] == "1",
        "system-calls": status["Seccomp"] == "2" and _is_refused(lambda: linux.unshare(linux.CLONE_NEWUSER)),
        "socket-families": _is_refused(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)),
        "landlock": linux.landlock_abi() > 0 and _landlock_bites(),
        **{name: _is_limited(kind, most) for name, kind, most in _limits(policy)},
        **({} if site.cgroups else _stand_ins(site, policy)),
        "environment": dict(os.environ) == policy.environment and not Path("/proc/self/environ").read_bytes().strip(b"\0"),
        # The one that is open while we list them.
        "descriptors": len(os.listdir("/proc/self/fd")) <= 4,
        "session": os.getsid(0) == os.getpid(),
    }  # fmt: skip


def _status() -> dict[str, str]:
    lines = Path("/proc/self/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _mounts() -> dict[str, set[str]]:
    lines = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return {fields[4]: set(fields[5].split(",")) for fields in lines}


def _outer_uid() -> int:
    """Our uid in the namespace above; the rest of the way up is the same number."""
    return int(Path("/proc/self/uid_map").read_text().split()[1])


def _unlisted(site: walls.Site, policy: Policy) -> set[str]:
    """Top-level folders that nobody asked for."""
    asked = [*policy.read_only, *policy.links, *site.mounts, "/dev", "/proc", "/etc"]
    asked += [place.path for place in policy.scratch]
    return set(os.listdir("/")) - {path.split("/")[1] for path in asked}


def _is_bounded(path: str, size: int, files: int) -> bool:
    facts = os.statvfs(path)
    return facts.f_blocks * facts.f_frsize <= size and facts.f_files <= files


def _can_write(folder: str) -> bool:
    with contextlib.suppress(OSError):
        os.close(os.open(f"{folder}/probe", os.O_CREAT | os.O_WRONLY))
        return True
    return False


def _is_refused(call: Callable[[], Any]) -> bool:
    try:
        call()
    except OSError:
        return True
    return False


def _landlock_bites() -> bool:
    """Making a folder in ``/proc`` fails anyway; where TCP is ruled too, binding a port tells."""
    if linux.landlock_abi() < 4:
        return True
    with socket.socket() as sock:
        return _is_refused(lambda: sock.bind(("0.0.0.0", 0)))


def _limits(policy: Policy) -> list[tuple[str, int, int]]:
    return [
        ("address-space", resource.RLIMIT_AS, policy.address_space_bytes),
        ("open-files", resource.RLIMIT_NOFILE, policy.open_files),
        ("file-size", resource.RLIMIT_FSIZE, policy.file_bytes),
    ]


def _stand_ins(site: walls.Site, policy: Policy) -> dict[str, bool]:
    """What bounds memory and processes where no control group does."""
    return {
        "memory": _is_limited(resource.RLIMIT_AS, walls.most_mapped_bytes(site, policy)),
        "processes": walls.counts_processes_by_namespace()
        and _is_limited(resource.RLIMIT_NPROC, policy.processes),
    }


def _is_limited(kind: int, most: int) -> bool:
    soft, hard = resource.getrlimit(kind)
    return 0 <= soft <= most and 0 <= hard <= most


def _hard(kind: int) -> float:
    hard = resource.getrlimit(kind)[1]
    return float("inf") if hard == resource.RLIM_INFINITY else hard


if __name__ == "__main__":
    main()
