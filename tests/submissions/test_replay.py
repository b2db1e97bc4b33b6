"""The same run once more: the same report, bit for bit but for timings. With a real kernel host."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from grader.exercises import Answers, Exercise, Problems, job, load_exercise, solution_answers
from grader.kernels.client import KernelClient
from grader.report import Report
from submissions.services.changes import told
from tests.running import core_host

pytestmark = pytest.mark.kernels

CONTENT = Path(__file__).resolve().parents[2] / "curriculum" / "content"
FOLDER = CONTENT / "01-mathematics" / "1-linear-algebra" / "la-svd"
SEED = 20_240_229


@pytest.fixture(scope="module")
def host():
    yield from core_host()


@pytest.fixture(scope="module")
def svd() -> Exercise:
    exercise = load_exercise(FOLDER, Problems())
    assert exercise is not None
    return exercise


def grade(host: KernelClient, exercise: Exercise, answers: Answers, seed: int = SEED) -> Report:
    # As the platform does it: from the stored payload, not from the disk.
    stored = Exercise.from_payload(copy.deepcopy(exercise.payload()))
    return host.grade(job(stored, answers, seed=seed))


def untimed(report: Report) -> dict[str, Any]:
    """Everything that a learner is told, and the executed notebook with its outputs."""
    body = report.to_json()
    for cell in body["notebook"]["cells"]:
        cell["metadata"].pop("execution", None)
    origin = {name: body[name] for name in ("environment_digest", "exercise_digest")}
    return {**told(body), **origin}


def answers_of(exercise: Exercise, name: str) -> Answers:
    solution = solution_answers(exercise)
    if name == "solution":
        return solution
    return Answers({**solution.cells, **exercise.wrong[0].answers})


@pytest.mark.parametrize("name", ["solution", "wrong"])
def test_the_same_run_gives_the_same_report(host, svd, name) -> None:
    answers = answers_of(svd, name)
    first, second = grade(host, svd, answers), grade(host, svd, answers)
    assert first.verdict == ("passed" if name == "solution" else "failed")
    assert untimed(first) == untimed(second)
    assert first.seed == SEED


def test_another_seed_draws_other_inputs(host, svd) -> None:
    answers = answers_of(svd, "wrong")
    examples = [
        [check.example + check.message for check in grade(host, svd, answers, seed).checks]
        for seed in (1, 2)
    ]
    assert examples[0] != examples[1]
