"""Typed readers for the environment. A value that cannot be read stops the start and names its variable."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}
ROOT = Path(__file__).resolve().parent.parent.parent


def read_local() -> None:
    """What bin/run wrote down about this machine stands in for variables that are not set.

    So that ``manage.py`` by hand finds the embedded servers. Without the file nothing happens.
    """
    local = Path(os.environ.get("DATA_DIR") or ROOT / "var") / "local.env"
    if not os.access(local, os.R_OK):
        return
    for line in local.read_text(encoding="utf-8").splitlines():
        name, found, value = line.partition("=")
        if found and not name.startswith("#") and f"{name}_FILE" not in os.environ:
            os.environ.setdefault(name, value)


read_local()


def text(name: str, default: str | None = None) -> str:
    """The variable, or the content of the file that ``<name>_FILE`` names (for secrets in compose)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE: cannot read {path}: {error.strerror}"
            ) from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set (see .env.example)")
    return value


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, str(default)).strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}")


def integer(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}") from error


def words(name: str, default: str = "") -> list[str]:
    """A list written with commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def path(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default)
