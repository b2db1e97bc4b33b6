"""A small course, and what learners made of it."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest

from accounts.models import User
from common.clock import now
from curriculum.models import Exercise
from submissions.models import Grade, Report, Run, Submission
from tests.workbench.sample import make_exercise
from workbench.models import Draft


@pytest.fixture
def exercises(db: None) -> list[Exercise]:
    """Three exercises of one section, in course order, of three points each."""
    made = [make_exercise(slug=slug, title=slug) for slug in ("first", "second", "third")]
    for place, exercise in enumerate(made, start=1):
        Exercise.objects.filter(pk=exercise.pk).update(position=place)
    return made


@pytest.fixture
def hand_in() -> Callable[..., Submission]:
    """A function that makes a submission ``hours_ago``; with ``points``, graded and counted."""
    numbers = count(1)

    def make(
        learner: User, exercise: Exercise, points: float | None = None, *, hours_ago: float = 1
    ) -> Submission:
        number = next(numbers)
        submission = Submission.objects.create(
            learner=learner,
            exercise=exercise,
            version=exercise.current_version,
            answers={},
            source=Submission.Source.PAGE,
            key=str(number),
            number=number,
            submitted_at=now() - timedelta(hours=hours_ago),
        )
        state = Run.State.QUEUED if points is None else Run.State.DONE
        run = Run.objects.create(submission=submission, state=state)
        if points is not None:
            _grade(run, points)
        return submission

    return make


def _grade(run: Run, points: float) -> None:
    exercise = run.submission.exercise
    passed = points == exercise.points
    report = Report.objects.create(
        run=run,
        verdict="passed" if passed else "failed",
        points=points,
        max_points=exercise.points,
        body={},
    )
    Grade.objects.update_or_create(
        learner=run.submission.learner,
        exercise=exercise,
        defaults={
            "report": report,
            "points": points,
            "max_points": exercise.points,
            "is_passed": passed,
            "attempts": 1,
            "graded_at": now(),
        },
    )


@pytest.fixture
def write_on() -> Callable[..., Draft]:
    """A function that keeps a draft that was last written on ``hours_ago``."""

    def make(learner: User, exercise: Exercise, *, hours_ago: float = 1) -> Draft:
        return Draft.objects.create(
            learner=learner,
            exercise=exercise,
            answers={},
            updated_at=now() - timedelta(hours=hours_ago),
        )

    return make
