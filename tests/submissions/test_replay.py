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
from tests import running
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


SETS = """
WORDS = {"ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen"}
def words():
    return WORDS
def nested():
    return {"frozen": [frozenset(WORDS), {frozenset([word, "x"]) for word in WORDS}], "n": 2}
def many():
    return {f"word {n}" for n in range(50)}
def listed(items):
    return list(items)
def broken(items):
    raise ValueError(f"what shall I do with {items}")
"""
WRONG_SETS = """
@check(points=1, title="Words", about="words")
def words(learner):
    expect_equal(learner.words(), {"ant", "zebra"}, "not the words", given=frozenset(["a", "b", "c"]))

@check(points=1, title="Nested", about="nested")
def nested(learner):
    expect_equal(learner.nested(), {"frozen": [frozenset("abc"), set()], "n": 1}, "not nested")

@check(points=1, title="Many", about="many")
def many(learner):
    expect_equal(learner.many(), {f"item {n}" for n in range(50)}, "not as many")

@check(points=1, title="Listed", about="listed")
def listed(learner):
    expect_equal(learner.listed({f"word {n}" for n in range(20)}), [], "not empty")

@check(points=1, title="Broken", about="broken")
def broken(learner):
    learner.broken(set("abcdefgh"))

@check(points=1, title="Searched", about="words")
def searched(learner, rng):
    from hypothesis import strategies as st
    def test(items):
        expect(items <= learner.words(), "not among the words")
    for_all(rng, {"items": st.frozensets(st.sampled_from(["ant", "bee", "x", "y", "z"]))}, test)
"""


def test_another_host_gives_the_same_report_of_sets() -> None:
    """Each examiner hashes texts by a seed of its own, so that no answer can lean on it."""
    task = running.job(SETS, checks=WRONG_SETS, seed=SEED)
    reports = []
    for _ in range(2):
        for client in core_host():
            reports.append(untimed(client.grade(task)))
    assert "passed" not in [check["verdict"] for check in reports[0]["checks"]]
    assert all(check["example"] for check in reports[0]["checks"])
    assert reports[0] == reports[1]
