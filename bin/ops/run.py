"""bin/run: from a clone, or from yesterday, to the product in the browser."""

import argparse
import fcntl
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from bin.ops import setup
from bin.ops.honcho import Honcho
from bin.ops.places import ROOT, VENV, data_folder, private_folder, surroundings
from bin.ops.processes import MARK, SUPERVISOR, sweep
from bin.ops.redis import is_free
from bin.ops.say import Interrupted, PlainError, say, started_at
from bin.ops.services import Services, services, write_local_environment

PORT = "8000"


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/run", description=__doc__)
    parser.add_argument("--without-deep", action="store_true", help="see bin/setup --help")
    if parser.parse_args(argv).without_deep:
        setup.remember_deep(wanted=False)
    values = surroundings()
    port = _port(values)
    data = data_folder(values)
    end_on_signals()
    with only_run(data):
        _check_port(port)
        setup.ensure()
        sweep(data)
        with services(data, values) as running:
            site = {"SITE_URL": f"http://localhost:{port}", **values, **running.variables}
            write_local_environment(
                data, values, {**running.variables, "SITE_URL": site["SITE_URL"]}
            )
            marks = {MARK: str(data), SUPERVISOR: str(os.getpid()), "PORT": str(port)}
            environ = {**process_environment(site), **marks}
            prepare(environ)
            _supervise(environ, running, data, port)
    return 0


def process_environment(site: Mapping[str, str]) -> dict[str, str]:
    """The environment of web, worker, beat and of Django's commands."""
    return {
        **site,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "PATH": f"{VENV / 'bin'}:{site.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        # The same user runs everything here, and the kernel host as root has the better walls.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }


def prepare(environ: Mapping[str, str]) -> None:
    """Tables, course, static files, accounts: one Django process for all of them."""
    say("preparing database, course and pages")
    done = subprocess.run(
        [str(VENV / "bin" / "python"), "-m", "bin.ops.prepare", str(started_at())],
        cwd=ROOT,
        env=environ,
    )
    if done.returncode:
        raise PlainError("the preparation failed; what is wrong stands above")


@contextmanager
def only_run(data: Path) -> Iterator[None]:
    """One Kilohour per data folder."""
    private_folder(data)
    with (data / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PlainError(f"Kilohour runs already on {data}; end that one first") from None
        yield


def _port(values: Mapping[str, str]) -> int:
    text = values.get("PORT", PORT)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise PlainError(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def _check_port(port: int) -> None:
    if not is_free(port):
        raise PlainError(
            f"port {port} is in use (or not allowed); choose another: PORT={port + 1} bin/run"
        )


def end_on_signals() -> None:
    def stop(signum: int, frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)  # we are ending already
        raise Interrupted

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)


def _supervise(environ: Mapping[str, str], running: Services, data: Path, port: int) -> None:
    """Run the Procfile until one of its processes ends for good, or until somebody ends us."""
    say("starting web, worker, beat and kernels")
    with Honcho(environ, data / "log" / "run.log") as honcho:
        try:
            _wait_for_web(honcho, port)
            _welcome(environ, data, port)
            while honcho.is_alive():
                honcho.relay(0.5)
                running.restart_dead()
                if honcho.has_no_reader:
                    raise Interrupted
            raise PlainError(f"a process ended for good; its last lines tell why ({honcho.log})")
        finally:
            say("ending")
            honcho.end()
            sweep(data)


def _wait_for_web(honcho: Honcho, port: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and honcho.is_alive():
        honcho.relay(0.1)
        status = _ask(port)
        if status:
            if status >= 500:
                say(f"the first page answers with status {status}: {honcho.log} tells why")
            return
    raise PlainError(f"the web process did not come up; its last lines tell why ({honcho.log})")


def _ask(port: int) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _welcome(environ: Mapping[str, str], data: Path, port: int) -> None:
    shown = data.relative_to(ROOT) if data.is_relative_to(ROOT) else data
    accounts = data / "demo-accounts.txt"
    lines = [f"Kilohour is open at {environ['SITE_URL']}"]
    if not environ["SITE_URL"].endswith(f":{port}"):
        lines.append(f"(on this machine: http://localhost:{port})")
    if accounts.is_file():
        lines.append(f"Demo accounts and their passwords: {shown}/demo-accounts.txt")
    if "EMAIL_URL" not in environ and "EMAIL_URL_FILE" not in environ:
        lines.append(
            f"No mail is sent (EMAIL_URL is not set): mails land as files in {shown}/mail/"
        )
    lines.append("Ctrl-C ends it.")
    say("ready\n\n    " + "\n    ".join(lines) + "\n")
    sys.stdout.flush()
