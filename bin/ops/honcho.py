"""The processes of the Procfile under honcho; what they say goes to the terminal and into a file."""

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from bin.ops.places import ROOT, VENV
from bin.ops.processes import end, start

END_SECONDS = 12.0


class Honcho:
    """honcho hangs when nobody reads what it prints, so we read it, whatever becomes of our own reader.

    ``has_no_reader`` turns true when the terminal or the pipe behind us is gone.
    """

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        self.log = log
        self.has_no_reader = False
        log.parent.mkdir(parents=True, exist_ok=True)
        self._file = log.open("wb")
        # Without -e, honcho would hand a .env file to every process, the kernel host among them.
        command = [str(VENV / "bin" / "honcho"), "-e", os.devnull, "start"]
        self._process = start(command, environ=environ, cwd=ROOT, output=subprocess.PIPE)
        assert self._process.stdout is not None
        self._pipe = self._process.stdout

    def __enter__(self) -> "Honcho":
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._file.close()

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def relay(self, seconds: float) -> None:
        """Pass on what comes within that time, or wait for it."""
        deadline = time.monotonic() + seconds
        while True:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([self._pipe], [], [], left)[0]:
                return
            said = os.read(self._pipe.fileno(), 65536)
            if not said:
                return
            self._file.write(said)
            self._file.flush()
            self._show(said)

    def end(self) -> None:
        """Ask honcho to end everything, and listen until it has; what hangs is killed."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        deadline = time.monotonic() + END_SECONDS
        while self.is_alive() and time.monotonic() < deadline:
            self.relay(0.1)
        end(self._process, seconds=0.1)
        self.relay(0)

    def _show(self, said: bytes) -> None:
        try:
            sys.stdout.buffer.write(said)
            sys.stdout.flush()
        except OSError:
            self.has_no_reader = True
