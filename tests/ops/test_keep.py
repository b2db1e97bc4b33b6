import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bin.ops.keep import Keeper

ROOT = Path(__file__).resolve().parents[2]


def keep(*command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bin.ops", "keep", "program", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def first_line(keeper: subprocess.Popen[str]) -> str:
    assert keeper.stdout is not None
    return keeper.stdout.readline().strip()


SLEEPER = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


def test_a_killed_program_is_started_again() -> None:
    keeper = keep(*python(SLEEPER))
    first = int(first_line(keeper))
    subprocess.run(["kill", "-9", str(first)], check=True)
    assert "starting it again" in first_line(keeper)
    assert int(first_line(keeper)) != first
    keeper.send_signal(signal.SIGTERM)
    keeper.communicate(timeout=10)
    assert keeper.returncode == 0


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_program_ends_with_its_keeper(signum: int) -> None:
    keeper = keep(*python(SLEEPER))
    child = int(first_line(keeper))
    keeper.send_signal(signum)
    keeper.communicate(timeout=10)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{child}").exists()


def test_a_program_that_does_not_heed_the_signal_is_killed_with_all_that_it_started() -> None:
    deaf = f"import signal, subprocess, sys; signal.signal(15, signal.SIG_IGN); subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]).wait()"
    program = f"from bin.ops import keep; keep.END_SECONDS = 0.5; keep.main(['deaf', {sys.executable!r}, '-c', {deaf!r}])"
    keeper = subprocess.Popen(
        python(program), cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    grandchild = int(first_line(keeper))
    keeper.send_signal(signal.SIGTERM)
    keeper.communicate(timeout=10)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{grandchild}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{grandchild}").exists()


def test_a_program_that_cannot_start_is_given_up() -> None:
    code = "from tests.ops.test_keep import give_up; give_up()"
    given_up = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert given_up.returncode == 0, given_up.stderr
    assert given_up.stdout.count("starting it again") == 2
    assert "giving up" in given_up.stdout


def give_up() -> None:
    """In a process of its own: a keeper takes over the signals."""
    assert Keeper("program", python("raise SystemExit(1)"), pause_seconds=0, failures=3).run() == 1


def test_a_wrong_configuration_is_not_tried_twice() -> None:
    keeper = keep(*python("raise SystemExit(78)"))
    output, _ = keeper.communicate(timeout=10)
    assert keeper.returncode == 78
    assert output.count("ended") == 1
