"""A fork passes nothing on: neither from us to a learner, nor from one run to the next."""

import json
import os
import secrets
import threading
import time
from pathlib import Path

import pytest

from grader.kernels.client import private_host
from tests.attacks.leaks import pid_of, side_of
from tests.running import ANSWER, job, printed

pytestmark = pytest.mark.kernels
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="reads the memory of others")

DRAWS = """
import json, os, random, sys, tempfile, uuid
import numpy as np
from IPython import get_ipython
drawn = {
    "random": random.random(), "shuffled": random.sample(range(10**9), 3),
    "numpy": np.random.rand(), "generator": np.random.default_rng().random(),
    "uuid1": str(uuid.uuid1()), "uuid4": str(uuid.uuid4()), "urandom": os.urandom(8).hex(),
    "temporary": tempfile.mktemp(), "key": get_ipython().kernel.session.key.hex(),
    "session": get_ipython().kernel.session.session,
}
if "torch" in sys.modules:
    import torch
    drawn["torch"] = torch.rand(1).item()
print(json.dumps(drawn))
"""
STATE = """
import json
import matplotlib.pyplot as plt
from IPython import get_ipython
shell = get_ipython()
print(json.dumps({
    "figures": plt.get_fignums(), "in": shell.user_ns["In"][:-1], "out": shell.user_ns["Out"],
    "history": list(shell.history_manager.get_tail()),
    "hash": hash("kilohour"), "main": __name__, "names": sorted(n for n in globals() if not n.startswith("_")),
    "command": open("/proc/self/cmdline", "rb").read().strip(b"\\0").decode(),
    "environ": open("/proc/self/environ", "rb").read().strip(b"\\0").decode(),
}))
"""
HASH = '@check(points=1, title="hash", about="x")\ndef t(learner):\n    expect(False, str(hash("kilohour")))'


def told(report):
    return json.loads(printed(report))


def test_two_runs_draw_nothing_alike(host):
    first, second = (told(host.grade(job(DRAWS, ANSWER))) for _ in range(2))
    assert [name for name in first if first[name] == second[name]] == []


@pytest.mark.skipif(not Path("var/environments/deep").exists(), reason="no such environment")
def test_two_runs_draw_nothing_alike_from_torch():
    order = job("import torch; print(torch.rand(1).item(), torch.randint(10**9, (2,)))", ANSWER)
    order["exercise"]["environment"] = "deep"
    with private_host(["deep"]) as host:
        assert printed(host.grade(order)) != printed(host.grade(order))


def test_every_run_finds_a_fresh_kernel(host):
    host.grade(job("import matplotlib.pyplot as plt\nplt.figure()\nleft = 1\nleft", ANSWER))
    state = told(host.grade(job(STATE, ANSWER)))
    assert (state["figures"], state["in"], state["out"], state["history"]) == ([], [""], {}, [])
    assert state["main"] == "__main__"
    assert "left" not in state["names"]
    assert (state["command"], state["environ"]) == ("", "")


def test_learners_hashes_repeat_and_the_examiners_are_others(host):
    reports = [host.grade(job(STATE, ANSWER, checks=HASH)) for _ in range(2)]
    hashes = [told(report)["hash"] for report in reports]
    assert hashes[0] == hashes[1]
    assert str(hashes[0]) not in reports[0].checks[0].message


def test_descriptors_are_the_named_ones(host):
    code = """
import os
kinds = []
for number in range(3, 256):
    try: kinds.append(os.readlink(f"/proc/self/fd/{number}").split("[")[0].split("/")[0])
    except OSError: pass
print(*sorted(set(kinds)))
"""
    assert set(printed(host.grade(job(code, ANSWER))).split()) <= {
        "socket:",
        "anon_inode:",
        "pipe:",
    }


@pytest.fixture(scope="module")
def own_host():
    with private_host(["core"]) as client:
        yield client


@as_root
class TestCanaries:
    """White box: what one side knows is not in the memory of another."""

    def test_the_kernel_host_never_holds_a_learners_bytes(self, own_host):
        canary = secrets.token_hex(16)
        own_host.grade(job(f"print({canary!r})\n'{canary}'", ANSWER))
        held = memory(pid_of(own_host))
        assert b"kernels.sock" in held  # we do see what it holds
        assert canary.encode() not in held

    def test_a_learners_kernel_never_holds_checks_and_answers(self, own_host):
        canary = secrets.token_hex(16)
        code = "import time\nmine = '{}'\ndef double(x):\n    time.sleep(6); return 0"
        mine = secrets.token_hex(16)
        checks = f'"""{canary}"""\nREFERENCE = "{canary}"\n@check(points=1, title="{canary}", about="{canary}")\ndef t(learner):\n    expect(learner.double(1) == 2, REFERENCE)'
        judging = threading.Event()
        order = job(code.format(mine), checks=checks)
        told = {"on_event": lambda event: event.get("phase") == "checks" and judging.set()}
        run = threading.Thread(target=own_host.grade, args=[order], kwargs=told)
        run.start()
        assert judging.wait(30)
        time.sleep(1.0)  # the call goes on for some seconds more
        kernels = [memory(pid) for pid in reversed(side_of(own_host, "learner"))]
        run.join()
        assert any(mine.encode() in held for held in kernels)
        assert not any(canary.encode() in held for held in kernels)


def memory(pid):
    """All that a process has written, from outside."""
    pieces = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            where, rights, *_ = line.split()
            if "w" not in rights:
                continue
            start, end = (int(edge, 16) for edge in where.split("-"))
            try:
                mem.seek(start)
                pieces.append(mem.read(end - start))
            except OSError:
                continue
    return b"".join(pieces)
