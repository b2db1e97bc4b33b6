"""Our processes are killed in the middle of many submissions: each is graded once, and none is charged twice.

The long version: ``python -m tests.submissions.chaos --submissions 200``.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300


@pytest.mark.kernels
def test_killed_in_the_middle_of_twelve() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.submissions.chaos", "--submissions", "12", "--gap", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    found = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}
    assert done.returncode == 0, f"{found}\n{done.stdout[-8000:]}\n{done.stderr[-2000:]}"
    assert {"worker", "Redis", "kernel host", "PostgreSQL"} <= set(found["strikes"])
