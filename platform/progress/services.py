"""What a learner has reached, counted in exercises of their own: never as a share of the plan's hours.

Nothing is stored here. Everything is read from grades, submissions and drafts, in a fixed number of queries.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from curriculum.access import list_exercises
from curriculum.models import Exercise
from submissions.models import Grade, Submission
from workbench.models import Draft

Visitor = User | AnonymousUser
Earned = tuple[bool, float, float]  # whether all, points, of how many


@dataclass(frozen=True, slots=True)
class ExerciseState:
    """Where a learner stands with one exercise.

    ``ready`` is the most that checks can say of a project or of writing: a mentor's review is what counts.
    ``tried`` means that something was handed in, graded yet or not. ``points`` are those that count;
    ``max_points`` are of the version that earned them, or of the current one before that.
    """

    tried: bool
    passed: bool
    points: float
    max_points: float
    ready: bool = False

    @classmethod
    def of(cls, exercise: Exercise, tried: bool, earned: Earned | None) -> "ExerciseState":
        """From the grade that counts, or None."""
        has_all, points, max_points = earned or (False, 0.0, exercise.points)
        passed, ready = has_all and not exercise.is_reviewed, has_all and exercise.is_reviewed
        return cls(tried or earned is not None, passed, points, max_points, ready)

    @property
    def is_open(self) -> bool:
        """Whether there is something left to do."""
        return not (self.passed or self.ready)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many exercises there are in some part of the course, and what became of them."""

    exercises: int = 0
    tried: int = 0
    passed: int = 0
    points: float = 0.0
    max_points: float = 0.0

    def with_state(self, state: ExerciseState) -> "Tally":
        """One exercise more."""
        return Tally(
            self.exercises + 1,
            self.tried + state.tried,
            self.passed + state.passed,
            self.points + state.points,
            self.max_points + state.max_points,
        )


@dataclass(frozen=True, slots=True)
class CourseProgress:
    """A learner's progress: in all, by module id, by section id, by exercise id.

    Modules and sections without exercises do not occur.
    """

    total: Tally = Tally()
    modules: Mapping[int, Tally] = field(default_factory=dict)
    sections: Mapping[int, Tally] = field(default_factory=dict)
    exercises: Mapping[int, ExerciseState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Which exercise a learner worked on last, and which one comes next.

    ``is_open`` says whether something is left to do in the last one. ``following`` is the first such one
    behind it in the course, or else from the beginning; None when there is none.
    """

    last: Exercise | None = None
    at: datetime | None = None
    is_open: bool = False
    following: Exercise | None = None


def exercise_states(user: Visitor, exercises: Iterable[Exercise]) -> dict[int, ExerciseState]:
    """The learner's state of each of ``exercises``, by id. Two queries; none for strangers."""
    shown = {exercise.pk: exercise for exercise in exercises}
    points = dict[int, Earned]()
    tried = set[int]()
    if user.is_authenticated and shown:
        grades = Grade.objects.of(user).filter(exercise__in=shown)
        for pk, *grade in grades.values_list("exercise", "is_passed", "points", "max_points"):
            points[pk] = (grade[0], grade[1], grade[2])
        handed_in = Submission.objects.filter(learner_id=user.pk, exercise__in=shown).order_by()
        tried = set(handed_in.values_list("exercise", flat=True).distinct())
    return {
        pk: ExerciseState.of(exercise, pk in tried, points.get(pk))
        for pk, exercise in shown.items()
    }


def course_progress(user: Visitor, exercises: Iterable[Exercise] | None = None) -> CourseProgress:
    """What the learner has reached in the whole course, or in ``exercises``, which come with their sections.

    Three queries, or two when the exercises are given; none of them grows with the course.
    """
    counted = list(list_exercises() if exercises is None else exercises)
    states = exercise_states(user, counted)
    total = Tally()
    modules = defaultdict[int, Tally](Tally)
    sections = defaultdict[int, Tally](Tally)
    for exercise in counted:
        state = states[exercise.pk]
        total = total.with_state(state)
        section = exercise.section
        modules[section.module_id] = modules[section.module_id].with_state(state)
        sections[section.pk] = sections[section.pk].with_state(state)
    return CourseProgress(total, dict(modules), dict(sections), states)


def find_whereabouts(
    user: Visitor, exercises: list[Exercise], states: Mapping[int, ExerciseState]
) -> Whereabouts:
    """Where the learner stands among ``exercises``, given in course order. Two queries; none for strangers."""
    last, at = _last_worked_on(user, {exercise.pk: exercise for exercise in exercises})
    open_ones = [exercise for exercise in exercises if states[exercise.pk].is_open]
    if last is None:
        return Whereabouts(following=open_ones[0] if open_ones else None)
    place = exercises.index(last)
    others = exercises[place + 1 :] + exercises[:place]
    following = next((exercise for exercise in others if exercise in open_ones), None)
    return Whereabouts(last, at, last in open_ones, following)


def _last_worked_on(
    user: Visitor, exercises: Mapping[int, Exercise]
) -> tuple[Exercise | None, datetime | None]:
    """The exercise that was last written on or handed in, and when."""
    if not user.is_authenticated:
        return None, None
    drafts = Draft.objects.filter(learner=user, exercise__in=exercises).order_by("-updated_at")
    handed_in = Submission.objects.filter(learner=user, exercise__in=exercises)
    latest = [
        drafts.values_list("updated_at", "exercise").first(),
        handed_in.order_by("-submitted_at").values_list("submitted_at", "exercise").first(),
    ]
    found = max((row for row in latest if row), default=None)
    return (exercises[found[1]], found[0]) if found else (None, None)
