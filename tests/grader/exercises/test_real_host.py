"""The command line with kernels that really run."""

import json
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.exercises import Problems, load_exercise, starter_notebook
from grader.exercises.skeleton import write_skeleton

pytestmark = pytest.mark.kernels


def test_a_new_exercise_proves(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    write_skeleton(tmp_path / "first-steps")
    status = main(["verify", str(tmp_path)])
    out = capfd.readouterr().out
    assert out.splitlines()[-1] == "1 exercises: 1 proven, 0 failed"
    assert status == 0


def test_checks_that_do_not_load_are_told_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    folder = tmp_path / "first-steps"
    write_skeleton(folder)
    checks = folder / "checks.py"
    checks.write_text(checks.read_text().replace("points=3", "points=tree"))
    assert main(["verify", str(tmp_path)]) == 1
    head, *found, last = capfd.readouterr().out.splitlines()
    line = checks.read_text().split("points=tree")[0].count("\n") + 1
    assert head.startswith("FAILED  first-steps")
    assert found == [f"    {checks}:{line}: NameError: name 'tree' is not defined"]
    assert last == "1 exercises: 0 proven, 1 failed"


def test_a_blank_notebook_gets_a_report(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    folder = tmp_path / "first-steps"
    write_skeleton(folder)
    exercise = load_exercise(folder, Problems())
    assert exercise is not None
    (tmp_path / "blank.ipynb").write_text(json.dumps(starter_notebook(exercise)))
    status = main(["run", str(folder), str(tmp_path / "blank.ipynb"), "--seed=3", "--json"])
    report = json.loads(capfd.readouterr().out)
    assert status == 0
    assert (report["score"], report["max_points"], report["seed"]) == (0.0, 4.0, 3)
    assert {check["verdict"] for check in report["checks"]} == {"not_attempted"}
    assert all(check["message"] for check in report["checks"])
