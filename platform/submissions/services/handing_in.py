"""Taking a submission: once, whole, and without the broker if need be."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import now
from curriculum.models import Exercise, ExerciseVersion
from grader.errors import NotebookError, Problem
from grader.exercises import Answers, read_answers
from submissions.errors import ExerciseClosedError, KeyReusedError
from submissions.models import Run, Submission
from submissions.services.limits import choose_queue, refuse_beyond_limits
from submissions.services.locks import lock_learner
from submissions.services.queue import enqueue_run

KEY_LENGTH = 100


def submit_notebook(
    *, learner: User, exercise: Exercise, notebook: Any, source: str, key: str
) -> Submission:
    """Hand in an untrusted notebook (nbformat 4 as plain data); see :func:`submit_answers`.

    Only what stands in the answer cells and in cells that the learner added is taken from it.

    Raises:
        NotebookError: the notebook cannot be used, with every reason.
    """
    earlier = _find_earlier(learner, exercise, key)
    if earlier is not None:
        return earlier
    version = open_version(exercise)
    answers = read_answers(version.load(), notebook)
    return submit_answers(
        learner=learner, exercise=exercise, answers=answers, source=source, key=key
    )


def submit_answers(
    *, learner: User, exercise: Exercise, answers: Answers, source: str, key: str
) -> Submission:
    """Hand in answers and queue them for grading.

    The same ``key`` again (a double click, a repeated request) gives the submission that it made.

    Raises:
        NotebookError: an answer holds what cannot be stored.
        ExerciseClosedError, AttemptsUsedError, TooManyWaitingError, TooOftenError, QueueFullError,
            KeyReusedError: as named.
    """
    _refuse_key(key)
    refuse_unstorable(answers)
    version = open_version(exercise)
    definition = version.load()
    queue, at = choose_queue(definition), now()
    with transaction.atomic():
        lock_learner(learner)
        earlier = _find_earlier(learner, exercise, key)
        if earlier is not None:
            return earlier
        refuse_beyond_limits(
            learner=learner, exercise=exercise, definition=definition, queue=queue, at=at
        )
        submission = _store(learner, exercise, version, answers, source, key, at)
        run = Run.objects.create(submission=submission, queue=queue, enqueued_at=at)
        transaction.on_commit(lambda: enqueue_run(run=run), robust=True)
    return submission


def _find_earlier(learner: User, exercise: Exercise, key: str) -> Submission | None:
    earlier = Submission.objects.filter(learner=learner, key=key[:KEY_LENGTH]).first()
    if earlier is not None and earlier.exercise_id != exercise.pk:
        raise KeyReusedError
    return earlier


def open_version(exercise: Exercise) -> ExerciseVersion:
    """Raises:
    ExerciseClosedError: it takes nothing more.
    """
    if exercise.is_retired or exercise.current_version is None:
        raise ExerciseClosedError(_("This exercise has left the course. Your reports stay."))
    return exercise.current_version


def _store(
    learner: User,
    exercise: Exercise,
    version: ExerciseVersion,
    answers: Answers,
    source: str,
    key: str,
    at: datetime,
) -> Submission:
    last = Submission.objects.of(learner, exercise).aggregate(last=Max("number"))["last"]
    return Submission.objects.create(
        learner=learner,
        exercise=exercise,
        version=version,
        answers=answers.to_json(),
        notes=list(answers.notes),
        source=source,
        key=key,
        number=(last or 0) + 1,
        submitted_at=at,
    )


def _refuse_key(key: str) -> None:
    if not 0 < len(key) <= KEY_LENGTH or not key.isprintable():
        message = _("The idempotency key must be 1 to 100 characters.")
        raise NotebookError([Problem("key", message)])


def refuse_unstorable(answers: Answers) -> None:
    """What a door may have let through and PostgreSQL would refuse.

    Raises:
        NotebookError: with every reason.
    """
    problems = []
    texts = [*answers.cells.items(), *((extra.after, extra.source) for extra in answers.extras)]
    for where, text in texts:
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            problems.append(
                Problem(f"cell {where}", _("The text holds characters that no file may hold."))
            )
    if sum(len(text) for _where, text in texts) > settings.SUBMISSION_MAX_BYTES:
        problems.append(Problem("notebook", _("What you wrote is larger than 5 MB.")))
    if problems:
        raise NotebookError(problems)
