"""Measures kernels of one environment; runs under that environment's interpreter, as the examiner does.

``python -m bench.kernel_probe ENVIRONMENT RUNS`` prints one JSON object. It makes sandboxes as the kernel
host does for a grading, and stands in for the examiner at the other end.
"""

import json
import os
import secrets
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import zmq
from jupyter_client.session import Session

from grader.exam.learner import Learner
from grader.kernels import sockets
from grader.kernels.cgroups import ControlGroups
from grader.kernels.environments import find_environments
from grader.kernels.sandboxes import FIRST_UID, Builder
from grader.kernels.templates import Template
from grader.sandbox.kernel_channels import CHANNELS
from grader.sandbox.policy import load_policy

PORTS = {name: number for number, name in enumerate(CHANNELS, start=1)}
MEMORY_BYTES = 2 << 30
CALLS = 300
IDLE_SECONDS = 0.5


def main() -> None:
    name, runs = sys.argv[1], int(sys.argv[2])
    groups = ControlGroups()
    with tempfile.TemporaryDirectory(prefix="kilohour-bench-") as folder:
        template = Template(find_environments()[name], "learner", load_policy(), Path(folder))
        template.start()
        mode = "root" if os.geteuid() == 0 else "user"
        builder = Builder(mode, load_policy(), groups, Path(folder))
        try:
            template.wait()
            kernels = [Kernel(builder, template, Path(folder), number) for number in range(runs)]
            print(json.dumps(summary(kernels)))
        finally:
            template.stop()
            groups.close()


class Kernel:
    """One kernel, from the order to its end; measured on the way."""

    def __init__(self, builder: Builder, template: Template, folder: Path, number: int) -> None:
        own = folder / str(number)
        own.mkdir()
        started = time.monotonic()
        key = secrets.token_hex(32)
        listeners = sockets.listen(own / "1")
        ours, agent = socket.socketpair()
        sandbox = builder.build(template, f"bench-{number}", FIRST_UID, MEMORY_BYTES, None)
        descriptors = [*(listener.fileno() for listener in listeners), agent.fileno()]
        sandbox.start({"key": key}, descriptors)
        for end in (*listeners, agent):
            end.close()
        try:
            self._measure(own, key, ours, started, sandbox._pidfd)
        finally:
            ours.close()
            sandbox.end()

    def _measure(
        self, folder: Path, key: str, agent: socket.socket, started: float, pidfd: int | None
    ) -> None:
        with zmq.Context() as context, context.socket(zmq.SUB) as iopub:
            iopub.subscribe(b"")
            iopub.connect(f"ipc://{folder}/1-{PORTS['iopub']}")
            while b"iopub_welcome" not in b"".join(iopub.recv_multipart()):
                pass
            self.ready = time.monotonic() - started
            time.sleep(IDLE_SECONDS)
            self.private = private_bytes(pidfd)
            with context.socket(zmq.DEALER) as shell:
                shell.connect(f"ipc://{folder}/1-{PORTS['shell']}")
                define(shell, key, "def same(a):\n    return a")
            self.calls = time_calls(agent)


def private_bytes(pidfd: int | None) -> int:
    """What this process shares with nobody (USS)."""
    lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines()
    pid = next(line.split()[1] for line in lines if line.startswith("Pid:"))
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) << 10 for line in rollup if line.startswith("Private_"))


def define(shell: zmq.Socket, key: str, code: str) -> None:
    session = Session(key=key.encode())
    content = {"code": code, "silent": True, "store_history": False, "allow_stdin": False}
    session.send(shell, "execute_request", content)
    _, reply = session.feed_identities(shell.recv_multipart())
    if session.deserialize(reply)["content"]["status"] != "ok":
        raise RuntimeError("the kernel could not run a cell")


def time_calls(agent: socket.socket) -> list[float]:
    """Seconds of each call with a small array there and back."""
    learner = Learner(agent)
    learner._link.start(time.monotonic() + 60)
    array = np.arange(20.0).reshape(4, 5)
    seconds = []
    for _ in range(CALLS):
        started = time.perf_counter()
        learner.same(array)
        seconds.append(time.perf_counter() - started)
    return seconds[CALLS // 10 :]


def summary(kernels: list[Kernel]) -> dict[str, float]:
    ready = sorted(kernel.ready for kernel in kernels)
    calls = [seconds for kernel in kernels for seconds in kernel.calls]
    return {
        "ready_seconds": statistics.median(ready),
        "ready_seconds_worst": ready[-1],
        "private_megabytes": statistics.median(kernel.private for kernel in kernels) / 2**20,
        "call_seconds": statistics.median(calls),
        "call_seconds_p95": sorted(calls)[int(0.95 * len(calls))],
    }


if __name__ == "__main__":
    main()
