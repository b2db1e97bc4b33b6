"""Each test attacks one wall from inside a real sandbox. See ``grader/sandbox/policy.toml``."""

import contextlib
import os
import secrets
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.kernels.sandboxes import FIRST_UID
from grader.sandbox.policy import load_policy
from tests.running import ANSWER, job, printed

pytestmark = pytest.mark.kernels

SET_BY_IPYKERNEL = {
    "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "GIT_PAGER", "PAGER", "PYDEVD_USE_FRAME_EVAL", "TERM",
}  # fmt: skip
REFUSED = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"


def attack(host, code):
    return printed(host.grade(job(code, ANSWER)))


def test_no_file_of_ours_is_in_sight(host, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("canary")
    code = f"""
import os, sys
for path in [{str(secret)!r}, {os.getcwd() + "/manage.py"!r}, "/etc/shadow", "/proc/1/environ", "/root/.bashrc"]:
    try: print("read", open(path).read())
    except OSError as error: print("no", type(error).__name__)
"""
    seen = attack(host, code)
    assert "canary" not in seen
    assert "KEY" not in seen
    # Its own environment is the only thing of the list that exists.
    assert seen.count("read") == 1


def test_neither_the_platform_nor_the_course_can_be_imported(host):
    code = """
for name in ["django", "config.settings", "curriculum.models", "submissions", "celery"]:
    try:
        __import__(name); print("imported", name)
    except ImportError: print("none")
"""
    assert attack(host, code) == "none\n" * 5


def test_the_environment_holds_only_what_the_policy_lists(host):
    names = set(attack(host, "import os; print(*sorted(os.environ))").split())
    assert names - set(load_policy().environment) <= SET_BY_IPYKERNEL


def test_root_and_environment_are_read_only(host):
    code = """
import os, sys
for folder in ["/", "/etc", "/usr/lib", sys.prefix, "/dev"]:
    try:
        open(folder + "/probe", "w"); print("wrote", folder)
    except OSError: print("refused")
"""
    assert attack(host, code) == "refused\n" * 5


def test_scratch_space_is_bounded_in_size_and_in_files(host):
    """Each folder by itself; no single file comes near to what one file may have."""
    places = [(place.path, place.size, place.files) for place in load_policy().scratch]
    code = f"""
import errno, os
def fill(folder, count, size):
    try:
        for number in range(count):
            with open(f"{{folder}}/fill-{{number}}", "wb") as file: file.write(bytes(size))
        return "wrote all"
    except OSError as error: return errno.errorcode[error.errno]
    finally:
        for name in os.listdir(folder):
            if name.startswith("fill-"): os.unlink(f"{{folder}}/{{name}}")
for folder, size, files in {places!r}:
    print(folder, fill(folder, 9, size // 8), fill(folder, files + 1, 0))
"""
    assert attack(host, code).splitlines() == [f"{path} ENOSPC ENOSPC" for path, _, _ in places]


def test_no_network(host):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        code = f"""
import socket
for address in [("127.0.0.1", {listener.getsockname()[1]}), ("10.0.0.1", 80)]:
    try:
        socket.create_connection(address, timeout=2); print("connected")
    except OSError: print("refused")
for family in [16, 17, 40, 38]:
    try:
        socket.socket(family, socket.SOCK_RAW); print("opened", family)
    except OSError: print("refused")
"""
        assert attack(host, code) == "refused\n" * 6


def test_abstract_sockets_of_others_cannot_be_reached(host):
    name = b"\0kilohour-test-" + secrets.token_hex(8).encode()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(name)
        listener.listen()
        code = f"""
import socket
try:
    socket.socket(socket.AF_UNIX).connect({name!r}); print("connected")
except OSError: print("refused")
"""
        assert attack(host, code) == "refused\n"


@pytest.mark.parametrize(
    "call",
    [
        "libc.unshare(0x10000000)",
        "libc.unshare(0x20000)",
        "libc.setns(0, 0)",
        "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        "libc.umount2(b'/proc', 2)",
        "libc.chroot(b'/tmp')",
        "libc.ptrace(0, 0, 0, 0)",
        "libc.syscall(321, 0, 0, 0)",  # bpf
        "libc.syscall(425, 8, 0)",  # io_uring_setup
        "libc.syscall(298, 0, 0, 0, 0, 0)",  # perf_event_open
        "libc.syscall(323, 0)",  # userfaultfd
        "libc.syscall(250, 0, 0)",  # keyctl
        "libc.syscall(29, 1, 4096, 0o1666)",  # shmget
        "libc.syscall(56, 0x10000011, 0, 0, 0, 0)",  # clone with a new user namespace
        "libc.syscall(435, 0, 0)",  # clone3
        "libc.ioctl(0, 0x5412, b'x')",  # TIOCSTI
        "libc.ioctl(0, ctypes.c_ulong(0xff00000000005412), b'x')",
        "libc.setuid(0)",
        "libc.personality(0x0040000)",
        "os.kill(-1, 0) or -2",
    ],
)
def test_system_call_is_refused(host, call):
    seen = attack(host, f"{REFUSED}try: print({call})\nexcept OSError: print(-1)")
    assert seen.strip() in ("-1", "-2")


def test_every_process_is_nobody_from_outside_and_holds_no_capability(host):
    code = """
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
print(status["CapEff"], status["CapPrm"], status["CapBnd"], status["NoNewPrivs"], status["Seccomp"])
print(open("/proc/self/uid_map").read().split()[1])
"""
    facts, outer_uid = attack(host, code).strip().splitlines()
    assert facts.split() == ["0" * 16] * 3 + ["1", "2"]
    # Inside, only the parent namespace's number is seen: never root's.
    assert int(outer_uid) != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="ordinary users have one uid for all")
def test_two_sandboxes_have_two_uids_and_neither_is_ours(host):
    code = "import time; time.sleep(1); print(open('/proc/self/uid_map').read().split()[1])"
    with ThreadPoolExecutor() as pool:
        reports = pool.map(host.grade, [job(code, ANSWER)] * 2)
    uids = [int(printed(report)) for report in reports]
    assert len(set(uids)) == 2
    assert min(uids) >= FIRST_UID


def test_only_the_sandboxs_own_processes_are_seen(host):
    code = "import os; print(sum(name.isdigit() for name in os.listdir('/proc')))"
    assert int(attack(host, code)) <= 2


def test_inherited_descriptors_are_few_and_ours(host):
    code = """
import os
for number in os.listdir("/proc/self/fd"):
    try: print(os.readlink(f"/proc/self/fd/{number}"))
    except OSError: pass
"""
    links = attack(host, code).splitlines()
    allowed = ("socket:", "anon_inode:", "pipe:", "/dev/null", "/proc/")
    assert [link for link in links if not link.startswith(allowed)] == []


def test_two_runs_never_draw_the_same_numbers(host):
    code = "import random, numpy, uuid, os\nprint(random.random(), numpy.random.rand(), uuid.uuid4(), os.urandom(4))"
    assert attack(host, code) != attack(host, code)


class TestForgery:
    """Nothing that the learner's process says about itself earns a point."""

    def test_printing_a_report(self, host):
        code = "import json; print(json.dumps({'score': 1.0, 'points': 3, 'verdict': 'passed'}))"
        assert host.grade(job(code)).points == 0

    def test_talking_to_the_examiner_unasked(self, host):
        code = """
import os, struct
frame = b'{"id": 1, "value": 1}'
for number in range(3, 60):
    try: os.write(number, b'KHW1' + struct.pack('!II', len(frame), 0) + frame)
    except OSError: pass
def double(x): return 0
"""
        assert host.grade(job(code)).points == 0

    def test_an_object_that_equals_everything(self, host):
        code = """
class Yes(int):
    def __eq__(self, other): return True
    def __array__(self, *a, **k): raise SystemExit
    def __reduce__(self): return (print, ('pickled',))
def double(x): return Yes()
"""
        assert host.grade(job(code)).points == 0

    def test_patching_numpy_testing(self, host):
        code = "import numpy.testing as t\nt.assert_allclose = lambda *a, **k: None\ndef double(x): return 0"
        assert host.grade(job(code)).points == 0


def test_nothing_outlives_a_run(host):
    name = f"kh{secrets.token_hex(5)}"
    code = f"""
import ctypes, os, signal, time
libc = ctypes.CDLL(None)
libc.prctl(1, 0, 0, 0, 0)  # no signal when the parent dies
libc.prctl(15, b"{name}", 0, 0, 0)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 32):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        time.sleep(1000)
    os._exit(0)
print(open("/proc/self/comm").read())
"""
    assert name in attack(host, code)
    assert name not in _process_names()
    assert "python" in " ".join(_process_names())


def _process_names():
    names = []
    for path in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):
            names.append(path.read_text().strip())
    return names
