"""How fast a kernel is there, what it holds while idle, and how long a call into it takes.

``python -m bench.kernels [--json] [--runs N] [--live N]``. *Ready* is from the order (as the kernel host gives it to a
template) until the kernel's iopub greets a subscriber, walls and libraries included. *Private* is memory
that the idle kernel shares with nobody (USS: Private_* of ``smaps_rollup``). *Call* is one call of a
function of the notebook's by the examiner's side, a small array there and back. *Live*: from the order to a
kernel host until its ``1 + 1`` has come back over zmq, and so many kernels idle side by side.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from bench import live_kernels
from bench.exercises import ROOT
from grader.kernels.environments import find_environments

BUDGETS = {  # seconds, megabytes
    "core": {"ready_seconds": 0.150, "private_megabytes": 60, "call_seconds": 0.0005},
    "deep": {"ready_seconds": 0.250, "private_megabytes": 60, "call_seconds": 0.0005},
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.kernels", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--runs", type=int, default=15, help="kernels of each environment")
    parser.add_argument("--live", type=int, default=50, help="idle live kernels; 0: none")
    options = parser.parse_args()
    figures = {name: measure(name, options.runs) for name in find_environments() if name in BUDGETS}
    print(table(figures))
    if options.live:
        figures["live"] = live_kernels.measure("core", options.live)
        print(live_kernels.table(figures["live"]))
    if options.json:
        print(json.dumps(figures))
    return 0


def measure(name: str, runs: int) -> dict[str, float]:
    python = find_environments()[name].python
    command = [str(python), "-m", "bench.kernel_probe", name, str(runs)]
    found: dict[str, float] = json.loads(subprocess.check_output(command, cwd=ROOT))
    return found


def table(figures: dict[str, dict[str, float]]) -> str:
    lines = [f"{'':8}{'ready':>10}{'worst':>10}{'private':>12}{'call':>11}{'p95':>11}"]
    for name, found in figures.items():
        lines.append(
            f"{name:8}{found['ready_seconds'] * 1e3:7.0f} ms{found['ready_seconds_worst'] * 1e3:7.0f} ms"
            f"{found['private_megabytes']:9.1f} MB{found['call_seconds'] * 1e3:8.3f} ms"
            f"{found['call_seconds_p95'] * 1e3:8.3f} ms"
        )
        budget = BUDGETS[name]
        lines.append(
            f"{'budget':8}{budget['ready_seconds'] * 1e3:7.0f} ms{'':10}"
            f"{budget['private_megabytes']:9.0f} MB{budget['call_seconds'] * 1e3:8.3f} ms"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
