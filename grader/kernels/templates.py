"""The host's side of templates: started, kept alive, told to fork."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader.errors import HostUnavailableError
from grader.kernels.environments import Environment
from grader.sandbox.policy import Policy
from grader.sandbox.template import MESSAGE_BYTES
from grader.sandbox.walls import Site

log = logging.getLogger("grader.kernels")

PROJECT_ROOT = Path(__file__).resolve().parents[2]
TEMPLATE_START_SECONDS = 180.0
ORDER_SECONDS = 10.0


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
            if not self._launch():
                return
            self._await_ready()
            was_ready = not self._error
            self._await_end()
            if self._stopping.is_set():
                return
            log.error(
                "%s (%s) ended: %s", self.environment.name, self.role, self._error or "killed"
            )
            # At once if it had worked; ever more slowly if it does not come up at all.
            pause = 0.0 if was_ready else min(60.0, 2 * pause + 1)
            if was_ready:
                self._ready.clear()

    def _launch(self) -> bool:
        """Whether it was begun: not once we are stopping."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with self._lock, theirs:
            if self._stopping.is_set():
                ours.close()
                return False
            if self._socket:
                self._socket.close()
            self._socket = ours
            self._begin(theirs)
            return True

    def _begin(self, theirs: socket.socket) -> None:
        command = [str(self.environment.python), "-m", "grader.sandbox.template", self.role]
        self._process = subprocess.Popen(
            [*command, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=self._environment(),
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )

    def _await_end(self) -> None:
        assert self._process is not None
        self._process.wait()

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
            self._socket.settimeout(ORDER_SECONDS)
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
        self._order({"site": asdict(site), "arguments": arguments}, descriptors)

    def fork_twin(self, role: str, theirs: socket.socket) -> None:
        """Fork a template for another role, which speaks with us over that socket's other end."""
        self.wait(0)
        self._order({"twin": role}, [theirs.fileno()])

    def _order(self, order: dict[str, Any], descriptors: Sequence[int]) -> None:
        assert self._socket is not None
        with self._lock:
            try:
                socket.send_fds(self._socket, [json.dumps(order).encode()], list(descriptors))
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


class Twin(Template):
    """A template that another one forks, see ``grader.sandbox.template``: it holds more, for its role alone."""

    def __init__(self, origin: Template, role: str, policy: Policy) -> None:
        super().__init__(origin.environment, role, policy)
        self._origin = origin

    def _launch(self) -> bool:
        self._ready.clear()  # an ended origin takes its twin along: until both are back, forks wait
        with contextlib.suppress(HostUnavailableError):
            self._origin.wait()
        return super()._launch()

    def _begin(self, theirs: socket.socket) -> None:
        # Without an origin our socket is closed at once, and the next attempt follows.
        with contextlib.suppress(HostUnavailableError):
            self._origin.fork_twin(self.role, theirs)

    def _await_end(self) -> None:
        """It says nothing after that it is ready; its end closes the socket."""
        assert self._socket is not None
        with contextlib.suppress(OSError, ValueError):
            select.select([self._socket], [], [])
