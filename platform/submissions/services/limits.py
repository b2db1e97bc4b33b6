"""Which submissions are refused, and what the learner can do about it.

All are asked with the learner locked, so that two requests cannot both be the last one allowed. What is
counted are rows, so the limits hold over all doors and all web processes.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from curriculum.models import Exercise
from grader.exercises import Exercise as Definition
from submissions.errors import (
    AttemptsUsedError,
    QueueFullError,
    TooManyWaitingError,
    TooOftenError,
)
from submissions.models import Run, Submission, Trial

# A grading that may take longer than this goes to the queue of its own kind.
LONG_SECONDS = 120.0

Times = QuerySet[Any, datetime]


def choose_queue(definition: Definition, kind: Run.Kind = Run.Kind.SUBMIT) -> Run.Queue:
    """Training runs wait for each other, so that nobody else waits for them."""
    if definition.limits.total_seconds > LONG_SECONDS:
        return Run.Queue.LONG
    return Run.Queue.CHECK if kind == Run.Kind.CHECK else Run.Queue.SUBMIT


def refuse_beyond_limits(
    *, learner: User, exercise: Exercise, definition: Definition, queue: Run.Queue, at: datetime
) -> None:
    """Raises:
    AttemptsUsedError, TooManyWaitingError, TooOftenError, QueueFullError: as named.
    """
    _refuse_attempts(learner, exercise, definition)
    _refuse_waiting(learner)
    _refuse_rate(learner, at)
    _refuse_full_queue(queue)


def refuse_checks_beyond_limits(*, learner: User, queue: Run.Queue, at: datetime) -> None:
    """Checks have limits of their own, so that neither they nor submissions use up the other's.

    Raises:
        TooManyWaitingError, TooOftenError, QueueFullError: as named.
    """
    waiting = Run.objects.queued().filter(trial__learner=learner).count()
    if waiting >= settings.CHECKS_WAITING_PER_LEARNER:
        raise TooManyWaitingError(
            _("A check of another exercise is still waiting. Try again soon.")
        )
    most = settings.CHECKS_PER_MINUTE
    if wait := _seconds_to_wait(_trial_times(learner), timedelta(minutes=1), most, at):
        message = _(
            "More than %(most)d checks a minute are not made. Check again in %(seconds)d seconds."
        )
        raise TooOftenError(message % {"most": most, "seconds": wait}, retry_seconds=wait)
    _refuse_full_queue(queue)


def _trial_times(learner: User) -> Times:
    made = Trial.objects.filter(learner=learner).order_by("-requested_at")
    return made.values_list("requested_at", flat=True)


def _refuse_attempts(learner: User, exercise: Exercise, definition: Definition) -> None:
    if definition.attempts is None:
        return
    used = Submission.objects.of(learner, exercise).costing_an_attempt().count()
    if used >= definition.attempts:
        message = ngettext(
            "This exercise allows %(count)d attempt, and you have used it.",
            "This exercise allows %(count)d attempts, and you have used them.",
            definition.attempts,
        )
        raise AttemptsUsedError(message % {"count": definition.attempts})


def _refuse_waiting(learner: User) -> None:
    waiting = Run.objects.own().queued().filter(submission__learner=learner).count()
    if waiting >= settings.SUBMISSIONS_WAITING_PER_LEARNER:
        message = ngettext(
            "%(count)d submission of yours is waiting to be graded. Submit again when it is done.",
            "%(count)d submissions of yours are waiting to be graded. Submit again when one is done.",
            waiting,
        )
        raise TooManyWaitingError(message % {"count": waiting})


def _refuse_rate(learner: User, at: datetime) -> None:
    minute, day = settings.SUBMISSIONS_PER_MINUTE, settings.SUBMISSIONS_PER_DAY
    if wait := _seconds_to_wait(_submission_times(learner), timedelta(minutes=1), minute, at):
        message = _(
            "More than %(most)d submissions a minute are not taken. Submit again in %(seconds)d "
            "seconds."
        )
        raise TooOftenError(message % {"most": minute, "seconds": wait}, retry_seconds=wait)
    if wait := _seconds_to_wait(_submission_times(learner), timedelta(days=1), day, at):
        message = _(
            "You have submitted %(most)d times within a day, and more is not taken. Submit again in "
            "%(minutes)d minutes."
        )
        minutes = math.ceil(wait / 60)
        raise TooOftenError(message % {"most": day, "minutes": minutes}, retry_seconds=wait)


def _submission_times(learner: User) -> Times:
    """What we failed to grade does not count."""
    made = Submission.objects.filter(learner=learner).not_failed_by_us()
    return made.order_by("-submitted_at").values_list("submitted_at", flat=True)


def _seconds_to_wait(times: Times, window: timedelta, most: int, at: datetime) -> int:
    """Until one more is allowed, ``times`` being given newest first; 0 when it is now."""
    limiting = list(times[most - 1 : most]) if most > 0 else []
    if not limiting or limiting[0] <= at - window:
        return 0
    return max(1, math.ceil((limiting[0] + window - at).total_seconds()))


def _refuse_full_queue(queue: Run.Queue) -> None:
    depth = Run.objects.queued().filter(queue=queue).count()
    if depth >= settings.SUBMISSIONS_QUEUE_DEPTH:
        raise QueueFullError(
            _(
                "%(depth)d submissions are waiting already, more than we can grade soon. Try again "
                "in a minute."
            )
            % {"depth": depth},
            retry_seconds=60,
        )
