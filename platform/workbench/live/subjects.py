"""What a kernel is for: an exercise, or the cells of a lesson."""

from dataclasses import dataclass

from curriculum.models import Exercise, Section
from grader.exercises import Limits, Rules
from workbench.access import get_exercise, get_lesson
from workbench.live.process import Order
from workbench.services import load_exercise

LESSON_ENVIRONMENT = "core"


@dataclass(frozen=True, slots=True)
class Subject:
    """An exercise, or a section for its lesson. ``path`` is its address below ``/kernel/``."""

    path: str
    item: Exercise | Section

    @property
    def exercise_id(self) -> int | None:
        return self.item.pk if isinstance(self.item, Exercise) else None

    @property
    def section_id(self) -> int | None:
        return self.item.pk if isinstance(self.item, Section) else None


def get_subject(*, slug: str = "", module_slug: str = "", section_slug: str = "") -> Subject:
    """What the words of an address name: ``slug`` an exercise, the other two a section.

    Raises:
        Http404: there is none.
    """
    if slug:
        return Subject(slug, get_exercise(slug))
    path = f"lessons/{module_slug}/{section_slug}"
    return Subject(path, get_lesson(module_slug, section_slug))


def make_order(subject: Subject) -> Order:
    """The kernel that grading would make, with the public files only; for a lesson the plainest there is."""
    if isinstance(subject.item, Section):
        rules = Rules().model_dump(mode="json")
        return Order(LESSON_ENVIRONMENT, Limits().model_dump(), {}, rules)
    value = load_exercise(subject.item)
    return Order(
        environment=value.environment,
        limits=value.limits.model_dump(),
        data=value.data,
        rules=value.rules.model_dump(mode="json"),
    )
