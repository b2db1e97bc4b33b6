"""CPU and wall time per graded notebook: ours, nbgrader's and otter's, and the floor, in one run.

``python -m bench.grading [--json] [--runs N]``. Every grader gets the same solved notebooks and judges them
by the same checks. CPU is that of every process a grading starts, dead or alive (``bench.metering``): for
ours the kernel host, both templates, the keepers, the learner's kernel, the examiner and the client.

*First* is from nothing running to the first report: ours starts a host, which imports the libraries; a peer
runs one command for one notebook. *Next* is each further notebook: ours of a running host, nbgrader's in a
command that grades several at once, and otter's another command, for it has nothing else. *Two at a time*
is the wall time of two notebooks graded side by side. *One command* is what a single notebook costs when it comes alone, as
a learner's submission does.

Then, unless left out, from submit to score through the whole product, and a burst (``bench.product``).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import product
from bench.exercises import ROOT, Case, load_cases
from bench.metering import CpuMeter
from bench.peers import GradingPeer
from bench.peers.nbgrader import Nbgrader
from bench.peers.otter import Otter
from grader.kernels.client import KernelClient, private_host
from grader.kernels.environments import find_environments
from tests.running import await_templates

PEERS = (Nbgrader, Otter)


@dataclass
class Row:
    """One grader on one notebook; seconds."""

    grader: str
    notebook: str
    first_cpu: float
    first_wall: float
    next_cpu: float
    next_wall: float
    two_wall: float
    alone_cpu: float  # one notebook, one command; for ours the same as next_cpu


def main() -> int:
    options = _parse()
    cases = load_cases(options.only)
    floors = measure_floor(cases)
    rows = measure_ours(cases, options.runs)
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        for kind in PEERS:
            if kind.name not in options.without:
                rows += measure_peer(kind(Path(work)), cases, options.runs)
    print(table(cases, rows, floors))
    through_product = {} if "product" in options.without else product.measure(options.burst)
    if options.json:
        print(json.dumps({**summary(rows, floors), **through_product}))
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.grading", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--runs", type=int, default=5, help="gradings of each notebook")
    parser.add_argument("--only", action="append", help="this notebook only (repeatable)")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=[*(kind.name for kind in PEERS), "product"],
        help="leave out this peer, or the whole product (repeatable)",
    )
    parser.add_argument("--burst", type=int, default=500, help="submissions of the burst")
    return parser.parse_args()


# -- Measuring ---------------------------------------------------------------------------------------


class Clock:
    """CPU (of a meter) and wall seconds since :meth:`start`."""

    def __init__(self, meter: CpuMeter) -> None:
        self._meter = meter
        self.start()

    def start(self) -> None:
        self._cpu, self._wall = self._meter.seconds(), time.monotonic()

    def read(self) -> tuple[float, float]:
        return self._meter.seconds() - self._cpu, time.monotonic() - self._wall


@contextmanager
def metered() -> Iterator[Clock]:
    meter = CpuMeter()
    try:
        with meter.joined():
            yield Clock(meter)
    finally:
        meter.close()


def measure_floor(cases: list[Case], runs: int = 3) -> dict[str, dict[str, float]]:
    """CPU seconds of the cells and of the checks alone, by notebook; medians."""
    python = find_environments()["core"].python
    environ = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([case.job() for case in cases], file)
        file.flush()
        command = [str(python), "-m", "bench.floor", file.name]
        found = [
            json.loads(subprocess.check_output(command, cwd=ROOT, env=environ)) for _ in range(runs)
        ]
    return {
        case.name: {
            part: statistics.median(one[case.name][part] for one in found)
            for part in ("cells", "checks")
        }
        for case in cases
    }


def measure_ours(cases: list[Case], runs: int) -> list[Row]:
    return [_measure_ours(case, runs) for case in cases]


def _measure_ours(case: Case, runs: int) -> Row:
    with metered() as clock, private_host(["core"]) as client:
        _grade(client, case)
        first = clock.read()
        await_templates(client)  # the twin for live kernels goes on reading ahead for some seconds
        clock.start()
        walls = []
        for _ in range(runs):
            started = time.monotonic()
            _grade(client, case)
            walls.append(time.monotonic() - started)
        cpu = clock.read()[0] / runs
        two = _two_at_a_time(lambda _number: _grade(client, case))
    return Row("ours", case.name, *first, cpu, statistics.median(walls), two, cpu)


def _grade(client: KernelClient, case: Case) -> None:
    report = client.grade(case.job())
    if report.points != case.exercise.points:
        told = [check.message for check in report.checks] + list(report.author_errors)
        raise RuntimeError(f"ours gave {report.points} points for {case.name}: {told}")


def measure_peer(peer: GradingPeer, cases: list[Case], runs: int) -> list[Row]:
    peer.install()
    for case in cases:
        peer.prepare(case, runs)
    return [_measure_peer(peer, case, runs) for case in cases]


def _measure_peer(peer: GradingPeer, case: Case, runs: int) -> Row:
    with metered() as clock:
        peer.grade(case, 0, 1)
        first = clock.read()
        clock.start()
        peer.grade(case, 0, 1)
        alone = clock.read()
        clock.start()
        peer.grade(case, 0, runs)
        several = clock.read()
        two = _patiently(lambda: _two_at_a_time(lambda number: peer.grade(case, number, 1)))
    for number in range(runs):
        peer.check(case, number)
    if peer.grades_several:
        # What starting the command costs is taken off: that one is paid once for all of them.
        next_cpu, next_wall = (
            (all_of_them - one) / (runs - 1)
            for all_of_them, one in zip(several, alone, strict=True)
        )
    else:
        next_cpu, next_wall = (seconds / runs for seconds in several)
    return Row(peer.name, case.name, *first, next_cpu, next_wall, two, alone[0])


def _patiently(measure: Callable[[], float]) -> float:
    """Two kernels of a peer's now and then draw the same port, and one never answers: once more then."""
    for _ in range(2):
        with suppress(RuntimeError):
            return measure()
    return measure()


def _two_at_a_time(grade: Callable[[int], None]) -> float:
    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(grade, range(2)))
    return time.monotonic() - started


# -- Telling -----------------------------------------------------------------------------------------


def table(cases: list[Case], rows: list[Row], floors: dict[str, dict[str, float]]) -> str:
    head = f"{'':24}{'first':>16}{'next':>16}{'two at a time':>15}{'one command':>13}"
    under = f"{'seconds':24}{'CPU':>8}{'wall':>8}{'CPU':>8}{'wall':>8}{'wall':>15}{'CPU':>13}"
    lines = [head, under]
    for case in cases:
        lines.append(case.name)
        for row in (row for row in rows if row.notebook == case.name):
            lines.append(
                f"  {row.grader:22}{row.first_cpu:8.2f}{row.first_wall:8.2f}{row.next_cpu:8.3f}"
                f"{row.next_wall:8.3f}{row.two_wall:15.2f}{row.alone_cpu:13.3f}"
            )
        floor = floors[case.name]
        lines.append(f"  {'floor: cells':32}{floor['cells']:14.3f}")
        lines.append(f"  {'floor: cells and checks':32}{sum(floor.values()):14.3f}")
    return "\n".join(lines)


def summary(rows: list[Row], floors: dict[str, dict[str, float]]) -> dict[str, object]:
    """Ratios are ours ÷ theirs, over all notebooks together; ``above_floor`` is the mean."""
    ours = {row.notebook: row for row in rows if row.grader == "ours"}
    figures: dict[str, object] = {}
    for kind in PEERS:
        theirs = [row for row in rows if row.grader == kind.name]
        if theirs:
            mine = sum(ours[row.notebook].next_cpu for row in theirs)
            figures[f"cpu_ratio_to_{kind.name}"] = mine / sum(row.alone_cpu for row in theirs)
            figures[f"cpu_ratio_to_{kind.name}_next"] = mine / sum(row.next_cpu for row in theirs)
    above = {name: row.next_cpu - sum(floors[name].values()) for name, row in ours.items()}
    above_cells = {name: row.next_cpu - floors[name]["cells"] for name, row in ours.items()}
    figures["cpu_seconds_above_floor"] = statistics.mean(above_cells.values())
    figures["cpu_seconds_above_floor_with_checks"] = statistics.mean(above.values())
    figures["cpu_seconds_above_floor_worst"] = max(above_cells.values())
    figures["p50_seconds"] = figures["p95_seconds"] = (
        None  # of the whole product, unless it is left out
    )
    figures["floors"] = floors
    figures["rows"] = [asdict(row) for row in rows]
    return figures


if __name__ == "__main__":
    sys.exit(main())
