"""Fetching what the workbench shows on behalf of somebody."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import User
from curriculum.models import Exercise, Section
from submissions.models import Grade, Submission
from workbench.models import KeptVersion

LATEST = 8


@dataclass(frozen=True, slots=True)
class History:
    """What has become of a learner's submissions for one exercise.

    ``submissions`` are the latest, newest first; ``attempts_left`` is None where attempts are not limited.
    """

    grade: Grade | None
    submissions: list[Submission]
    attempts_left: int | None


def get_exercise(slug: str) -> Exercise:
    """An exercise of the course, for anybody.

    Its version comes without the payload, which holds solutions and is large.

    Raises:
        Http404: no such exercise, retired, or never released.
    """
    exercises = Exercise.objects.active().filter(current_version__isnull=False)
    return get_object_or_404(
        exercises.select_related("section__module", "current_version").defer(
            "current_version__payload", "section__lesson"
        ),
        slug=slug,
    )


def get_lesson(module_slug: str, section_slug: str) -> Section:
    """A section that has a lesson, without the lesson itself, for anybody.

    Raises:
        Http404: no such section, retired, or nothing to read in it.
    """
    sections = Section.objects.active().exclude(lesson="").only("pk")
    return get_object_or_404(
        sections, slug=section_slug, module__slug=module_slug, module__retired_at__isnull=True
    )


def list_versions(learner: User, exercise: Exercise) -> QuerySet[KeptVersion]:
    """Earlier versions of the learner's draft, newest first."""
    return KeptVersion.objects.filter(draft__learner=learner, draft__exercise=exercise)


def get_version(*, learner: User, exercise: Exercise, pk: int) -> KeptVersion:
    """One of them.

    Raises:
        Http404: there is none, or it is somebody else's.
    """
    return get_object_or_404(list_versions(learner, exercise), pk=pk)


def get_history(learner: User, exercise: Exercise, attempts: int | None) -> History:
    """The learner's submissions for an exercise that allows so many ``attempts``."""
    submissions = Submission.objects.of(learner, exercise)
    left = count_attempts_left(learner, exercise, attempts)
    grade = Grade.objects.of(learner).filter(exercise=exercise).first()
    return History(grade, list(submissions.with_outcome()[:LATEST]), left)


def count_attempts_left(learner: User, exercise: Exercise, attempts: int | None) -> int | None:
    """How many more submissions the learner may make; None where attempts are not limited."""
    if attempts is None:
        return None
    used = Submission.objects.of(learner, exercise).costing_an_attempt().count()
    return max(0, attempts - used)
