"""What counts, and telling the other rooms."""

from __future__ import annotations

import logging
from typing import Any

from submissions.models import Grade, Report
from submissions.signals import submission_graded

logger = logging.getLogger(__name__)


def let_count(report: Report) -> Grade:
    """Let a report count: in place of the submission's earlier one, the best of all making the grade.

    Called in a transaction, with the learner locked.
    """
    submission = report.run.submission
    assert submission is not None  # a check's report never counts
    reports = Report.objects.filter(run__submission=submission)
    reports.applied().exclude(pk=report.pk).update(is_applied=False)
    if not report.is_applied:
        reports.filter(pk=report.pk).update(is_applied=True)
        report.is_applied = True
    owner: dict[str, Any] = {
        "learner_id": submission.learner_id,
        "exercise_id": submission.exercise_id,
    }
    applied = Report.objects.applied().of(submission.learner_id, submission.exercise_id)
    best = applied.best_first().defer("body", "notebook")[0]
    grade, _created = Grade.objects.update_or_create(
        **owner,
        defaults={
            "report": best,
            "points": best.points,
            "max_points": best.max_points,
            "is_passed": best.is_passed,
            "attempts": applied.count(),
            "graded_at": best.created_at,
        },
    )
    return grade


def tell_graded(report: Report, grade: Grade) -> None:
    """After commit. A room that fails at it harms nobody else."""
    for receiver, answer in submission_graded.send_robust(Report, report=report, grade=grade):
        if isinstance(answer, Exception):
            logger.error("%r failed on a graded submission", receiver, exc_info=answer)
