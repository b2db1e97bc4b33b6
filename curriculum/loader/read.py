"""Reading the content folder whole, noting every mistake before any is reported."""

import re
from pathlib import Path

from django.utils.translation import ngettext

from curriculum.errors import ContentError
from curriculum.loader import shapes
from curriculum.loader.check import check_references, check_strangers, check_texts
from curriculum.loader.lessons import check_try_cells
from curriculum.loader.values import CurriculumContent, ModuleContent, SectionContent
from grader.exercises import Exercise, Problems, load_exercise, read_model, read_text
from grader.exercises.loader import MANIFEST

CONTENT = Path(__file__).resolve().parent.parent / "content"
_FOLDER = re.compile(rf"(\d+)-({shapes.SLUG})")
_COURSE_FILES = {"course.yaml", "resources.yaml", "people.yaml", "schedule.yaml", "tips.yaml"}
_MODULE_FILES = {"module.yaml"}
_SECTION_FILES = {"section.yaml", "lesson.md"}


def load_curriculum(folder: Path = CONTENT) -> CurriculumContent:
    """The whole course.

    Raises:
        ContentError: naming every mistake in every file.
    """
    problems = Problems(root=folder)
    content = _read(folder, problems)
    check_texts(folder, problems)
    if content is None or problems.found:
        count = len(problems)
        message = ngettext(
            "The course's files hold %(count)d mistake.",
            "The course's files hold %(count)d mistakes.",
            count,
        )
        raise ContentError(message % {"count": count}, problems=problems.found)
    return content


def _read(folder: Path, problems: Problems) -> CurriculumContent | None:
    course = read_model(folder / "course.yaml", shapes.CourseFile, problems)
    modules = _read_modules(folder, problems)
    resources = read_model(folder / "resources.yaml", shapes.ResourcesFile, problems)
    people = read_model(folder / "people.yaml", shapes.PeopleFile, problems)
    schedule = read_model(folder / "schedule.yaml", shapes.ScheduleFile, problems)
    tips = read_model(folder / "tips.yaml", shapes.TipsFile, problems)
    known = _section_references(folder)
    check_references(folder / "resources.yaml", resources, known, problems)
    check_references(folder / "people.yaml", people, known, problems)
    check_references(folder / "schedule.yaml", schedule, known, problems)
    # Spelt out one by one: a type checker follows this, not all(…).
    if course is None or resources is None or people is None or schedule is None or tips is None:
        return None
    return CurriculumContent(course, modules, resources.root, people.root, schedule.root, tips.root)


def _read_modules(folder: Path, problems: Problems) -> tuple[ModuleContent, ...]:
    check_strangers(folder, _COURSE_FILES, problems)
    homes: dict[str, str] = {}
    modules = [
        _read_module(path, number, slug, homes, problems)
        for path, number, slug in _numbered(folder, problems)
    ]
    return tuple(module for module in modules if module is not None)


def _read_module(
    folder: Path, number: int, slug: str, homes: dict[str, str], problems: Problems
) -> ModuleContent | None:
    file = read_model(folder / "module.yaml", shapes.ModuleFile, problems)
    check_strangers(folder, _MODULE_FILES, problems)
    sections = [
        _read_section(path, place, name, homes, problems)
        for path, place, name in _numbered(folder, problems)
    ]
    if file is None:
        return None
    return ModuleContent(slug, number, file, tuple(filter(None, sections)))


def _read_section(
    folder: Path, number: int, slug: str, homes: dict[str, str], problems: Problems
) -> SectionContent | None:
    file = read_model(folder / "section.yaml", shapes.SectionFile, problems)
    check_strangers(folder, _SECTION_FILES, problems)
    lesson = _read_lesson(folder / "lesson.md", problems)
    exercises = _read_exercises(folder, homes, problems)
    if file is None:
        return None
    return SectionContent(slug, number, file, lesson, exercises)


def _read_lesson(path: Path, problems: Problems) -> str:
    """The lesson's Markdown; no lesson yet is no mistake, an empty one is."""
    if not path.exists():
        return ""
    text = read_text(path, problems) or ""
    if not text.strip() or "\0" in text:
        problems.at(path).add("holds no readable text")
    check_try_cells(path, text, problems)
    return text


def _read_exercises(
    folder: Path, homes: dict[str, str], problems: Problems
) -> tuple[Exercise, ...]:
    """The exercises of a section in order. ``homes`` remembers where each slug was seen first."""
    found = []
    for path in _folders(folder):
        if not (path / MANIFEST).is_file():
            problems.at(path).add(f"holds no {MANIFEST}, so it is no exercise")
            continue
        if path.name in homes:
            problems.at(path).add(f"an exercise of this name stands in {homes[path.name]} too")
        homes.setdefault(path.name, f"{folder.parent.name}/{folder.name}")
        exercise = load_exercise(path, problems)
        if exercise is not None:
            found.append(exercise)
    return tuple(sorted(found, key=lambda exercise: (exercise.position, exercise.slug)))


def _numbered(folder: Path, problems: Problems) -> list[tuple[Path, int, str]]:
    """The sub-folders ``<number>-<slug>`` by number, which runs from 1 without a gap."""
    found: list[tuple[Path, int, str]] = []
    for path in _folders(folder):
        match = _FOLDER.fullmatch(path.name)
        if match is None:
            problems.at(path).add("the name must be <number>-<slug>, such as 1-linear-algebra")
        else:
            found.append((path, int(match[1]), match[2]))
    found.sort(key=lambda item: item[1])
    for place, (path, number, slug) in enumerate(found, start=1):
        if number != place:
            problems.at(path).add(f"is number {number} where {place} is expected")
        if slug in {other for _, _, other in found[: place - 1]}:
            problems.at(path).add(f"{slug} stands twice in this folder")
    if not found:
        problems.at(folder).add("holds no folder <number>-<slug>")
    return found


def _section_references(folder: Path) -> set[str]:
    """Every section that a file may name, by folder: a broken section.yaml is reported once, not often."""
    return {
        f"{module[2]}/{section[2]}"
        for path in _folders(folder)
        if (module := _FOLDER.fullmatch(path.name))
        for below in _folders(path)
        if (section := _FOLDER.fullmatch(below.name))
    }


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))
    )
