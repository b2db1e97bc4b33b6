"""Counts what is left after many runs of every kind, with our own processes killed in between.

``python -m tests.attacks.leaks --runs 1000`` prints the counts before and after; exit status 1 if they differ.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.errors import PlatformError
from grader.kernels import leftovers
from grader.kernels.client import PROJECT_ROOT, KernelClient, _await_socket, _plain_environment
from grader.kernels.live import open_live
from grader.kernels.sandboxes import FIRST_UID
from grader.sandbox.policy import load_policy
from tests.running import ANSWER, job

SETTLE_SECONDS = 90.0  # templates that import, beside whatever else this machine does
DAEMON = """
import ctypes, os, signal, time
ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 65):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        time.sleep(1000)
    os._exit(0)
"""
STOPPED = """
import os, signal, time
for _ in range(3):
    pid = os.fork()
    if pid == 0: time.sleep(1000); os._exit(0)
    os.kill(pid, signal.SIGSTOP)
"""
LITTER = """
import mmap, os, socket, tempfile
from multiprocessing import shared_memory
kept = [tempfile.mkstemp(), os.memfd_create("left"), socket.socket(socket.AF_UNIX)]
kept[2].bind("/tmp/left.sock"); kept[2].listen()
shared_memory.SharedMemory(create=True, size=4096, name="left")._name
"""
RUNS = {
    "good": job(ANSWER),
    "loop": job("while True: pass", cell_seconds=0.5),
    "memory bomb": job("x = []\nwhile True: x.append(bytearray(10**7))", memory_mb=256),
    "fork bomb": job(
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", cell_seconds=0.5
    ),
    "daemon": job(DAEMON, ANSWER),
    "stopped children": job(STOPPED, ANSWER),
    "litter": job(LITTER, ANSWER),
    "exit": job("import os; os._exit(0)"),
    "slow": job("import time; time.sleep(0.5)", ANSWER),
}
LIVE = {"environment": "core", "limits": job()["exercise"]["limits"], "data": {}, "rules": {}}
KILL_TRIES = 10
WATCHED: set[int] = set()  # children whose end somebody waits for
# Templates by their role, the host, who ordered the run, a sandbox's first process, the twin for live kernels.
VICTIMS = ("learner", "examiner", "host", "worker", "sandbox", "twin")


class Machine:
    """A kernel host of our own, restarted when it is killed, and what can be counted around it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "kernels.sock"
        self.client = KernelClient(self._path)
        # Whoever of our descendants loses its parent becomes our child, so none can be missed.
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "grader.kernels", "--socket", str(self._path)]
        command += ["--end-with-parent", "--only=core"]
        self.host = subprocess.Popen(
            command, cwd=PROJECT_ROOT, env=_plain_environment(), stderr=subprocess.DEVNULL
        )
        _await_socket(self._path, self.host)
        _until(self.is_idle)

    def stop(self) -> None:
        self.host.terminate()
        self.host.wait()

    def is_idle(self) -> bool:
        with contextlib.suppress(PlatformError):
            status = self.client.status()
            policy = load_policy()
            states = set(status["environments"]["core"].values())
            free = (status["free"], status["free_live"])
            return states == {"ready"} and free == (policy.grading_places, policy.live_places)
        return False

    def kill(self, victim: str) -> bool:
        """End one of our processes as hard as can be; says whether there was one to end.

        The worker is ended by :func:`_grade_and_die`.
        """
        if victim == "host":
            self.host.kill()
            self.host.wait()
            _until(lambda: not set(family(os.getpid())) - WATCHED)
            self._path.unlink(missing_ok=True)
            self.start()
            return True
        for pid in (found := self._find(victim)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(found)

    def _find(self, victim: str) -> list[int]:
        if victim == "sandbox":
            return sandboxes(self.host.pid)[:1]
        if victim == "twin":
            return twins(self.host.pid)
        return [pid for pid in children(self.host.pid) if victim in _command(pid)]

    def settled_counts(self) -> dict[str, int]:
        """The counts once they stay: the host may still be closing what it answered last."""
        counts, last = self.counts(), None
        while counts != last:
            time.sleep(0.3)
            counts, last = self.counts(), counts
        return counts

    def counts(self) -> dict[str, int]:
        links = [_link(path) for path in Path(f"/proc/{self.host.pid}/fd").iterdir()]
        folders = [Path(link) for link in links if leftovers.PREFIX in link]
        return {
            "processes": len(family(os.getpid())),
            "descriptors of the host": len(links),
            "control groups and run folders": sum(
                entry.is_dir() for folder in folders for entry in folder.iterdir()
            ),
            **outside(),
        }


def outside() -> dict[str, int]:
    """What stays countable when no host of ours runs."""
    groups = [*Path("/sys/fs/cgroup").glob("*/"), Path("/sys/fs/cgroup")]
    mounts = Path("/proc/self/mountinfo").read_text()
    return {
        "folders of dead hosts": sum(
            len(leftovers.stale(parent)) for parent in [*groups, Path(tempfile.gettempdir())]
        ),
        "our mounts": mounts.count(leftovers.PREFIX) + mounts.count("kilohour"),
        "System V IPC": sum(map(_owned_by_sandboxes, Path("/proc/sysvipc").iterdir())),
        "shared memory": len(list(Path("/dev/shm").glob("left*"))),
        "temporary files": len(list(Path(tempfile.gettempdir()).glob("left*"))),
    }


def _owned_by_sandboxes(table: Path) -> int:
    names, *rows = (line.split() for line in table.read_text().splitlines())
    uid = names.index("uid")
    return sum(FIRST_UID <= int(row[uid]) < FIRST_UID + 100 for row in rows)


def pid_of(host: KernelClient) -> int:
    """The process of a private host, which is a child of ours."""
    path = host._path.encode()
    return next(
        pid for pid in children(os.getpid()) if path in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


def side_of(host: KernelClient, role: str) -> list[int]:
    """The template of core for this role, and its forks; of the learner's, the twin for live kernels first."""
    template = next(
        pid
        for pid in children(pid_of(host))
        if role.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    return [template, *family(template)]


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in task.read_text().split()]
    return found


def family(pid: int) -> list[int]:
    """Every descendant; the dead that wait for us to reap them are reaped."""
    if pid == os.getpid():
        for child in children(pid):
            if _state(child) == "Z" and child not in WATCHED:
                os.waitpid(child, os.WNOHANG)
    found = children(pid)
    for member in found:
        found.extend(children(member))
    return found


def sandboxes(host: int) -> list[int]:
    """The first process of each sandbox of a host: the only ones that are number 1 of a pid namespace."""
    return [pid for pid in family(host) if (numbers := _numbers(pid))[1:] and numbers[-1] == 1]


def twins(host: int) -> list[int]:
    """The templates that templates have forked: in the host's own pid namespace, and older than every keeper
    that an ordinary user's template has forked too.
    """
    templates = [pid for pid in children(host) if "grader.sandbox.template" in _command(pid)]
    forks = [[pid for pid in children(each) if len(_numbers(pid)) == 1] for each in templates]
    return [oldest for oldest, *_ in filter(None, forks) if "learner" in _command(oldest)]


def _numbers(pid: int) -> list[int]:
    """A process's number in each of its pid namespaces, outermost first (proc(5), ``NSpid``)."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("NSpid:"):
                return [int(word) for word in line.split()[1:]]
    return []


def _state(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def _link(path: Path) -> str:
    with contextlib.suppress(OSError):
        return os.readlink(path)
    return ""


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SETTLE_SECONDS
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)


def _grade_and_die(machine: Machine, order: dict[str, Any]) -> None:
    """A worker that is killed while its run goes on."""
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(PlatformError):
            machine.client.grade(order)
        os._exit(0)
    time.sleep(random.uniform(0.01, 0.4))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _grade_and_kill(machine: Machine, order: dict[str, Any], victim: str) -> str:
    """A run, and in the middle of it one of our processes is killed; what became of it.

    Once more if the run was over before there was anything to kill.
    """
    for _ in range(KILL_TRIES):
        if outcome := _try_to_kill(machine, order, victim):
            return f"{victim} killed, {outcome}"
        _until(machine.is_idle)
    return f"{victim} not found"


def _try_to_kill(machine: Machine, order: dict[str, Any], victim: str) -> str:
    pid = os.fork()
    if pid == 0:
        try:
            machine.client.grade(order)
            os._exit(0)
        except PlatformError:
            os._exit(1)
    WATCHED.add(pid)
    with contextlib.ExitStack() as beside:
        if victim == "twin":  # what ends with it are live kernels
            with contextlib.suppress(PlatformError):
                beside.callback(open_live(machine.client._path, **LIVE).close)
        if victim == "sandbox":  # it begins a moment after its run does
            _until(lambda: bool(sandboxes(machine.host.pid)) or _state(pid) == "Z")
        time.sleep(random.uniform(0.01, 0.4))
        was_there = machine.kill(victim)
    lost = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    WATCHED.remove(pid)
    if not was_there:
        return ""
    return "lost to us" if lost else "graded all the same"


def run_mixed(machine: Machine, runs: int, kill_every: int) -> Counter[str]:
    """Runs of every kind in turn; every so often one of our own processes dies in the middle of one."""
    told: Counter[str] = Counter()
    kinds = list(RUNS.items())
    for number in range(runs):
        if sys.stderr.isatty():
            print(f"\r{number} of {runs} runs", end="", file=sys.stderr, flush=True)
        name, order = kinds[number % len(kinds)]
        if number % kill_every == kill_every - 1:
            victim = VICTIMS[number // kill_every % len(VICTIMS)]
            if victim == "worker":
                _grade_and_die(machine, order)
                told["worker killed"] += 1
            else:
                told[_grade_and_kill(machine, order, victim)] += 1
            _until(machine.is_idle)
            continue
        try:
            told[f"{name}: {machine.client.grade(order).verdict}"] += 1
        except PlatformError as error:
            told[f"{name}: {type(error).__name__}: {error}"] += 1
    _until(machine.is_idle)
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    return told


def check(runs: int, kill_every: int) -> tuple[dict[str, int], dict[str, int], Counter[str]]:
    """Counts before, counts after, and what became of the runs."""
    quiet = outside()
    with tempfile.TemporaryDirectory(prefix="kilohour-") as folder:
        machine = Machine(Path(folder))
        try:
            for order in (RUNS["good"], RUNS["litter"]):
                machine.client.grade(order)
            _until(machine.is_idle)
            before = machine.settled_counts()
            told = run_mixed(machine, runs, kill_every)
            _until(lambda: machine.counts() == before)
            after = machine.counts()
        finally:
            machine.stop()
        _until(lambda: not family(os.getpid()))
    before |= {"after the host: processes": 0, **_named(quiet)}
    after |= {"after the host: processes": len(family(os.getpid())), **_named(outside())}
    return before, after, told


def _named(counts: dict[str, int]) -> dict[str, int]:
    return {f"after the host: {name}": count for name, count in counts.items()}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.leaks", description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--kill-every", type=int, default=10, help="kill one of our own processes")
    options = parser.parse_args()
    started = time.monotonic()
    before, after, told = check(options.runs, options.kill_every)
    for name, count in sorted(told.items()):
        print(f"{count:5}  {name}")
    print(f"{options.runs} runs in {time.monotonic() - started:.0f} s; counts before and after:")
    for name, count in before.items():
        print(f"{count:5} {after[name]:5}  {name}{'' if after[name] == count else '   DIFFERS'}")
    return 0 if before == after else 1


if __name__ == "__main__":
    sys.exit(main())
