"""What pages read: only what is active, in the course's order, in a fixed number of queries."""

import shutil
from pathlib import Path

import pytest
from django.http import Http404

from curriculum import access
from curriculum.services import sync_curriculum
from tests.curriculum.conftest import EXERCISE

pytestmark = pytest.mark.django_db


def test_before_the_first_sync_lists_are_empty() -> None:
    assert access.get_course() is None
    assert list(access.list_modules()) == []


def test_the_map_takes_three_queries(course: Path, django_assert_num_queries) -> None:
    sync_curriculum(course)
    with django_assert_num_queries(3):
        (module,) = access.list_modules()
        sums, products = module.sections.all()
        assert [exercise.slug for exercise in sums.exercises.all()] == ["weighted-mean"]
        assert list(products.exercises.all()) == []


def test_a_section_page_takes_six_queries(course: Path, django_assert_num_queries) -> None:
    sync_curriculum(course)
    with django_assert_num_queries(6):
        section = access.get_section("foundations", "sums")
        assert section.module.title == "Foundations"
        assert len(section.topics.all()) == 2
        assert len(section.practice_items.all()) == 1
        assert len(section.resources.all()) == 1
        assert len(section.people.all()) == 1
        assert len(section.exercises.all()) == 1


def test_the_schedule_takes_three_queries(course: Path, django_assert_num_queries) -> None:
    sync_curriculum(course)
    with django_assert_num_queries(3):
        assert [len(row.named_sections) for row in access.list_schedule()] == [1, 0]


def test_an_exercise_comes_with_its_version(course: Path, django_assert_num_queries) -> None:
    sync_curriculum(course)
    with django_assert_num_queries(1):
        exercise = access.get_exercise("weighted-mean")
        assert exercise.current_version.load().slug == "weighted-mean"
        assert exercise.section.module.slug == "foundations"


def test_what_is_retired_is_not_found(course: Path) -> None:
    sync_curriculum(course)
    shutil.rmtree(course / EXERCISE)
    shutil.rmtree(course / "01-foundations/2-products")
    sync_curriculum(course)
    with pytest.raises(Http404):
        access.get_exercise("weighted-mean")
    with pytest.raises(Http404):
        access.get_section("foundations", "products")
    with pytest.raises(Http404):
        access.get_module("elsewhere")
    assert [section.slug for section in access.get_module("foundations").sections.all()] == ["sums"]
    assert list(access.list_exercises()) == []
    assert list(access.list_section_titles()) == [access.get_section("foundations", "sums")]
