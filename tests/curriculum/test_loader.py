"""Every mistake in the course's files is found, with its file, its field and a reason."""

import shutil
from pathlib import Path

import pytest

from curriculum.errors import ContentError
from curriculum.loader import load_curriculum
from tests.curriculum.conftest import EXERCISE, RESOURCES, SECTION


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load_curriculum(folder)
    return [str(problem) for problem in caught.value.problems]


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_sound_course_is_read_whole(course: Path) -> None:
    content = load_curriculum(course)
    (module,) = content.modules
    sums, products = module.sections
    assert (module.slug, module.number) == ("foundations", 1)
    assert sums.file.hours.study == 4
    assert sums.lesson.startswith("# Sums")
    assert [exercise.slug for exercise in sums.exercises] == ["weighted-mean"]
    assert (products.slug, products.lesson, products.exercises) == ("products", "", ())


def test_mistakes_of_all_files_are_told_at_once(course: Path) -> None:
    replace(course / "course.yaml", "promised_hours: 100", "promised_hours: many")
    replace(course / "01-foundations/module.yaml", "summary", "sumary")
    replace(course / "resources.yaml", "foundations/sums", "foundations/suns")
    (course / EXERCISE / "checks.py").unlink()
    found = mistakes(course)
    assert "course.yaml: promised_hours: input should be a valid integer" in found[0]
    assert "01-foundations/module.yaml: summary: is missing" in found
    assert "01-foundations/module.yaml: sumary: is not known here" in found
    assert f"{EXERCISE}/checks.py: is missing" in found
    assert (
        "resources.yaml: a-book.sections.0: there is no section foundations/suns; "
        "did you mean foundations/sums?" in found
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("course.yaml", "100", "0", "course.yaml: promised_hours: input should be greater than 0"),
        (
            "01-foundations/1-sums/section.yaml",
            ", practice: 6",
            "",
            "01-foundations/1-sums/section.yaml: hours: "
            "study and practice are given together or not at all",
        ),
        (
            "01-foundations/1-sums/section.yaml",
            "practice: 6",
            "practice: 7",
            "01-foundations/1-sums/section.yaml: hours: "
            "study and practice do not come to the total",
        ),
        (
            "01-foundations/1-sums/section.yaml",
            "subtraction",
            "addition",
            "01-foundations/1-sums/section.yaml:6: addition stands twice",
        ),
        (
            "01-foundations/1-sums/section.yaml",
            "Addition",
            "Addition【676623205618961†L329-L364】",
            "01-foundations/1-sums/section.yaml:5: holds a broken citation mark",
        ),
        (
            "01-foundations/1-sums/section.yaml",
            "kind: exercise",
            "kind: exam",
            "01-foundations/1-sums/section.yaml: practice.add.kind: input should be",
        ),
        ("resources.yaml", "  kind: book\n", "", "resources.yaml: a-book.kind: is missing"),
        (
            "resources.yaml",
            "  sections: [foundations/sums]\n",
            "",
            "resources.yaml: a-book: names no section and no other part",
        ),
        ("resources.yaml", "generic", "url: ftp//x\n  generic", "resources.yaml: a-page.url: "),
        (
            "people.yaml",
            "foundations/sums",
            "1.1",
            "people.yaml: demo-teacher.sections.0: input should be a valid string",
        ),
        (
            "schedule.yaml",
            "last: 1",
            "last: 0",
            "schedule.yaml: week-1.weeks.last: input should be greater than or equal to 1",
        ),
        (
            "schedule.yaml",
            "foundations/sums",
            "sums/foundations",
            "schedule.yaml: week-1.deliverables.sums.sections.0: there is no section",
        ),
        ("tips.yaml", "rest:", "Take Rest:", "tips.yaml: Take Rest.[key]: string should match"),
        ("tips.yaml", "}", "", "tips.yaml:2: "),
    ],
)
def test_a_mistake_is_told_with_file_field_and_reason(
    course: Path, file: str, old: str, new: str, expected: str
) -> None:
    replace(course / file, old, new)
    found = [problem.replace("value error, ", "") for problem in mistakes(course)]
    assert any(problem.startswith(expected) for problem in found), found


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "course.yaml: is missing" in mistakes(tmp_path / "nowhere")


def test_a_section_without_its_file_does_not_raise_an_alarm_for_who_names_it(course: Path) -> None:
    (course / "01-foundations/1-sums/section.yaml").unlink()
    assert mistakes(course) == ["01-foundations/1-sums/section.yaml: is missing"]


def test_a_gap_in_the_numbers(course: Path) -> None:
    (course / "01-foundations/2-products").rename(course / "01-foundations/3-products")
    assert mistakes(course) == ["01-foundations/3-products: is number 3 where 2 is expected"]


def test_two_sections_of_one_name(course: Path) -> None:
    again = course / "01-foundations/3-sums"
    again.mkdir()
    (again / "section.yaml").write_text(SECTION)
    assert mistakes(course) == ["01-foundations/3-sums: sums stands twice in this folder"]


def test_a_folder_that_is_nothing(course: Path) -> None:
    (course / "01-foundations/1-sums/ideas").mkdir()
    (course / "appendix").mkdir()
    found = mistakes(course)
    assert "01-foundations/1-sums/ideas: holds no exercise.yaml, so it is no exercise" in found
    assert any(
        problem.startswith("appendix: the name must be <number>-<slug>") for problem in found
    )


def test_a_misspelt_file(course: Path) -> None:
    section = course / "01-foundations/1-sums"
    (section / "lesson.md").rename(section / "leson.md")
    assert mistakes(course) == [
        "01-foundations/1-sums/leson.md: is not read; this folder holds lesson.md, section.yaml"
    ]


def test_one_exercise_name_in_two_sections(course: Path) -> None:
    shutil.copytree(course / EXERCISE, course / "01-foundations/2-products/weighted-mean")
    assert mistakes(course) == [
        "01-foundations/2-products/weighted-mean: "
        "an exercise of this name stands in 01-foundations/1-sums too"
    ]


@pytest.mark.parametrize("lesson", [b"", b"  \n", b"\xff\xfe", b"a\0b"])
def test_a_lesson_that_is_no_text(course: Path, lesson: bytes) -> None:
    (course / "01-foundations/1-sums/lesson.md").write_bytes(lesson)
    assert mistakes(course)[0].startswith("01-foundations/1-sums/lesson.md: ")


def test_a_file_that_is_not_utf8(course: Path) -> None:
    (course / "resources.yaml").write_bytes(RESOURCES.encode() + b"\xff")
    (problem,) = mistakes(course)
    assert problem.startswith("resources.yaml: is not UTF-8")
