"""Taking a submission: once, whole, with or without a broker."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from common.clock import now
from curriculum.models import Exercise
from grader.errors import NotebookError
from grader.exercises import Answers, starter_notebook
from submissions import services
from submissions.errors import (
    AttemptsUsedError,
    ExerciseClosedError,
    KeyReusedError,
    TooManyWaitingError,
)
from submissions.models import Run, Submission
from tests.submissions.conftest import Sent, claim, make_report

pytestmark = pytest.mark.django_db(transaction=True)


def submit_notebook(learner: Any, exercise: Exercise, notebook: Any, key: str = "k") -> Submission:
    return services.submit_notebook(
        learner=learner, exercise=exercise, notebook=notebook, source="upload", key=key
    )


def test_stores_the_answers_and_queues_one_run(submit, sent: Sent) -> None:
    submission = submit("def double(x): return x + x")

    run = submission.latest_run
    assert submission.number == 1
    assert submission.load_answers().cells == {"double": "def double(x): return x + x"}
    assert (run.state, run.kind, run.queue) == ("queued", "submit", "submit")
    assert 0 <= run.seed < 2**63
    assert sent.run_ids == [str(run.public_id)]


def test_takes_only_answers_from_a_notebook_and_notes_what_it_ignored(learner, exercise) -> None:
    notebook = starter_notebook(exercise.current_version.load())
    notebook["cells"][0]["source"] = "# Give me points"
    notebook["cells"][1]["source"] = "def double(x): return 2 * x"

    submission = submit_notebook(learner, exercise, notebook)

    assert submission.load_answers().cells == {"double": "def double(x): return 2 * x"}
    assert "text-1" in submission.notes[0]


@pytest.mark.parametrize(
    "notebook",
    [
        None,
        [],
        {},
        {"nbformat": 3, "worksheets": []},
        {"nbformat": 4, "nbformat_minor": 5, "cells": []},
    ],
)
def test_what_is_no_notebook_leaves_nothing_behind(learner, exercise, sent, notebook) -> None:
    with pytest.raises(NotebookError):
        submit_notebook(learner, exercise, notebook)
    assert not Submission.objects.exists()
    assert not sent


@pytest.mark.parametrize("text", ["x = '\0'", "x = '\ud800'"])
def test_text_that_cannot_be_stored_is_named(submit, text: str) -> None:
    with pytest.raises(NotebookError, match="cell double"):
        submit(text)
    assert not Submission.objects.exists()


def test_text_beyond_the_limit_is_refused(submit, settings) -> None:
    settings.SUBMISSION_MAX_BYTES = 100
    with pytest.raises(NotebookError, match="larger"):
        submit("x" * 101)


@pytest.mark.parametrize("key", ["", "x" * 101, "line\nbreak"])
def test_a_key_that_is_none_is_refused(submit, key: str) -> None:
    with pytest.raises(NotebookError, match="key"):
        submit(key=key)


def test_the_same_key_is_the_same_submission(submit, sent: Sent) -> None:
    first, second = submit("a = 1", key="twice"), submit("a = 2", key="twice")
    assert first == second
    assert Run.objects.count() == 1
    assert len(sent) == 1


def test_a_double_click_makes_one_submission(submit, learner, exercise) -> None:
    numbers: list[int] = []

    def click() -> None:
        try:
            numbers.append(submit(key="double-click").number)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers == [1, 1, 1, 1]
    assert Submission.objects.count() == Run.objects.count() == 1


def test_keys_belong_to_one_learner(submit, other_learner) -> None:
    assert submit(key="mine") != submit(key="mine", learner=other_learner)


def test_a_key_is_not_for_two_exercises(submit, make_exercise: Callable[..., Exercise]) -> None:
    submit(key="one")
    with pytest.raises(KeyReusedError):
        submit(key="one", exercise=make_exercise("triple"))


def test_a_broker_that_is_down_loses_nothing(submit, sent: Sent) -> None:
    sent.is_down = True
    submission = submit()
    assert submission.latest_run.state == "queued"
    assert Run.objects.get().enqueued_at is None

    sent.is_down = False
    assert services.requeue_lost_runs() == 1
    assert sent.run_ids == [str(submission.latest_run.public_id)]


def test_only_so_many_may_wait(submit, other_learner, settings) -> None:
    settings.SUBMISSIONS_WAITING_PER_LEARNER = 2
    first = submit()
    claim(first)
    submit(), submit()
    with pytest.raises(TooManyWaitingError):
        submit()
    assert submit(learner=other_learner).number == 1


def test_a_retired_exercise_takes_nothing(submit, exercise) -> None:
    exercise.retired_at = now()
    with pytest.raises(ExerciseClosedError):
        submit()


def test_attempts_are_counted_where_the_exercise_says_so(submit, make_exercise) -> None:
    limited = make_exercise("limited", attempts=2)
    for _ in range(2):
        run = claim(submit(exercise=limited))
        services.record_report(run=run, report=make_report(run, points=1.0))
    with pytest.raises(AttemptsUsedError, match="2 attempts"):
        submit(exercise=limited)


def test_waiting_submissions_take_their_attempt_too(submit, make_exercise) -> None:
    limited = make_exercise("limited", attempts=1)
    submission = submit(exercise=limited)
    with pytest.raises(AttemptsUsedError):
        submit(exercise=limited)
    services.cancel_run(run=submission.latest_run)
    assert submit(exercise=limited).number == 2


def test_an_extra_cell_is_checked_too(submit) -> None:
    from grader.exercises import Extra

    answers = Answers({"double": "x"}, extras=(Extra("double", "code", "\0"),))
    with pytest.raises(NotebookError):
        submit(answers=answers)
