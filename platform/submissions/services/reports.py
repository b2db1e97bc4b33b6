"""Recording what a run found."""

from __future__ import annotations

import logging

from django.db import transaction

from common.clock import now
from grader.report import Report as GraderReport
from grader.verdict import Verdict
from notebooks.storable import to_storable
from submissions.models import Grade, Report, Run
from submissions.services.grades import let_count, tell_graded
from submissions.services.locks import lock_learner
from submissions.services.queue import announce_waiting, enqueue_next_run

logger = logging.getLogger(__name__)

LIMITS = (
    Verdict.TIME_LIMIT,
    Verdict.MEMORY_LIMIT,
    Verdict.OUTPUT_LIMIT,
    Verdict.KERNEL_DIED,
    Verdict.FORBIDDEN,
)


def record_report(*, run: Run, report: GraderReport) -> Report | None:
    """Store what a run found and end the run, in one transaction; tell the other rooms after commit.

    ``None``, and nothing changed, when the run is no longer the worker's who held ``run``.
    """
    with transaction.atomic():
        lock_learner(run.learner_id)
        held = (
            Run.objects.running().select_for_update().filter(pk=run.pk, worker=run.worker).first()
        )
        if held is None:
            logger.warning("run %s was taken over; its late report is dropped", run.public_id)
            return None
        row = _store(held, report)
        _end(held, report)
        grade = let_count(row) if row.is_applied else None
        transaction.on_commit(lambda: _tell(held, row, grade), robust=True)
    return row


def _store(run: Run, report: GraderReport) -> Report:
    body = to_storable(report.to_json())
    notebook = body.pop("notebook")
    return Report.objects.create(
        run=run,
        verdict=report.verdict,
        points=min(report.points, report.max_points),
        max_points=report.max_points,
        notebook={} if run.kind == Run.Kind.CHECK else notebook,
        body={**body, "limits_hit": _limits_hit(report)},
        # What a regrade found is a preview until somebody applies it; a check never counts.
        is_applied=run.kind == Run.Kind.SUBMIT and report.verdict != Verdict.PLATFORM,
    )


def _limits_hit(report: GraderReport) -> list[str]:
    """For mentors and operators: which limits and rules this work ran into, never a penalty."""
    found = {report.verdict, *(check.verdict for check in report.checks)}
    found |= {cell.verdict for cell in report.cells}
    return [limit.value for limit in LIMITS if limit in found]


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


def _tell(run: Run, row: Report, grade: Grade | None) -> None:
    if grade is not None:
        tell_graded(row, grade)
    if run.kind == Run.Kind.REGRADE:
        announce_waiting(Run.Queue.REGRADE, most=1)
    else:
        enqueue_next_run(run.learner_id, run.queue)
