"""The benches measure what they say: short runs, no peers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.exercises import load_cases
from bench.metering import CpuMeter, NoMeterError
from bench.peers import judge_source, points_of

ROOT = Path(__file__).resolve().parents[2]
BURN = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="makes control groups")


@as_root
def test_cpu_of_a_grandchild_that_nobody_waits_for_is_counted():
    meter = CpuMeter()
    code = (
        f"import os, time\nif os.fork() == 0:\n    exec({BURN!r})\n    os._exit(0)\ntime.sleep(2)"
    )
    with meter.joined():
        subprocess.run([sys.executable, "-c", code], check=True)
    assert 0.3 < meter.seconds() < 1.5
    meter.close()


def test_without_control_groups_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr("bench.metering.ROOT", tmp_path / "nowhere")
    with pytest.raises(NoMeterError, match="as root"):
        CpuMeter()


def test_peers_judge_by_all_checks_of_the_exercise():
    for case in load_cases():
        assert sum(points_of(case)) == case.exercise.points
        compile(judge_source(case), case.name, "exec")


@as_root
@pytest.mark.kernels
def test_a_short_run_gives_the_figures(capfd):
    command = [sys.executable, "-m", "bench.grading", "--json", "--runs", "2"]
    command += [
        "--only",
        "moving-average",
        "--without",
        "nbgrader",
        "--without",
        "otter",
        "--without",
        "product",
    ]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    (row,) = figures["rows"]
    assert (row["grader"], row["notebook"]) == ("ours", "moving-average")
    assert 0 < figures["floors"]["moving-average"]["cells"] < row["next_cpu"] < row["first_cpu"]
    assert figures["cpu_seconds_above_floor"] < row["next_cpu"]
