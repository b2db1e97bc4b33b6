"""The host's side of templates and sandboxes: start them, tell what became of them, end them."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader.errors import HostUnavailableError
from grader.kernels import watcher
from grader.kernels.cgroups import ControlGroups, Group
from grader.kernels.environments import Environment
from grader.sandbox.policy import Policy
from grader.sandbox.template import MESSAGE_BYTES
from grader.sandbox.walls import Site

log = logging.getLogger("grader.kernels")

PROJECT_ROOT = Path(__file__).resolve().parents[2]
TEMPLATE_START_SECONDS = 180.0
FORK_SECONDS = 10.0
# Uids of sandboxes, two for each grading and one for each live kernel. Nobody else may have them.
FIRST_UID = 61000
FIRST_LIVE_UID = 63000


class Template:
    """A process that has imported an environment's libraries for one role and is forked on demand."""

    def __init__(
        self,
        environment: Environment,
        role: str,
        policy: Policy,
        run_folder: Path = Path("/nonexistent"),
    ) -> None:
        self.environment = environment
        self.role = role
        self._run_folder = run_folder
        self._policy = policy
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._stopping = threading.Event()
        self._error = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def start(self) -> None:
        """Start importing; :meth:`fork` waits until that is done. One that dies is started anew."""
        # The thread stays: a template ends with the thread that started it (prctl(2), PDEATHSIG).
        threading.Thread(target=self._keep_alive, daemon=True).start()

    def _keep_alive(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            process = self._launch()
            if process is None:
                return
            self._await_ready()
            was_ready = not self._error
            process.wait()
            if self._stopping.is_set():
                return
            log.error(
                "%s (%s) ended: %s", self.environment.name, self.role, self._error or "killed"
            )
            # At once if it had worked; ever more slowly if it does not come up at all.
            pause = 0.0 if was_ready else min(60.0, 2 * pause + 1)
            if was_ready:
                self._ready.clear()

    def _launch(self) -> subprocess.Popen[bytes] | None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [str(self.environment.python), "-m", "grader.sandbox.template", self.role]
        with self._lock, theirs:
            if self._stopping.is_set():
                ours.close()
                return None
            if self._socket:
                self._socket.close()
            self._socket = ours
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=self._environment(),
                cwd=PROJECT_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
            )
            return self._process

    def _environment(self) -> dict[str, str]:
        # Python cannot change its hash seed after a fork. Learners' runs repeat; the examiner's does
        # not, so that no answer can lean on it.
        seed = "0" if self.role == "learner" else "random"
        cache = self.environment.folder / "matplotlib"
        if not os.access(cache, os.W_OK):
            # Else matplotlib makes a folder of its own, which nobody would remove.
            cache = self._run_folder / "matplotlib"
        return {
            **self._policy.environment,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": str(PROJECT_ROOT),
            "MPLCONFIGDIR": str(cache),
            "HOME": "/nonexistent",
            # debugpy warns of frozen modules on standard error; nobody debugs here.
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }

    def _await_ready(self) -> None:
        assert self._socket is not None
        try:
            self._socket.settimeout(TEMPLATE_START_SECONDS)
            answer = json.loads(self._socket.recv(MESSAGE_BYTES) or b'{"error": "it ended"}')
            self._error = answer.get("error", "")
            self._socket.settimeout(FORK_SECONDS)
        except (OSError, ValueError) as error:
            self._error = str(error)
        self._ready.set()

    @property
    def state(self) -> str:
        if not self._ready.is_set():
            return "loading"
        return self._error or "ready"

    def wait(self, seconds: float = TEMPLATE_START_SECONDS) -> None:
        """Raises:
        HostUnavailableError: the template did not come up.
        """
        if not self._ready.wait(seconds) or self._error:
            what = self._error or "still importing"
            raise HostUnavailableError(f"{self.environment.name} ({self.role}): {what}")

    def fork(self, site: Site, arguments: dict[str, Any], descriptors: Sequence[int]) -> None:
        self.wait()
        assert self._socket is not None
        message = json.dumps({"site": asdict(site), "arguments": arguments}).encode()
        with self._lock:
            try:
                socket.send_fds(self._socket, [message], list(descriptors))
            except OSError as error:
                raise HostUnavailableError(f"the template is gone: {error}") from error

    def stop(self) -> None:
        self._stopping.set()
        with self._lock:
            if self._process:
                self._process.kill()
                self._process.wait()
            if self._socket:
                self._socket.close()


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
        """Kill everything inside; when this returns nothing of the sandbox is left."""
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
        self._group.end()


class Builder:
    """Knows where sandboxes are built on this machine, and numbers them."""

    def __init__(self, mode: str, policy: Policy, groups: ControlGroups, run_folder: Path) -> None:
        self._mode = mode
        self._policy = policy
        self._groups = groups
        self._staging = run_folder / "root"
        self._staging.mkdir()

    def build(
        self,
        template: Template,
        name: str,
        uid: int,
        memory_bytes: int,
        kernel_folder: Path | None = None,
        weight: float = 1.0,
    ) -> Sandbox:
        """A sandbox that is not started yet. Never may two with the same ``uid`` be alive."""
        group = self._groups.make(
            name,
            memory_bytes=memory_bytes,
            processes=self._policy.processes,
            cores=self._policy.cores,
            weight=weight,
        )
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
