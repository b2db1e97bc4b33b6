"""What to do about a wall that is missing, for whoever sets the machine up."""

from __future__ import annotations

_NAMESPACES = (
    "as root: give the host CAP_SYS_ADMIN; as a user: sysctl user.max_user_namespaces above 0, and"
    " where they exist kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0"
)
_KERNEL = _NAMESPACES + "; and a kernel with CONFIG_{}"
_MOUNTS = "in a container: security_opt systempaths=unconfined and apparmor=unconfined"
_FLAGS = _MOUNTS + "; else report it as a mistake of ours: mounts of the sandbox lack {}"
_GROUPS = (
    "as root: make the {} controller of control groups (v2, or v1) writable for the kernel host"
)
_SECCOMP = "needs CONFIG_SECCOMP_FILTER on x86_64 or aarch64"
_LIMIT = "raise the kernel host's own hard limit, which must not be below the policy's ({})"
_OURS = "nothing of the machine takes this away: report it as a mistake of ours"
REMEDIES: dict[str, str] = {
    "mount-namespace": _NAMESPACES,
    "pid-namespace": _KERNEL.format("PID_NS"),
    "network-namespace": _KERNEL.format("NET_NS"),
    "ipc-namespace": _KERNEL.format("IPC_NS and CONFIG_POSIX_MQUEUE"),
    "uts-namespace": _KERNEL.format("UTS_NS"),
    "cgroup-namespace": _KERNEL.format("CGROUPS (Linux 4.6 or later)"),
    "user-namespace": _KERNEL.format("USER_NS"),
    "own-uid": "run the kernel host as root, with CAP_SETUID and CAP_SETGID",
    "root-file-system": _MOUNTS,
    "read-only": _FLAGS.format("ro"),
    "nosuid-nodev": _FLAGS.format("nosuid or nodev"),
    "scratch": "needs CONFIG_TMPFS, and in a container apparmor=unconfined, to mount tmpfs with a size",
    "proc-sys": _MOUNTS,
    "capabilities": "let the kernel host drop them: in a container, a seccomp profile with capset and prctl",
    "no-new-privileges": "in a container: a seccomp profile that allows prctl (PR_SET_NO_NEW_PRIVS)",
    "system-calls": _SECCOMP,
    "socket-families": _SECCOMP,
    "landlock": "needs Linux 5.13 or later with landlock among the security modules (lsm=landlock,…)",
    "memory": _GROUPS.format("memory"),
    "processes": _GROUPS.format("pids") + "; as a user: Linux 5.14 or later",
    "cpu": _GROUPS.format("cpu"),
    "address-space": _LIMIT.format("ulimit -v, LimitAS= of systemd"),
    "open-files": _LIMIT.format("ulimit -n, LimitNOFILE= of systemd, ulimits of compose"),
    "file-size": _LIMIT.format("ulimit -f, LimitFSIZE= of systemd"),
    "environment": _OURS + ": something of ours passes variables on, or /proc is masked",
    "descriptors": _OURS + ": something of ours keeps a file open",
    "session": _OURS + ": setsid was refused",
    "cell-time": _OURS,
    "total-time": _OURS,
    "output": _OURS,
}
