"""Builds the walls of one sandbox, from the inside, in the only order that works.

As root:  cgroup → new namespaces → fork → new root → own uid → user namespace → no capability,
          no new privileges → Landlock → seccomp.
As user:  the user namespace comes first, since it is what gives the right to the others.

Two traps, both met: ``setresuid`` clears the dumpable flag and the parent-death signal, so both are set
again; and a process whose real uid is root stays root for files even in a user namespace, so the uid is
dropped before that namespace is made.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import linux
from grader.sandbox.policy import Policy
from grader.sandbox.seccomp import build_filter

INNER_UID = 1000
KERNEL_FOLDER = "/run/kernel"

NAMESPACES = {
    "mount-namespace": linux.CLONE_NEWNS,
    "pid-namespace": linux.CLONE_NEWPID,
    "network-namespace": linux.CLONE_NEWNET,
    "ipc-namespace": linux.CLONE_NEWIPC,
    "uts-namespace": linux.CLONE_NEWUTS,
    "cgroup-namespace": linux.CLONE_NEWCGROUP,
}


@dataclass(frozen=True, slots=True)
class Site:
    """Where a sandbox is built: chosen by the kernel host, never by an order.

    ``staging`` is an empty folder to build the new root on; ``mounts`` are folders of the interpreter and
    the environment, bound read-only in place; ``kernel_folder`` (examiner only) holds the sockets of the
    learner's kernel; ``cgroups`` are folders of control groups to enter.
    """

    mode: str
    uid: int
    staging: str
    mounts: tuple[str, ...]
    kernel_folder: str | None
    cgroups: tuple[str, ...]
    memory_bytes: int


def enter_cgroups(site: Site) -> None:
    for folder in site.cgroups:
        Path(folder, "cgroup.procs").write_text("0")


def begin_pid_namespace(outer: int) -> None:
    """A new pid namespace for the next fork, as root; ``outer`` is our own (a file of ``/proc/self/ns``)."""
    linux.set_pid_namespace(
        outer
    )  # the one for the fork before is still set, and cannot be left otherwise
    linux.unshare(linux.CLONE_NEWPID)


def leave_namespaces(site: Site, *, but: str = "") -> None:
    """New namespaces of every kind ``but`` one; the pid namespace holds from the next fork on."""
    if site.mode == "user":
        outer_uid, outer_gid = os.getuid(), os.getgid()
        linux.unshare(linux.CLONE_NEWUSER)
        _map_ids(outer_uid, outer_gid)
    linux.unshare(sum(flag for name, flag in NAMESPACES.items() if name != but))


def close_in(site: Site, policy: Policy, keep: Sequence[int] = ()) -> None:
    """Everything after the fork into the new pid namespace. Nothing of the outside is left afterwards,
    but the descriptors 0, 1, 2 and those to ``keep``.
    """
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    close_descriptors(keep)
    os.setsid()
    socket.sethostname(policy.hostname)
    _build_root(site, policy)
    if site.mode == "root":
        _become(site.uid)
        _enter_user_namespace(site)
    _limit_resources(policy)
    _limit_processes(site, policy)
    linux.drop_capabilities()
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    if linux.landlock_abi():
        scratch = [place.path for place in policy.scratch]
        linux.landlock([*scratch, *policy.writable_for_landlock])
    linux.install_seccomp(build_filter(policy))
    replace_environment(policy)


def close_descriptors(keep: Sequence[int]) -> None:
    """Close every descriptor but 0, 1, 2 and those named."""
    low = 3
    for descriptor in sorted(keep):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, os.sysconf("SC_OPEN_MAX"))


def replace_environment(policy: Policy) -> None:
    """The policy's environment and nothing else, also where ``/proc/self/environ`` looks."""
    os.environ.clear()
    os.environ.update(policy.environment)
    linux.erase_start()


def _become(uid: int) -> None:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    linux.prctl(linux.PR_SET_DUMPABLE, 1)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)


def _enter_user_namespace(site: Site) -> None:
    linux.unshare(linux.CLONE_NEWUSER)
    _map_ids(site.uid, site.uid)


def _map_ids(outer_uid: int, outer_gid: int) -> None:
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{INNER_UID} {outer_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{INNER_UID} {outer_gid} 1")


def _limit_resources(policy: Policy) -> None:
    for kind, value in [
        (resource.RLIMIT_CORE, policy.core_bytes),
        (resource.RLIMIT_NOFILE, policy.open_files),
        (resource.RLIMIT_FSIZE, policy.file_bytes),
        (resource.RLIMIT_AS, policy.address_space_bytes),
        (resource.RLIMIT_MEMLOCK, policy.locked_bytes),
        (resource.RLIMIT_MSGQUEUE, policy.message_queue_bytes),
    ]:
        resource.setrlimit(kind, (value, value))


def _limit_processes(site: Site, policy: Policy) -> None:
    if counts_processes_by_namespace() or site.mode == "root":
        resource.setrlimit(resource.RLIMIT_NPROC, (policy.processes, policy.processes))
    if not site.cgroups:
        # No control group: mapped memory of each process is what can be limited from here. What all of
        # them use is watched from outside.
        most = most_mapped_bytes(site, policy)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def most_mapped_bytes(site: Site, policy: Policy) -> int:
    """What a process that has no control group may have mapped: what it has by now, its memory, and room for
    what threads reserve and never use.
    """
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    return min(mapped + site.memory_bytes + policy.reserve_bytes, policy.address_space_bytes)


def counts_processes_by_namespace() -> bool:
    """Whether the kernel counts a user's processes for each user namespace (Linux 5.14). An older one
    would count an ordinary user's own programs too.
    """
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int(minor)) >= (5, 14)


# -- The new root ------------------------------------------------------------------------------------

_READ_ONLY = linux.MS_BIND | linux.MS_REMOUNT | linux.MS_RDONLY | linux.MS_NOSUID | linux.MS_NODEV


def _build_root(site: Site, policy: Policy) -> None:
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    root = site.staging
    linux.mount("tmpfs", root, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=1m,mode=0755")
    for path in policy.links:
        if os.path.islink(path):
            os.symlink(os.readlink(path), root + path)
        elif os.path.isdir(path):
            _bind(path, root + path)
    _make_devices(root, policy)
    for scratch in policy.scratch:
        _make_scratch(
            root + scratch.path, scratch.size, scratch.files, site.uid if site.mode == "root" else 0
        )
    # After the scratch folders, which would otherwise hide an installation below /tmp or /home.
    for path in _outermost([*policy.read_only, *site.mounts]):
        _bind(path, root + path)
    if site.kernel_folder:
        _bind(site.kernel_folder, root + KERNEL_FOLDER)
    os.makedirs(root + "/proc", exist_ok=True)
    linux.mount("proc", root + "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
    _write_etc(root)
    os.chdir(root)
    linux.pivot_root(".", ".")
    linux.unmount(".")
    os.chdir("/")
    # The skeleton itself is closed last: from here on only the scratch folders can be written.
    linux.mount("none", "/", flags=_READ_ONLY)
    _close_proc_sys()
    os.umask(0o077)
    os.chdir(policy.environment["HOME"])


def _outermost(paths: Sequence[str]) -> list[str]:
    """Existing paths, without those that another one already holds."""
    kept: list[str] = []
    for path in sorted({path for path in paths if os.path.exists(path)}):
        if not any(path == above or path.startswith(above + "/") for above in kept):
            kept.append(path)
    return kept


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_RDONLY, 0o444))
    linux.mount(source, target, flags=linux.MS_BIND)
    # An ordinary user may add flags to a mount of root's, never take one away.
    inherited = os.statvfs(target).f_flag & linux.MS_NOEXEC
    linux.mount("none", target, flags=_READ_ONLY | inherited)


def _make_devices(root: str, policy: Policy) -> None:
    os.makedirs(root + "/dev", exist_ok=True)
    for name in policy.devices:
        target = f"{root}/dev/{name}"
        os.close(os.open(target, os.O_CREAT | os.O_RDONLY, 0o666))
        linux.mount(f"/dev/{name}", target, flags=linux.MS_BIND)
    for name, place in [("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1")]:
        os.symlink(place, f"{root}/dev/{name}")


def _make_scratch(target: str, size: int, files: int, uid: int) -> None:
    os.makedirs(target, exist_ok=True)
    options = f"size={size},nr_inodes={files},mode=0700"
    if uid:
        options += f",uid={uid},gid={uid}"
    linux.mount("tmpfs", target, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)


def _write_etc(root: str) -> None:
    os.makedirs(root + "/etc", exist_ok=True)
    Path(root + "/etc/passwd").write_text(
        f"learner:x:{INNER_UID}:{INNER_UID}::/home/learner:/bin/sh\n"
    )
    Path(root + "/etc/group").write_text(f"learner:x:{INNER_UID}:\n")
    Path(root + "/etc/hosts").write_text("127.0.0.1 localhost\n")


def _close_proc_sys() -> None:
    linux.mount("/proc/sys", "/proc/sys", flags=linux.MS_BIND)
    linux.mount("none", "/proc/sys", flags=_READ_ONLY | linux.MS_NOEXEC)
