"""Each wall of the policy against its attack: it stops it alone, and without it the attack gets through.

Four runs of the same cell: against the real host, as root and as an ordinary user; with only the *other* walls
down that would stop it too; and with this wall down as well. The last two by ``weak_host``, which exists for
tests only.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.errors import HostBusyError
from grader.kernels.client import PROJECT_ROOT, KernelClient, _await_socket, _plain_environment
from grader.report import Report
from grader.sandbox.linux import landlock_abi
from grader.sandbox.policy import load_policy
from tests.attacks import bait as baits
from tests.attacks import catalogue
from tests.attacks.catalogue import Attack
from tests.attacks.weak_switch import SWITCH
from tests.running import ANSWER, PatientClient, job, printed

pytestmark = [
    pytest.mark.kernels,
    pytest.mark.skipif(os.geteuid() != 0, reason="some baits can be set out by root only"),
]
PRELUDE = (
    "import ctypes, errno, os\nlibc = ctypes.CDLL(None, use_errno=True)\nbait = {bait}\n{code}"
)
# Stand outside the sandbox; their tests are in test_limits.py.
OUTSIDE = {"cell-time", "total-time", "output"}
WALLS = {wall.name: wall for wall in load_policy().walls}
# Those that this kernel has anything against.
ATTACKS = [attack for attack in catalogue.ATTACKS if attack.landlock <= landlock_abi()]
OF_USERS = [attack for attack in ATTACKS if WALLS[attack.wall].needed["user"] != "absent"]


@pytest.fixture(scope="module")
def bait() -> Iterator[dict[str, Any]]:
    with baits.set_out() as found:
        yield found


@pytest.fixture(scope="module")
def weak(
    bait: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., KernelClient]]:
    """A host whose next sandboxes lack the named walls."""
    folder = tmp_path_factory.mktemp("weak")
    path, switch = folder / "kernels.sock", folder / "switch"

    def without(*names: str, cores: float = 1.0) -> KernelClient:
        switch.write_text(json.dumps({"bait": bait["folder"], "without": names, "cores": cores}))
        return PatientClient(path)

    without()
    command = [sys.executable, "-m", "tests.attacks.weak_host", str(path), str(switch)]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=_plain_environment())
    try:
        _await_socket(path, process)
        yield without
    finally:
        process.terminate()
        process.wait()


def _grade(client: KernelClient, order: dict[str, Any]) -> Report:
    # The only place of a weak host is free a moment after the report is there.
    for _ in range(200):
        with contextlib.suppress(HostBusyError):
            return client.grade(order)
        time.sleep(0.02)
    raise AssertionError("the host stays busy")


def gets_through(client: KernelClient, attack: Attack, bait: dict[str, Any]) -> bool:
    for code in filter(None, [attack.first, attack.code]):
        cell = PRELUDE.format(bait=bait, code=code)
        report = _grade(client, job(cell, ANSWER, **attack.limits))
    print(printed(report))  # shown by pytest when a test fails
    return "REACHED" in printed(report)


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_attack_is_stopped(host, bait, attack):
    assert not gets_through(host, attack, bait)


@pytest.mark.parametrize("attack", OF_USERS, ids=str)
def test_attack_is_stopped_in_user_mode(users, bait, attack):
    """By the walls that stand there; the baits are still root's."""
    assert not gets_through(users, attack, bait)


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack.also], ids=str)
def test_wall_stops_it_alone(weak, bait, attack):
    assert not gets_through(weak(*attack.also), attack, bait)


def test_the_limit_of_cpu_time_is_kept_on_a_busy_machine_too(weak, bait):
    """With a tenth of a core, so that whoever else works here does not decide."""
    attack = next(attack for attack in ATTACKS if attack.wall == "cpu")
    bait = {**bait, "cores": 0.1}
    assert not gets_through(weak(cores=0.1), attack, bait)
    assert gets_through(weak("cpu", cores=0.1), attack, bait)


@pytest.mark.parametrize("attack", [each for each in ATTACKS if each.wall != "cpu"], ids=str)
def test_attack_works_without_the_wall(weak, bait, attack):
    assert gets_through(weak(attack.wall, *attack.also), attack, bait)


def test_every_wall_of_the_policy_has_its_attack():
    assert set(WALLS) == {attack.wall for attack in catalogue.ATTACKS} | OUTSIDE


@pytest.mark.parametrize("room", ["grader", "platform", "bin"])
def test_the_product_has_no_switch_for_walls(room):
    """What takes walls down is named in the tests only."""
    names = (SWITCH, "weak_host", "weak_switch", "weak_template")
    ours = {path: path.read_bytes().decode(errors="replace") for path in _sources(room)}
    assert len(ours) > 5
    assert [path for path, text in ours.items() if any(name in text for name in names)] == []


def _sources(room: str) -> Iterator[Path]:
    return (
        path
        for path in Path(PROJECT_ROOT, room).rglob("*")
        if path.suffix in ("", ".py", ".toml") and path.is_file()
    )
