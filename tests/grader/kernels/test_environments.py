"""An environment's digest tells apart whatever could change a report."""

import json
import shutil
from pathlib import Path

import pytest

from grader.kernels.environments import GRADER, Environment, code_digest, find_environments

VERSION = "3.11.7 (main, Dec  8 2023, 18:56:58) [Clang 17.0.6 ]"


def make(folder: Path, version: str = VERSION, distribution: str = "numpy-2.4.6") -> Environment:
    """An environment whose interpreter answers one question only."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    answer = json.dumps([version, str(folder), "/opt/a python", str(python)])
    python.write_text(f"#!/bin/sh\necho '{answer}'\n")
    python.chmod(0o755)
    (folder / "lib/python3.11/site-packages" / f"{distribution}.dist-info").mkdir(parents=True)
    return Environment("core", folder)


@pytest.fixture
def grader(tmp_path: Path) -> Path:
    """A copy of our own code, to be changed."""
    ignore = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(GRADER, tmp_path / "grader", ignore=ignore))


def test_the_same_environment_has_the_same_digest_wherever_it_lies(tmp_path: Path):
    assert make(tmp_path / "a").digest == make(tmp_path / "b").digest
    assert len(make(tmp_path / "c").digest) == 64


@pytest.mark.parametrize(
    "change",
    [{"version": VERSION.replace("3.11.7", "3.11.8")}, {"distribution": "numpy-2.4.7"}],
    ids=["a patch release of Python", "a distribution"],
)
def test_another_version_is_another_digest(tmp_path: Path, change):
    assert make(tmp_path / "a").digest != make(tmp_path / "b", **change).digest


@pytest.mark.parametrize(
    "file",
    ["exam/show.py", "wire/codec.py", "sandbox/kernel.py", "sandbox/policy.toml", "verdict.py"],
)
def test_a_change_of_our_code_that_runs_there_is_another_digest(tmp_path: Path, grader, file: str):
    assert code_digest(grader) == code_digest()
    before = Environment("core", make(tmp_path / "a").folder, code_digest(grader))
    with (grader / file).open("a") as text:
        text.write("# changed\n")
    after = Environment("core", before.folder, code_digest(grader))
    assert before.digest != after.digest


@pytest.mark.parametrize(
    "file", ["exercises/loader.py", "kernels/doctor.py", "exam/__pycache__/show.cpython-311.pyc"]
)
def test_what_does_not_run_there_changes_nothing(grader, file: str):
    path = grader / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("changed")
    assert code_digest(grader) == code_digest()


def test_a_digest_stays_that_of_what_the_templates_have_imported(
    tmp_path: Path, grader, monkeypatch
):
    """Taken when the environment is found, once: whatever changes on the disk later is not what runs."""
    make(tmp_path / "environments" / "core")
    (environment,) = find_environments(tmp_path / "environments").values()
    monkeypatch.setattr("grader.kernels.environments.code_digest", lambda: "changed")
    digest = environment.digest
    environment.python.unlink()
    assert environment.digest == digest
    assert environment.mounts[:2] == (str(environment.folder), "/opt/a python")
