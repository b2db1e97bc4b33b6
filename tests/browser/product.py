"""The whole product as ``bin/run`` starts it, on data of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180.0
END_SECONDS = 40.0
# Else it would use the servers of the test run instead of starting its own.
NOT_HANDED_ON = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "SITE_URL",
    "DATA_DIR",
    "KERNEL_HOST_SOCKET",
)


@dataclass
class Product:
    """A running Kilohour: where it answers, where its data lies, and its process."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, data: Path, **settings: str) -> Product:
        """On that folder, with these variables of ``.env.example``."""
        port = free_port()
        log = data / "log.txt"
        kept = {name: value for name, value in os.environ.items() if name not in NOT_HANDED_ON}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(ROOT / "bin" / "run")],
                cwd=ROOT,
                env={**kept, **settings, "DATA_DIR": str(data), "PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        product = cls(f"http://localhost:{port}", data, process, log)
        product._await_ready()
        return product

    def _await_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while "Ctrl-C ends it" not in self.log.read_text(errors="replace"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"bin/run did not come up:\n{self.log.read_text()}")
            time.sleep(0.1)

    def end(self) -> int:
        """Ctrl-C, and wait; answers the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(END_SECONDS)

    def demo_password(self, name: str) -> str:
        """Of the demo account with this name, as written at the first start."""
        text = (self.data / "demo-accounts.txt").read_text()
        found = re.search(rf"^.*\b{name}\b.*$", text, re.MULTILINE)
        assert found, text
        return found.group().split()[-1]

    def mailed_code(self, address: str) -> str:
        """The code in the newest mail to an address."""
        mails = sorted((self.data / "mail").iterdir(), key=lambda path: path.stat().st_mtime)
        for mail in reversed(mails):
            text = mail.read_text()
            if f"To: {address}" in text:
                code = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", text, re.MULTILINE)
                assert code, text
                return code.group(1)
        raise AssertionError(f"no mail to {address}")

    def pids(self, *words: str) -> list[int]:
        """Processes of this product whose command line holds all of the words."""
        folder_mark = str(self.data).encode()
        # Redis writes its address over its command line and environment.
        redis = re.search(r"127\.0\.0\.1:\d+", (self.data / "local.env").read_text())
        marks = [str(self.data), *([redis.group()] if redis else [])]
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (folder / "environ").read_bytes()
            except OSError:
                continue
            is_ours = folder_mark in environment or any(mark in command for mark in marks)
            # Not the keeper that starts it again.
            if is_ours and "bin.ops" not in command and all(word in command for word in words):
                found.append(int(folder.name))
        return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
