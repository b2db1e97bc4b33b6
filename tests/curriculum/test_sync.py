"""The database becomes what the files say: whole, once, and without losing what learners used."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curriculum.errors import ContentError
from curriculum.loader import load_curriculum
from curriculum.models import (
    Course,
    Deliverable,
    Exercise,
    ExerciseVersion,
    Module,
    Resource,
    ScheduleRow,
    Section,
    Topic,
)
from curriculum.models.mirrored import Mirrored
from curriculum.services import sum_hours, sync_curriculum
from tests.curriculum.conftest import EXERCISE

pytestmark = pytest.mark.django_db
SECTION_FILE = "01-foundations/1-sums/section.yaml"


def rows() -> Iterator[Mirrored]:
    for model in apps.get_app_config("curriculum").get_models():
        yield from model._default_manager.all()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_everything_is_created(course: Path) -> None:
    result = sync_curriculum(course)
    created = {name: counts.created for name, counts in result.counts.items()}
    assert created == {
        "courses": 1,
        "modules": 1,
        "sections": 2,
        "topics": 3,
        "practice items": 2,
        "exercises": 1,
        "exercise versions": 1,
        "resources": 2,
        "people": 1,
        "schedule rows": 2,
        "deliverables": 2,
        "tips": 1,
    }
    assert result.changes == sum(created.values())
    section = Section.objects.get(slug="sums")
    assert (section.number, section.study_hours, section.total_hours) == ("1.1", 4, 10)
    assert [topic.slug for topic in section.topics.all()] == ["addition", "subtraction"]
    assert [resource.slug for resource in section.resources.all()] == ["a-book"]
    assert [person.slug for person in section.people.all()] == ["demo-teacher"]
    row = ScheduleRow.objects.get(slug="week-1")
    assert (row.weeks, row.hours_per_week, row.named_sections) == ("1", 5, [section])
    ongoing = ScheduleRow.objects.get(slug="ongoing")
    assert (ongoing.weeks, ongoing.hours_per_week, ongoing.is_open_ended) == ("Ongoing", None, True)


def test_a_second_sync_changes_nothing_and_writes_nothing(course: Path) -> None:
    sync_curriculum(course)
    before = [(type(row), row.pk) for row in rows()]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        result = sync_curriculum(course)
    assert result.changes == 0
    assert sum(counts.unchanged for counts in result.counts.values()) == len(before)
    written = [
        query["sql"]
        for query in queries
        if not query["sql"].startswith(("SELECT", "SAVE", "RELEASE"))
    ]
    assert written == []


def test_one_mistake_changes_nothing(course: Path) -> None:
    sync_curriculum(course)
    edit(course / "course.yaml", "A small course", "Another title")
    edit(course / SECTION_FILE, "title: Sums", "tittle: Sums")
    with pytest.raises(ContentError):
        sync_curriculum(course)
    assert Course.objects.get().title == "A small course"


def test_a_mistake_at_the_first_sync_leaves_the_database_empty(course: Path) -> None:
    (course / "tips.yaml").unlink()
    with pytest.raises(ContentError):
        sync_curriculum(course)
    assert list(rows()) == []


def test_a_changed_text_updates_one_row(course: Path) -> None:
    sync_curriculum(course)
    edit(course / SECTION_FILE, "Addition", "Adding numbers")
    result = sync_curriculum(course)
    assert result.changes == result.counts["topics"].updated == 1
    assert Topic.objects.get(slug="addition").text == "Adding numbers"


def test_a_changed_link_updates_one_row(course: Path) -> None:
    sync_curriculum(course)
    edit(course / "resources.yaml", "foundations/sums", "foundations/products")
    result = sync_curriculum(course)
    assert result.changes == result.counts["resources"].updated == 1
    assert [s.slug for s in Resource.objects.get(slug="a-book").sections.all()] == ["products"]


def test_what_leaves_the_files_is_retired_and_may_come_back(course: Path) -> None:
    sync_curriculum(course)
    topic = Topic.objects.get(slug="subtraction")
    edit(course / SECTION_FILE, "  subtraction: Subtraction\n", "")
    result = sync_curriculum(course)
    assert result.changes == result.counts["topics"].retired == 1
    topic.refresh_from_db()
    assert topic.is_retired
    assert topic not in Topic.objects.active()
    assert sync_curriculum(course).changes == 0

    edit(
        course / SECTION_FILE,
        "  addition: Addition\n",
        "  addition: Addition\n  subtraction: Subtraction\n",
    )
    result = sync_curriculum(course)
    assert result.changes == result.counts["topics"].updated == 1
    topic.refresh_from_db()
    assert not topic.is_retired


def test_a_section_that_leaves_takes_what_it_holds(course: Path) -> None:
    sync_curriculum(course)
    shutil.rmtree(course / "01-foundations/2-products")
    result = sync_curriculum(course)
    assert result.counts["sections"].retired == 1
    assert result.counts["topics"].retired == 1
    assert result.counts["practice items"].retired == 1
    assert Section.objects.get(slug="products").is_retired


def test_a_moved_section_keeps_its_row(course: Path) -> None:
    sync_curriculum(course)
    key = Section.objects.get(slug="sums").pk
    module = course / "01-foundations"
    (module / "1-sums").rename(module / "aside")
    (module / "2-products").rename(module / "1-products")
    (module / "aside").rename(module / "2-sums")
    result = sync_curriculum(course)
    assert result.counts["sections"].updated == 2
    assert result.counts["sections"].created == result.counts["sections"].retired == 0
    assert Section.objects.get(pk=key).number == "1.2"


def test_a_version_holds_the_exercise_whole(course: Path) -> None:
    sync_curriculum(course)
    exercise = Exercise.objects.get()
    read = load_curriculum(course).modules[0].sections[0].exercises[0]
    version = ExerciseVersion.objects.get()
    assert exercise.current_version == version
    assert (version.digest, version.load().digest) == (read.digest, read.digest)
    assert version.load() == read


def test_a_changed_exercise_is_released_as_a_new_version_beside_the_old(course: Path) -> None:
    sync_curriculum(course)
    old = ExerciseVersion.objects.get()
    with (course / EXERCISE / "checks.py").open("a") as checks:
        checks.write("# a remark\n")
    result = sync_curriculum(course)
    assert result.counts["exercise versions"].created == 1
    assert result.counts["exercises"].updated == 1
    exercise = Exercise.objects.get()
    assert exercise.current_version != old
    assert set(exercise.versions.all()) == {old, exercise.current_version}

    edit(course / EXERCISE / "checks.py", "# a remark\n", "")
    result = sync_curriculum(course)
    assert result.counts["exercise versions"].changes == 0
    assert Exercise.objects.get().current_version == old


def test_a_moved_exercise_stays_the_same_one_and_is_not_released_anew(course: Path) -> None:
    sync_curriculum(course)
    before = Exercise.objects.get()
    (course / EXERCISE).rename(course / "01-foundations/2-products/weighted-mean")
    result = sync_curriculum(course)
    assert result.changes == result.counts["exercises"].updated == 1
    after = Exercise.objects.get()
    assert after == before
    assert after.section.slug == "products"
    assert after.current_version == before.current_version


def test_a_retired_exercise_keeps_its_versions(course: Path) -> None:
    sync_curriculum(course)
    shutil.rmtree(course / EXERCISE)
    assert sync_curriculum(course).counts["exercises"].retired == 1
    assert Exercise.objects.get().is_retired
    assert ExerciseVersion.objects.count() == 1


def test_hours_are_summed_from_their_own_sources(course: Path) -> None:
    assert sum_hours().promised == sum_hours().by_module == 0
    sync_curriculum(course)
    totals = sum_hours()
    assert (totals.promised, totals.by_module, totals.by_section) == (100, 15, 17)
    assert (totals.by_week, totals.ongoing) == (5, 3)
    Module.objects.update(headline_hours=1)
    assert sum_hours().by_section == 17


def test_deliverables_belong_to_their_row(course: Path) -> None:
    edit(course / "schedule.yaml", "    more: { text: Go on. }", "    sums: { text: Go on. }")
    sync_curriculum(course)
    assert Deliverable.objects.filter(slug="sums").count() == 2
