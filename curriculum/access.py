"""What pages read of the course. The course is public: whoever asks may see it, but not what is retired.

The functions that fetch one thing raise ``Http404`` where there is no such thing. Those that list load
all that a page shows in a fixed number of queries, and never the payload of an exercise.
"""

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from curriculum.models import (
    Course,
    Deliverable,
    Exercise,
    Module,
    Person,
    PracticeItem,
    Resource,
    ScheduleRow,
    Section,
    Tip,
    Topic,
)

LONG_TEXTS = ("lesson", "overview", "notes")


def get_course() -> Course | None:
    """The front matter; ``None`` before the first sync, so that pages can say that it is empty."""
    return Course.objects.active().first()


def list_modules() -> QuerySet[Module]:
    """All modules with their ``sections``, and each section with its ``exercises``."""
    return Module.objects.active().prefetch_related(
        Prefetch("sections", _sections()),
        Prefetch("sections__exercises", Exercise.objects.active()),
    )


def get_module(slug: str) -> Module:
    """One module as in :func:`list_modules`, its sections with ``topics`` too."""
    modules = list_modules().prefetch_related(Prefetch("sections__topics", Topic.objects.active()))
    return _one(modules, slug=slug)


def get_section(module_slug: str, section_slug: str) -> Section:
    """One section with module, topics, practice items, resources, people and exercises."""
    sections = (
        _sections()
        .defer(None)
        .prefetch_related(
            Prefetch("topics", Topic.objects.active()),
            Prefetch("practice_items", PracticeItem.objects.active()),
            Prefetch("resources", Resource.objects.active()),
            Prefetch("people", Person.objects.active()),
            Prefetch("exercises", Exercise.objects.active()),
        )
    )
    return _one(sections, slug=section_slug, module__slug=module_slug)


def list_section_titles() -> QuerySet[Section]:
    """Every section with its module, in course order: for finding the one before and the one after."""
    return _sections().only("slug", "number", "title", "position", "module")


def get_exercise(slug: str) -> Exercise:
    """An exercise with section, module and current version (its payload, with the solution, included)."""
    exercises = Exercise.objects.active().select_related("section__module", "current_version")
    return _one(exercises, slug=slug)


def list_exercises() -> QuerySet[Exercise]:
    """All exercises in course order with section and module, but not the section's long texts."""
    exercises = Exercise.objects.active().select_related("section__module")
    return exercises.defer(*(f"section__{name}" for name in LONG_TEXTS))


def list_people() -> QuerySet[Person]:
    return Person.objects.active().prefetch_related(Prefetch("sections", _sections()))


def list_schedule() -> QuerySet[ScheduleRow]:
    """The rows with ``deliverables``, and these with ``sections``; see ``ScheduleRow.named_sections``."""
    return ScheduleRow.objects.active().prefetch_related(
        Prefetch("deliverables", Deliverable.objects.active()),
        Prefetch("deliverables__sections", _sections()),
    )


def list_tips() -> QuerySet[Tip]:
    return Tip.objects.active()


def list_resources() -> QuerySet[Resource]:
    """All resources in the plan's order with the sections that name them."""
    return Resource.objects.active().prefetch_related(Prefetch("sections", _sections()))


def _sections() -> QuerySet[Section]:
    """Sections without their long texts, which only a section's own page shows."""
    sections = Section.objects.active().filter(module__retired_at=None).select_related("module")
    return sections.defer(*LONG_TEXTS)


def _one(rows: QuerySet, **key: str):
    try:
        return rows.get(**key)
    except rows.model.DoesNotExist as missing:
        raise Http404(f"no {rows.model._meta.verbose_name} {key}") from missing
