"""Keeps one program of the Procfile running: started again when it dies, ended when we are ended.

Without it honcho would end the whole product because one process was killed.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from types import FrameType

from bin.ops.processes import SUPERVISOR, die_with_parent, is_alive

# A program that does not live this long counts as failing; after so many failures in a row we give up.
SETTLED_SECONDS = 20.0
FAILURES = 5
WATCH_SECONDS = 1.0
# A worker that waits for a broker which has ended before it would never end by itself.
END_SECONDS = 12.0
# Statuses that say: trying again cannot help (usage, configuration; gunicorn's "cannot boot").
FINAL = {2, 3, 4, 78}


def main(argv: Sequence[str]) -> int:
    """``keep NAME COMMAND…``; returns the program's last status."""
    name, *command = argv
    return Keeper(name, command).run()


class Keeper:
    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        pause_seconds: float = 0.5,
        failures: int = FAILURES,
    ) -> None:
        self._name, self._command = name, command
        self._pause, self._failures = pause_seconds, failures
        self._supervisor = int(os.environ.get(SUPERVISOR, "0"))
        self._ending = False
        self._kill_at = float("inf")
        self._child: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        die_with_parent()
        for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(signum, self._end)
        failures = 0
        while True:
            started = time.monotonic()
            status = self._run_once()
            settled = time.monotonic() - started > SETTLED_SECONDS
            failures = 1 if settled else failures + 1
            if self._ending:
                return 0
            if status in FINAL or failures >= self._failures:
                _tell(f"{self._name} ended with status {status}; giving up")
                return status or 1
            _tell(f"{self._name} ended with status {status}; starting it again")
            time.sleep(self._pause * failures)
            if self._ending:
                return 0

    def _run_once(self) -> int:
        # One thread only, so running code between fork and exec is safe.
        self._child = subprocess.Popen(self._command, preexec_fn=die_with_parent)
        if self._ending:  # asked while it was being started
            self._child.terminate()
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self._child.wait(WATCH_SECONDS)
            if time.monotonic() > self._kill_at:
                self._kill()
            # bin/run was killed, and honcho between us hangs on a terminal that is gone.
            if self._supervisor and not is_alive(self._supervisor):
                self._end()

    def _end(self, signum: int = 0, frame: FrameType | None = None) -> None:
        if not self._ending:
            self._kill_at = time.monotonic() + END_SECONDS
        self._ending = True
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()

    def _kill(self) -> None:
        """The program and, where the group is our own, all that it has started; us among them."""
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        elif self._child is not None:
            self._child.kill()


def _tell(text: str) -> None:
    with contextlib.suppress(OSError):
        print(text, flush=True)
