"""The embedded servers: real ones, gone without a trace afterwards."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import redis

from bin.ops import postgres
from bin.ops.say import PlainError
from bin.ops.services import Services, services

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data() -> Iterator[Path]:
    with TemporaryDirectory(prefix="kilohour-test-") as folder:
        yield Path(folder)


def processes_of(data: Path) -> list[int]:
    """Everything whose command line names the folder, other than zombies."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if os.fsencode(data) in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def wait_until_gone(data: Path) -> list[int]:
    deadline = time.monotonic() + 10
    while processes_of(data) and time.monotonic() < deadline:
        time.sleep(0.05)
    return processes_of(data)


def ask(running: Services) -> tuple[str, bool]:
    with psycopg.connect(running.variables["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT current_setting('server_version_num')").fetchone()
    assert row is not None
    return row[0], redis.Redis.from_url(running.variables["REDIS_URL"]).ping()


def test_they_answer_and_leave_nothing_running(data: Path) -> None:
    with services(data, {}, careless=True) as running:
        version, pong = ask(running)
        assert version.startswith(str(postgres.MAJOR))
        assert pong
        assert processes_of(data)
    assert wait_until_gone(data) == []


def test_data_and_addresses_stay_from_start_to_start(data: Path) -> None:
    with (
        services(data, {}, careless=True) as first,
        psycopg.connect(first.variables["DATABASE_URL"]) as connection,
    ):
        connection.execute("CREATE TABLE kept (number int)")
    with services(data, {}, careless=True) as second:
        assert second.variables == first.variables
        with psycopg.connect(second.variables["DATABASE_URL"]) as connection:
            connection.execute("SELECT * FROM kept")


def test_a_wrong_password_is_refused(data: Path) -> None:
    with services(data, {}, careless=True) as running:
        address = running.variables["DATABASE_URL"].split("@")[1]
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(f"postgresql://kilohour:wrong@{address}")
        port = running.variables["REDIS_URL"].rpartition(":")[2]
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(f"redis://127.0.0.1:{port}").ping()


def test_a_killed_server_is_started_again_where_it_was(data: Path) -> None:
    with services(data, {}, careless=True) as running:
        for service in running.embedded:
            assert service._process is not None
            os.kill(service._process.pid, signal.SIGKILL)
            service._process.wait()
        running.restart_dead()
        assert ask(running)[1]
    assert wait_until_gone(data) == []


def test_they_end_when_their_supervisor_is_killed(data: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from bin.ops.services import services\n"
        "with services(Path(sys.argv[1]), {}, careless=True): print('up', flush=True); time.sleep(60)"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", code, str(data)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    while "up" not in (line := supervisor.stdout.readline()):
        assert line, "the services did not start"
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    assert wait_until_gone(data) == []
    with services(data, {}, careless=True) as running:  # and nothing is broken by that
        assert ask(running)[1]


def test_servers_named_from_outside_are_used_instead(data: Path) -> None:
    outside = {
        "DATABASE_URL": "postgresql://there",
        "REDIS_URL": "redis://there",
        "SECRET_KEY": "s",
    }
    with services(data, outside) as running:
        assert running.embedded == []
        assert running.variables["SECRET_KEY"] == "s"
        assert "DATABASE_URL" not in running.variables


def test_a_port_that_somebody_took_meanwhile_is_left_to_them(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        (data / "redis").mkdir()
        (data / "redis" / "port").write_text(str(taken.getsockname()[1]))
        with services(data, {}, careless=True) as running:
            assert f":{taken.getsockname()[1]}/" not in running.variables["REDIS_URL"]
            assert ask(running)[1]


def test_data_of_another_version_is_refused(data: Path) -> None:
    (data / "postgres").mkdir()
    (data / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(PlainError, match="holds 12, this is PostgreSQL 18"), services(data, {}):
        pass
