"""The course itself holds the whole plan, and its numbers stand as the plan gives them."""

import itertools
import re

import pytest

from curriculum.loader import CurriculumContent, load_curriculum
from curriculum.models import Exercise, Module, Resource, Section
from curriculum.services import sum_hours, sync_curriculum

# As the plan prints them: headline hours, then each section's total, with the split where there is one.
HEADLINES = [150, 30, 50, 200, 200, 150, 150, 150]
SECTIONS = [
    [(40, 20, 20), (30, 15, 15), (40, 20, 20), (30, 15, 15)],
    [(20, 10, 10), 10, 10],
    [(40, 20, 20), 10],
    [100, 50, 50],
    [100, 60, 40],
    [60, 40, 50],
    [50, 20, 30, 50],
    [50, 60, 40],
]
WEEKS = [
    ("1–3", 60),
    ("4–8", 120),
    ("9–13", 120),
    ("14–16", 90),
    ("17–19", 90),
    ("20–21", 90),
    ("22–23", 80),
    ("24", 50),
    ("Ongoing", 300),
]
FIRST_EXERCISES = {
    "la-svd": "mathematics/linear-algebra",
    "opt-gd-linear-regression": "mathematics/optimisation",
    "ul-kmeans": "machine-learning/unsupervised",
    "tf-attention": "deep-learning/advanced-architectures",
}


@pytest.fixture(scope="module")
def content() -> CurriculumContent:
    return load_curriculum()


def test_all_of_the_plan_is_there(content: CurriculumContent) -> None:
    assert len(content.modules) == 8
    assert sum(len(module.sections) for module in content.modules) == 25
    assert len(content.resources) == 68
    assert len(content.people) == 4
    assert len(content.schedule) == 9
    assert len(content.tips) == 4


def test_the_modules_headlines(content: CurriculumContent) -> None:
    headlines = [module.file.headline_hours for module in content.modules]
    assert headlines == HEADLINES
    assert sum(headlines) == 1080


def test_the_sections_hours_with_the_split_only_where_the_plan_gives_it(
    content: CurriculumContent,
) -> None:
    hours = [section.file.hours for module in content.modules for section in module.sections]
    found = [(h.total, h.study, h.practice) for h in hours]
    printed = [h if isinstance(h, tuple) else (h, None, None) for row in SECTIONS for h in row]
    assert found == printed
    assert sum(h.total for h in hours) == 1080
    assert sum(h.study or 0 for h in hours) == sum(h.practice or 0 for h in hours) == 100


def test_the_two_modules_that_disagree_with_their_sections_are_left_so(
    content: CurriculumContent,
) -> None:
    differences = {
        module.slug: sum(section.file.hours.total for section in module.sections)
        - module.file.headline_hours
        for module in content.modules
    }
    assert {slug: by for slug, by in differences.items() if by} == {
        "mathematics": -10,
        "python": 10,
    }


def test_the_schedules_hours(content: CurriculumContent) -> None:
    rows = list(content.schedule.values())
    assert [(row.label, row.hours) for row in rows] == WEEKS
    assert sum(row.hours for row in rows if not row.open_ended) == 700
    assert [row.hours for row in rows if row.open_ended] == [300]


def test_the_weeks_follow_one_another(content: CurriculumContent) -> None:
    weeks = [row.weeks for row in content.schedule.values() if row.weeks]
    assert (weeks[0].first, weeks[-1].last) == (1, 24)
    assert all(after.first == before.last + 1 for before, after in itertools.pairwise(weeks))


def test_the_sections_that_no_week_names(content: CurriculumContent) -> None:
    named = {
        reference
        for row in content.schedule.values()
        if row.weeks
        for deliverable in row.deliverables.values()
        for reference in deliverable.sections
    }
    everything = {f"{m.slug}/{s.slug}" for m in content.modules for s in m.sections}
    assert everything - named == {
        "mathematics/probability-statistics",
        "mathematics/optimisation",
        "python/scikit-learn",
        "python/development-tools",
        "computer-science/complexity",
        "machine-learning/projects",
        "advanced/research",
    }


def test_the_promise_and_the_note_on_the_sums(content: CurriculumContent) -> None:
    assert content.course.promised_hours == 1000
    numbers = re.findall(r"\d[\d,]*", content.course.hours_note)
    assert [number.replace(",", "") for number in numbers] == ["1000", "1080", "700", "300"]


def test_the_hosts_that_the_plan_prints(content: CurriculumContent) -> None:
    named = {
        host for entry in content.resources.values() for host in entry.host.split(", ") if host
    }
    assert len(named) == 16


def test_titles_that_could_not_be_found_are_marked(content: CurriculumContent) -> None:
    missing = [slug for slug, entry in content.resources.items() if not entry.identified]
    assert missing == ["linear-algebra-workbook", "linear-logistic-study", "aggarwal-unsupervised"]
    assert all(not content.resources[slug].url for slug in missing)


def test_dated_figures_are_the_plans(content: CurriculumContent) -> None:
    for figure, slug in {"750": "andrej-karpathy", "1.2 million": "krish-naik"}.items():
        assert re.search(rf"{figure}[^()]*\(as stated in the plan\)", content.people[slug].why)


def test_where_there_are_exercises_there_is_a_lesson(
    content: CurriculumContent,
) -> None:
    for module in content.modules:
        for section in module.sections:
            assert section.lesson or not section.exercises, section.slug


def test_the_first_exercises_stand_where_they_belong(content: CurriculumContent) -> None:
    homes = {
        exercise.slug: f"{module.slug}/{section.slug}"
        for module in content.modules
        for section in module.sections
        for exercise in section.exercises
    }
    assert FIRST_EXERCISES.items() <= homes.items()


@pytest.mark.django_db
def test_the_real_course_reaches_the_database_once() -> None:
    first = sync_curriculum()
    assert first.changes == sum(counts.created for counts in first.counts.values())
    assert Module.objects.count() == 8
    assert Section.objects.count() == 25
    assert Resource.objects.count() == 68
    totals = sum_hours()
    assert (totals.promised, totals.by_module, totals.by_section) == (1000, 1080, 1080)
    assert (totals.by_week, totals.ongoing) == (700, 300)
    for exercise in Exercise.objects.select_related("current_version"):
        assert exercise.current_version.load().digest == exercise.current_version.digest

    second = sync_curriculum()
    assert second.changes == 0
