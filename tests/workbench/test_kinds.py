"""The page of a project or of reviewed writing: the same page, with words that fit."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils.html import strip_tags

from accounts.models import User
from curriculum.models import Exercise
from grader.exercises import Cell
from tests.progress.conftest import hand_in  # noqa: F401  a fixture
from tests.workbench.sample import definition, make_exercise, release

pytestmark = pytest.mark.django_db
PRE_CHECKS = "only open the way: a mentor's review is what counts."


@pytest.fixture
def project() -> Exercise:
    project = make_exercise()
    cells = (
        Cell("text-1", "markdown", "# A project"),
        Cell("essay", "markdown", "## Claim\n\n*Write your answer here.*", True, "## Claim\n\nSo."),
    )
    release(project, definition(kind="project", files={"runs.csv": "One row a run."}, cells=cells))
    project.kind = Exercise.Kind.PROJECT
    project.save()
    return project


def words(client: Client, exercise: Exercise) -> str:
    answer = client.get(exercise.get_absolute_url())
    assert answer.status_code == 200
    text = strip_tags(answer.content.decode()).replace("&#x27;", "'")
    return re.sub(r"\s+", " ", text)


def test_it_says_what_counts_and_which_files_are_asked_for(
    client: Client, learner: User, project: Exercise
) -> None:
    client.force_login(learner)
    page = words(client, project)
    assert "A project, reviewed by a mentor" in page
    assert PRE_CHECKS in page
    assert "runs.csv: One row a run." in page
    assert "Points of the pre-checks" in page
    assert "When all pre-checks pass, it is ready for review." in page


def test_an_exercise_says_nothing_of_that(client: Client, exercise: Exercise) -> None:
    page = words(client, exercise)
    assert "mentor" not in page
    assert "Files that your notebook must write" not in page


def test_with_all_points_it_is_ready_for_review_and_not_passed(
    client: Client,
    learner: User,
    project: Exercise,
    hand_in,  # noqa: F811
) -> None:
    hand_in(learner, project, points=project.points)
    client.force_login(learner)
    page = words(client, project)
    assert page.count("Ready for review") == 2  # beside the best, and in the list of submissions
    assert "Passed" not in page


def test_nothing_promises_a_queue_that_does_not_exist() -> None:
    texts = [path.read_text() for path in Path("templates").rglob("*.html")]
    assert not [text for text in texts if "mentor will" in text]
