"""A kernel for the cells of a lesson: its own address, the usual walls, no data."""

from collections.abc import Callable

import pytest

from accounts.models import User
from curriculum.models import Exercise, Section
from tests.workbench.live.server import Browser
from workbench.live import pool
from workbench.models import LiveKernel

pytestmark = pytest.mark.kernels
PATH = "lessons/foundations/sums"
Browse = Callable[..., Browser]


@pytest.fixture
def lesson(exercise: Exercise) -> Section:
    section = exercise.section
    section.lesson = "```python try\n1 + 1\n```"
    section.save()
    return section


@pytest.fixture
def reader(lesson: Section, browse: Browse, learner: User) -> Browser:
    return browse(learner, PATH)


def test_a_lesson_has_a_kernel_of_its_own(reader: Browser, browser: Browser) -> None:
    kernel, other = reader.start(), browser.start()
    assert kernel["fresh"]
    assert kernel["id"] != other["id"]
    assert reader.start()["id"] == kernel["id"]
    with reader.open(kernel["id"]) as page:
        assert page.run("import os\n1 + 1, os.path.exists('data')") == "(2, False)"
    row = LiveKernel.objects.get(public_id=kernel["id"])
    assert (row.exercise, row.section.slug) == (None, "sums")
    assert "Sums" in str(row)
    assert [one["id"] for one in reader.ask("GET").json] == [kernel["id"]]
    # Neither is found at the other's address.
    assert reader.ask("GET", f"/{other['id']}").status == 404
    assert browser.ask("GET", f"/{kernel['id']}").status == 404
    assert reader.ask("DELETE", f"/{kernel['id']}").status == 204


def test_a_cell_that_takes_too_long_says_so_without_a_word_of_grading(reader: Browser) -> None:
    kernel = reader.start()
    assert kernel["cell_seconds"] == 20
    (live,) = pool.current()._kernels.values()
    live.cell_seconds = 0.5
    with reader.open(kernel["id"]) as page:
        assert page.run("while True: pass") == (
            "Stopped after 0.5 s, the most that a cell may take here.\nKeyboardInterrupt"
        )


def test_it_counts_among_the_two_of_a_learner(
    reader: Browser, browser: Browser, browse: Browse, learner: User, lesson: Section
) -> None:
    Section.objects.create(
        module=lesson.module,
        slug="more",
        number="1.2",
        title="More",
        total_hours=1,
        summary="More.",
        lesson="text",
    )
    first = reader.start()
    browser.start()
    browse(learner, "lessons/foundations/more").start()
    assert reader.ask("GET", f"/{first['id']}").status == 404


def test_strangers_other_learners_and_sections_without_a_lesson_get_none(
    reader: Browser, browse: Browse, other_learner: User, lesson: Section
) -> None:
    kernel = reader.start()
    assert browse(None, PATH).ask("POST").status == 401
    assert browse(other_learner, PATH).ask("GET", f"/{kernel['id']}").status == 404
    assert browse(other_learner, "lessons/foundations/none").ask("POST").status == 404
    lesson.lesson = ""
    lesson.save()
    assert browse(other_learner, PATH).ask("POST").status == 404
