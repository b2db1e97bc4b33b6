"""A run's way from queued to its end, and who holds it meanwhile."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from common.clock import now
from grader.errors import HostBusyError, HostUnavailableError, PlatformError
from grader.report import Report as GraderReport
from grader.verdict import Verdict
from submissions.errors import NotCancellableError
from submissions.models import Report, Run
from submissions.services.locks import lock_learner

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
# A run that takes its worker along this often is given up, so that it cannot go round for ever.
LOST_RUNS = 3
# Waiting for a host has no end, but somebody should hear of it.
ALERT_EVERY = 20
BACKOFF_LIMIT_SECONDS = 30


def claim_run(*, public_id: UUID | str, worker: str) -> Run | None:
    """Take a queued run for this worker, or ``None`` when there is nothing to take.

    ``worker`` must be unique for each claim: it is what tells an owner from one who lost the lease.
    One learner has one submission or check running at a time, and beside it one long one; the next is
    announced when this one ends. A regrade holds nobody up.
    """
    with transaction.atomic():
        run = Run.objects.with_version().filter(public_id=public_id).first()
        if run is None:
            logger.warning("a task names run %s, which does not exist", public_id)
            return None
        lock_learner(run.learner_id)
        if run.kind != Run.Kind.REGRADE and _is_busy(run.learner_id, run.queue):
            return None
        at = now()
        claimed: dict[str, Any] = {
            "state": Run.State.RUNNING,
            "worker": worker,
            "lease_expires_at": at + LEASE,
            "started_at": at,
            "progress": {},
        }
        if not Run.objects.due(at).filter(pk=run.pk).update(**claimed):
            return None
        for name, value in claimed.items():
            setattr(run, name, value)
        return run


def _is_busy(learner_id: int, queue: str) -> bool:
    running = Run.objects.own().running().of_learner(learner_id)
    return running.taking_turns_with(queue).exists()


def renew_lease(*, run: Run) -> bool:
    """Hold the run a little longer; false when it is no longer this worker's."""
    return bool(_owned(run).update(lease_expires_at=now() + LEASE))


def record_progress(*, run: Run, progress: dict[str, Any]) -> bool:
    """Show how far the run is, and renew its lease; false when it is no longer this worker's."""
    return bool(_owned(run).update(progress=progress, lease_expires_at=now() + LEASE))


def _owned(run: Run) -> Any:
    return Run.objects.running().filter(pk=run.pk, worker=run.worker)


def return_run(*, run: Run, error: PlatformError) -> bool:
    """We failed: put the run back to be tried later; false when it is no longer this worker's.

    A host that is busy or away is nothing that a notebook can cause, and is waited for as long as it
    takes; everything else counts as a lost run.
    """
    is_waiting = isinstance(error, HostBusyError | HostUnavailableError)
    with transaction.atomic():
        held = _owned(run).select_for_update().select_related(None).first()
        if held is None:
            return False
        logger.warning("run %s goes back to the queue: %r", held.public_id, error)
        if is_waiting:
            _put_back(held, now())
        else:
            _count_lost(held, now())
    return True


def lose_run(pk: int) -> None:
    """The worker of a running run has not been heard of: count it as lost."""
    with transaction.atomic():
        at = now()
        # Skipping locked rows: whoever holds one is just ending that run.
        rows = Run.objects.without_lease(at).filter(pk=pk).select_for_update(skip_locked=True)
        run = rows.first()
        if run is not None:
            logger.warning("run %s lost its worker %s", run.public_id, run.worker)
            _count_lost(run, at)


def _count_lost(run: Run, at: datetime) -> None:
    run.lost_count += 1
    if run.lost_count < LOST_RUNS:
        _put_back(run, at)
    else:
        _give_up(run, at, f"it was lost {run.lost_count} times")


def _put_back(run: Run, at: datetime) -> None:
    run.returned_count += 1
    if run.returned_count % ALERT_EVERY == 0:
        logger.error("run %s came back %d times", run.public_id, run.returned_count)
    run.due_at = at + backoff(run.returned_count)
    run.enqueued_at = None
    run.lease_expires_at = None
    run.state = Run.State.QUEUED
    run.progress = {}
    run.message = _retry_message(run)
    run.save()


def _retry_message(run: Run) -> str:
    if run.kind == Run.Kind.CHECK:
        return _("Something on our side failed. Your check is tried again by itself.")
    return _(
        "Something on our side failed. Your submission is safe: it is graded again by itself "
        "and costs you no attempt."
    )


def backoff(returned_count: int) -> timedelta:
    """How long to wait after the first, second… return: 1, 2, 4… seconds."""
    return timedelta(seconds=min(2 ** min(returned_count - 1, 10), BACKOFF_LIMIT_SECONDS))


def give_up_run(*, run: Run, reason: str) -> bool:
    """End a run that no further try can grade; false when it is no longer this worker's."""
    with transaction.atomic():
        held = _owned(run).select_for_update().first()
        if held is None:
            return False
        _give_up(held, now(), reason)
    return True


def _give_up(run: Run, at: datetime, reason: str) -> None:
    exercise = run.version.load()
    message = _failure_message(run)
    report = GraderReport(
        exercise=exercise.slug,
        exercise_digest=run.version.digest,
        environment=exercise.environment,
        environment_digest="",
        seed=run.seed,
        verdict=Verdict.PLATFORM,
        points=0.0,
        max_points=exercise.points,
        message=message,
    )
    body = {**report.to_json(), "limits_hit": []}
    Report.objects.create(
        run=run,
        verdict=report.verdict,
        points=0.0,
        max_points=exercise.points,
        body=body,
        notebook=body.pop("notebook"),
        is_applied=False,
        created_at=at,
    )
    run.state = Run.State.FAILED
    run.lease_expires_at = None
    run.finished_at = at
    run.message = message
    run.save()
    logger.error("run %s of exercise %s is given up: %s", run.public_id, exercise.slug, reason)


def _failure_message(run: Run) -> str:
    if run.kind == Run.Kind.CHECK:
        return _(
            "We could not run the checks, and that is our fault. The operators have been told. What "
            "you wrote is saved; you may check again, or submit."
        )
    return _(
        "We could not grade this submission, and that is our fault. It costs you no attempt, and "
        "the operators have been told. You may submit again."
    )


def cancel_run(*, run: Run) -> None:
    """End a run without a report. A worker that holds it notices and stops.

    Raises:
        NotCancellableError: it has ended already.
    """
    changed = (
        Run.objects.live()
        .filter(pk=run.pk)
        .update(state=Run.State.CANCELLED, lease_expires_at=None, finished_at=now())
    )
    if not changed:
        raise NotCancellableError
