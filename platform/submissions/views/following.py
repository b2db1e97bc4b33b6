"""A run as a script follows it: one shape for checks and submissions, with the cell that each result concerns."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from common.clock import now
from curriculum.models import ExerciseVersion
from grader.exercises import Answers
from grader.verdict import Verdict
from submissions.models import Report, Run
from submissions.services import place_in_queue

# Until a run is so old (seconds), ask again after so many: most results are there within one second.
DELAYS = ((1, 0.3), (2, 0.5), (5, 1), (30, 2))
PATIENT_DELAY = 5
RESULT = ("title", "about", "verdict", "points", "max_points", "message", "example", "hints")

# What stands at the beginning of a line and gives a name a value. The text is never parsed: it is a learner's.
_DEFINITION = re.compile(
    r"^(?:(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|(\w+)[ \t]*(?::[^=\n]*)?=(?!=))", re.M
)


def follow_run(run: Run) -> dict[str, Any]:
    """Where a run stands and what it has found so far, as plain data.

    ``poll_after_seconds`` says when to ask again; None, and ``done``, when nothing more will come.
    """
    report: Report | None = None if run.is_live else getattr(run, "report", None)
    progress = run.progress if run.state == Run.State.RUNNING else {}
    cells = _Cells(run)
    return {
        "id": str(run.work.public_id),
        "state": run.state,
        "done": not run.is_live,
        "place": place_in_queue(run),
        "phase": progress.get("phase", ""),
        "cell": _running_cell(progress),
        "checks_of": progress.get("checks_of", 0),
        "results": cells.results(report.body["checks"] if report else progress.get("checks", ())),
        "cells": cells.stumbled(report.body["cells"]) if report else [],
        "message": (report.body["message"] if report else "") or run.message,
        "verdict": report.verdict if report else None,
        "points": report.points if report else None,
        "max_points": report.max_points if report else None,
        "poll_after_seconds": seconds_until_next(run),
    }


def _running_cell(progress: Mapping[str, Any]) -> dict[str, int] | None:
    if progress.get("phase") != "cells" or not progress["cells_of"]:
        return None
    index = max((cell["index"] for cell in progress["cells"]), default=1)
    return {"index": index, "of": progress["cells_of"]}


def seconds_until_next(run: Run) -> float | None:
    """When to ask again how a run is getting on; None when nothing more will come."""
    if not run.is_live:
        return None
    age = (now() - run.queued_at).total_seconds()
    return next((delay for limit, delay in DELAYS if age < limit), PATIENT_DELAY)


class _Cells:
    """The cells of what is run, by the names that the page gives them."""

    def __init__(self, run: Run) -> None:
        answers = run.work.load_answers()
        self._extras = {
            f"extra-{number}": getattr(extra, "id", "")
            for number, extra in enumerate(answers.extras, start=1)
        }
        self._places = {**_promised(run.version.pk, run.version.digest), **_written(answers)}

    def results(self, checks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Checks, each with the cell that it concerns, or None."""
        return [
            {
                **{name: check.get(name) for name in RESULT},
                "passed": check["verdict"] == Verdict.PASSED,
                "cell": self._places.get(check["about"].partition(".")[0]),
            }
            for check in checks
        ]

    def stumbled(self, cells: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
        """Cells that did not run to their end; but those that only met a part not written yet, which
        the checks of that part say.
        """
        return [
            {
                "id": self._extras.get(cell["id"]) or cell["id"],
                "verdict": cell["verdict"],
                "message": cell["message"],
            }
            for cell in cells
            if cell["verdict"] != Verdict.PASSED
            and not cell["message"].startswith("NotImplementedError")
        ]


def _written(answers: Answers) -> dict[str, str]:
    """What the learner defines, and where; what comes last is in force."""
    return {
        name: cell_id for cell_id, source in answers.cells.items() for name in _defined_in(source)
    }


@lru_cache(maxsize=64)
def _promised(version_pk: int, digest: str) -> dict[str, str]:
    """Where the exercise itself defines what checks are about; a cell may be named by its id too.

    A version never changes; the digest is part of the key because a restored database may give the same
    number to another version.
    """
    exercise = ExerciseVersion.objects.get(pk=version_pk, digest=digest).load()
    places = {
        name: cell.id
        for cell in exercise.answer_cells
        for name in _defined_in(f"{cell.source}\n{cell.solution or ''}")
    }
    return {**places, **{cell.id: cell.id for cell in exercise.answer_cells}}


def _defined_in(source: str) -> set[str]:
    return {function or variable for function, variable in _DEFINITION.findall(source)}
