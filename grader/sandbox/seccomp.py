"""From the policy's lists of system calls to a seccomp filter (classic BPF, seccomp(2)).

Numbers are those of the kernel's tables arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Sequence

from grader.sandbox import linux
from grader.sandbox.policy import Policy

_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_OFFSET_NUMBER, _OFFSET_ARCH, _OFFSET_ARGS = 0, 4, 16
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X32_BIT = 0x40000000

_REQUESTS = {"TIOCSTI": 0x5412, "TIOCLINUX": 0x541C}
_FAMILIES = {"unix": 1, "inet": 2, "inet6": 10, "netlink": 16, "packet": 17, "alg": 38, "vsock": 40}

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_X86_64 = {
    "ioctl": 16, "shmget": 29, "shmat": 30, "shmctl": 31, "socket": 41, "clone": 56, "semget": 64,
    "semop": 65, "semctl": 66, "shmdt": 67, "msgget": 68, "msgsnd": 69, "msgrcv": 70, "msgctl": 71,
    "ptrace": 101, "syslog": 103, "personality": 135, "vhangup": 153, "modify_ldt": 154,
    "pivot_root": 155, "adjtimex": 159, "chroot": 161, "acct": 163, "settimeofday": 164,
    "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169, "sethostname": 170,
    "setdomainname": 171, "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176,
    "quotactl": 179, "lookup_dcookie": 212, "semtimedop": 220, "clock_settime": 227, "mbind": 237,
    "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250, "migrate_pages": 256,
    "unshare": 272, "vmsplice": 278, "move_pages": 279, "perf_event_open": 298,
    "fanotify_init": 300, "name_to_handle_at": 303, "open_by_handle_at": 304,
    "clock_adjtime": 305, "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311,
    "kcmp": 312, "finit_module": 313, "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323,
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "clone3": 435, "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442,
    "quotactl_fd": 443, "memfd_secret": 447,
}  # fmt: skip
_AARCH64 = {
    "ioctl": 29, "shmget": 194, "shmat": 196, "shmctl": 195, "socket": 198, "clone": 220,
    "semget": 190, "semop": 193, "semctl": 191, "shmdt": 197, "msgget": 186, "msgsnd": 189,
    "msgrcv": 188, "msgctl": 187, "ptrace": 117, "syslog": 116, "personality": 92, "vhangup": 58,
    "pivot_root": 41, "adjtimex": 171, "chroot": 51, "acct": 89, "settimeofday": 170, "mount": 40,
    "umount2": 39, "swapon": 224, "swapoff": 225, "reboot": 142, "sethostname": 161,
    "setdomainname": 162, "init_module": 105, "delete_module": 106, "quotactl": 60,
    "lookup_dcookie": 18, "semtimedop": 192, "clock_settime": 112, "mbind": 235,
    "kexec_load": 104, "add_key": 217, "request_key": 218, "keyctl": 219, "migrate_pages": 238,
    "unshare": 97, "vmsplice": 75, "move_pages": 239, "perf_event_open": 241,
    "fanotify_init": 262, "name_to_handle_at": 264, "open_by_handle_at": 265,
    "clock_adjtime": 266, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271,
    "kcmp": 272, "finit_module": 273, "kexec_file_load": 294, "bpf": 280, "userfaultfd": 282,
    **{name: number for name, number in _X86_64.items() if number >= 425},
}  # fmt: skip
_NUMBERS = {"x86_64": _X86_64, "aarch64": _AARCH64}
# On other machines these calls do not exist.
_ONLY_X86 = {"iopl", "ioperm", "modify_ldt"}


class _Assembler:
    """A straight list of tests, each of which returns at once or falls through to the next."""

    def __init__(self) -> None:
        self.code: list[bytes] = []

    def add(self, code: int, value: int, if_true: int = 0, if_false: int = 0) -> None:
        self.code.append(struct.pack("HBBI", code, if_true, if_false, value))

    def load(self, offset: int) -> None:
        self.add(_LOAD, offset)

    def answer(self, value: int) -> None:
        self.add(_RETURN, value)

    def refuse(self, number: int, error: int) -> None:
        """Answer ``error`` if the loaded word equals ``number``."""
        self.add(_JUMP_EQUAL, number, 0, 1)
        self.answer(_ERRNO | error)


def build_filter(policy: Policy) -> bytes:
    """The filter program for this machine.

    Raises:
        KeyError: the policy names a call, a family or a request that the tables do not have.
        OSError: there is no table for this machine.
    """
    if linux.MACHINE not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no table of system calls for {linux.MACHINE}")
    numbers = _NUMBERS[linux.MACHINE]
    asm = _Assembler()
    asm.load(_OFFSET_ARCH)
    asm.add(_JUMP_EQUAL, ARCHITECTURES[linux.MACHINE], 1, 0)
    asm.answer(_KILL)
    asm.load(_OFFSET_NUMBER)
    if linux.MACHINE == "x86_64":
        asm.add(_JUMP_GREATER_EQUAL, _X32_BIT, 0, 1)
        asm.answer(_ERRNO | errno.ENOSYS)
    for name in policy.denied_calls:
        if linux.MACHINE == "x86_64" or name not in _ONLY_X86:
            asm.refuse(numbers[name], errno.EPERM)
    for name in policy.unknown_calls:
        asm.refuse(numbers[name], errno.ENOSYS)
    _refuse_new_namespaces(asm, numbers["clone"])
    _refuse_requests(asm, numbers["ioctl"], [_REQUESTS[name] for name in policy.denied_requests])
    families = [_FAMILIES[name] for name in policy.socket_families]
    _allow_first_argument_only(asm, numbers["socket"], families, errno.EAFNOSUPPORT)
    _allow_first_argument_only(asm, numbers["personality"], policy.personalities, errno.EPERM)
    asm.answer(_ALLOW)
    return b"".join(asm.code)


def _refuse_new_namespaces(asm: _Assembler, number: int) -> None:
    asm.add(_JUMP_EQUAL, number, 0, 4)
    asm.load(_OFFSET_ARGS)
    asm.add(_JUMP_BITS, linux.CLONE_ANY_NAMESPACE & ~linux.CLONE_NEWTIME, 0, 1)
    asm.answer(_ERRNO | errno.EPERM)
    asm.load(_OFFSET_NUMBER)


def _refuse_requests(asm: _Assembler, number: int, requests: Sequence[int]) -> None:
    # The low 32 bits: the kernel ignores the rest, so a filter that compares all 64 is fooled.
    asm.add(_JUMP_EQUAL, number, 0, 2 * len(requests) + 2)
    asm.load(_OFFSET_ARGS + 8)
    for request in requests:
        asm.refuse(request, errno.EPERM)
    asm.load(_OFFSET_NUMBER)


def _allow_first_argument_only(
    asm: _Assembler, number: int, allowed: Sequence[int], error: int
) -> None:
    asm.add(_JUMP_EQUAL, number, 0, len(allowed) + 3)
    asm.load(_OFFSET_ARGS)
    for position, value in enumerate(allowed):
        asm.add(_JUMP_EQUAL, value, len(allowed) - position, 0)
    asm.answer(_ERRNO | error)
    asm.load(_OFFSET_NUMBER)
