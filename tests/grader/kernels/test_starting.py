"""A host refuses to start with an essential wall missing, and says which; and it runs for ordinary users."""

import os
import subprocess
import sys

import pytest

from grader.kernels.client import PROJECT_ROOT, _plain_environment
from grader.verdict import Verdict
from tests.grader.kernels.starting import NOBODY, as_nobody, try_to_start, user_host
from tests.running import ANSWER, job, printed

pytestmark = pytest.mark.kernels
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="changes mounts")


@as_root
class TestRefusal:
    @pytest.mark.parametrize(
        "before",
        [
            "mount -t tmpfs none /sys/fs/cgroup",
            "mount -o remount,bind,ro /sys/fs/cgroup/pids || mount -o remount,bind,ro /sys/fs/cgroup",
        ],
        ids=["none", "read-only"],
    )
    def test_no_control_groups(self, before):
        result = try_to_start(before=before)
        assert result.returncode == 1
        assert "the wall 'memory' is missing (no control groups): as root: make" in result.stderr
        assert "the wall 'processes' is missing" in result.stderr

    def test_no_table_of_system_calls(self):
        """On a machine that we have no numbers for; ``setarch`` pretends to be one."""
        command = [
            "setarch",
            "i686",
            sys.executable,
            "-m",
            "grader.kernels",
            "--socket=/nonexistent/s",
        ]
        result = subprocess.run(
            command, cwd=PROJECT_ROOT, env=_plain_environment(), capture_output=True, text=True
        )
        assert result.returncode == 1
        assert "the wall 'system-calls' is missing (" in result.stderr

    def test_no_user_namespaces(self):
        inner = f"echo 0 > /proc/sys/user/max_user_namespaces && exec {sys.executable} -m grader.kernels --mode=user --socket=/nonexistent/s"
        result = subprocess.run(
            ["unshare", "--user", "--map-root-user", "/bin/sh", "-c", inner],
            cwd=PROJECT_ROOT,
            env=_plain_environment(),
            capture_output=True,
            text=True,
        )
        assert result.returncode == 1
        assert "the wall 'user-namespace' is missing (" in result.stderr
        assert "max_user_namespaces" in result.stderr


@pytest.fixture(scope="module")
def users():
    with user_host() as client:
        yield client


class TestOrdinaryUser:
    def test_grades(self, users):
        status = users.status()
        assert (status["mode"], status["control_groups"]) == ("user", "none")
        report = users.grade(job())
        assert report.verdict is Verdict.PASSED

    @as_root
    def test_is_not_root_from_outside(self, users):
        code = "print(open('/proc/self/uid_map').read())"
        assert printed(users.grade(job(code, ANSWER))).split() == ["1000", str(NOBODY), "1"]

    def test_too_much_memory_of_one_process(self, users):
        report = users.grade(job("x = b'x' * (1 << 30)", ANSWER, memory_mb=256))
        assert report.cells[0].verdict is not Verdict.PASSED

    def test_too_much_memory_of_many_processes(self, users):
        code = "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n        x = b'x' * (100 << 20); time.sleep(9)\ntime.sleep(9)"
        report = users.grade(job(code, memory_mb=256))
        assert report.verdict is Verdict.MEMORY_LIMIT
        assert report.message == "Cell 1 used more than 256 MB of memory."

    def test_too_many_processes(self, users):
        code = "import os, time\nfor n in range(200):\n    try:\n        if os.fork() == 0: time.sleep(9); os._exit(0)\n    except BlockingIOError: print(n); break"
        assert 0 < int(printed(users.grade(job(code, ANSWER)))) < 64

    def test_doctor(self, tmp_path):
        command = [sys.executable, "-m", "grader", "doctor"]
        if os.geteuid() == 0:
            (tmp_path / "mount").mkdir()
            command = as_nobody(*command, folder=tmp_path / "mount")
        result = subprocess.run(
            command, cwd=PROJECT_ROOT, env=_plain_environment(), capture_output=True, text=True
        )
        assert result.returncode == 0, result.stderr
        lines = result.stdout.splitlines()
        assert lines[0].startswith("user mode, Linux ")
        assert "missing  own-uid            absent" in lines
        assert "MISSING" not in result.stdout
