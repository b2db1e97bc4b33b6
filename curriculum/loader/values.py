"""The course as read from its files."""

from collections.abc import Mapping
from dataclasses import dataclass

from curriculum.loader.shapes import (
    CourseFile,
    ModuleFile,
    PersonEntry,
    ResourceEntry,
    ScheduleEntry,
    SectionFile,
    TipEntry,
)
from grader.exercises import Exercise


@dataclass(frozen=True, slots=True)
class SectionContent:
    """A section's folder. ``number`` is its place in the module; ``exercises`` are in their order."""

    slug: str
    number: int
    file: SectionFile
    lesson: str
    exercises: tuple[Exercise, ...]


@dataclass(frozen=True, slots=True)
class ModuleContent:
    slug: str
    number: int
    file: ModuleFile
    sections: tuple[SectionContent, ...]


@dataclass(frozen=True, slots=True)
class CurriculumContent:
    course: CourseFile
    modules: tuple[ModuleContent, ...]
    resources: Mapping[str, ResourceEntry]
    people: Mapping[str, PersonEntry]
    schedule: Mapping[str, ScheduleEntry]
    tips: Mapping[str, TipEntry]
