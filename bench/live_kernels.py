"""Live kernels: from the order to the first result, and many of them idle side by side.

The orders go to a kernel host of our own, as the live process gives them, through jupyter_client.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import time
from pathlib import Path
from typing import Any, cast

from jupyter_client.blocking import BlockingKernelClient

from grader.kernels.client import KernelClient, private_host
from grader.kernels.live import LiveKernel, open_live

BUDGETS = {"first_result_seconds": 0.4, "private_megabytes": 60}
LIMITS = {"memory_mb": 1024, "cell_seconds": 20, "total_seconds": 60}
IDLE_SECONDS = 5.0
ANSWER_SECONDS = 30.0


def measure(environment: str, count: int) -> dict[str, float]:
    """Seconds, megabytes of each kernel's own (USS), and the share of one processor that all use idle."""
    with (
        private_host([environment], f"--live-places={count}") as host,
        contextlib.ExitStack() as opened,
    ):
        open_live(host._path, environment=environment, limits=LIMITS, data={}, rules={}).close()
        before = _available()
        timed = [_open(host, environment, opened) for _ in range(count)]
        kernels = _kernels_of(environment)
        if len(kernels) != count:
            raise RuntimeError(f"{len(kernels)} kernels are there instead of {count}")
        started, busy = time.monotonic(), sum(map(_cpu_seconds, kernels))
        time.sleep(IDLE_SECONDS)
        used = sum(map(_cpu_seconds, kernels)) - busy
        private = [_private_bytes(pid) / 2**20 for pid in kernels]
        return {
            "kernels": len(kernels),
            "ready_seconds": statistics.median(ready for ready, _ in timed),
            "first_result_seconds": statistics.median(first for _, first in timed),
            "first_result_seconds_worst": max(first for _, first in timed),
            "private_megabytes": statistics.median(private),
            "private_megabytes_worst": max(private),
            "machine_megabytes_each": (before - _available()) / 2**20 / count,
            "idle_processor_share": used / (time.monotonic() - started),
        }


def _open(
    host: KernelClient, environment: str, opened: contextlib.ExitStack
) -> tuple[float, float]:
    started = time.monotonic()
    kernel = open_live(host._path, environment=environment, limits=LIMITS, data={}, rules={})
    opened.callback(kernel.close)
    ready = time.monotonic() - started
    client = _connect(kernel)
    opened.callback(client.stop_channels)
    outputs: list[dict[str, Any]] = []
    client.execute_interactive("1 + 1", output_hook=outputs.append, timeout=ANSWER_SECONDS)
    if not any(message["msg_type"] == "execute_result" for message in outputs):
        raise RuntimeError("the kernel gave no result")
    return ready, time.monotonic() - started


def _connect(kernel: LiveKernel) -> BlockingKernelClient:
    client = BlockingKernelClient()
    client.load_connection_info(cast(Any, kernel.connection))
    client.start_channels(hb=False)
    return client


def _kernels_of(environment: str) -> list[int]:
    """The forks of the twin of our host's template of learners' kernels."""
    (host,) = _children(os.getpid())
    template = next(
        pid for pid in _children(host) if b"learner" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    (twin,) = _children(template)
    forks = _children(twin)
    # As an ordinary user a keeper stands between.
    return forks if os.geteuid() == 0 else [pid for fork in forks for pid in _children(fork)]


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(word) for task in tasks for word in task.read_text().split()]


def _private_bytes(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) << 10 for line in rollup if line.startswith("Private_"))


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _available() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    raise RuntimeError("no MemAvailable")


def table(found: dict[str, float]) -> str:
    return (
        f"live: {found['kernels']:.0f} idle kernels of core\n"
        f"  order to ready {found['ready_seconds'] * 1e3:.0f} ms, to the first result "
        f"{found['first_result_seconds'] * 1e3:.0f} ms (worst {found['first_result_seconds_worst'] * 1e3:.0f}, "
        f"budget {BUDGETS['first_result_seconds'] * 1e3:.0f})\n"
        f"  private {found['private_megabytes']:.1f} MB each (worst {found['private_megabytes_worst']:.1f}, "
        f"budget {BUDGETS['private_megabytes']}), of the machine {found['machine_megabytes_each']:.1f} MB each, "
        f"all together {found['idle_processor_share'] * 100:.1f} % of one processor"
    )
