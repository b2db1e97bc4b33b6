"""What happens when something of a sandbox does not go: all else goes, and its place stays closed until then."""

import os
import socket

import pytest

from grader.errors import RunLostError
from grader.kernels import places
from grader.kernels.cgroups import Group
from grader.kernels.grading import Grading
from grader.kernels.sandboxes import Builder
from grader.kernels.session import Session
from grader.sandbox.policy import Limits
from grader.verdict import Verdict
from tests.grader.kernels.starting import own_host, until
from tests.running import job


@pytest.fixture
def stuck(monkeypatch):
    """Control groups whose folder is among these do not go; a number instead says how often none does."""
    names, end = {"times": 0, "folder": "nowhere", "seen": ""}, Group.end

    def end_unless_stuck(group, *seconds):
        is_stuck = any(names["folder"] in path for path in group.paths)
        if group.folders and (is_stuck or names["times"] > 0):
            names["times"] -= 1
            names["seen"] = group.paths[0]
            raise OSError("device or resource busy")
        end(group, *seconds)

    monkeypatch.setattr(Group, "end", end_unless_stuck)
    monkeypatch.setattr(places, "VACANCY_SECONDS", 0.05)
    return names


@pytest.fixture
def uids(monkeypatch):
    """Of the sandboxes that are built."""
    found, build = [], Builder.build

    def note(builder, template, name, uid, *arguments, **named):
        found.append(uid)
        return build(builder, template, name, uid, *arguments, **named)

    monkeypatch.setattr(Builder, "build", note)
    return found


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    with own_host(tmp_path_factory.mktemp("own"), places=2) as (host, client):
        yield host, client


@pytest.mark.kernels
@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has no control groups")
class TestPlace:
    @pytest.mark.parametrize("times", [1, 2])
    def test_a_group_that_goes_at_a_later_try_leaves_nothing(self, own, stuck, times):
        host, client = own
        stuck["times"] = times
        for _ in range(2):
            assert client.grade(job()).verdict is Verdict.PASSED
            assert until(lambda: client.status()["free"] == 2)
            assert [path.name for path in host._folder.iterdir()] == ["root"]
        groups = [path for parent in host.groups._parents.values() for path in parent.glob("*/")]
        assert groups == []

    def test_one_that_stays_closes_its_place_until_it_goes(self, own, stuck, uids):
        _host, client = own
        stuck["folder"] = "/learner-"
        assert client.grade(job()).points == 3
        assert until(lambda: client.status()["free"] == 1)
        stuck["folder"] = f"/learner-{_number(stuck['seen'])}"
        for _ in range(3):
            assert client.grade(job()).points == 3
            assert until(lambda: client.status()["free"] == 1)
        assert set(uids[:2]).isdisjoint(uids[2:])
        stuck["folder"] = "nowhere"
        assert until(lambda: client.status()["free"] == 2)

    def test_no_further_kernel_is_made_beside_one_that_stays(self, own, stuck):
        _host, client = own
        stuck["folder"] = "/learner-"
        ending = job("import os\ndef double(x): os._exit(0)")
        with pytest.raises(RunLostError, match="does not go"):
            client.grade(ending)
        stuck["folder"] = "nowhere"
        assert until(lambda: client.status()["free"] == 2)


def _number(path):
    return path.rpartition("-")[2]


class Stubborn:
    """Stands in for a sandbox; ending it fails."""

    is_alive = is_lost = False
    exit_code = None

    def __init__(self, name):
        self.name, self.ended = name, 0
        self.status, self.other = socket.socketpair()

    def start(self, arguments, descriptors):
        self.descriptors = [os.dup(number) for number in descriptors]

    def notice(self):
        pass

    def was_out_of_memory(self):
        return False

    def end(self):
        self.ended += 1
        raise OSError(f"{self.name} does not go")


class StubbornBuilder:
    def __init__(self):
        self.built = []

    def build(self, template, name, *_arguments, **_named):
        self.built.append(Stubborn(name))
        return self.built[-1]


class Template:
    class environment:  # noqa: N801 - as it is called
        digest = ""


def gone():
    """A connection whose other side has closed."""
    ours, theirs = socket.socketpair()
    theirs.close()
    return ours


class TestEnding:
    def test_of_a_grading_goes_on_whatever_fails(self, tmp_path):
        builder, folder = StubbornBuilder(), tmp_path / "run"
        grading = Grading(
            builder,
            dict.fromkeys(["learner", "examiner"], Template),
            Limits(1024, 10, 30),
            folder,
            0,
        )
        before = len(os.listdir("/proc/self/fd"))
        with gone() as worker, pytest.raises(OSError, match="examiner does not go"):
            grading.run(worker, worker.fileno())
        assert [(item.name, item.ended) for item in builder.built] == [
            ("learner", 1),
            ("examiner", 1),
        ]
        assert not folder.exists()
        _close(builder)
        assert len(os.listdir("/proc/self/fd")) == before

    def test_of_a_live_kernel_too(self, tmp_path):
        builder, folder = StubbornBuilder(), tmp_path / "session"
        line, far = socket.socketpair()
        session = Session(builder, Template, Limits(1024, 10, 30), folder, 1)
        with gone() as connection, far, pytest.raises(OSError, match="live does not go"):
            session.run(connection, line, 0)
        assert line.fileno() == -1
        assert not folder.exists()
        _close(builder)


def _close(builder):
    for item in builder.built:
        for number in item.descriptors:
            os.close(number)
        item.status.close()
        item.other.close()
