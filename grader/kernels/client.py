"""What a worker uses: hand one job to the kernel host and wait for its report."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from grader.errors import (
    ExerciseError,
    HostBusyError,
    HostUnavailableError,
    Problem,
    RunLostError,
)
from grader.report import Report
from grader.wire import frames

MESSAGE_BYTES = 1 << 16
ACCEPT_SECONDS = 200.0  # a host that has just started imports its libraries first
PRIVATE_HOST_SECONDS = 60.0
# Beyond the limits of the job: what the host itself takes to start and to clean up.
SPARE_SECONDS = 30.0
WHY_SECONDS = 5.0
TICK_SECONDS = 0.25
PROJECT_ROOT = Path(__file__).resolve().parents[2]


class KernelClient:
    """Speaks with the kernel host at ``path``; every call is a connection of its own."""

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)

    def status(self) -> dict[str, Any]:
        """Raises:
        HostUnavailableError: no host answers.
        """
        with connect(self._path) as connection:
            connection.send(b'{"order": "status"}')
            return read_answer(connection)

    def grade(
        self,
        job: dict[str, Any],
        *,
        on_event: Callable[[dict[str, Any]], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Report:
        """Run one job (see ``grader.exercises.job``) and return its report.

        ``on_event`` sees progress as it happens; ``should_stop`` is asked every quarter of a second and
        after each event, and its yes ends the run.

        Raises:
            HostUnavailableError: no host answers, or it cannot make a sandbox.
            HostBusyError: every place is taken.
            ExerciseError: the exercise's checks do not load.
            RunLostError: the run ended without a report, or was stopped. Unlike all above, the notebook may
                have caused that.
        """
        ours, theirs = socket.socketpair()
        with ours, connect(self._path) as connection:
            with theirs:
                order = {"order": "grade", "environment": job["exercise"]["environment"]}
                order["limits"] = job["exercise"]["limits"]
                give_order(connection, order, theirs)
            _await_accepted(connection, should_stop)
            limit = time.monotonic() + job["exercise"]["limits"]["total_seconds"] + SPARE_SECONDS
            try:
                frames.send(ours, {"event": "job"}, [json.dumps(job).encode()], limit)
                return _follow(ours, connection, limit, on_event, should_stop)
            except frames.WireError as error:
                why = _ask_why(connection)
                raise RunLostError(f"the examiner went away: {error} ({why})") from error


def connect(path: str | Path) -> socket.socket:
    """A connection to the kernel host, for one order.

    Raises:
        HostUnavailableError: no host answers.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.settimeout(ACCEPT_SECONDS)
    try:
        connection.connect(str(path))
    except OSError as error:
        connection.close()
        raise HostUnavailableError(f"no kernel host at {path}: {error}") from error
    return connection


def give_order(connection: socket.socket, order: dict[str, Any], channel: socket.socket) -> None:
    """Send an order and one end of its channel; the host's answer tells what became of it."""
    with contextlib.suppress(BrokenPipeError):  # refused before it was read
        socket.send_fds(connection, [json.dumps(order).encode()], [channel.fileno()])


def read_answer(connection: socket.socket) -> dict[str, Any]:
    """Wait for the host's next answer.

    Raises:
        HostUnavailableError: it went away, or said no such thing.
    """
    try:
        message = connection.recv(MESSAGE_BYTES)
        answer = json.loads(message)
    except (OSError, ValueError) as error:
        raise HostUnavailableError(f"the kernel host went away: {error}") from error
    if not isinstance(answer, dict):
        raise HostUnavailableError("the kernel host answered nonsense")
    return answer


def _ask_why(connection: socket.socket) -> str:
    """The channel broke: what the host says about it, if anything.

    Raises:
        HostUnavailableError: it says that it was its own fault.
    """
    connection.settimeout(WHY_SECONDS)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        answer = json.loads(connection.recv(MESSAGE_BYTES))
        if answer.get("state") == "failed":
            raise HostUnavailableError(str(answer.get("reason")))
        return str(answer.get("reason"))
    return "the host says nothing"


def _await_accepted(connection: socket.socket, should_stop: Callable[[], bool] | None) -> None:
    limit = time.monotonic() + ACCEPT_SECONDS
    while not select.select([connection], [], [], TICK_SECONDS)[0]:
        if should_stop and should_stop():
            raise RunLostError("the run was stopped")
        if time.monotonic() > limit:
            raise HostUnavailableError("the kernel host does not answer")
    answer = read_answer(connection)
    state = answer.get("state")
    if state == "busy":
        raise HostBusyError("every place of the kernel host is taken")
    if state != "accepted":
        raise HostUnavailableError(str(answer.get("reason", state)))


def _follow(
    channel: socket.socket,
    connection: socket.socket,
    limit: float,
    on_event: Callable[[dict[str, Any]], None] | None,
    should_stop: Callable[[], bool] | None,
) -> Report:
    while time.monotonic() < limit:
        readable, _, _ = select.select([channel, connection], [], [], TICK_SECONDS)
        if channel in readable:
            header, buffers = frames.receive(channel, limit)
            if header.get("event") == "report":
                return _read_report(buffers)
            if header.get("event") == "unserved":
                raise HostUnavailableError(str(header.get("reason")))
            if header.get("event") == "failed":
                raise RunLostError(str(header.get("reason")))
            if header.get("event") == "broken":
                raise ExerciseError([Problem("checks.py", str(header.get("reason")))])
            if on_event:
                on_event(header)
        elif connection in readable:
            answer = read_answer(connection)
            if answer.get("state") == "failed":
                raise HostUnavailableError(str(answer.get("reason")))
            raise RunLostError(f"the run ended without a report ({answer.get('reason')})")
        if should_stop and should_stop():
            raise RunLostError("the run was stopped")
    raise RunLostError("no report in time")


def _read_report(buffers: Sequence[bytes | bytearray]) -> Report:
    try:
        data = json.loads(bytes(buffers[0]))
    except (ValueError, IndexError, RecursionError) as error:
        raise RunLostError(f"what came back is no report: {error}") from error
    if not isinstance(data, dict):
        raise RunLostError("what came back is no report")
    return Report.from_json(data)


@contextlib.contextmanager
def private_host(
    environments: Sequence[str] | None = None, *options: str
) -> Iterator[KernelClient]:
    """A kernel host of one's own, for the command line and for tests; ends with the block.

    ``options`` are further ones of ``python -m grader.kernels``.

    Raises:
        HostUnavailableError: it did not come up; its own output says why.
    """
    with tempfile.TemporaryDirectory(prefix="kilohour-") as folder:
        path = Path(folder, "kernels.sock")
        command = [sys.executable, "-m", "grader.kernels", "--socket", str(path)]
        command += ["--end-with-parent", *(f"--only={name}" for name in environments or ())]
        command += options
        process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=_plain_environment())
        try:
            _await_socket(path, process)
            yield KernelClient(path)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _plain_environment() -> dict[str, str]:
    names = ("PATH", "LANG", "TMPDIR", "PYTHONDONTWRITEBYTECODE")
    return {name: os.environ[name] for name in names if name in os.environ}


def _await_socket(path: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PRIVATE_HOST_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if path.exists():
            return
        time.sleep(0.02)
    raise HostUnavailableError("the kernel host did not start")
