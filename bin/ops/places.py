"""Where things lie, and what the environment and ``.env`` ask for."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bin.ops.say import PlainError, say

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
ENVIRONMENTS = ROOT / "var" / "environments"
# sun_path holds 108 bytes; the longest name we put into the folder is `.s.PGSQL.5432.lock`.
LONGEST_SOCKET_FOLDER = 80


def read_env_file(path: Path) -> dict[str, str]:
    """``NAME=value`` lines; blank lines and ``#`` comments are skipped, quotes around a value removed."""
    values: dict[str, str] = {}
    if not path.is_file():
        return values
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, found, value = line.partition("=")
        if not found or not name.strip().isidentifier():
            raise PlainError(f"{path}:{number}: expected NAME=value")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        values[name.strip()] = value
    return values


def surroundings() -> dict[str, str]:
    """The environment, and below it what ``.env`` says. Empty variables count as not set."""
    merged = {**read_env_file(ROOT / ".env"), **os.environ}
    return {name: value for name, value in merged.items() if value != ""}


def data_folder(values: Mapping[str, str]) -> Path:
    """Everything that a running Kilohour writes: databases, secrets, mails, logs."""
    return (ROOT / values.get("DATA_DIR", "var")).absolute()


def private_folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def socket_folder(data: Path) -> Path:
    """A private folder for unix sockets: ``run/`` in the data folder, unless that path is too long."""
    folder = data / "run"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return private_folder(folder)
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"kilohour-{os.getuid()}-{name}"
    private = _own_folder(short)
    say(f"the path of {folder} is too long for sockets: they lie in {private}")
    return private


def _own_folder(path: Path) -> Path:
    """Like :func:`private_folder`, in a place where others can write: a folder of theirs is refused."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not path.is_dir() or path.is_symlink() or found.st_uid != os.getuid():
            raise PlainError(f"{path} belongs to somebody else; remove it") from None
        path.chmod(0o700)
    return path
