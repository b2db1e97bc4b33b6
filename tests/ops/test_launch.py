"""Wrong machines and wrong calls: one plain line each, and a status that says so."""

import os
import socket
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bin.ops import setup
from bin.ops.say import PlainError

ROOT = Path(__file__).resolve().parents[2]


def call(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "bin" / command[0]), *command[1:]],
        cwd="/",
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )


def assert_one_line(done: subprocess.CompletedProcess[str], told: str) -> None:
    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_another_system_is_sent_to_compose(tmp_path: Path) -> None:
    program(tmp_path, "uname", "echo Darwin")
    done = call("setup", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert_one_line(done, "runs on Linux; elsewhere use compose")


def test_a_machine_without_python_3_11_is_told_what_to_do(tmp_path: Path) -> None:
    for name in ("uname", "dirname"):
        os.symlink(f"/usr/bin/{name}", tmp_path / name)
    for name in ("python3.11", "python3"):
        program(tmp_path, name, "exit 1")  # an older one, or a shim without a Python behind it
    launch = (ROOT / "bin" / "ops" / "launch").read_text()
    assert "/usr/bin/python3.11" in launch
    copy = tmp_path / "bin" / "ops" / "launch"
    copy.parent.mkdir(parents=True)
    copy.write_text(launch.replace("/usr/bin/python3.11", str(tmp_path / "python3")))
    done = subprocess.run(
        ["/bin/sh", str(copy), "setup"], env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert_one_line(done, "needs Python 3.11")


def test_a_busy_port_is_named_before_anything_starts() -> None:
    with socket.socket() as taken, TemporaryDirectory(prefix="kilohour-test-") as data:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = call("run", PORT=port, DATA_DIR=data)
        assert_one_line(done, f"port {port} is in use")
        assert not (Path(data) / "postgres").exists()


def test_a_port_must_be_a_number() -> None:
    assert_one_line(call("run", PORT="web"), "PORT must be a number")


def test_a_second_start_on_the_same_data_is_refused() -> None:
    from bin.ops.run import only_run

    with TemporaryDirectory(prefix="kilohour-test-") as data, only_run(Path(data)):
        assert_one_line(call("run", DATA_DIR=data), "Kilohour runs already on")


def test_an_unknown_part_of_the_tests_names_the_known_ones() -> None:
    done = call("test", "nosuchpart")
    assert_one_line(done, "there is no part 'nosuchpart'; there are: lint, ")


def test_a_python_without_venv_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "_has_venv", lambda: False)
    monkeypatch.setattr(setup, "apt_install", lambda package, reason: False)
    with pytest.raises(PlainError, match="sudo apt-get install python3-venv"):
        setup._ensure_venv_module()


def test_doing_without_deep_is_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(setup, "ENVIRONMENTS", tmp_path / "environments")
    monkeypatch.setattr(setup, "WITHOUT_DEEP", tmp_path / "environments" / "without-deep")
    names = [[one.name for one in setup.chosen(None)]]
    for wanted in (False, True):
        setup.remember_deep(wanted=wanted)
        names.append([one.name for one in setup.chosen("kernels")])
    assert names == [["platform", "core", "deep"], ["core"], ["core", "deep"]]
