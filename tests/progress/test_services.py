"""Progress is what a learner's own grades and submissions say, at a fixed price."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import User
from curriculum.models import Exercise
from progress.services import (
    ExerciseState,
    Tally,
    Whereabouts,
    course_progress,
    exercise_states,
    find_whereabouts,
)
from tests.workbench.sample import make_exercise

pytestmark = pytest.mark.django_db
UNTRIED = ExerciseState(tried=False, passed=False, points=0.0, max_points=3.0)


def whereabouts(user: User, exercises: list[Exercise]) -> Whereabouts:
    return find_whereabouts(user, exercises, exercise_states(user, exercises))


def test_states_tell_untried_waiting_tried_and_passed_apart(
    learner: User, exercises: list[Exercise], hand_in: Callable
) -> None:
    fourth = make_exercise(slug="fourth")
    hand_in(learner, exercises[0], points=3.0)
    hand_in(learner, exercises[1], points=1.5)
    hand_in(learner, exercises[2])  # not graded yet
    states = exercise_states(learner, [*exercises, fourth])
    assert states == {
        exercises[0].pk: ExerciseState(True, True, 3.0, 3.0),
        exercises[1].pk: ExerciseState(True, False, 1.5, 3.0),
        exercises[2].pk: ExerciseState(True, False, 0.0, 3.0),
        fourth.pk: UNTRIED,
    }


def test_points_are_out_of_what_the_graded_version_had(
    learner: User, exercises: list[Exercise], hand_in: Callable
) -> None:
    hand_in(learner, exercises[0], points=3.0)
    Exercise.objects.filter(pk=exercises[0].pk).update(points=10)
    states = exercise_states(learner, Exercise.objects.all())
    assert states[exercises[0].pk].max_points == 3.0


def test_others_work_does_not_count(
    learner: User, other_learner: User, exercises: list[Exercise], hand_in: Callable
) -> None:
    hand_in(other_learner, exercises[0], points=3.0)
    assert set(exercise_states(learner, exercises).values()) == {UNTRIED}
    assert course_progress(learner).total.tried == 0


def test_a_stranger_has_no_progress_and_costs_no_query(
    exercises: list[Exercise], django_assert_num_queries: Callable
) -> None:
    with django_assert_num_queries(0):
        states = exercise_states(AnonymousUser(), exercises)
        assert find_whereabouts(AnonymousUser(), exercises, states).following == exercises[0]
    assert set(states.values()) == {UNTRIED}


def test_course_progress_adds_up_by_section_and_module(
    learner: User, exercises: list[Exercise], hand_in: Callable
) -> None:
    hand_in(learner, exercises[0], points=3.0)
    hand_in(learner, exercises[1], points=1.0)
    progress = course_progress(learner)
    expected = Tally(exercises=3, tried=2, passed=1, points=4.0, max_points=9.0)
    section = exercises[0].section
    assert progress.total == expected
    assert progress.sections == {section.pk: expected}
    assert progress.modules == {section.module_id: expected}


def test_retired_exercises_are_not_counted(
    learner: User, exercises: list[Exercise], hand_in: Callable
) -> None:
    hand_in(learner, exercises[0], points=3.0)
    Exercise.objects.filter(pk=exercises[0].pk).update(retired_at=timezone.now())
    assert course_progress(learner).total == Tally(exercises=2, max_points=6.0)


def test_the_number_of_queries_does_not_grow_with_the_course(
    learner: User, exercises: list[Exercise], hand_in: Callable, django_assert_num_queries: Callable
) -> None:
    for exercise in exercises:
        hand_in(learner, exercise, points=3.0)
    with django_assert_num_queries(2):
        exercise_states(learner, exercises)
    with django_assert_num_queries(3):
        course_progress(learner)
    for number in range(10):
        make_exercise(slug=f"more-{number}")
    with django_assert_num_queries(3):
        assert course_progress(learner).total.exercises == 13


def test_who_has_done_nothing_begins_at_the_beginning(
    learner: User, exercises: list[Exercise]
) -> None:
    assert whereabouts(learner, exercises) == Whereabouts(following=exercises[0])


def test_the_last_exercise_is_the_one_last_written_on_or_handed_in(
    learner: User,
    exercises: list[Exercise],
    hand_in: Callable,
    write_on: Callable,
    django_assert_num_queries: Callable,
) -> None:
    hand_in(learner, exercises[0], points=1.0, hours_ago=3)
    draft = write_on(learner, exercises[1], hours_ago=2)
    states = exercise_states(learner, exercises)
    with django_assert_num_queries(2):
        where = find_whereabouts(learner, exercises, states)
    assert (where.last, where.at, where.is_open) == (exercises[1], draft.updated_at, True)
    assert where.following == exercises[2]
    hand_in(learner, exercises[0], points=3.0, hours_ago=1)
    where = whereabouts(learner, exercises)
    assert (where.last, where.is_open, where.following) == (exercises[0], False, exercises[1])


def test_what_follows_wraps_to_what_was_skipped(
    learner: User, exercises: list[Exercise], hand_in: Callable
) -> None:
    hand_in(learner, exercises[1], points=3.0, hours_ago=2)
    hand_in(learner, exercises[2], points=3.0)
    assert whereabouts(learner, exercises).following == exercises[0]
    hand_in(learner, exercises[0], points=3.0, hours_ago=3)
    assert whereabouts(learner, exercises).following is None


def test_of_a_project_all_points_make_it_ready_but_not_passed(
    learner: User, exercises: list[Exercise], hand_in: Callable
) -> None:
    project = exercises[0]
    Exercise.objects.filter(pk=project.pk).update(kind=Exercise.Kind.PROJECT)
    hand_in(learner, project, points=3.0)
    shown = list(Exercise.objects.filter(pk__in=[exercise.pk for exercise in exercises]))
    state = exercise_states(learner, shown)[project.pk]
    assert (state.passed, state.ready, state.is_open) == (False, True, False)
    assert course_progress(learner, shown).total.passed == 0
    where = whereabouts(learner, shown)
    assert (where.last, where.is_open) == (project, False)
    assert where.following != project
