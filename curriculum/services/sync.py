"""Bringing the database to what the content files say, all of it or nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from curriculum.loader import CONTENT, CurriculumContent, SectionContent, load_curriculum
from curriculum.models import (
    Course,
    Deliverable,
    Exercise,
    ExerciseVersion,
    Module,
    Person,
    PracticeItem,
    Resource,
    ScheduleRow,
    Section,
    Tip,
    Topic,
)
from curriculum.models.mirrored import Mirrored
from curriculum.services.mirror import Counts, Entry, Key, Row, mirror

# Any number, as long as nothing else in this database takes the same one.
_LOCK = 0x6B68_6375


@dataclass(slots=True)
class SyncResult:
    """What a sync did, by kind of thing."""

    counts: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))

    @property
    def changes(self) -> int:
        return sum(counts.changes for counts in self.counts.values())


def sync_curriculum(folder: Path = CONTENT) -> SyncResult:
    """Read ``folder`` and make the database equal to it in one transaction.

    Doing it twice changes nothing the second time. Two at once wait for each other.

    Raises:
        ContentError: the files hold mistakes; all are named, and nothing was changed.
    """
    content = load_curriculum(folder)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        return _Sync(content, timezone.now()).run()


class _Sync:
    """One pass over all tables, parents before children. Methods read top to bottom."""

    def __init__(self, content: CurriculumContent, now: datetime) -> None:
        self.content = content
        self.now = now
        self.result = SyncResult()
        # By "<module slug>/<section slug>", as the files name them.
        self.sections: dict[str, Section] = {}
        self.read: dict[str, SectionContent] = {}

    def run(self) -> SyncResult:
        self.mirror_course()
        self.mirror_modules_and_sections()
        self.mirror(Topic, self.topics())
        self.mirror(PracticeItem, self.practice_items())
        self.mirror_exercises()
        self.mirror(Resource, self.resources())
        self.mirror(Person, self.people())
        self.mirror_schedule()
        self.mirror(Tip, self.tips())
        return self.result

    def mirror(self, model: type[Row], entries: Iterator[Entry]) -> dict[Key, Row]:
        return mirror(model, entries, now=self.now, counts=self.counts(model))

    def counts(self, model: type[Mirrored] | type[ExerciseVersion]) -> Counts:
        return self.result.counts[str(model._meta.verbose_name_plural)]

    def links(self, references: tuple[str, ...]) -> Mapping[str, Section]:
        return {reference: self.sections[reference] for reference in references}

    def mirror_course(self) -> None:
        self.mirror(Course, iter([Entry("course", self.content.course.model_dump(mode="json"))]))

    def mirror_modules_and_sections(self) -> None:
        modules = self.mirror(Module, self.modules())
        sections = self.mirror(Section, self.section_entries(modules))
        for module in self.content.modules:
            for section in module.sections:
                reference = f"{module.slug}/{section.slug}"
                self.read[reference] = section
                self.sections[reference] = sections[modules[(module.slug,)].pk, section.slug]

    def modules(self) -> Iterator[Entry]:
        for module in self.content.modules:
            fields = {"number": module.number, "position": module.number}
            yield Entry(module.slug, fields | module.file.model_dump())

    def section_entries(self, modules: Mapping[Key, Module]) -> Iterator[Entry]:
        for module in self.content.modules:
            for section in module.sections:
                file = section.file
                fields = {
                    "number": f"{module.number}.{section.number}",
                    "position": section.number,
                    "title": file.title,
                    "study_hours": file.hours.study,
                    "practice_hours": file.hours.practice,
                    "total_hours": file.hours.total,
                    "summary": file.summary,
                    "overview": file.overview,
                    "notes": list(file.notes),
                    "lesson": section.lesson,
                }
                yield Entry(section.slug, fields, {"module": modules[(module.slug,)]})

    def topics(self) -> Iterator[Entry]:
        for reference, section in self.read.items():
            parents = {"section": self.sections[reference]}
            for place, (slug, text) in enumerate(section.file.topics.items(), start=1):
                yield Entry(slug, {"position": place, "text": text}, parents)

    def practice_items(self) -> Iterator[Entry]:
        for reference, section in self.read.items():
            parents = {"section": self.sections[reference]}
            for place, (slug, item) in enumerate(section.file.practice.items(), start=1):
                yield Entry(slug, {"position": place, **item.model_dump()}, parents)

    def mirror_exercises(self) -> None:
        rows = self.mirror(Exercise, self.exercises())
        counts = self.counts(ExerciseVersion)
        released = {
            (version.exercise_id, version.digest): version
            for version in ExerciseVersion.objects.defer("payload")
        }
        for section in self.read.values():
            for exercise in section.exercises:
                row = rows[(exercise.slug,)]
                version = released.get((row.pk, exercise.digest))
                if version is None:
                    version = ExerciseVersion.objects.create(
                        exercise=row,
                        digest=exercise.digest,
                        payload=exercise.payload(),
                        released_at=self.now,
                    )
                    counts.created += 1
                else:
                    counts.unchanged += 1
                if row.current_version_id != version.pk:
                    row.current_version = version
                    row.save(update_fields=["current_version"])

    def exercises(self) -> Iterator[Entry]:
        for reference, section in self.read.items():
            for place, exercise in enumerate(section.exercises, start=1):
                fields = {
                    "position": place,
                    "kind": exercise.kind,
                    "title": exercise.title,
                    "summary": exercise.summary,
                    "minutes": exercise.minutes,
                    "difficulty": exercise.difficulty,
                    "points": exercise.points,
                    "environment": exercise.environment,
                }
                yield Entry(
                    exercise.slug,
                    fields,
                    {"section": self.sections[reference]},
                    content={"section": reference, "version": exercise.digest},
                )

    def resources(self) -> Iterator[Entry]:
        for number, (slug, resource) in enumerate(self.content.resources.items(), start=1):
            fields = resource.model_dump(mode="json", exclude={"sections", "generic", "identified"})
            fields |= {
                "number": number,
                "position": number,
                "is_generic": resource.generic,
                "is_identified": resource.identified,
            }
            yield Entry(slug, fields, links={"sections": self.links(resource.sections)})

    def people(self) -> Iterator[Entry]:
        for place, (slug, person) in enumerate(self.content.people.items(), start=1):
            fields = person.model_dump(mode="json", exclude={"sections"})
            yield Entry(
                slug,
                {"position": place, **fields},
                links={"sections": self.links(person.sections)},
            )

    def mirror_schedule(self) -> None:
        rows = self.mirror(ScheduleRow, self.schedule_rows())
        self.mirror(Deliverable, self.deliverables(rows))

    def schedule_rows(self) -> Iterator[Entry]:
        for place, (slug, row) in enumerate(self.content.schedule.items(), start=1):
            fields = {
                "position": place,
                "weeks": row.label,
                "first_week": row.weeks.first if row.weeks else None,
                "last_week": row.weeks.last if row.weeks else None,
                "focus": row.focus,
                "hours": row.hours,
                "is_open_ended": row.open_ended,
            }
            yield Entry(slug, fields)

    def deliverables(self, rows: Mapping[Key, ScheduleRow]) -> Iterator[Entry]:
        for row_slug, row in self.content.schedule.items():
            for place, (slug, deliverable) in enumerate(row.deliverables.items(), start=1):
                yield Entry(
                    slug,
                    {"position": place, "text": deliverable.text},
                    {"row": rows[(row_slug,)]},
                    {"sections": self.links(deliverable.sections)},
                )

    def tips(self) -> Iterator[Entry]:
        for place, (slug, tip) in enumerate(self.content.tips.items(), start=1):
            yield Entry(slug, {"position": place, **tip.model_dump()})
