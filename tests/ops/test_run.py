"""bin/run as somebody uses it: start, look, kill something, Ctrl-C; nothing of it stays behind."""

import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.browser.product import free_port
from tests.ops.test_services import processes_of, wait_until_gone

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90

pytestmark = pytest.mark.kernels


class Product:
    """bin/run in a data folder of its own, with everything that it printed."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.printed = ""
        asked = {"DATA_DIR": str(data), "PORT": str(port)}
        ours = (
            "SECRET_KEY",
            "DATABASE_URL",
            "REDIS_URL",
            "KERNEL_HOST_SOCKET",
            "SITE_URL",
            "KILOHOUR_DATA",
        )
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        self._output = data.with_suffix(".out").open("w+")
        self.process = subprocess.Popen(
            [str(ROOT / "bin" / "run")],
            env={**kept, **asked},
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def output(self) -> str:
        return Path(self._output.name).read_text()

    def wait_for(self, text: str, seconds: float) -> None:
        self.wait_until(lambda: text in self.output(), seconds, text)

    def wait_until(self, is_so: Callable[[], bool], seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not is_so():
            assert self.process.poll() is None, f"bin/run ended early:\n{self.output()}"
            assert time.monotonic() < deadline, f"{what!r} did not come:\n{self.output()}"
            time.sleep(0.05)

    def status(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=10) as answer:
            return int(answer.status)

    def end(self, signum: int = signal.SIGINT) -> int:
        """The status that it ends with."""
        self.process.send_signal(signum)
        status = self.process.wait(30)
        self._output.close()
        return status


@pytest.fixture
def data() -> Iterator[Path]:
    with TemporaryDirectory(prefix="kilohour-run-") as folder:
        yield Path(folder) / "data"


def marked_processes(data: Path) -> list[int]:
    """By the data folder in the command line, or in the environment that they were started with."""
    found = set(processes_of(data))
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"KILOHOUR_DATA={data}".encode() in (entry / "environ").read_bytes():
                    found.add(int(entry.name))
            except OSError:
                continue
    return sorted(found)


def test_from_first_start_to_ctrl_c_and_again(data: Path) -> None:
    product = Product(data, free_port())
    try:
        product.wait_for("Ctrl-C ends it.", START_SECONDS)
        assert product.status() == 200
        first = product.output()
        assert f"open at http://localhost:{product.port}" in first
        assert re.search(r"learner\s.*password", first)  # shown once, at the first start
        assert "mails land as files" in first
        for private in ("local.env", "demo-accounts.txt", "secrets/secret-key"):
            assert (data / private).stat().st_mode & 0o077 == 0, private
    finally:
        status = product.end()
    assert status == 130
    assert wait_until_gone(data) == []
    assert marked_processes(data) == []

    again = Product(data, free_port())
    try:
        again.wait_for("Ctrl-C ends it.", START_SECONDS)
        assert "password" not in again.output().partition("ready")[0]
        assert "unchanged" in again.output()  # static files
        check_that_what_is_killed_comes_back(again)
    finally:
        status = again.end(signal.SIGTERM)
    assert status == 130
    assert wait_until_gone(data) == []
    assert marked_processes(data) == []


def check_that_what_is_killed_comes_back(product: Product) -> None:
    for name, part in (("redis-server", "redis-server"), ("kernels", "grader.kernels")):
        victims = [pid for pid in all_of(product.process.pid) if part in command_of(pid)]
        victim = max(victims)  # its keeper, if it has one, names it too but is older
        os.kill(victim, signal.SIGKILL)
        product.wait_until(
            lambda part=part, victim=victim: any(
                part in command_of(pid) and pid > victim for pid in all_of(product.process.pid)
            ),
            20,
            f"another {name}",
        )
    assert product.status() == 200


def all_of(root: int) -> list[int]:
    """The process and everything below it."""
    found = [root]
    for pid in found:
        try:
            tasks = Path(f"/proc/{pid}/task").iterdir()
            children = [
                child for task in tasks for child in (task / "children").read_text().split()
            ]
        except OSError:
            continue
        found.extend(int(child) for child in children)
    return found


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def test_a_killed_supervisor_takes_everything_with_it(data: Path) -> None:
    product = Product(data, free_port())
    try:
        product.wait_for("Ctrl-C ends it.", START_SECONDS)
    finally:
        product.end(signal.SIGKILL)
    assert wait_until_gone(data) == []
    deadline = time.monotonic() + 20
    while marked_processes(data) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert marked_processes(data) == []
