"""What an exercise must show before learners see it, judged from reports of a stand-in grader."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from grader.errors import ExerciseError, HostUnavailableError, Problem
from grader.exercises import Exercise, starter_notebook
from grader.exercises.prove import Grader, prove
from grader.report import CellResult, CheckResult, Report
from grader.verdict import Verdict
from tests.grader.exercises.standin import StandIn, results

FOLDER = Path("centre-and-scale")


def problems(exercise: Exercise, client: Grader) -> list[str]:
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
            "checks.py:4: the solution fails “The mean is 0”: the mean is 3 (failed)",
            "exercise.yaml: points: the solution earns 3 of 5 points.",
        ],
    ),
    (
        "a blank that earns",
        {"blank": results((2, Verdict.PASSED, ""), (0, Verdict.NOT_ATTEMPTED, ""))},
        [
            "checks.py:4: the blank notebook passes “The mean is 0”",
            "exercise.yaml: points: the blank notebook earns 2 points",
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
        ["checks.py:4: crashes on no-centre: The mean is 0\nZeroDivisionError"],
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
    assert found == ["exercise.yaml: points: the checks give 5 points, exercise.yaml promises 4"]


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


def lines_of(folder: Path, exercise: Exercise, client: Grader) -> list[str]:
    (proof,) = prove([(folder, exercise)], client)
    return [str(problem).removeprefix(f"{folder}/") for problem in proof.problems]


def test_each_mistake_is_said_with_its_line(folder: Path, exercise: Exercise):
    """From the files, where they are there: as a value an exercise knows no lines."""
    reports = {
        "solution": results((0, Verdict.FAILED, "no"), (3, Verdict.PASSED, "")),
        "blank": results((0, Verdict.NOT_ATTEMPTED, ""), (3, Verdict.PASSED, "")),
        "no-centre": results((2, Verdict.PASSED, ""), (3, Verdict.PASSED, "")),
    }
    cells = (CellResult("code-3", Verdict.ERROR, "oh"), CellResult("scale", Verdict.ERROR, "no"))
    found = lines_of(folder, exercise, StandIn(exercise, reports, {"solution": cells}))
    assert [line.partition(" ")[0] for line in found] == [
        "notebook.py:5:",
        "notebook.py:18:",
        "checks.py:4:",
        "exercise.yaml:5:",
        "checks.py:9:",
        "exercise.yaml:5:",
        "wrong/no-centre.py:1:",
        "wrong/no-centre.py:1:",
    ]


def test_a_crash_is_said_where_it_happened(exercise: Exercise):
    class Crashing(StandIn):
        def grade(self, job: dict[str, Any]) -> Report:
            trace = 'File "checks.py", line 6, in centred\n  File "/x/compare.py", line 77'
            report = super().grade(job)
            return dataclasses.replace(report, author_errors=(f"The mean is 0\n{trace}",))

    found = problems(exercise, Crashing(exercise))
    assert len(found) == 1
    assert found[0].startswith("checks.py:6: crashes on solution, blank, no-centre: The mean is 0")


def test_checks_that_do_not_load_are_told_once_where_they_stand(exercise: Exercise):
    class Unloadable:
        def grade(self, job: dict[str, Any]) -> Report:
            told = (
                "checks.py:3: NameError: name 'nq' is not defined\nwhich goes on\n"
                "checks.py:9: points must be a number from 0 up, not 'x'\n"
                "checks.py: there is no check in this file"
            )
            raise ExerciseError([Problem("checks.py", told)])

    assert problems(exercise, Unloadable()) == [
        "checks.py:3: NameError: name 'nq' is not defined\nwhich goes on",
        "checks.py:9: points must be a number from 0 up, not 'x'",
        "checks.py: there is no check in this file",
    ]


def test_a_title_made_in_a_loop_is_found_by_its_text(exercise: Exercise):
    checks = (
        'TITLES = [\n    "The mean is 0",\n]\nfor title in TITLES:\n    check(title=title)(len)\n'
    )
    looped = dataclasses.replace(exercise, checks=checks)
    reports = {"blank": results((2, Verdict.PASSED, ""), (0, Verdict.FAILED, ""))}
    found = problems(looped, StandIn(exercise, reports))
    assert found[0] == "checks.py:2: the blank notebook passes “The mean is 0”"


def test_proofs_come_in_the_order_given(exercise: Exercise):
    other = dataclasses.replace(exercise, slug="other")
    proofs = prove([(FOLDER, exercise), (Path("other"), other)], StandIn(exercise))
    assert [proof.slug for proof in proofs] == ["centre-and-scale", "other"]


def test_results_are_made_as_the_checks_say():
    first = results((2, Verdict.PASSED, ""), (0, Verdict.FAILED, "no"))[0]
    assert first == CheckResult("The mean is 0", "centre", 2, 2, Verdict.PASSED)
