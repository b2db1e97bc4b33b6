"""What an exercise must show before learners see it, judged from reports of a stand-in grader."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from grader.errors import HostUnavailableError
from grader.exercises import Exercise, starter_notebook
from grader.exercises.prove import prove
from grader.report import CellResult, CheckResult, Report
from grader.verdict import Verdict
from tests.grader.exercises.standin import StandIn, results

FOLDER = Path("centre-and-scale")


def problems(exercise: Exercise, client: StandIn) -> list[str]:
    (proof,) = prove([(FOLDER, exercise)], client)
    assert proof.is_proven == (not proof.problems)
    return [str(problem).removeprefix("centre-and-scale/") for problem in proof.problems]


def test_a_good_exercise_is_proven(exercise: Exercise):
    client = StandIn(exercise)
    (proof,) = prove([(FOLDER, exercise)], client)
    assert proof.is_proven, proof.problems
    names = [trial.plan.name for trial in proof.trials]
    assert names == ["solution", "solution", "blank", "no-centre"]
    assert sorted(job["seed"] for job in client.jobs) == [1, 1, 1, 2]


def test_runs_get_the_answers_they_are_named_for(exercise: Exercise):
    client = StandIn(exercise)
    list(prove([(FOLDER, exercise)], client, threads=1))
    texts = [str(job["notebook"]) for job in client.jobs]
    assert ["x.mean()" in text for text in texts] == [True, True, False, False]
    assert ["np.median" in text for text in texts] == [False, False, False, True]
    assert ["x.std()" in text for text in texts] == [True, True, False, True]
    assert client.jobs[2]["notebook"] == starter_notebook(exercise)


SCENES = [
    (
        "a solution that fails a check",
        {"solution": results((0, Verdict.FAILED, "the mean is 3"), (3, Verdict.PASSED, ""))},
        [
            "notebook.py: the solution fails “The mean is 0”: the mean is 3 (failed)",
            "notebook.py: the solution earns 3 of 5 points.",
        ],
    ),
    (
        "a blank that earns",
        {"blank": results((2, Verdict.PASSED, ""), (0, Verdict.NOT_ATTEMPTED, ""))},
        [
            "notebook.py: the blank notebook passes “The mean is 0”",
            "notebook.py: the blank notebook earns 2 points",
        ],
    ),
    (
        "a wrong answer that passes",
        {"no-centre": results((2, Verdict.PASSED, ""), (3, Verdict.PASSED, ""))},
        [
            "wrong/no-centre.py: rejects: “The mean is 0” passes this wrong answer",
            "wrong/no-centre.py: this wrong answer earns everything",
        ],
    ),
    (
        "a wrong answer rejected by another check only",
        {"no-centre": results((2, Verdict.PASSED, ""), (0, Verdict.FAILED, "no"))},
        ["wrong/no-centre.py: rejects: “The mean is 0” passes this wrong answer"],
    ),
    (
        "a rejection without a word",
        {"no-centre": results((0, Verdict.FAILED, " "), (3, Verdict.PASSED, ""))},
        [
            "wrong/no-centre.py: rejects: “The mean is 0” rejects this wrong answer without a message"
        ],
    ),
    (
        "a wrong answer that is none",
        {"no-centre": results((0, Verdict.NOT_ATTEMPTED, "nothing"), (3, Verdict.PASSED, ""))},
        ["wrong/no-centre.py: rejects: “The mean is 0” finds nothing to judge here: nothing"],
    ),
    (
        "a check that crashes",
        {"no-centre": results((0, Verdict.PLATFORM, "our fault"), (3, Verdict.PASSED, ""))},
        ["checks.py: crashes on no-centre: The mean is 0\nZeroDivisionError"],
    ),
]


@pytest.mark.parametrize(
    ("reports", "expected"), [scene[1:] for scene in SCENES], ids=[s[0] for s in SCENES]
)
def test_what_is_not_proven_is_said_with_its_file(exercise, reports, expected):
    found = problems(exercise, StandIn(exercise, reports))
    assert len(found) == len(expected)
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start)


def test_a_crashing_cell_of_the_solution_counts(exercise: Exercise):
    cells = (CellResult("code-3", Verdict.ERROR, "No module named 'nampy'"),)
    client = StandIn(exercise, cells={"solution": cells})
    assert problems(exercise, client) == [
        "notebook.py: cell “code-3” of the solution: No module named 'nampy' (error)"
    ]


def test_check_points_must_add_up(exercise: Exercise):
    poorer = dataclasses.replace(exercise, points=4.0)
    found = problems(poorer, StandIn(exercise))
    assert found == ["checks.py: the checks give 5 points, exercise.yaml promises 4"]


def test_a_check_that_is_not_there(exercise: Exercise):
    wrong = dataclasses.replace(exercise.wrong[0], rejects=("The mean is 1",))
    found = problems(dataclasses.replace(exercise, wrong=(wrong,)), StandIn(exercise))
    assert found == ["wrong/no-centre.py: rejects: no check is titled “The mean is 1”"]


def test_a_broken_host_fails_the_exercise_and_is_said_so(exercise: Exercise):
    class Broken:
        def grade(self, job: dict[str, Any]) -> Report:
            raise HostUnavailableError("no kernel host answers")

    found = problems(exercise, Broken())
    assert "notebook.py: solution: could not be run: no kernel host answers" in found
    assert "wrong/no-centre.py: no-centre: could not be run: no kernel host answers" in found


def test_proofs_come_in_the_order_given(exercise: Exercise):
    other = dataclasses.replace(exercise, slug="other")
    proofs = prove([(FOLDER, exercise), (Path("other"), other)], StandIn(exercise))
    assert [proof.slug for proof in proofs] == ["centre-and-scale", "other"]


def test_results_are_made_as_the_checks_say():
    first = results((2, Verdict.PASSED, ""), (0, Verdict.FAILED, "no"))[0]
    assert first == CheckResult("The mean is 0", "centre", 2, 2, Verdict.PASSED)
