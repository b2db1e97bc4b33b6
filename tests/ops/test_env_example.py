"""`.env.example` and the code that reads variables name the same ones."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from bin.ops import places
from config import env

ROOT = Path(__file__).resolve().parents[2]
READERS = ("text", "flag", "integer", "words", "path")
# So that the branches are taken which read more.
EVERYTHING_ON = {
    "SECRET_KEY": "x",
    "DATABASE_URL": "postgresql://there",
    "REDIS_URL": "redis://there",
    "SITE_URL": "https://example.org",
    "EMAIL_URL": "smtp://example.org",
    "GITHUB_CLIENT_ID": "x",
    "GITHUB_CLIENT_SECRET": "x",
    "GOOGLE_CLIENT_ID": "x",
    "GOOGLE_CLIENT_SECRET": "x",
}


def example() -> tuple[set[str], set[str]]:
    """The names of the first part (settings) and of the second (scripts)."""
    parts = re.split(r"^# -- .*$", (ROOT / ".env.example").read_text(), flags=re.M)
    first, second = (set(re.findall(r"^([A-Z_]+)=", part, re.M)) for part in parts[1:])
    return first, second


def test_the_settings_read_exactly_what_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    read: set[str] = set()
    for name in READERS:
        monkeypatch.setattr(env, name, _recording(getattr(env, name), read))
    for name, value in EVERYTHING_ON.items():
        monkeypatch.setenv(name, value)
    runpy.run_path(str(ROOT / "platform" / "config" / "settings.py"))
    assert read == example()[0]


def _recording(reader: Any, read: set[str]) -> Any:
    def record(name: str, *default: Any) -> Any:
        read.add(name)
        return reader(name, *default)

    return record


def test_nothing_but_config_env_reads_the_environment() -> None:
    reads = re.compile(r"os\.environ(?!\.setdefault)|os\.getenv")
    readers = {
        str(path.relative_to(ROOT / "platform"))
        for path in (ROOT / "platform").rglob("*.py")
        if reads.search(path.read_text(encoding="utf-8"))
    }
    assert readers <= {"config/env.py", "notebooks/upload.py"}


def test_the_scripts_read_exactly_what_is_listed() -> None:
    first, second = example()
    sources = [*(ROOT / "bin" / "ops").glob("*.py"), ROOT / "bin" / "ops" / "launch"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    read = set(re.findall(r"(?:values|surroundings\(\)|environ)\.get\(\s*\"([A-Z_]+)\"", text))
    read |= set(re.findall(r"\$\{([A-Z_]+):-\}", text))
    assert read - first - {"PATH"} == second


def test_the_example_itself_can_be_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    values = places.read_env_file(ROOT / ".env.example")
    for name, value in values.items():
        monkeypatch.setenv(name, value or EVERYTHING_ON.get(name, ""))
    runpy.run_path(str(ROOT / "platform" / "config" / "settings.py"))


def test_addresses_of_the_running_product_stand_in_for_unset_variables(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "local.env").write_text(
        "# a comment\nDATABASE_URL=postgresql://u:a=b@/x\nREDIS_URL=redis://x\nSECRET_KEY=kept\n"
    )
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", "mine")
    monkeypatch.setenv("REDIS_URL_FILE", "/somewhere")
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "")  # so that it is put back afterwards
        monkeypatch.delenv(name)
    env.read_local()
    assert env.os.environ["DATABASE_URL"] == "postgresql://u:a=b@/x"
    assert env.os.environ["SECRET_KEY"] == "mine"
    assert "REDIS_URL" not in env.os.environ
