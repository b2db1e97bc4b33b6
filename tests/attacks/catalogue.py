"""One attack for each wall of ``grader/sandbox/policy.toml``.

An attack is the code of a cell; it prints REACHED when it gets through. It finds what it is after in
``bait``. ``also`` names the other walls that stop the same attack; a test takes them down as well, so that
each wall is shown to stop it alone, and its absence to let it through. Where a wall has several sides, ``side``
names the one that is attacked.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Attack:
    wall: str
    code: str
    also: tuple[str, ...] = ()
    limits: dict[str, float] = field(default_factory=dict)
    first: str = ""  # runs in a sandbox of its own before
    side: str = ""
    landlock: int = 0  # the version that brought what stops it

    def __str__(self) -> str:
        return f"{self.wall}-{self.side}" if self.side else self.wall


def call(name: str, code: str, success: str = ">= 0", also: tuple[str, ...] = ()) -> Attack:
    return Attack(name, f"print('REACHED' if {code} {success} else ctypes.get_errno())", also)


MANY = (
    "import os, time\ncount = 0\n"
    "try:\n"
    "    while count < 150:\n"
    "        if os.fork() == 0: time.sleep(30); os._exit(0)\n"
    "        count += 1\n"
    "    print('REACHED')\n"
    "except OSError: pass"
)
BURN = """
import os, time
start, end = time.monotonic(), time.monotonic() + 2.5
before = os.times()
for _ in range(6):
    if os.fork() == 0:
        while time.monotonic() < end: pass
        os._exit(0)
while True:
    try: os.wait()
    except ChildProcessError: break
after = os.times()
used = (sum(after[:4]) - sum(before[:4])) / (time.monotonic() - start)
print('REACHED' if used > bait['cores'] + 0.15 else used)
"""
# Each file well below the size that one file may have, so that only their sum is too much.
FILL = """
for number in range({files}): open(f"{folder}/{{number}}", "wb").write(bytes({megabytes} << 20))
print("REACHED")
"""
ADD_KEY = "print(libc.syscall(248, b'user', b'kilohour-test', b'canary', 6, -4))"
FIND_KEY = "libc.syscall(250, 10, -4, b'user', b'kilohour-test', 0)"

ATTACKS = [
    Attack("mount-namespace", """
if " /sys/fs/cgroup" in open("/proc/self/mountinfo").read(): print("REACHED")
""", also=("landlock",)),
    Attack("pid-namespace", """
import glob
for path in glob.glob("/proc/[0-9]*/cmdline"):
    try:
        if bait["process"].encode() in open(path, "rb").read(): print("REACHED")
    except OSError: pass
"""),
    Attack("network-namespace", """
import socket
socket.create_connection(("127.0.0.1", bait["port"]), timeout=2); print("REACHED")
""", also=("landlock",)),
    call("ipc-namespace", "libc.mq_open(bait['queue'].encode(), os.O_RDONLY)", also=("landlock",)),
    Attack("uts-namespace", "if os.uname().nodename == bait['hostname']: print('REACHED')"),
    Attack("cgroup-namespace", """
if "kernel-host-" in open("/proc/self/cgroup").read(): print("REACHED")
"""),
    # Keyrings follow uid and user namespace, and outlive a sandbox.
    Attack("user-namespace", f"if {FIND_KEY} >= 0: print('REACHED')", ("system-calls",), first=ADD_KEY),
    Attack("own-uid", "open(bait['folder'] + '/root-only').read(); print('REACHED')", ("root-file-system",)),
    Attack("root-file-system", "open(bait['folder'] + '/public').read(); print('REACHED')"),
    Attack("read-only", """
open(bait["folder"] + "/writable/probe", "w").write("x"); print("REACHED")
""", ("root-file-system", "landlock")),
    Attack("nosuid-nodev", """
if open(bait["folder"] + "/zero", "rb").read(1) == b"\\0": print("REACHED")
""", ("root-file-system",)),
    Attack("scratch", FILL.format(folder="/tmp", files=6000, megabytes=0), side="files"),
    Attack("scratch", FILL.format(folder="/home/learner", files=3, megabytes=100), side="home"),
    Attack("scratch", FILL.format(folder="/tmp", files=3, megabytes=60), side="tmp"),
    Attack("scratch", FILL.format(folder="/dev/shm", files=2, megabytes=40), side="shm"),
    Attack("proc-sys", """
open("/proc/sys/kernel/hostname", "w").write("evil"); print("REACHED")
""", ("own-uid",)),
    call("capabilities", "libc.unshare(0x20000)", also=("system-calls",)),
    Attack("no-new-privileges", """
import subprocess
said = subprocess.check_output([bait["folder"] + "/id"], text=True)
print("REACHED" if "euid=0" in said else said)
""", ("root-file-system", "nosuid-nodev", "user-namespace", "system-calls", "landlock")),
    # A process with threads, as a kernel is, could not do it anyway.
    call("system-calls", "(os.fork() or os._exit(libc.unshare(0x10000000) + 7))", "and os.wait()[1] == 7 << 8"),
    call("system-calls", "libc.shmget(7, 4096, 0o1666)"),
    call("system-calls", "libc.personality(0x0040000)"),
    call("system-calls", "libc.syscall(312, os.getpid(), os.getpid(), 0, 0, 0)"),  # kcmp
    call("system-calls", FIND_KEY.replace("10, -4", "0, -4")),
    call("system-calls", "(libc.syscall(435, 0, 0), ctypes.get_errno())[1]", "!= errno.ENOSYS"),
    call("system-calls", "libc.syscall(56, 0x10000011, 0, 0, 0, 0)"),
    Attack("socket-families", """
import socket
socket.socket(socket.AF_NETLINK, socket.SOCK_RAW); print("REACHED")
"""),
    Attack("landlock", """
open(bait["folder"] + "/writable/again", "w").write("x"); print("REACHED")
""", ("root-file-system", "read-only"), side="files", landlock=1),
    Attack("landlock", """
import socket
socket.socket().bind(("0.0.0.0", 9999)); print("REACHED")
""", side="bind", landlock=4),
    Attack("landlock", """
import socket
socket.create_connection(("127.0.0.1", bait["port"]), timeout=2); print("REACHED")
""", ("network-namespace",), side="connect", landlock=4),
    Attack("landlock", """
os.kill(bait["pid"], 0); print("REACHED")
""", ("pid-namespace", "own-uid"), side="signals", landlock=6),
    Attack("landlock", """
import socket
socket.socket(socket.AF_UNIX).connect(bait["abstract"]); print("REACHED")
""", ("network-namespace",), side="abstract-sockets", landlock=6),
    Attack("memory", "x = b'x' * (700 << 20); print('REACHED')", limits={"memory_mb": 256}),
    Attack("memory", """
for _ in range(4):
    if os.fork() == 0:
        x = b"x" * (150 << 20); import time; time.sleep(2); os._exit(0)
while True:
    try: os.wait()
    except ChildProcessError: break
print("REACHED")
""", limits={"memory_mb": 256}),
    Attack("processes", MANY, limits={"cell_seconds": 25}),  # forks are slow on a busy machine
    Attack("cpu", BURN),
    Attack("address-space", "import mmap\nmmap.mmap(-1, 32 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000); print('REACHED')"),
    Attack("open-files", "files = [open('/dev/null') for _ in range(600)]; print('REACHED')"),
    Attack("file-size", "open('big', 'wb').truncate(1 << 30); print('REACHED')"),
    Attack("environment", """
if b"KILOHOUR_TEST_SWITCH" in open("/proc/self/environ", "rb").read(): print("REACHED")
"""),
    Attack("descriptors", """
for number in range(3, 100):
    try:
        if os.pread(number, 100, 0) == b"canary": print("REACHED")
    except OSError: pass
"""),
    Attack("session", "if os.getsid(0) != os.getpid(): print('REACHED')"),
]  # fmt: skip
