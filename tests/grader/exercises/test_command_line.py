"""``python -m grader`` as an author or a script meets it, with a stand-in for the kernel host."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.errors import HostUnavailableError
from grader.exercises import Exercise, Problems, load_exercise, solution_answers, starter_notebook
from grader.exercises.assemble import assemble
from tests.grader.exercises.standin import StandIn

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def grader(exercise: Exercise, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command: exit status, what it printed, what it complained."""

    @contextmanager
    def host(environments: list[str]) -> Iterator[StandIn]:
        assert environments == ["core"]
        yield StandIn(exercise)

    def run(*arguments: object, host=host) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments], host=host)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def notebook(tmp_path: Path, exercise: Exercise) -> Path:
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(assemble(exercise, solution_answers(exercise))))
    return path


def test_verify_ends_with_the_count(grader: Run, folder: Path):
    status, out, _ = grader("verify", folder)
    assert status == 0
    assert out.startswith("proven  centre-and-scale")
    assert out.splitlines()[-1] == "1 exercises: 1 proven, 0 failed"


def test_verify_names_every_mistake_and_goes_on(grader: Run, folder: Path, tmp_path: Path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "exercise.yaml").write_text("title: x\n")
    status, out, _ = grader("verify", tmp_path)
    assert status == 1
    assert f"{broken}/exercise.yaml: summary: is missing" in out
    assert f"{broken}/checks.py: is missing" in out
    assert "proven  centre-and-scale" in out
    assert out.splitlines()[-1] == "2 exercises: 1 proven, 1 failed"


def test_verify_of_nothing_fails(grader: Run, tmp_path: Path):
    status, out, _ = grader("verify", tmp_path / "nothing")
    assert status == 1
    assert "no exercise here" in out
    assert out.splitlines()[-1] == "0 exercises: 0 proven, 0 failed"


def test_run_prints_a_report_as_json(grader: Run, folder: Path, notebook: Path):
    status, out, _ = grader("run", folder, notebook, "--seed", "7", "--json")
    report = json.loads(out)
    assert status == 0
    assert (report["score"], report["points"], report["max_points"]) == (1.0, 5.0, 5.0)
    assert (report["verdict"], report["seed"]) == ("passed", 7)
    assert {"title", "points", "max_points", "verdict", "message", "seconds"} <= set(
        report["checks"][0]
    )


def test_a_bad_score_is_still_a_report(
    grader: Run, folder: Path, notebook: Path, exercise: Exercise
):
    notebook.write_text(json.dumps(starter_notebook(exercise)))
    status, out, _ = grader("run", folder, notebook)
    assert status == 0
    assert "0 of 5 points, failed" in out


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b"\xff", b"\0", b"[" * 100_000, b"1" * 5000, b" " * 5_300_000, None],
    ids=["empty", "cut", "list", "no fields", "utf", "nul", "deep", "number", "large", "absent"],
)
def test_no_notebook_is_said_in_json_and_never_a_traceback(
    grader: Run, folder: Path, notebook: Path, content: bytes | None
):
    if content is None:
        notebook.unlink()
    else:
        notebook.write_bytes(content)
    status, out, _ = grader("run", folder, notebook, "--json")
    answer = json.loads(out)
    assert status == 1
    assert (answer["score"], answer["verdict"]) == (0.0, "failed")
    assert answer["problems"][0]["message"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("pipe", "is no file"),
        ("/dev/zero", "is no file"),
        ("folder", "cannot be read: Is a directory"),
    ],
)
def test_what_is_no_file_is_not_waited_for(
    grader: Run, folder: Path, tmp_path: Path, path: str, reason: str
):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    status, out, _ = grader("run", folder, tmp_path / path, "--json")
    assert (status, json.loads(out)["verdict"]) == (1, "failed")
    assert json.loads(out)["problems"][0]["message"] == reason


def test_what_no_encoding_writes_is_printed(folder: Path, monkeypatch: pytest.MonkeyPatch):
    lines = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", lines)
    monkeypatch.setattr("grader.__main__.explain_lines", lambda _exercise: ["half \ud800"])
    assert main(["explain", str(folder)]) == 0
    assert lines.buffer.getvalue() == b"half \\ud800\n"


def test_a_host_that_does_not_answer_is_our_fault(grader: Run, folder: Path, notebook: Path):
    @contextmanager
    def host(environments: list[str]) -> Iterator[StandIn]:
        raise HostUnavailableError("the kernel host did not start")
        yield

    status, out, _ = grader("run", folder, notebook, "--json", host=host)
    assert (status, json.loads(out)["verdict"]) == (1, "platform")
    status, _, err = grader("verify", folder, host=host)
    assert (status, err) == (1, "the kernel host did not start\n")


def test_a_broken_exercise_is_the_authors_affair(grader: Run, folder: Path, notebook: Path):
    (folder / "checks.py").unlink()
    status, _, err = grader("run", folder, notebook)
    assert status == 1
    assert "checks.py: is missing" in err


def test_explain_shows_cells_checks_and_wrong_answers(grader: Run, folder: Path):
    status, out, _ = grader("explain", folder)
    assert status == 0
    for part in ["answer  centre", "locked  text-1", "3  The spread is 1, about scale, hidden"]:
        assert part in out
    assert "no-centre: subtracting the median centres just as well" in out


def test_new_makes_an_exercise_that_loads(grader: Run, tmp_path: Path):
    status, out, _ = grader("new", tmp_path / "first-steps")
    problems = Problems()
    exercise = load_exercise(tmp_path / "first-steps", problems)
    assert status == 0
    assert problems.found == ()
    assert exercise is not None
    assert exercise.title == "First steps"
    assert "python -m grader verify" in out


def test_new_never_writes_over_anything(grader: Run, folder: Path):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    status, _, err = grader("new", folder)
    assert status == 1
    assert "not empty" in err
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_new_wants_an_address_for_a_name(grader: Run, tmp_path: Path):
    status, _, err = grader("new", tmp_path / "First Steps")
    assert status == 1
    assert "lower case" in err
    assert not (tmp_path / "First Steps").exists()


@pytest.mark.parametrize("seed", ["-1", "x", str(2**63)])
def test_a_seed_out_of_range_is_a_usage_error(grader: Run, folder: Path, notebook: Path, seed: str):
    with pytest.raises(SystemExit) as raised:
        grader("run", folder, notebook, f"--seed={seed}")
    assert raised.value.code == 2
