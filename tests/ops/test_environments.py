"""An environment of one tiny package, installed for real by pip from a folder."""

import base64
import hashlib
import shutil
import socket
import subprocess
import zipfile
from pathlib import Path

import pytest

from bin.ops import environments
from bin.ops.environments import Environment
from bin.ops.say import PlainError


def make_wheel(folder: Path, name: str, version: str) -> None:
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items())
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            wheel.writestr(path, text)


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished environment; tests work on copies of what they break, or mend it again."""
    folder = tmp_path_factory.mktemp("environments")
    for version in ("1.0", "2.0"):
        make_wheel(folder, "tiny", version)
    (folder / "lock.txt").write_text("tiny==1.0\n")
    (folder / "extra.txt").write_text("")
    return folder


@pytest.fixture
def environment(made: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(made))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setattr(environments, "ROOT", made)
    monkeypatch.setattr(environments, "LOGS", made / "log")
    return Environment("tiny", made / "venv", (made / "lock.txt",), 1, (made / "extra.txt",))


@pytest.fixture
def copied(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    """New ones begin as a copy of the finished one: making pip's own part anew takes a while."""

    def create(new: Environment) -> None:
        shutil.copytree(environment.folder, new.folder, symlinks=True)
        (new.folder / environments.STAMP).unlink(missing_ok=True)

    monkeypatch.setattr(environments, "_create", create)


def installed(environment: Environment) -> str:
    code = "import tiny; print(tiny.version)"
    return subprocess.check_output([environment.python, "-c", code], text=True).strip()


def test_it_is_made_and_then_left_alone(environment: Environment) -> None:
    environments.make(environment, extra=False)
    assert environments.is_finished(environment)
    assert not environments.is_finished(environment, extra=True)
    assert installed(environment) == "1.0"


def test_another_lock_file_is_installed_over_it(environment: Environment) -> None:
    environment.locks[0].write_text("tiny==2.0\n")
    assert not environments.is_finished(environment)
    environments.make(environment, extra=False)
    assert installed(environment) == "2.0"


def test_an_interrupted_installation_is_mended(environment: Environment) -> None:
    # What pip leaves behind when it is killed while it unpacks: files missing, the wheel's own RECORD.
    site = next(environment.folder.glob("lib/python3*/site-packages"))
    (site / "tiny.py").unlink()
    record = site / "tiny-2.0.dist-info" / "RECORD"
    record.write_text(
        "\n".join(line for line in record.read_text().splitlines() if "INSTALLER" not in line)
    )
    (environment.folder / environments.STAMP).unlink()
    assert not environments.is_finished(environment)
    environments.make(environment, extra=False)
    assert installed(environment) == "2.0"
    assert environments.is_finished(environment)


def test_extra_packages_stay_once_they_are_there(environment: Environment) -> None:
    environments.make(environment, extra=True)
    environments.make(environment, extra=False)
    assert environments.is_finished(environment, extra=True)


def test_a_folder_that_was_moved_is_made_anew(environment: Environment, made: Path) -> None:
    moved = Environment("tiny", made / "moved", environment.locks, 1)
    shutil.copytree(environment.folder, moved.folder, symlinks=True)
    assert not environments.is_finished(moved)


def test_a_package_that_is_nowhere_gives_one_line_and_no_stamp(environment: Environment) -> None:
    environment.locks[0].write_text("tiny==3.0\n")
    with pytest.raises(
        PlainError, match=r"tiny: no package index offers tiny==3\.0.*log: "
    ) as failure:
        environments.make(environment, extra=False)
    assert "\n" not in str(failure.value)
    assert not environments.is_finished(environment)


def test_a_full_disk_is_told_before_it_is_filled(environment: Environment, made: Path) -> None:
    free = int(shutil.disk_usage(made).free / 1e6)
    halves = [
        Environment(name, made / name, environment.locks, free * 2 // 3) for name in ("one", "two")
    ]
    environments.check_room(halves[:1])
    with pytest.raises(PlainError, match=r"one and two need .* MB, but only .* are free"):
        environments.make_all([(one, False) for one in halves])
    assert not any(half.folder.exists() for half in halves)


def test_several_are_made_at_once(environment: Environment, made: Path) -> None:
    environment.locks[0].write_text("tiny==1.0\n")
    several = [Environment(name, made / name, environment.locks, 1) for name in ("left", "right")]
    environments.make_all([(one, False) for one in several])
    assert [installed(one) for one in several] == ["1.0", "1.0"]
    assert all(environments.is_finished(one) for one in several)


@pytest.mark.usefixtures("copied")
def test_the_first_failure_ends_the_others(
    environment: Environment, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (made / "nowhere.txt").write_text("--no-index\ntiny==9.0\n")
    fails = Environment("fails", made / "fails", (made / "nowhere.txt",), 1)
    waits = Environment("waits", made / "waits", environment.locks, 1)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "300")
        with pytest.raises(PlainError, match=r"fails: no package index offers tiny==9\.0"):
            environments.make_all([(waits, False), (fails, False)])
    assert not environments.is_finished(waits)
