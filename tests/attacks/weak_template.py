"""A template whose sandboxes lack the walls that a test has named; everything else is the real one.

There is no switch for this in the product: walls are taken down by replacing the function that builds them,
in this program, which only ``weak_host`` starts. It reads the order's switch in the forked process, so
one template serves every test.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.sandbox import linux, policy, template, walls
from tests.attacks.weak_switch import SWITCH

STATE: dict[str, Any] = {"policy": policy.load_policy(), "site": None, "bait": ""}


def weakened(begin: Callable[..., None]) -> Callable[..., None]:
    """What a fork does first, after it has taken down the walls that the switch names."""

    def begin_weakened(order: Any, *rest: Any) -> None:
        switch = _switch()
        STATE["site"], STATE["bait"] = order.site, switch["bait"]
        for name in switch["without"]:
            TAKE_DOWN[name]()
        template.load_policy = lambda: STATE["policy"]
        begin(dataclasses.replace(order, site=STATE["site"]), *rest)

    return begin_weakened


def begin_pid_namespace(outer: int) -> None:
    """The one wall that is built before the fork."""
    if "pid-namespace" in _switch()["without"]:
        linux.set_pid_namespace(outer)
    else:
        _begin_pid_namespace(outer)


def _switch() -> Any:
    return json.loads(Path(os.environ[SWITCH]).read_text())


def _change_policy(**fields: Any) -> None:
    STATE["policy"] = dataclasses.replace(STATE["policy"], **fields)


def _change_site(**fields: Any) -> None:
    STATE["site"] = dataclasses.replace(STATE["site"], **fields)


def _nothing(*_arguments: Any, **_named: Any) -> None:
    pass


def _without_namespace(name: str) -> Callable[[], None]:
    return lambda: walls.NAMESPACES.__delitem__(name)


def _without_mount_namespace() -> None:
    # Without it a new root would become the host's own, so none is built.
    del walls.NAMESPACES["mount-namespace"]
    walls._build_root = _nothing
    place = STATE["bait"] + "/writable"
    names = ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR")
    _change_policy(
        scratch=(), environment={**STATE["policy"].environment, **dict.fromkeys(names, place)}
    )
    if "grader.sandbox.kernel_app" in sys.modules:
        sys.modules["grader.sandbox.kernel_app"]._IOPubThread._PIPE = f"ipc://{place}/iopub"


def _without_uts_namespace() -> None:
    # Without it the host itself would be renamed.
    del walls.NAMESPACES["uts-namespace"]
    walls.socket.sethostname = _nothing


def _without_user_namespace() -> None:
    walls._enter_user_namespace = _nothing


def _without_own_uid() -> None:
    walls._become = _nothing
    _change_site(uid=0)


def _without_root_file_system() -> None:
    """The list of what may be read has one folder of the host too many."""
    _change_policy(read_only=(*STATE["policy"].read_only, STATE["bait"]))


def _without_read_only() -> None:
    walls._READ_ONLY &= ~linux.MS_RDONLY


def _without_nosuid() -> None:
    walls._READ_ONLY &= ~(linux.MS_NOSUID | linux.MS_NODEV)


def _without_scratch_bounds() -> None:
    wide = [
        dataclasses.replace(place, size=4 << 30, files=10**6) for place in STATE["policy"].scratch
    ]
    _change_policy(scratch=tuple(wide))


def _without_capabilities() -> None:
    linux.drop_capabilities = _nothing


def _without_no_new_privileges() -> None:
    prctl = linux.prctl
    linux.prctl = lambda option, *rest: (
        None if option == linux.PR_SET_NO_NEW_PRIVS else prctl(option, *rest)
    )


def _without_landlock() -> None:
    linux.landlock = _nothing


def _without_system_calls() -> None:
    linux.install_seccomp = _nothing


def _without_socket_families() -> None:
    _change_policy(socket_families=("unix", "inet", "inet6", "netlink", "packet", "alg", "vsock"))


def _without_group(controller: str) -> None:
    kept = [folder for folder in STATE["site"].cgroups if f"/{controller}/" in folder]
    both = [folder for folder in STATE["site"].cgroups if len(STATE["site"].cgroups) == 1]
    gone = {*kept, *both}
    enter = walls.enter_cgroups
    walls.enter_cgroups = lambda site: enter(
        dataclasses.replace(site, cgroups=[path for path in site.cgroups if path not in gone])
    )


def _without_processes() -> None:
    _without_group("pids")
    walls._limit_processes = _nothing


TAKE_DOWN: dict[str, Callable[[], None]] = {
    "mount-namespace": _without_mount_namespace,
    **{name: _without_namespace(name) for name in walls.NAMESPACES if name != "mount-namespace"},
    "uts-namespace": _without_uts_namespace,
    "user-namespace": _without_user_namespace,
    "own-uid": _without_own_uid,
    "root-file-system": _without_root_file_system,
    "read-only": _without_read_only,
    "nosuid-nodev": _without_nosuid,
    "scratch": _without_scratch_bounds,
    "proc-sys": lambda: setattr(walls, "_close_proc_sys", _nothing),
    "capabilities": _without_capabilities,
    "no-new-privileges": _without_no_new_privileges,
    "system-calls": _without_system_calls,
    "socket-families": _without_socket_families,
    "landlock": _without_landlock,
    "memory": lambda: _without_group("memory"),
    "processes": _without_processes,
    "cpu": lambda: _without_group("cpu"),
    "address-space": lambda: _change_policy(address_space_bytes=1 << 46),
    "open-files": lambda: _change_policy(open_files=4096),
    "file-size": lambda: _change_policy(file_bytes=1 << 40),
    "environment": lambda: setattr(walls, "replace_environment", _nothing),
    "descriptors": lambda: setattr(walls, "close_descriptors", _nothing),
    "session": lambda: setattr(os, "setsid", _nothing),
}


if __name__ == "__main__":
    template._keep = weakened(template._keep)  # type: ignore[assignment]
    template._begin = weakened(template._begin)  # type: ignore[assignment]
    _begin_pid_namespace = walls.begin_pid_namespace
    walls.begin_pid_namespace = begin_pid_namespace
    # What a careless process of ours could have open, for the attack on descriptors.
    os.open(_switch()["bait"] + "/secret", os.O_RDONLY)
    template.main(sys.argv[1], int(sys.argv[2]))
