"""The virtual environments: what each holds, whether it is finished, how it is made or mended.

An environment is finished when its stamp says that exactly these lock files were installed, in this
folder. The stamp goes before anything is touched and comes back last, so what was interrupted is seen.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bin.ops.packages import PipError, pip_install
from bin.ops.places import ENVIRONMENTS, ROOT, VENV
from bin.ops.say import PlainError, say

STAMP = "kilohour-stamp.json"
TORCH_INDEX_URL = "https://download.pytorch.org/whl/cpu"
LOGS = ROOT / "var" / "log"


@dataclass(frozen=True)
class Environment:
    """``extra`` lock files are installed when asked for, and stay once they are there.

    ``megabytes`` is the room that a fresh installation needs on disk.
    """

    name: str
    folder: Path
    locks: tuple[Path, ...]
    megabytes: int
    extra: tuple[Path, ...] = ()
    draws: bool = False  # holds matplotlib, whose font list is made beforehand

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"


PLATFORM = Environment(
    "platform", VENV, (ROOT / "requirements.txt",), 700, (ROOT / "requirements-dev.txt",)
)
CORE = Environment(
    "core", ENVIRONMENTS / "core", (ROOT / "grader/environments/core.txt",), 900, draws=True
)
DEEP = Environment(
    "deep", ENVIRONMENTS / "deep", (ROOT / "grader/environments/deep.txt",), 2300, draws=True
)


def is_finished(environment: Environment, *, extra: bool = False) -> bool:
    wanted = _digests(environment, extra=extra)
    found = _read_stamp(environment)
    locks = found.get("locks", {})
    return (
        found.get("folder") == str(environment.folder)
        and _is_usable(environment)
        and isinstance(locks, dict)
        and all(locks.get(name) == digest for name, digest in wanted.items())
    )


def make_all(
    wanted: Sequence[tuple[Environment, bool]], *, torch_index: str = TORCH_INDEX_URL
) -> None:
    """Make several, each with or without its extra packages: one on each processor, the largest first.

    The first failure, or an interruption, ends those under way; what they lack is mended next time.

    Raises:
        PlainError: as ``make`` does, of the first that failed.
    """
    check_room(one for one, _ in wanted)
    stop = threading.Event()
    # pip works on one processor, and waits for the index half of the time.
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        largest_first = sorted(wanted, key=lambda pair: -pair[0].megabytes)
        jobs = [
            pool.submit(make, one, extra=extra, torch_index=torch_index, stop=stop)
            for one, extra in largest_first
        ]
        try:
            for job in as_completed(jobs):
                job.result()
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def make(
    environment: Environment,
    *,
    extra: bool,
    torch_index: str = TORCH_INDEX_URL,
    stop: threading.Event | None = None,
) -> None:
    """Install what the lock files say, into a new environment or over what is there.

    Raises:
        PlainError: no network, no compiler, and so on.
        Interrupted: ``stop`` was set meanwhile.
    """
    extra = extra or any(path.name in _installed_locks(environment) for path in environment.extra)
    (environment.folder / STAMP).unlink(missing_ok=True)
    if not _is_usable(environment):
        _create(environment)
    drop_half_installed(environment)
    locks = _locks(environment, extra=extra)
    total = sum(len(re.findall(r"^[\w.-]+==", lock.read_text(), re.M)) for lock in locks)
    say(
        f"{environment.name}: installing {total} packages into {environment.folder.relative_to(ROOT)}"
    )
    install = partial(
        pip_install, environment.python, log=LOGS / f"setup-{environment.name}.log", stop=stop
    )
    _install_torch(environment, locks, torch_index, install)
    install(
        [part for lock in locks for part in ("-r", str(lock))], label=environment.name, total=total
    )
    if environment.draws:
        _prepare_fonts(environment)
    _write_stamp(environment, extra=extra)
    say(f"{environment.name}: ready")


def check_room(wanted: Iterable[Environment]) -> None:
    """Whether all that must be made anew fit on the disk together.

    Raises:
        PlainError: they do not.
    """
    new = [one for one in wanted if not _is_usable(one)]
    needed = sum(one.megabytes for one in new)
    for one in new:
        one.folder.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(one.folder.parent).free / 1e6
        if free < needed:
            names = " and ".join(each.name for each in new)
            need = "need" if len(new) > 1 else "needs"
            raise PlainError(
                f"{one.folder.parent}: {names} {need} {needed} MB,"
                f" but only {free:.0f} MB are free on that disk"
            )


def drop_half_installed(environment: Environment) -> None:
    """Forget packages whose installation was cut off, so that pip installs them again.

    pip writes a package's RECORD last, and its own INSTALLER file stands in it: a record without that
    line is the one from the wheel, of a package that pip never finished.
    """
    for folder in environment.folder.glob("lib/python3.*/site-packages/*.dist-info"):
        record = folder / "RECORD"
        if not record.is_file() or f"{folder.name}/INSTALLER," not in record.read_text("utf-8"):
            say(f"{environment.name}: {folder.name.removesuffix('.dist-info')} was half installed")
            shutil.rmtree(folder)


def _locks(environment: Environment, *, extra: bool) -> tuple[Path, ...]:
    return environment.locks + (environment.extra if extra else ())


def _digests(environment: Environment, *, extra: bool) -> dict[str, str]:
    return {
        lock.name: hashlib.sha256(lock.read_bytes()).hexdigest()
        for lock in _locks(environment, extra=extra)
    }


def _read_stamp(environment: Environment) -> Mapping[str, object]:
    try:
        found = json.loads((environment.folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _installed_locks(environment: Environment) -> Mapping[str, str]:
    locks = _read_stamp(environment).get("locks")
    return locks if isinstance(locks, dict) else {}


def _write_stamp(environment: Environment, *, extra: bool) -> None:
    stamp = {"folder": str(environment.folder), "locks": _digests(environment, extra=extra)}
    fresh = environment.folder / f"{STAMP}.new"
    fresh.write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    fresh.replace(environment.folder / STAMP)


def _is_usable(environment: Environment) -> bool:
    """Whether the folder holds a Python 3.11 with pip that believes to live in this very folder."""
    scripts = environment.folder / "bin"
    if not environment.python.exists() or not (scripts / "pip").is_file():
        return False
    # A folder that was moved or copied keeps the old path in the first line of its scripts.
    with (scripts / "pip").open("rb") as script:
        head = script.read(4096)
    has_pip = any(environment.folder.glob("lib/python3.11/site-packages/pip-*.dist-info"))
    return has_pip and os.fsencode(environment.folder) in head


def _create(environment: Environment) -> None:
    shutil.rmtree(environment.folder, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(environment.folder)], capture_output=True, text=True
    )
    if made.returncode:
        said = (made.stdout + made.stderr).strip().splitlines() or ["no reason was given"]
        raise PlainError(
            f"{environment.name}: the virtual environment could not be made: {said[-1]}"
        )


def _install_torch(
    environment: Environment, locks: tuple[Path, ...], index: str, install: Callable[..., None]
) -> None:
    """The pinned CPU build, from where this machine's pip looks, else from PyTorch's own index.

    The pin ends in ``+cpu``, which the general index does not carry: the CUDA build cannot slip in.
    """
    pins = [pin for lock in locks for pin in re.findall(r"^torch==\S+", lock.read_text(), re.M)]
    for pin in pins:
        arguments = ["--no-deps", pin]
        try:
            install(arguments, label=pin, total=1)
        except PipError as failure:
            if "No matching distribution" not in failure.output:
                raise
            say(f"  {environment.name}: {pin} from {index}")
            install([*arguments, "--index-url", index], label=pin, total=1)


def _prepare_fonts(environment: Environment) -> None:
    """matplotlib lists the machine's fonts at its first figure, for a second; kernels cannot write it."""
    subprocess.run(
        [str(environment.python), "-I", "-c", "import matplotlib.font_manager"],
        env={
            "MPLCONFIGDIR": str(environment.folder / "matplotlib"),
            "MPLBACKEND": "Agg",
            "HOME": "/nonexistent",
            "PATH": os.environ.get("PATH", os.defpath),
        },
        check=True,
        capture_output=True,
    )
