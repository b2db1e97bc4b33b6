"""Telling workers that there is work, and telling them again when the message may be lost."""

from __future__ import annotations

import logging
import math
from datetime import timedelta

from celery import current_app
from kombu.exceptions import OperationalError

from common.clock import now
from submissions.models import Run
from submissions.services.runs import lose_run

logger = logging.getLogger(__name__)

# Of each queue only so many are announced again at a time: what stands further back is not lost by that.
ANNOUNCED_AGAIN = 20
# A repeated announcement is worth nothing once it is old; the next beat makes a new one.
ANNOUNCEMENT_SECONDS = 120


def enqueue_run(*, run: Run, again: bool = False) -> bool:
    """Send the task for a queued run, to be done when the run is due; say whether the broker took it.

    Without a broker the run waits in the database, and the first beat afterwards sends it.
    """
    delay = max(0.0, (run.due_at - now()).total_seconds())
    try:
        current_app.send_task(
            "submissions.tasks.grade_run",
            args=[str(run.public_id)],
            queue=run.queue,
            countdown=math.ceil(delay * 10) / 10 if delay else None,
            expires=ANNOUNCEMENT_SECONDS if again else None,
            retry=False,
        )
    except (OperationalError, OSError) as error:
        logger.warning("no broker, run %s waits for the next beat: %s", run.public_id, error)
        Run.objects.queued().filter(pk=run.pk).update(enqueued_at=None)
        return False
    Run.objects.queued().filter(pk=run.pk).update(enqueued_at=now() + timedelta(seconds=delay))
    return True


def enqueue_next_run(learner_id: int, queue: str) -> None:
    """A learner's run has ended: announce the next one, which could not be claimed beside it."""
    run = (
        Run.objects.own()
        .due(now())
        .taking_turns_with(queue)
        .of_learner(learner_id)
        .order_by("queued_at", "pk")
        .first()
    )
    if run is not None:
        enqueue_run(run=run, again=True)


def place_in_queue(run: Run) -> int | None:
    """1 for the run that is next in its queue, ``None`` when it is not waiting."""
    if run.state != Run.State.QUEUED:
        return None
    return Run.objects.ahead_of(run).count() + 1


def requeue_lost_runs() -> int:
    """Put back runs whose worker is gone, and send tasks again that may be lost; say how many.

    Called by beat. Runs twice without harm.
    """
    at = now()
    for pk in Run.objects.without_lease(at).values_list("pk", flat=True):
        lose_run(pk)
    return sum(announce_waiting(queue) for queue in Run.Queue.values)


def announce_waiting(queue: str, *, most: int = ANNOUNCED_AGAIN) -> int:
    """Send tasks for the first runs of a queue that nobody came for; say for how many."""
    runs = Run.objects.with_lost_task(now()).filter(queue=queue).order_by("queued_at", "pk")
    count = 0
    for run in runs[:most]:
        if not enqueue_run(run=run, again=True):
            break
        count += 1
    return count
