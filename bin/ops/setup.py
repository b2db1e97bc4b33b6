"""bin/setup: the platform's environment and the kernels', made once and mended when needed."""

import argparse
import fcntl
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bin.ops import environments
from bin.ops.environments import CORE, DEEP, PLATFORM, Environment
from bin.ops.places import ENVIRONMENTS, ROOT, data_folder, surroundings
from bin.ops.say import PlainError, say
from bin.ops.services import describe, write_local_environment

# Its presence says: this machine does without the deep environment, until --with-deep.
WITHOUT_DEEP = ENVIRONMENTS / "without-deep"


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/setup", description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and linters need")
    deep = parser.add_mutually_exclusive_group()
    deep.add_argument(
        "--without-deep",
        action="store_true",
        help="leave out PyTorch and what goes with it (2 GB); remembered",
    )
    deep.add_argument("--with-deep", action="store_true", help="take that back")
    parser.add_argument("--only", choices=("platform", "kernels"), help="one half (for images)")
    options = parser.parse_args(argv)
    if options.without_deep or options.with_deep:
        remember_deep(wanted=options.with_deep)
    ensure(dev=options.dev, only=options.only)
    if options.only is None:
        _introduce_machine()
    say("set up: start with bin/run" if options.only is None else "set up")
    return 0


def _introduce_machine() -> None:
    """Secrets and addresses, so that ``manage.py`` works even before the first bin/run."""
    values = surroundings()
    data = data_folder(values)
    if not (data / "local.env").exists():
        write_local_environment(data, values, describe(data, values).variables)


def ensure(*, dev: bool = False, only: str | None = None) -> None:
    """Make or mend what is missing. With nothing to do it takes a few milliseconds."""
    if surroundings().get("KILOHOUR_WITHOUT_DEEP", "0") not in ("0", "false", "no"):
        remember_deep(wanted=False)
    if not _missing(dev, only):
        return
    with one_at_a_time(ROOT / "var" / "setup.lock", "another bin/setup is at work; waiting for it"):
        _ensure_venv_module()
        missing = _missing(dev, only)  # once more: another bin/setup may have been at work
        if DEEP in [one for one, _ in missing]:
            say("deep: PyTorch and more, about 2 GB (KILOHOUR_WITHOUT_DEEP=1 leaves it out)")
        index = surroundings().get("TORCH_INDEX_URL", environments.TORCH_INDEX_URL)
        environments.make_all(missing, torch_index=index)


def _missing(dev: bool, only: str | None) -> list[tuple[Environment, bool]]:
    """What is not finished, and whether with its extra packages."""
    wanted = [(one, dev and one is PLATFORM) for one in chosen(only)]
    return [(one, extra) for one, extra in wanted if not environments.is_finished(one, extra=extra)]


def chosen(only: str | None) -> list[Environment]:
    kernels = [CORE] if WITHOUT_DEEP.exists() else [CORE, DEEP]
    return {"platform": [PLATFORM], "kernels": kernels}.get(only or "", [PLATFORM, *kernels])


def remember_deep(*, wanted: bool) -> None:
    if wanted:
        WITHOUT_DEEP.unlink(missing_ok=True)
    elif not WITHOUT_DEEP.exists():
        ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
        WITHOUT_DEEP.touch()
        say("without the deep environment from now on; bin/setup --with-deep takes that back")
    if not wanted and DEEP.folder.exists() and not environments.is_finished(DEEP):
        say("removing the deep environment, which was not finished")
        shutil.rmtree(DEEP.folder)  # half of it would be offered to exercises all the same


@contextmanager
def one_at_a_time(path: Path, waiting: str) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ensure_venv_module() -> None:
    """Debian ships Python without ensurepip, in a package of its own."""
    if _has_venv():
        return
    if os.getuid() == 0:
        apt_install("python3-venv", "this Python lacks venv")
    importlib.invalidate_caches()
    if not _has_venv():
        raise PlainError(
            "this Python cannot make virtual environments: sudo apt-get install python3-venv"
        )


def _has_venv() -> bool:
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def apt_install(package: str, reason: str) -> bool:
    """Install a Debian package, as root. Returns whether that worked."""
    if os.getuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"{reason}: apt-get install {package}")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", package]
    for command in (install, ["apt-get", "update"], install):
        done = subprocess.run(command, env=environ, capture_output=True, text=True)
        if command is install and done.returncode == 0:
            return True
    return False
