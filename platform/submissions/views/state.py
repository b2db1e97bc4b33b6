"""A submission as its page shows it: one state, one sentence, and what there is to see."""

from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from grader.verdict import Verdict
from notebooks.render import RenderedCell, render_cells
from submissions.models import Regrade, Report, Run, Submission
from submissions.services import place_in_queue
from submissions.templatetags.points import show_points

# In the order in which they happen; the database keeps none.
PHASES = {
    "kernel": gettext_lazy("Starting Python"),
    "cells": gettext_lazy("Running the cells"),
    "checks": gettext_lazy("Checking"),
    "total": gettext_lazy("In all"),
}


class SubmissionState:
    """Reads the rows once, and each part only when the template asks for it."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.run: Run = submission.latest_run

    @property
    def is_live(self) -> bool:
        return self.run.is_live

    @property
    def is_running(self) -> bool:
        return self.run.state == Run.State.RUNNING

    @property
    def is_cancelled(self) -> bool:
        return self.run.state == Run.State.CANCELLED

    @cached_property
    def place(self) -> int | None:
        return place_in_queue(self.run)

    @cached_property
    def report(self) -> Report | None:
        return None if self.is_live else getattr(self.run, "report", None)

    @property
    def regrade(self) -> Regrade | None:
        """Where the report that counts is a regrade's."""
        return self.run.regrade

    @property
    def progress(self) -> dict[str, Any]:
        return self.run.progress if self.is_running else {}

    @cached_property
    def sentence(self) -> str:
        """Where things stand, for the eye and for a screen reader."""
        if self.report is not None:
            return self._outcome(self.report)
        if self.is_cancelled:
            return _("You cancelled this submission.")
        if self.is_running:
            return self._doing()
        if self.run.message:
            return _("Waiting to try again.")
        if self.place is not None and self.place > 1:
            before = self.place - 1
            return ngettext(
                "Waiting. %(before)d submission is before yours.",
                "Waiting. %(before)d submissions are before yours.",
                before,
            ) % {"before": before}
        return _("Waiting. You are next.")

    def _outcome(self, report: Report) -> str:
        if report.verdict == Verdict.PLATFORM:
            return _("This could not be graded.")
        if self.submission.exercise.is_reviewed:
            return self._prepared(report)
        return ngettext(
            "Graded: %(points)s of %(max_points)s point.",
            "Graded: %(points)s of %(max_points)s points.",
            round(report.max_points),
        ) % {"points": show_points(report.points), "max_points": show_points(report.max_points)}

    def _prepared(self, report: Report) -> str:
        """Of a project or of writing: its checks only open the way to a mentor."""
        if report.is_passed:
            return _("All pre-checks passed. Ready for review.")
        return ngettext(
            "Pre-checks: %(points)s of %(max_points)s point. Not ready for review yet.",
            "Pre-checks: %(points)s of %(max_points)s points. Not ready for review yet.",
            round(report.max_points),
        ) % {"points": show_points(report.points), "max_points": show_points(report.max_points)}

    def _doing(self) -> str:
        progress = self.progress
        match progress.get("phase"):
            case "cells":
                return _("Running cell %(index)d of %(of)d.") % {
                    "index": max((cell["index"] for cell in progress["cells"]), default=1),
                    "of": progress["cells_of"],
                }
            case "checks" if progress["checks_of"]:
                return _("Checking: %(done)d of %(of)d checks done.") % {
                    "done": len(progress["checks"]),
                    "of": progress["checks_of"],
                }
            case "checks":
                return _("Checking your answers.")
        return _("Starting Python.")

    @property
    def points(self) -> str:
        return show_points(self.report.points) if self.report else ""

    @property
    def max_points(self) -> str:
        return show_points(self.report.max_points) if self.report else ""

    @property
    def checks(self) -> list[dict[str, Any]]:
        return self.report.body["checks"] if self.report else []

    @property
    def passed_checks(self) -> int:
        return sum(check["verdict"] == Verdict.PASSED for check in self.checks)

    @property
    def message(self) -> str:
        return self.report.body["message"] if self.report else self.run.message

    @cached_property
    def notes(self) -> list[str]:
        """What was ignored on the way in and cut on the way out, each sentence once."""
        said = self.report.body["notes"] if self.report else []
        return list(dict.fromkeys([*self.submission.notes, *said]))

    @property
    def phases(self) -> list[tuple[str, float]]:
        """What took how long, in words, in the order in which it happened."""
        seconds = self.report.body["phases"] if self.report else {}
        known = [(str(told), seconds[name]) for name, told in PHASES.items() if name in seconds]
        return known + [item for item in seconds.items() if item[0] not in PHASES]

    @property
    def notebook(self) -> dict[str, Any]:
        return self.report.notebook if self.report else {}

    @cached_property
    def cells(self) -> list[tuple[RenderedCell, dict[str, Any] | None]]:
        """The executed notebook, each cell with what the grader says of it if that is not good."""
        if self.report is None:
            return []
        bad = {
            cell["id"]: cell
            for cell in self.report.body["cells"]
            if cell["verdict"] != Verdict.PASSED
        }
        return [(cell, bad.get(cell.id)) for cell in render_cells(self.notebook)]
