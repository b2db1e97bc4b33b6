"""A grader that runs nothing: it knows solution, blank and wrong answer by their text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.exercises import Exercise
from grader.report import CellResult, CheckResult, Report
from grader.verdict import Verdict

CHECKS = (("The mean is 0", "centre", 2.0), ("The spread is 1", "scale", 3.0))
Outcome = tuple[float, Verdict, str]


def results(*outcomes: Outcome) -> tuple[CheckResult, ...]:
    """Points, verdict and message of the two checks."""
    return tuple(
        CheckResult(title, about, points, most, verdict, message)
        for (title, about, most), (points, verdict, message) in zip(CHECKS, outcomes, strict=True)
    )


HONEST = {
    "solution": results((2, Verdict.PASSED, ""), (3, Verdict.PASSED, "")),
    "blank": results((0, Verdict.NOT_ATTEMPTED, "to do"), (0, Verdict.NOT_ATTEMPTED, "to do")),
    "no-centre": results((0, Verdict.FAILED, "the mean is 0.3"), (3, Verdict.PASSED, "")),
}


class StandIn:
    """Keeps the jobs it was given; ``reports`` replaces what it says of solution, blank or no-centre."""

    def __init__(
        self,
        exercise: Exercise,
        reports: Mapping[str, tuple[CheckResult, ...]] | None = None,
        cells: Mapping[str, tuple[CellResult, ...]] | None = None,
    ) -> None:
        self._exercise = exercise
        self._reports = {**HONEST, **(reports or {})}
        self._cells = cells or {}
        self.jobs: list[dict[str, Any]] = []

    def grade(self, job: dict[str, Any]) -> Report:
        """The report for whichever of the three this job is."""
        self.jobs.append(job)
        text = str(job["notebook"]["cells"])
        name = "no-centre" if "median" in text else "solution" if "x.mean()" in text else "blank"
        checks = self._reports[name]
        crashed = [check.title for check in checks if check.verdict is Verdict.PLATFORM]
        points = sum(check.points for check in checks)
        return Report(
            exercise=job["exercise"]["slug"],
            exercise_digest=job["exercise"]["digest"],
            environment=job["exercise"]["environment"],
            environment_digest="0",
            seed=job["seed"],
            verdict=Verdict.PASSED if points == 5 else Verdict.FAILED,
            points=points,
            max_points=5.0,
            checks=checks,
            cells=self._cells.get(name, ()),
            author_errors=tuple(f"{title}\nZeroDivisionError" for title in crashed),
        )
