"""Attacks from a live kernel on another one, and on live kernels from elsewhere on the machine."""

import json
import os
import socket
import time
from pathlib import Path

import pytest

from grader.kernels import sandboxes
from grader.kernels.client import private_host
from grader.kernels.live import LiveGoneError, open_live
from tests.attacks.leaks import pid_of, side_of
from tests.attacks.test_fork import memory
from tests.grader.kernels.live_talk import LIMITS, live
from tests.grader.kernels.starting import NOBODY

pytestmark = pytest.mark.kernels
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="changes uids, reads the memory of others")

REACH = """
import glob, json, os, socket
def attempt(path):
    try: socket.socket(socket.AF_UNIX).connect(path)
    except OSError as error: return type(error).__name__
    return "connected"
prefix = {prefix!r}
places = [prefix, *(f"/proc/{{pid}}/root{{prefix}}" for pid in (1, 2, os.getpid()))]
found = [place for place in places for name in (place + "-4", os.path.dirname(place)) if os.path.exists(name)]
told = [attempt(f"{{place}}-{{n}}") for place in places for n in (1, 2, 3, 4)]
abstract = [line.split()[-1] for line in open("/proc/net/unix") if "kernel-host" in line]
print(json.dumps([sorted(set(told)), found, abstract]))
"""
PROCESSES = """
import os
print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit()))
"""


class TestFromAnotherKernel:
    def test_its_sockets_cannot_be_reached(self, host):
        with live(host) as mine, live(host) as other:
            code = REACH.format(prefix=other.kernel.connection["ip"])
            told, found, abstract = json.loads(mine.printed(code))
            assert "connected" not in told
            assert (found, abstract) == ([], [])
            assert other.run("1")["status"] == "ok"

    def test_its_own_are_not_seen_either(self, host):
        """So it cannot put another socket in their place."""
        with live(host) as mine:
            told, found, abstract = json.loads(
                mine.printed(REACH.format(prefix=mine.kernel.connection["ip"]))
            )
            assert "connected" not in told
            assert (found, abstract) == ([], [])

    def test_its_processes_are_not_seen(self, host):
        with live(host) as mine, live(host) as other:
            other.run("import subprocess; subprocess.Popen(['sleep', '60'])")
            assert mine.printed(PROCESSES) == "[1]\n"

    def test_a_foreign_key_is_not_listened_to(self, host):
        with live(host) as mine, live(host) as other:
            mine.client.session.key = other.kernel.connection["key"]
            mine.client.execute("open('taken', 'w')")
            time.sleep(0.5)
            assert mine.kernel.list_files() == []

    @as_root
    def test_uids_are_apart_from_each_other_and_from_gradings(self, host):
        code = "print(open('/proc/self/uid_map').read().split()[1])"
        with live(host) as mine, live(host) as other:
            uids = {int(mine.printed(code)), int(other.printed(code))}
            assert len(uids) == 2
            assert min(uids) >= sandboxes.FIRST_LIVE_UID


class TestFromInside:
    def test_descriptors_are_the_named_ones(self, host):
        code = """
import os
kinds = set()
for number in range(3, 256):
    try: kinds.add(os.readlink(f"/proc/self/fd/{number}").split("[")[0].split("/")[0])
    except OSError: pass
print(*sorted(kinds))
"""
        with live(host) as talk:
            assert set(talk.printed(code).split()) <= {"socket:", "anon_inode:", "pipe:"}

    def test_descriptors_pushed_through_the_line_are_not_taken(self, host):
        code = """
import array, os, socket, stat
ends = []
for number in range(3, 256):
    try:
        end = socket.socket(fileno=os.dup(number))
        if end.type == socket.SOCK_SEQPACKET: ends.append(end)
    except OSError: pass
inodes = {os.fstat(end.fileno()).st_ino for end in ends}
assert len(inodes) == 1
line = ends.pop()
for end in ends: end.close()
for _ in range(8): line.sendmsg([b"\\0\\0\\0\\x02{}"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
"""
        with live(host) as talk:
            talk.run("1")  # the client's own connections stand from here on
            before = len(os.listdir("/proc/self/fd"))
            assert talk.run(code).get("evalue") is None
            assert talk.kernel.list_files() == []
            assert len(os.listdir("/proc/self/fd")) == before

    def test_no_end_of_the_line_speaks_with_the_host(self, host):
        """The only packets that leave are read by whoever ordered the kernel, who takes them for answers."""
        code = """
import json, os, socket
for number in range(3, 256):
    try:
        end = socket.socket(fileno=os.dup(number))
        if end.type == socket.SOCK_SEQPACKET: end.send(json.dumps({"order": "live", "state": "ended", "reason": "host"}).encode())
    except OSError: pass
"""
        with live(host) as talk:
            free = host.status()["free_live"]
            talk.run(code)
            assert talk.kernel.fate() == ""
            assert host.status()["free_live"] == free
            with pytest.raises(
                LiveGoneError
            ):  # a kernel that speaks nonsense has only itself to lose
                talk.kernel.list_files()
            assert talk.run("1")["status"] == "ok"


@as_root
class TestFromTheMachine:
    def test_the_sockets_are_for_whoever_ordered_alone(self):
        with private_host(["core"], "--allow-uid=0", f"--allow-uid={NOBODY}") as host:
            os.chmod(Path(host._path).parent, 0o711)
            with live(host) as roots:
                prefix = roots.kernel.connection["ip"]
                assert _as(NOBODY, lambda: _connect(f"{prefix}-1")) == "PermissionError"
            assert _as(NOBODY, lambda: _order_and_connect(host)) == "ready, connected, 0"
            assert _as(NOBODY + 1, lambda: _order_and_connect(host)) == "HostUnavailableError"

    def test_folder_and_sockets_of_another_users_order(self):
        with private_host(["core"], f"--allow-uid={NOBODY}") as host:
            os.chmod(Path(host._path).parent, 0o711)
            told = _as(NOBODY, lambda: _order_and_stat(host))
            assert json.loads(told) == [[NOBODY, "0o700"], [NOBODY, "0o600"]]

    def test_the_key_is_known_to_the_kernel_and_us_only(self):
        with private_host(["core"]) as host, live(host) as talk:
            talk.run("1")
            key = talk.kernel.connection["key"]
            held = memory(pid_of(host))
            assert b"kernels.sock" in held  # we do see what it holds
            assert key not in held
            template, twin, kernel, *_ = side_of(host, "learner")
            assert key not in memory(template) + memory(twin)
            assert key in memory(kernel)


def _connect(path):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)
    return "connected"


def _order(host):
    return open_live(host._path, environment="core", limits=LIMITS, data={}, rules={})


def _order_and_connect(host):
    kernel = _order(host)
    told = _connect(f"{kernel.connection['ip']}-1")
    return f"ready, {told}, {len(kernel.list_files())}"


def _order_and_stat(host):
    folder = Path(_order(host).connection["ip"]).parent
    found = [folder.stat(), next(folder.iterdir()).stat()]
    return json.dumps([[status.st_uid, oct(status.st_mode & 0o777)] for status in found])


def _as(uid, act):
    """What ``act`` tells, or the name of its error, when another user does it."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        try:
            told = act()
        except BaseException as error:
            told = type(error).__name__
        os.write(write, told.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read().decode()
    os.waitpid(pid, 0)
    return told
