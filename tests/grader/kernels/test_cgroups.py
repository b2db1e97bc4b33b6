"""Control groups: what is written to a tree of version 2, and what really happens on this machine's."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from grader.kernels import cgroups, leftovers
from grader.kernels.cgroups import ControlGroups, Group

LIMITS = {"memory_bytes": 256 << 20, "processes": 64, "cores": 0.5}
STUBBORN = """
import os, signal, sys, time
sys.stdin.readline()  # until it is in its group
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
for _ in range(3): os.fork()
if os.getpid() != os.getpgrp(): os.setsid()
print("up", flush=True)
time.sleep(1000)
"""


@pytest.fixture
def second_version(tmp_path, monkeypatch):
    """A folder tree that looks like version 2; what the kernel would make in a new group is made by hand."""
    files = [
        "memory.max",
        "memory.swap.max",
        "memory.oom.group",
        "memory.events",
        "pids.max",
        "cpu.max",
    ]
    make = Path.mkdir

    def mkdir(path, *arguments, **named):
        make(path, *arguments, **named)
        if path.is_relative_to(tmp_path):
            for name in [*files, "cgroup.procs", "cgroup.kill", "cgroup.subtree_control"]:
                (path / name).write_text("")

    def rmdir(path):
        for file in path.iterdir():
            file.unlink()
        os.rmdir(path)

    (tmp_path / "cgroup.controllers").write_text("cpuset cpu io memory hugetlb pids\n")
    (tmp_path / "cgroup.subtree_control").write_text("")
    monkeypatch.setattr(Path, "mkdir", mkdir)
    monkeypatch.setattr(Path, "rmdir", rmdir)
    return tmp_path


class TestSecondVersion:
    def test_limits_are_written(self, second_version):
        groups = ControlGroups(second_version)
        assert groups.kind == "v2"
        (folder,) = groups.make("one", **LIMITS).paths
        written = {path.name: path.read_text() for path in Path(folder).iterdir()}
        assert written["memory.max"] == str(256 << 20)
        assert written["memory.swap.max"] == "0"
        assert written["memory.oom.group"] == "1"
        assert written["pids.max"] == "64"
        assert written["cpu.max"] == "50000 100000"
        for where in (second_version, Path(folder).parent):
            assert (where / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"

    def test_out_of_memory_is_read(self, second_version):
        group = ControlGroups(second_version).make("one", **LIMITS)
        events = Path(group.paths[0], "memory.events")
        events.write_text("low 0\nhigh 0\nmax 3\noom 1\noom_kill 0\noom_group_kill 0\n")
        assert not group.was_out_of_memory()
        events.write_text("low 0\nhigh 0\nmax 3\noom 1\noom_kill 2\noom_group_kill 1\n")
        assert group.was_out_of_memory()

    def test_nothing_is_left(self, second_version):
        groups = ControlGroups(second_version)
        groups.make("one", **LIMITS).end()
        groups.make("two", **LIMITS)
        groups.close()
        assert [path for path in second_version.iterdir() if path.is_dir()] == []

    def test_a_group_that_cannot_be_made_leaves_nothing(self, second_version, monkeypatch):
        groups, write = ControlGroups(second_version), cgroups._write
        before = list(second_version.rglob("*/"))

        def refuse(path, value):
            if path.name == "pids.max":
                raise OSError("no space left on device")
            write(path, value)

        monkeypatch.setattr(cgroups, "_write", refuse)
        with pytest.raises(OSError, match="no space left"):
            groups.make("one", **LIMITS)
        assert list(second_version.rglob("*/")) == before

    def test_without_its_controllers_it_is_not_taken(self, second_version):
        (second_version / "cgroup.controllers").write_text("cpuset io\n")
        assert ControlGroups(second_version).kind == "none"


class TestLeftovers:
    def test_of_the_living_stay_and_of_the_dead_go(self, tmp_path):
        mine, handle = leftovers.claim(tmp_path)
        dead, other = leftovers.claim(tmp_path)
        os.close(other)
        leftovers.sweep(tmp_path, Path.rmdir)
        assert (mine.exists(), dead.exists()) == (True, False)
        os.close(handle)

    def test_links_and_files_are_not_followed(self, tmp_path):
        (tmp_path / "real").mkdir()
        (tmp_path / f"{leftovers.PREFIX}link").symlink_to(tmp_path / "real")
        assert leftovers.stale(tmp_path) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts")
def test_cgroup_kill_ends_whoever_ignores_signals():
    """On the real hierarchy of version 2, which may well have no controller."""
    with _mounted_second_version() as root:
        folder = root / f"{leftovers.PREFIX}test-{os.getpid()}"
        folder.mkdir()
        command = [sys.executable, "-c", STUBBORN]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        Path(folder, "cgroup.procs").write_text(str(process.pid))
        process.stdin.write("go\n")
        process.stdin.flush()
        for _ in range(8):
            process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        inside = [int(word) for word in Path(folder, "cgroup.procs").read_text().split()]
        assert len(inside) == 8
        started = time.monotonic()
        Group({"": folder}).end()
        assert time.monotonic() - started < 20
        assert not folder.exists()
        process.communicate()
        assert not any(_lives(pid) for pid in inside)


@contextlib.contextmanager
def _mounted_second_version():
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        if " - cgroup2 " in line:
            yield Path(line.split()[4])
            return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "cgroup2", "none", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def _lives(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False
