"""What the doctor makes of what it sees: each wall with a remedy of its own, limits read back."""

import errno
import subprocess
import sys

import pytest

from grader.kernels import doctor
from grader.kernels.cgroups import ControlGroups, Group
from grader.kernels.client import PROJECT_ROOT, _plain_environment
from grader.kernels.remedies import REMEDIES
from grader.sandbox.policy import load_policy

SAID = {
    "v1": {
        "memory/memory.limit_in_bytes": "1073741824",
        "pids/pids.max": "64",
        "cpu/cpu.cfs_quota_us": "100000",
        "cpu/cpu.cfs_period_us": "100000",
    },
    "v2": {"memory.max": "1073741824", "pids.max": "64", "cpu.max": "100000 100000"},
}


@pytest.fixture(params=["v1", "v2"])
def kind(request):
    return request.param


@pytest.fixture
def group(kind, tmp_path):
    """A group in which stands what was written to it."""
    controllers = ("memory", "pids", "cpu") if kind == "v1" else ("",)
    folders = {name: tmp_path / name for name in controllers}
    for name, text in SAID[kind].items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
    return Group(folders)


def stands(group, kind, entered):
    return {name: found for name, found, _note in doctor.read_limits(group, kind, entered)}


class TestControlGroups:
    def test_limits_that_were_kept_stand(self, group, kind):
        assert stands(group, kind, group.paths) == dict.fromkeys(
            ["memory", "processes", "cpu"], True
        )

    @pytest.mark.parametrize(
        ("wall", "files"),
        [
            (
                "memory",
                {"memory/memory.limit_in_bytes": "9223372036854771712", "memory.max": "max"},
            ),
            ("processes", {"pids/pids.max": "max", "pids.max": "max"}),
            ("cpu", {"cpu/cpu.cfs_quota_us": "-1", "cpu.max": "max 100000"}),
            ("cpu", {"cpu/cpu.cfs_quota_us": "200000", "cpu.max": "200000 100000"}),
        ],
    )
    def test_a_limit_that_was_not_kept_is_no_wall(self, group, kind, tmp_path, wall, files):
        for name in SAID[kind].keys() & files.keys():
            (tmp_path / name).write_text(files[name])
        found = stands(group, kind, group.paths)
        assert [name for name, is_there in found.items() if not is_there] == [wall]

    def test_nor_is_one_that_no_sandbox_gets_into(self, group, kind):
        assert not any(stands(group, kind, ()).values())
        assert "do not get into theirs" in doctor.read_limits(group, kind, ())[0][2]

    def test_where_the_probe_did_not_get_so_far_nothing_is_known(self, group, kind):
        assert set(stands(group, kind, None).values()) == {None}

    @pytest.mark.parametrize(
        ("file", "walls"),
        [
            ("memory.max", ["memory"]),
            ("pids.max", ["processes"]),
            ("cpu.cfs_quota_us", ["cpu"]),
            (None, ["memory", "processes", "cpu"]),
        ],
    )
    def test_a_limit_that_the_kernel_refuses_is_named(self, monkeypatch, file, walls):
        class Refusing(ControlGroups):
            def make(self, *_arguments, **_named):
                raise OSError(errno.EINVAL, "Invalid argument", file)

        monkeypatch.setattr(doctor, "ControlGroups", Refusing)
        missing = doctor.missing(doctor.examine("root", {}))
        assert [wall.name for wall in missing] == walls
        assert "Invalid argument" in missing[0].reason


class TestRemedies:
    def test_each_wall_has_one_of_its_own(self):
        assert set(REMEDIES) == {wall.name for wall in load_policy().walls}

    def test_namespaces_are_no_remedy_for_what_they_have_no_part_in(self):
        told = {name for name, text in REMEDIES.items() if "namespaces" in text}
        assert {name.removesuffix("-namespace") for name in told} == {
            "mount", "pid", "network", "ipc", "uts", "cgroup", "user",
        }  # fmt: skip

    def test_a_hard_limit_of_whoever_starts_the_host_is_named(self):
        """Nobody without rights can raise it: no fault of mounts or namespaces."""
        command = ["prlimit", "--nofile=100:100", sys.executable, "-m", "grader.kernels"]
        result = subprocess.run(
            [*command, "--socket=/nonexistent/s"],
            cwd=PROJECT_ROOT,
            env=_plain_environment(),
            capture_output=True,
            text=True,
        )
        assert result.returncode == 1
        assert "the wall 'open-files' is missing (" in result.stderr
        assert "ulimit -n" in result.stderr
