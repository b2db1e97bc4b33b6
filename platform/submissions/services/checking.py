"""Checks of what is not handed in: no attempt, no grade, no signal, and forgotten after a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from common.clock import now
from curriculum.models import Exercise
from grader.exercises import Answers, read_answers
from submissions.models import Run, Trial
from submissions.services.handing_in import open_version, refuse_unstorable
from submissions.services.limits import choose_queue, refuse_checks_beyond_limits
from submissions.services.locks import lock_learner
from submissions.services.queue import enqueue_run

KEPT = timedelta(days=1)
# Deleted at a time, so that no transaction grows long.
CHUNK = 500
BLANK = Answers(cells={}).to_json()


def check_notebook(*, learner: User, exercise: Exercise, notebook: Any) -> Trial:
    """Queue the visible checks on an untrusted notebook (nbformat 4 as plain data).

    Raises:
        NotebookError: the notebook cannot be used, with every reason.
        LearnerError: as :func:`check_answers`.
    """
    answers = read_answers(open_version(exercise).load(), notebook)
    return check_answers(learner=learner, exercise=exercise, answers=answers)


def check_answers(*, learner: User, exercise: Exercise, answers: Answers) -> Trial:
    """Queue the exercise's visible checks on these answers.

    The newest text is what a learner wants to hear of: an earlier check of the same exercise that has
    not ended is cancelled, or, if it is of the very same text, is the answer.

    Raises:
        NotebookError: an answer holds what cannot be stored.
        ExerciseClosedError, TooManyWaitingError, TooOftenError, QueueFullError: as named.
    """
    refuse_unstorable(answers)
    version = open_version(exercise)
    queue, at = choose_queue(version.load(), Run.Kind.CHECK), now()
    with transaction.atomic():
        lock_learner(learner)
        wanted = answers.to_json()
        earlier = Run.objects.live().filter(trial__learner=learner, trial__exercise=exercise)
        for run in earlier.select_related("trial"):
            if run.trial and (run.trial.version_id, run.trial.answers) == (version.pk, wanted):
                return run.trial
        # Before the limits, so that a learner's own outdated check never stands in the way.
        earlier.update(state=Run.State.CANCELLED, lease_expires_at=None, finished_at=at)
        refuse_checks_beyond_limits(learner=learner, queue=queue, at=at)
        # One text for each learner and exercise is kept, however often they check.
        Trial.objects.filter(learner=learner, exercise=exercise).update(answers=BLANK)
        trial = Trial.objects.create(
            learner=learner, exercise=exercise, version=version, answers=wanted, requested_at=at
        )
        run = Run.objects.create(trial=trial, kind=Run.Kind.CHECK, queue=queue, enqueued_at=at)
        transaction.on_commit(lambda: enqueue_run(run=run), robust=True)
    return trial


def remove_old_trials() -> int:
    """Forget trials with their runs and reports after a day; says how many. Called by beat."""
    count = 0
    while keys := list(Trial.objects.older_than(now() - KEPT).values_list("pk", flat=True)[:CHUNK]):
        Trial.objects.filter(pk__in=keys).delete()
        count += len(keys)
    return count
