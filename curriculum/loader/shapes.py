"""What each content file may hold: the authors' manual, and what refuses everything else.

A list of things is a mapping from slug to thing, in the order in which pages show it. A slug names the
thing for good: learners' work points at it, so a text may be reworded but a slug should stay.
Sections are named ``<module slug>/<section slug>``.
"""

from typing import Annotated, Literal, Self

from pydantic import (
    AnyHttpUrl,
    Field,
    RootModel,
    StringConstraints,
    field_validator,
    model_validator,
)

from curriculum.models import PracticeItem, Resource
from grader.exercises.manifest import Strict

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"

Slug = Annotated[str, StringConstraints(pattern=rf"^{SLUG}$", max_length=80)]
SectionRef = Annotated[str, StringConstraints(pattern=rf"^{SLUG}/{SLUG}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Summary = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Text = Annotated[str, StringConstraints(min_length=1)]
Hours = Annotated[int, Field(gt=0, le=2000)]


class Note(Strict):
    title: Title
    text: Text


class CourseFile(Strict):
    """``course.yaml``. ``promised_hours`` is the title's figure; the notes are plain text."""

    title: Title
    promised_hours: Hours
    overview: Text
    hours_note: Text
    schedule_note: Text
    people_note: Text
    conclusion: Text
    notes: tuple[Note, ...] = ()


class ModuleFile(Strict):
    """``module.yaml``. ``headline_hours`` is the plan's own figure and need not be the sections' sum."""

    title: Title
    headline_hours: Hours
    summary: Summary
    overview: str = ""


class SectionHours(Strict):
    """``total`` always; ``study`` and ``practice`` together, and only where the plan gives the split."""

    total: Hours
    study: Hours | None = None
    practice: Hours | None = None

    @model_validator(mode="after")
    def _split_is_whole(self) -> Self:
        if (self.study is None) != (self.practice is None):
            raise ValueError("study and practice are given together or not at all")
        if self.study and self.practice and self.study + self.practice != self.total:
            raise ValueError("study and practice do not come to the total")
        return self


class PracticeEntry(Strict):
    kind: Literal[tuple(PracticeItem.Kind.values)]  # type: ignore[valid-type]
    text: Text


class SectionFile(Strict):
    """``section.yaml``. ``notes`` are sentences on what has aged or is done differently here."""

    title: Title
    hours: SectionHours
    summary: Summary
    overview: str = ""
    topics: dict[Slug, Text] = Field(min_length=1)
    practice: dict[Slug, PracticeEntry] = Field(min_length=1)
    notes: tuple[Text, ...] = ()


class ResourceEntry(Strict):
    """An entry of ``resources.yaml``; see :class:`curriculum.models.Resource` for the fields."""

    title: Title
    kind: Literal[tuple(Resource.Kind.values)]  # type: ignore[valid-type]
    author: str = Field(default="", max_length=200)
    host: str = Field(default="", max_length=200)
    url: str = Field(default="", max_length=200)
    remark: str = Field(default="", max_length=400)
    generic: bool = False
    identified: bool = True
    sections: tuple[SectionRef, ...] = ()
    parts: tuple[Literal["people", "schedule", "tips"], ...] = ()

    @field_validator("url")
    @classmethod
    def _is_a_web_address(cls, url: str) -> str:
        if url:
            AnyHttpUrl(url)
        return url

    @model_validator(mode="after")
    def _is_named_somewhere(self) -> Self:
        if not self.sections and not self.parts:
            raise ValueError("names no section and no other part, so no page would show it")
        return self


class PersonEntry(Strict):
    name: Title
    why: Text
    evidence: Text
    hosts: tuple[Text, ...] = ()
    sections: tuple[SectionRef, ...] = ()


class Weeks(Strict):
    first: int = Field(ge=1)
    last: int = Field(ge=1)

    @model_validator(mode="after")
    def _run_forwards(self) -> Self:
        if self.last < self.first:
            raise ValueError("the last week comes before the first")
        return self


class DeliverableEntry(Strict):
    text: Text
    sections: tuple[SectionRef, ...] = ()


class ScheduleEntry(Strict):
    """An entry of ``schedule.yaml``. ``hours`` is the row's own; ``open_ended`` means "or more".

    Without ``weeks`` the row goes on after the calendar.
    """

    focus: Title
    hours: Hours
    weeks: Weeks | None = None
    open_ended: bool = False
    deliverables: dict[Slug, DeliverableEntry] = Field(min_length=1)

    @property
    def label(self) -> str:
        """The weeks as the page shows them: "1–3", "24" or "Ongoing"."""
        if self.weeks is None:
            return "Ongoing"
        if self.weeks.first == self.weeks.last:
            return str(self.weeks.first)
        return f"{self.weeks.first}–{self.weeks.last}"


class TipEntry(Strict):
    title: Title
    text: Text


class ResourcesFile(RootModel[dict[Slug, ResourceEntry]]):
    """``resources.yaml``"""


class PeopleFile(RootModel[dict[Slug, PersonEntry]]):
    """``people.yaml``"""


class ScheduleFile(RootModel[dict[Slug, ScheduleEntry]]):
    """``schedule.yaml``"""


class TipsFile(RootModel[dict[Slug, TipEntry]]):
    """``tips.yaml``"""
