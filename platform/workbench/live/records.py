"""Rows that say which kernels there are and were. Times and reasons only, nothing that a kernel said."""

import socket
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from common.clock import now
from workbench.models import LiveKernel

Reason = LiveKernel.Reason
HOST = socket.gethostname()


def record_start(
    *,
    public_id: UUID,
    learner_id: int,
    exercise_id: int | None = None,
    section_id: int | None = None,
) -> None:
    """One of the two last numbers says what it is for."""
    LiveKernel.objects.create(
        public_id=public_id,
        learner_id=learner_id,
        exercise_id=exercise_id,
        section_id=section_id,
        host=HOST,
        started_at=now(),
        last_active_at=now(),
    )


def record_activity(active: Iterable[tuple[UUID, datetime]]) -> None:
    for public_id, at in active:
        LiveKernel.objects.filter(public_id=public_id).update(last_active_at=at)


def record_end(public_id: UUID, reason: str) -> None:
    _running().filter(public_id=public_id).update(
        state=LiveKernel.State.ENDED, reason=reason, ended_at=now()
    )


def end_lost() -> int:
    """At the start of the live process of this host: whatever still counts as running is not."""
    return _running().update(
        state=LiveKernel.State.ENDED, reason=LiveKernel.Reason.LOST, ended_at=now()
    )


def has_kernel(learner_id: int, exercise_id: int) -> bool:
    """Whether the learner's kernel of that exercise lives, on whichever host."""
    running = LiveKernel.objects.filter(state=LiveKernel.State.RUNNING)
    return running.filter(learner_id=learner_id, exercise_id=exercise_id).exists()


def _running() -> QuerySet[LiveKernel]:
    return LiveKernel.objects.filter(host=HOST, state=LiveKernel.State.RUNNING)
