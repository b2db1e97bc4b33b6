"""From submit to score through the whole product, and how fast a burst drains.

Starts a Kilohour of its own (``bin/run``, data in ``var/bench/product``): web, worker, beat, kernel host,
PostgreSQL and Redis, all on this machine, and hands in a small NumPy notebook over HTTP. A score counts
from the moment the POST begins until an answer of the API holds the report.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.exercises import ROOT, load_cases
from bench.metering import CpuMeter
from grader.kernels.client import KernelClient
from tests.browser.product import free_port
from tests.running import await_templates

DATA = ROOT / "var" / "bench" / "product"
EXERCISE = "moving-average"
START_SECONDS = 300.0
SCORE_SECONDS = 60.0
# Requests are throttled for each learner, so a late score is asked for less often.
POLL_SECONDS, LATE_POLL_SECONDS, LATE_SECONDS = 0.02, 0.5, 1.5
SINGLES = 40
WARM_UPS = 4
SENDERS = 4


def measure(burst: int) -> dict[str, Any]:
    """Figures of one start: ``p50_seconds``, ``p95_seconds`` and the burst's ``burst_per_second``."""
    notebook = load_cases([EXERCISE])[0].notebook()
    with kilohour() as site:
        tokens = site.rows("learners", str(max(burst, SINGLES + WARM_UPS)))
        seconds = [site.score(token, notebook) for token in tokens[: WARM_UPS + SINGLES]]
        singles = seconds[WARM_UPS:]
        before = site.cpu_seconds()
        with ThreadPoolExecutor(SENDERS) as pool:
            jobs = [(token, notebook, f"burst-{uuid.uuid4()}") for token in tokens[:burst]]
            list(pool.map(lambda job: site.submit(*job), jobs))
        drained = site.rows("wait")
        drained["cpu_seconds_each"] = (site.cpu_seconds() - before) / burst
    figures = {
        "p50_seconds": statistics.median(singles),
        "p95_seconds": sorted(singles)[int(0.95 * len(singles))],
        "burst": drained,
        "burst_per_second": drained["graded"] / drained["seconds"],
    }
    print(
        f"whole product: submit to score p50 {figures['p50_seconds']:.2f} s,"
        f" p95 {figures['p95_seconds']:.2f} s;"
        f" burst: {drained['graded']} of {drained['submitted']} graded"
        f" ({drained['passed']} with full marks) in {drained['seconds']:.1f} s,"
        f" {figures['burst_per_second']:.1f} per second;"
        f" {drained['cpu_seconds_each']:.3f} CPU s each, all processes of the product"
    )
    return figures


class Site:
    """A running Kilohour as a client sees it."""

    def __init__(self, port: int, meter: CpuMeter) -> None:
        self._port = port
        self.cpu_seconds = meter.seconds  # of all processes of this Kilohour

    def ask(self, method: str, path: str, token: str = "", body: Any = None, key: str = "") -> Any:
        """One request of the API. Raises RuntimeError on anything but 2xx."""
        connection = http.client.HTTPConnection("localhost", self._port, timeout=60)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Token {token}"
        if key:
            headers["Idempotency-Key"] = key
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]!r}")
        return json.loads(text)

    def submit(self, token: str, notebook: dict[str, Any], key: str) -> str:
        """Hand in; the address of the submission."""
        path = f"/api/v1/exercises/{EXERCISE}/submissions/"
        answer = self.ask("POST", path, token, {"notebook": notebook}, key)
        return f"/api/v1/submissions/{answer['public_id']}/"

    def score(self, token: str, notebook: dict[str, Any]) -> float:
        """Seconds from submit to score."""
        started = time.monotonic()
        address = self.submit(token, notebook, str(uuid.uuid4()))
        while time.monotonic() - started < SCORE_SECONDS:
            answer = self.ask("GET", address, token)
            if answer.get("report"):
                if answer["report"]["verdict"] != "passed":
                    raise RuntimeError(f"graded wrongly: {answer['report']}")
                return time.monotonic() - started
            is_late = time.monotonic() - started > LATE_SECONDS
            time.sleep(LATE_POLL_SECONDS if is_late else POLL_SECONDS)
        raise RuntimeError(f"no score within {SCORE_SECONDS:.0f} s")

    def rows(self, *arguments: str) -> Any:
        """What ``bench.product_rows`` answers."""
        command = [str(ROOT / ".venv/bin/python"), "-m", "bench.product_rows", *arguments]
        return json.loads(subprocess.check_output(command, cwd=ROOT, env=_environment(self._port)))


@contextmanager
def kilohour() -> Iterator[Site]:
    """A fresh Kilohour; its output goes to ``var/bench/product.log``."""
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True)
    port = free_port()
    log = DATA.with_suffix(".log")
    meter = CpuMeter()
    with log.open("wb") as output, meter.joined():
        process = subprocess.Popen(
            [str(ROOT / "bin" / "run")],
            cwd=ROOT,
            env=_environment(port),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await_open(process, log)
        # The host is open before its last templates have imported what they hold, which takes all processors.
        await_templates(KernelClient(_read_variable("KERNEL_HOST_SOCKET")))
        yield Site(port, meter)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        meter.close()


def _await_open(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if b"Kilohour is open" in log.read_bytes():
            return
        time.sleep(0.2)
    raise RuntimeError(f"bin/run did not come up:\n{log.read_text()[-2000:]}")


def _read_variable(name: str) -> str:
    lines = (DATA / "local.env").read_text().splitlines()
    return next(line.partition("=")[2] for line in lines if line.startswith(f"{name}="))


def _environment(port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": os.environ.get("HOME", "/"),
        "DATA_DIR": str(DATA),
        "PORT": str(port),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 500)))
