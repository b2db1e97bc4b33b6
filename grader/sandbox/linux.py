"""The few Linux calls that the standard library does not have, with errors that name the call.

Sources: mount(2), pivot_root(2), unshare(2), prctl(2), capabilities(7), landlock(7), seccomp(2).
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
CLONE_NEWTIME = 0x00000080
CLONE_ANY_NAMESPACE = (
    CLONE_NEWNS
    | CLONE_NEWCGROUP
    | CLONE_NEWUTS
    | CLONE_NEWIPC
    | CLONE_NEWUSER
    | CLONE_NEWPID
    | CLONE_NEWNET
    | CLONE_NEWTIME
)

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
SECCOMP_MODE_FILTER = 2

_LAST_CAPABILITY = 63
_CAPABILITY_VERSION_3 = 0x20080522

_SYSCALL = {"x86_64": {"pivot_root": 155}, "aarch64": {"pivot_root": 41}}
# The same on every architecture since they were added after the tables were joined.
_LANDLOCK_CREATE, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT = 444, 445, 446

MACHINE = platform.machine()


def _check(result: int, call: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{call}: {os.strerror(code)}")
    return result


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), "unshare")


def set_pid_namespace(descriptor: int) -> None:
    """The pid namespace of the children to come: a file of ``/proc/<pid>/ns/``."""
    _check(_libc.setns(descriptor, CLONE_NEWPID), "setns")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    result = _libc.mount(
        source.encode(), target.encode(), kind.encode() or None, flags, options.encode() or None
    )
    _check(result, f"mount {source} on {target}")


def unmount(target: str) -> None:
    _check(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def pivot_root(new_root: str, put_old: str) -> None:
    number = _SYSCALL[MACHINE]["pivot_root"]
    _check(_libc.syscall(number, new_root.encode(), put_old.encode()), "pivot_root")


def prctl(option: int, value: int = 0, third: int = 0) -> None:
    _check(
        _libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(third), 0, 0), f"prctl {option}"
    )


def drop_capabilities() -> None:
    """Leave no capability in any set, nor a way to get one back."""
    for capability in range(_LAST_CAPABILITY + 1):
        # Numbers that this kernel does not know are refused: nothing to drop.
        _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, b"\0" * 24), "capset")


def erase_start() -> None:
    """Overwrite the arguments and the environment that this process was started with.

    They stay readable in ``/proc/PID/cmdline`` and ``environ`` for as long as it lives, whatever it
    changes later (proc(5), fields 48 to 51 of ``stat``).
    """
    with open("/proc/self/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    for start, end in (fields[45:47], fields[47:49]):
        if int(start):
            ctypes.memset(int(start), 0, int(end) - int(start))


# -- Landlock ----------------------------------------------------------------------------------------

# Access rights to files by the ABI that brought them (landlock(7)).
_FS_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_FS_READ = 1 << 0 | 1 << 2 | 1 << 3  # execute, read file, read folder
_NET_ALL = 0b11  # TCP bind and connect, ABI 4
_SCOPE_ALL = 0b11  # abstract sockets and signals, ABI 6
_RULE_PATH = 1


def landlock_abi() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    return max(0, _libc.syscall(_LANDLOCK_CREATE, None, 0, 1))


def landlock(writable: list[str]) -> None:
    """Reading stays allowed everywhere (the root is an allow-list already), writing below ``writable``.

    TCP, abstract sockets of others and signals to others are refused where the kernel knows how.
    """
    abi = landlock_abi()
    every_right = sum(bits for since, bits in _FS_RIGHTS_BY_ABI.items() if since <= abi)
    attributes = struct.pack(
        "QQQ", every_right, _NET_ALL if abi >= 4 else 0, _SCOPE_ALL if abi >= 6 else 0
    )
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = _check(
        _libc.syscall(_LANDLOCK_CREATE, attributes, size, 0), "landlock_create_ruleset"
    )
    try:
        for path, rights in [("/", _FS_READ), *((path, every_right) for path in writable)]:
            _allow(ruleset, path, rights)
        _check(_libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", rights, folder)
        _check(
            _libc.syscall(_LANDLOCK_ADD_RULE, ruleset, _RULE_PATH, rule, 0),
            f"landlock_add_rule {path}",
        )
    finally:
        os.close(folder)


def install_seccomp(program: bytes) -> None:
    """Install a BPF program; no-new-privileges must be set before."""
    buffer = ctypes.create_string_buffer(program, len(program))
    fprog = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    result = _libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), fprog, 0, 0)
    _check(result, "seccomp")
