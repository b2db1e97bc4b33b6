"""What a run found, and what that makes of the grade."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

from common.clock import now
from grader.report import Report as GraderReport
from grader.verdict import Verdict
from notebooks.storable import to_storable
from submissions.models import Grade, Report, Run, Submission
from submissions.services.locks import lock_learner
from submissions.services.queue import enqueue_next_run
from submissions.signals import submission_graded

logger = logging.getLogger(__name__)


def record_report(*, run: Run, report: GraderReport) -> Report | None:
    """Store what a run found and end the run, in one transaction; tell the other rooms after commit.

    ``None``, and nothing changed, when the run is no longer the worker's who held ``run``.
    """
    learner_id = run.submission.learner_id
    with transaction.atomic():
        lock_learner(learner_id)
        held = (
            Run.objects.running().select_for_update().filter(pk=run.pk, worker=run.worker).first()
        )
        if held is None:
            logger.warning("run %s was taken over; its late report is dropped", run.public_id)
            return None
        row = _store(held, report)
        _end(held, report)
        grade = _apply(row, run.submission) if row.is_applied else None
        transaction.on_commit(lambda: _tell(row, grade, learner_id), robust=True)
    return row


def _store(run: Run, report: GraderReport) -> Report:
    body = to_storable(report.to_json())
    return Report.objects.create(
        run=run,
        verdict=report.verdict,
        points=min(report.points, report.max_points),
        max_points=report.max_points,
        notebook=body.pop("notebook"),
        body=body,
        is_applied=run.kind != Run.Kind.CHECK and report.verdict != Verdict.PLATFORM,
    )


def _end(run: Run, report: GraderReport) -> None:
    is_ours = report.verdict == Verdict.PLATFORM
    if is_ours:
        logger.error("run %s ended with a platform verdict: %s", run.public_id, report.message)
    run.state = Run.State.FAILED if is_ours else Run.State.DONE
    run.lease_expires_at = None
    run.finished_at = now()
    run.message = ""
    run.progress = {}
    run.save()


def _apply(row: Report, submission: Submission) -> Grade:
    """Let a report count: in place of the submission's earlier one, the best of all making the grade."""
    earlier = Report.objects.applied().filter(run__submission=submission).exclude(pk=row.pk)
    earlier.update(is_applied=False)
    owner: dict[str, Any] = {
        "learner_id": submission.learner_id,
        "exercise_id": submission.exercise_id,
    }
    Grade.objects.select_for_update().filter(**owner).first()
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
            "graded_at": now(),
        },
    )
    return grade


def _tell(row: Report, grade: Grade | None, learner_id: int) -> None:
    if grade is not None:
        for receiver, answer in submission_graded.send_robust(Report, report=row, grade=grade):
            if isinstance(answer, Exception):
                logger.error("%r failed on a graded submission", receiver, exc_info=answer)
    enqueue_next_run(learner_id)
