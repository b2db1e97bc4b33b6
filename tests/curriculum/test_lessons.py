"""Cells to try in lessons: what is one, what is a mistake, and that those of the course run."""

import sys
from pathlib import Path

import pytest

from curriculum.errors import ContentError
from curriculum.loader import find_try_cells, load_curriculum
from grader.kernels.client import KernelClient
from tests.grader.kernels.live_talk import live
from tests.running import core_host

LESSON = "01-foundations/1-sums/lesson.md"
host = pytest.fixture(core_host, scope="module", name="host")


def mistakes(course: Path, lesson: str) -> list[str]:
    (course / LESSON).write_text(lesson, encoding="utf-8")
    try:
        load_curriculum(course)
    except ContentError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_cells_are_found_in_their_order(course: Path) -> None:
    lesson = "# A\n\n```python try\none = 1\n```\n\n```python\nno\n```\n\n~~~  python   try\ntwo = 2\n~~~\n"
    assert find_try_cells(lesson) == ["one = 1\n", "two = 2\n"]
    assert mistakes(course, lesson) == []


@pytest.mark.parametrize(
    ("lesson", "expected"),
    [
        (
            "# A\n\n```python try\nx = 1\ny = (\n```\n",
            "lesson.md:5: holds a cell to try that is no Python",
        ),
        ("```python try\n\n```\n", "lesson.md:1: holds an empty cell to try"),
        ("```py try\nx\n```\n", "lesson.md:1: marks a block with 'py try'"),
        ("```python try rows=3\nx\n```\n", "lesson.md:1: marks a block with 'python try rows=3'"),
        ("a\n\n```python Try\nx\n```\n", "lesson.md:3: marks a block with 'python Try'"),
        ("1. one\n\n   ```python try\n   x = 1\n   ```\n", "inside a list or a quotation"),
        ("> ```python try\n> x = 1\n> ```\n", "inside a list or a quotation"),
    ],
)
def test_a_block_that_could_not_run_is_a_mistake(course: Path, lesson: str, expected: str) -> None:
    (found,) = mistakes(course, lesson)
    assert expected in found


def _lessons() -> list[tuple[str, list[str]]]:
    return [
        (section.slug, cells)
        for module in load_curriculum().modules
        for section in module.sections
        if (cells := find_try_cells(section.lesson))
    ]


@pytest.mark.kernels
@pytest.mark.parametrize("backwards", [False, True])
def test_every_cell_of_the_course_runs_in_any_order(host: KernelClient, backwards: bool) -> None:
    lessons = _lessons()
    assert len(lessons) >= 4
    for slug, cells in lessons:
        with live(host, memory_mb=2048) as talk:
            for number, cell in list(enumerate(cells, start=1))[:: -1 if backwards else 1]:
                content = talk.run(cell)
                told = f"cell {number} of {slug}: {content.get('evalue')}"
                assert content["status"] == "ok", told
                kinds = {output["msg_type"] for output in content["outputs"]}
                assert kinds & {"stream", "display_data", "execute_result"}, (
                    f"{told}: shows nothing"
                )
                texts = [output["content"].get("name") for output in content["outputs"]]
                assert "stderr" not in texts, f"{told}: warns"
        print(slug, len(cells), file=sys.stderr)
