"""The host's side of sandboxes: build and start them, tell what became of them, end them."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.errors import HostUnavailableError
from grader.kernels import watcher
from grader.kernels.cgroups import ControlGroups, Group
from grader.kernels.templates import Template
from grader.sandbox.policy import Policy
from grader.sandbox.template import MESSAGE_BYTES
from grader.sandbox.walls import Site

FORK_SECONDS = 10.0
# Uids of sandboxes, two for each grading and one for each live kernel. Nobody else may have them.
FIRST_UID = 61000
FIRST_LIVE_UID = 63000


class Sandbox:
    """One forked process behind its walls. Used once."""

    def __init__(self, template: Template, site: Site, group: Group) -> None:
        self._template = template
        self._site = site
        self._group = group
        self._pidfd: int | None = None
        self.exit_code: int | None = None
        self.is_lost = False  # ended by somebody else than those inside or us
        self.status, self._their_status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def start(self, arguments: dict[str, Any], descriptors: Sequence[int]) -> None:
        """Fork, and wait until the sandbox's first process exists.

        Raises:
            HostUnavailableError: the walls could not be built, or the template is gone.
        """
        try:
            self._template.fork(self._site, arguments, [self._their_status.fileno(), *descriptors])
        finally:
            self._their_status.close()
        self.status.settimeout(FORK_SECONDS)
        try:
            message, handles, _, _ = socket.recv_fds(self.status, MESSAGE_BYTES, 1)
        except OSError as error:
            raise HostUnavailableError(f"a sandbox did not start: {error}") from error
        if message != b"started" or not handles:
            raise HostUnavailableError("a sandbox could not be made; the host's log says why")
        self._pidfd = handles[0]

    @property
    def is_alive(self) -> bool:
        return self._pidfd is not None and self.exit_code is None

    def notice(self) -> None:
        """Read what the keeper says; called when ``status`` is readable."""
        if self.exit_code is not None:
            return
        try:
            self.status.setblocking(False)
            self.exit_code = json.loads(self.status.recv(MESSAGE_BYTES))["ended"]
        except BlockingIOError:
            pass
        except (OSError, ValueError, KeyError):
            # The keeper, which nobody inside can reach, ended without a word.
            self.exit_code = -signal.SIGKILL
            self.is_lost = True

    def was_out_of_memory(self) -> bool:
        """Whether it went beyond its memory; without control groups, whether it does so now."""
        if self._group.folders or self._pidfd is None:
            return self._group.was_out_of_memory()
        pid = watcher.pid_of(self._pidfd)
        return pid > 0 and watcher.uses_more_than(pid, self._site.memory_bytes)

    def end(self) -> None:
        """Kill everything inside; when this returns nothing of the sandbox is left.

        Raises:
            OSError: something does not go: its uid must not be used again until :meth:`Builder.is_vacant`.
        """
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                # Its first process: with it the kernel ends every process of the pid namespace.
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            self.status.settimeout(FORK_SECONDS)
            with contextlib.suppress(OSError):
                while self.exit_code is None and self.status.recv(MESSAGE_BYTES):
                    self.exit_code = -signal.SIGKILL
            os.close(self._pidfd)
            self._pidfd = None
        self.status.close()
        self._their_status.close()
        self._group.end()


class Builder:
    """Knows where sandboxes are built on this machine, and numbers them."""

    def __init__(self, mode: str, policy: Policy, groups: ControlGroups, run_folder: Path) -> None:
        self._mode = mode
        self._policy = policy
        self._groups = groups
        self._staging = run_folder / "root"
        self._staging.mkdir()
        self._numbers = itertools.count(1)
        self._groups_of: dict[int, Group] = {}  # by uid, the last one

    def build(
        self,
        template: Template,
        name: str,
        uid: int,
        memory_bytes: int,
        kernel_folder: Path | None = None,
        weight: float = 1.0,
    ) -> Sandbox:
        """A sandbox that is not started yet. Never may two with the same ``uid`` be alive.

        ``name`` is for people who look at control groups; a number makes it unlike all others.

        Raises:
            HostUnavailableError: the machine refuses what it takes.
            OSError: something of the last one with this uid does not go.
        """
        if not self.is_vacant(uid):
            raise OSError(f"a sandbox of uid {uid} does not go")
        try:
            group = self._groups.make(
                f"{name}-{next(self._numbers)}",
                memory_bytes=memory_bytes,
                processes=self._policy.processes,
                cores=self._policy.cores,
                weight=weight,
            )
        except OSError as error:
            raise HostUnavailableError(f"a sandbox could not be made: {error}") from error
        self._groups_of[uid] = group
        site = Site(
            mode=self._mode,
            uid=uid,
            staging=str(self._staging),
            mounts=template.environment.mounts,
            kernel_folder=str(kernel_folder) if kernel_folder else None,
            cgroups=group.paths,
            memory_bytes=memory_bytes,
        )
        return Sandbox(template, site, group)

    def is_vacant(self, uid: int) -> bool:
        """Whether nothing of this uid's last sandbox is left; what is left is told to go once more."""
        group = self._groups_of.get(uid)
        if group is not None:
            with contextlib.suppress(OSError):
                group.end(0.0)
        return group is None or not group.folders
