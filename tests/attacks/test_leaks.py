"""The short version of ``python -m tests.attacks.leaks``, and what becomes of a run whose helper is killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from grader.errors import HostUnavailableError
from grader.kernels.client import PROJECT_ROOT, private_host
from tests.attacks.leaks import VICTIMS, _until, children, sandboxes, twins
from tests.running import await_templates, job

pytestmark = pytest.mark.kernels
SLOW = "import time; time.sleep(4)"


def test_nothing_is_left_after_runs_of_every_kind():
    """In a process of its own, which adopts whatever might be left of them."""
    command = [sys.executable, "-m", "tests.attacks.leaks", "--runs", "24", "--kill-every", "4"]
    result = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=400)
    assert result.returncode == 0, result.stdout + result.stderr
    spared = [victim for victim in VICTIMS if f"{victim} killed" not in result.stdout]
    assert spared == [], result.stdout


@pytest.fixture(scope="module")
def own_host():
    with private_host(["core"]) as client:
        yield client


class TestKilled:
    @pytest.mark.parametrize("role", ["learner", "examiner"])
    def test_a_template_is_started_anew_and_its_runs_are_repeated(self, own_host, role):
        own_host.grade(job())
        lost = []

        def run():
            try:
                own_host.grade(job(SLOW))
            except HostUnavailableError as error:
                lost.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        time.sleep(1.5)
        os.kill(_template(own_host, role), signal.SIGKILL)
        thread.join()
        assert "was ended from outside" in str(lost[0])
        assert own_host.grade(job()).points == 3

    def test_the_leak_check_tells_sandboxes_from_the_twin(self, own_host):
        """Else it would spare what it is there to kill."""
        await_templates(own_host)
        host = _pid(own_host)
        (twin,) = twins(host)
        _until(lambda: not sandboxes(host))  # of the test before
        assert sandboxes(host) == []
        thread = threading.Thread(target=own_host.grade, args=[job(SLOW)])
        thread.start()
        seen = [sandboxes(host)]
        _until(lambda: len(seen[-1]) == 2 or seen.append(sandboxes(host)))
        kernel, examiner = seen[-1]
        assert twin not in (kernel, examiner)
        assert twins(host) == [twin]
        thread.join()

    def test_a_process_of_the_learners_is_no_fault_of_ours(self, own_host):
        report = own_host.grade(job("import os; os.abort()"))
        assert report.message.endswith("ended by itself.")


def test_a_killed_host_leaves_nothing_once_the_next_one_has_started(tmp_path):
    code = """
import json, os, sys, threading, time
from pathlib import Path
from tests.attacks.leaks import Machine, family, outside, sandboxes, _until
from tests.running import job
machine = Machine(Path(sys.argv[1]))
def run():
    try: machine.client.grade(job("import time; time.sleep(9)"))
    except Exception: pass
threading.Thread(target=run, daemon=True).start()
_until(lambda: len(sandboxes(machine.host.pid)) == 2)
alive = len(family(os.getpid()))
machine.host.kill(); machine.host.wait()
_until(lambda: not family(os.getpid()))
gone = len(family(os.getpid()))
stale = outside()["folders of dead hosts"]
machine._path.unlink()
machine.start()
swept = outside()["folders of dead hosts"]
machine.stop()
print(json.dumps([alive, gone, stale, swept]))
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    result = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=400)
    alive, gone, stale, swept = json.loads(result.stdout)
    assert alive >= 6  # the host, two templates, the learners' one's twin, a kernel and an examiner
    assert gone == 0
    assert stale >= 1
    assert swept == 0


def _pid(host):
    path = host._path.encode()
    return next(p for p in children(os.getpid()) if path in _command(p))


def _template(host, role):
    return next(p for p in children(_pid(host)) if role.encode() in _command(p))


def _command(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes()
