"""Who gets a live kernel, who has to wait, and that nothing is left of those that were."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from grader.errors import HostBusyError, HostUnavailableError
from grader.kernels import host as hosting
from grader.kernels import leftovers
from grader.kernels.client import KernelClient, private_host
from grader.kernels.environments import find_environments
from grader.kernels.live import open_live
from grader.kernels.memory import available_bytes
from grader.verdict import Verdict
from tests.attacks.leaks import children, family
from tests.grader.kernels.live_talk import LIMITS, live
from tests.grader.kernels.starting import user_host
from tests.running import job

ORDER = {"environment": "core", "limits": LIMITS, "data": {}, "rules": {}}


@pytest.fixture(scope="module")
def small():
    """A host with two live places."""
    with private_host(["core"], "--live-places=2") as client:
        yield client


def until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


@pytest.mark.kernels
class TestPlaces:
    def test_taken_ones_make_the_host_busy_but_not_for_gradings(self, small):
        with live(small), live(small):
            with pytest.raises(HostBusyError, match="no place left"):
                open_live(small._path, **ORDER)
            assert small.grade(job()).verdict is Verdict.PASSED
        with live(small) as talk:
            assert talk.run("1")["status"] == "ok"

    def test_one_is_free_again_when_its_kernel_has_ended(self, small):
        with live(small) as first, live(small):
            first.client.execute("import os; os._exit(0)")
            first.await_end()
            assert until(lambda: small.status()["free_live"] == 1)

    def test_an_order_that_cannot_be_served(self, small):
        for changed in ({"environment": "none"}, {"limits": {**LIMITS, "memory_mb": 1}}):
            with pytest.raises(HostUnavailableError):
                open_live(small._path, **{**ORDER, **changed})
        with pytest.raises(HostUnavailableError, match="did not begin: refused"):
            open_live(small._path, **{**ORDER, "data": {"../x": b""}})
        assert until(lambda: small.status()["free_live"] == 2)

    def test_without_a_host(self, tmp_path):
        with pytest.raises(HostUnavailableError, match="no kernel host at"):
            open_live(tmp_path / "none", **ORDER)


class TestMemoryFloor:
    def test_below_it_there_is_no_further_kernel(self, tmp_path, monkeypatch):
        monkeypatch.setattr(hosting, "available_bytes", lambda: (1 << 30) - 1)
        mode = "root" if os.geteuid() == 0 else "user"
        environments = {"core": find_environments()["core"]}
        host = hosting.Host(environments, mode=mode, allowed_uids=[os.geteuid()], sockets=tmp_path)
        listener = hosting.listen(tmp_path / "s")
        thread = threading.Thread(target=host.serve, args=[listener])
        thread.start()
        try:
            with pytest.raises(HostBusyError, match="short of memory"):
                open_live(tmp_path / "s", **ORDER)
            assert KernelClient(tmp_path / "s").status()["free_live"] == 64
        finally:
            host.stop()
            thread.join()
            listener.close()

    @pytest.mark.parametrize(
        ("files", "expected"),
        [
            ({}, 4096 << 10),
            ({"memory.max": "max", "memory.current": "7"}, 4096 << 10),
            (
                {
                    "memory.max": "5000",
                    "memory.current": "4500",
                    "memory.stat": "inactive_file 300",
                },
                800,
            ),
            ({"memory/memory.limit_in_bytes": "900", "memory/memory.usage_in_bytes": "100"}, 800),
        ],
    )
    def test_what_is_available_is_the_groups_where_that_is_less(self, tmp_path, files, expected):
        (tmp_path / "memory").mkdir()
        (tmp_path / "meminfo").write_text("MemFree: 1 kB\nMemAvailable:    4096 kB\n")
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        assert available_bytes(tmp_path / "meminfo", tmp_path) == expected


def counts(host):
    """What a live kernel is made of, seen from outside."""
    pid = next(
        pid
        for pid in children(os.getpid())
        if host._path.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    links = [os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()]
    folders = {Path(link) for link in links if leftovers.PREFIX in link}
    return {
        "processes": len(family(pid)),
        "descriptors": len(links),
        "folders and groups": sum(len(list(folder.glob("*/"))) for folder in folders),
        "sockets": len(list(Path(host._path).parent.rglob("k-*"))),
        "mounts": Path(f"/proc/{pid}/mountinfo").read_text().count(leftovers.PREFIX),
    }


@pytest.fixture(scope="module")
def quiet(small):
    """What is there without any kernel, once one has been."""
    with live(small) as talk:
        talk.run("1")
    return counts(small)


DAEMON = """
import os, signal, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(1000)
"""


@pytest.mark.kernels
class TestNothingIsLeft:
    def test_when_it_is_closed(self, small, quiet):
        with live(small) as talk:
            talk.run(DAEMON)
            assert counts(small) != quiet
            talk.close()
            assert counts(small) == quiet  # at once: close() waits for it
            talk.kernel.close()  # and may be called again

    @pytest.mark.parametrize(
        "code",
        ["exit()", "import os; os._exit(1)", "x = []\nwhile True: x.append(bytearray(10**6))"],
    )
    def test_when_it_ends(self, small, quiet, code):
        with live(small, memory_mb=200) as talk:
            talk.run(DAEMON)
            talk.client.execute(code)
            talk.await_end()
            assert until(lambda: counts(small)["processes"] == quiet["processes"])
        assert until(lambda: counts(small) == quiet), counts(small)

    def test_when_whoever_ordered_it_is_killed(self, small, quiet):
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            kernel = open_live(small._path, **ORDER)
            kernel.write_file("begun", b"")
            os.write(write, b"1")
            time.sleep(60)
            os._exit(0)
        os.read(read, 1)
        assert counts(small) != quiet
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        assert until(lambda: counts(small) == quiet), counts(small)

    def test_when_it_could_not_begin(self, small, quiet):
        with pytest.raises(HostUnavailableError):
            open_live(small._path, **{**ORDER, "data": {"../x": b""}})
        assert until(lambda: counts(small) == quiet), counts(small)


@pytest.mark.kernels
class TestHostEnds:
    def test_its_kernels_end_with_it_and_their_sockets_go(self):
        with private_host(["core"], "--live-places=2") as host:
            opened = open_live(host._path, **ORDER)
            (twin,) = children(_learners_template(host))
            kernel = children(twin)[0]
            folder = Path(opened.connection["ip"]).parent
            assert folder.exists()
            os.kill(_pid(host), signal.SIGTERM)
            assert until(lambda: opened.fate() == "host")
            assert until(lambda: not Path(f"/proc/{kernel}").exists())
            assert until(lambda: not folder.parent.exists())
            opened.close()

    def test_a_killed_template_is_no_fault_of_the_learners(self):
        with private_host(["core"]) as host:
            opened = open_live(host._path, **ORDER)
            os.kill(_learners_template(host), signal.SIGKILL)
            assert until(lambda: opened.fate() == "host")
            opened.close()
            open_live(host._path, **ORDER).close()

    def test_a_killed_twin_comes_back_and_gradings_go_on_without_it(self):
        with private_host(["core"]) as host:
            opened = open_live(host._path, **ORDER)
            template = _learners_template(host)
            (twin,) = children(template)
            os.kill(twin, signal.SIGKILL)
            assert until(lambda: opened.fate() == "host")
            opened.close()
            assert host.grade(job()).points == 3
            open_live(host._path, **ORDER).close()
            assert _learners_template(host) == template
            assert children(template) != [twin]

    def test_sockets_that_a_killed_host_has_left_are_swept_by_the_next(self, tmp_path):
        left = tmp_path / f"{leftovers.PREFIX}{'0' * 12}"
        (left / "1").mkdir(parents=True)
        environments = {"core": find_environments()["core"]}
        host = hosting.Host(environments, mode="user", allowed_uids=[], sockets=tmp_path)
        assert not left.exists()
        host.stop()
        assert list(tmp_path.iterdir()) == []


def _learners_template(host):
    return next(pid for pid in children(_pid(host)) if b"learner" in _command(pid))


def _pid(host):
    return next(pid for pid in children(os.getpid()) if host._path.encode() in _command(pid))


def _command(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.kernels
def test_an_ordinary_users_host_has_live_kernels_too():
    with user_host() as host, live(host) as talk:
        assert talk.printed("print(1)") == "1\n"
        number = talk.send("import time; time.sleep(60)")
        talk.interrupt()
        assert talk.reply(number)["ename"] == "KeyboardInterrupt"
        talk.kernel.write_file("x", b"1")
        assert [entry.path for entry in talk.kernel.list_files()] == ["x"]
