"""Check and submit as the notebook page asks for them: the saved draft, by its revision."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config import celery_app
from curriculum.models import Exercise
from grader.exercises import Answers, Extra
from grader.report import CellResult, CheckResult
from grader.verdict import Verdict
from submissions import services
from submissions.models import Run, Submission, Trial
from tests.submissions.conftest import StandIn, make_report
from tests.workbench.sample import make_exercise
from workbench.services import save_draft

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(celery_app, "send_task", lambda *args, **options: None)


@pytest.fixture
def page(client: Client, learner: Any) -> Client:
    client.force_login(learner)
    return client


@pytest.fixture
def revision(learner: Any, exercise: Exercise) -> int:
    """Of a saved draft with one cell of the learner's own."""
    answers = Answers(
        cells={"double": "def double(x):\n    return x + x", "halve": "half = 0.5"},
        extras=(Extra("double", "code", "double(1) / 0", "x-abcdef"),),
    )
    return save_draft(learner=learner, exercise=exercise, answers=answers, revision=0).revision


def send(client: Client, exercise: Exercise, name: str, **body: Any) -> Any:
    url = reverse(f"workbench:{name}", args=[exercise.slug])
    return client.post(url, body, "application/json", headers=JSON)


class TestCheck:
    def test_runs_the_saved_draft(self, page, exercise, revision, learner) -> None:
        answer = send(page, exercise, "check", revision=revision)
        assert answer.status_code == 202
        trial = Trial.objects.get()
        assert answer.json() == {
            "id": str(trial.public_id),
            "url": f"/exercises/doubling/check/{trial.public_id}/",
            "cancel": f"/exercises/doubling/check/{trial.public_id}/cancel/",
        }
        assert trial.learner == learner
        assert trial.load_answers().cells["double"].endswith("return x + x")

    def test_and_can_be_stopped(self, page, exercise, revision) -> None:
        told = send(page, exercise, "check", revision=revision).json()
        assert page.post(told["cancel"], headers=JSON).json()["state"] == "cancelled"
        assert page.get(told["url"]).json()["done"] is True
        assert page.post(told["cancel"], headers=JSON).status_code == 409

    def test_and_tells_what_it_finds(self, page, exercise, revision) -> None:
        url = send(page, exercise, "check", revision=revision).json()["url"]
        before = page.get(url).json()
        assert (before["state"], before["place"], before["done"]) == ("queued", 1, False)
        checks = (CheckResult("Halves", "half", 0.0, 1.0, Verdict.FAILED, "It is 0.5.", "x = 1"),)
        cells = (CellResult("x-abcdef", Verdict.ERROR, "ZeroDivisionError: division by zero"),)
        client = StandIn(lambda run: make_report(run, checks=checks, cells=cells, points=1.0))
        services.grade_run(public_id=Run.objects.get().public_id, worker="w", client=client)
        response = page.get(url)
        after = response.json()
        assert (after["done"], after["results"][0]["cell"]) == (True, "halve")
        assert after["cells"][0]["id"] == "x-abcdef"
        assert "no-store" in response["Cache-Control"]

    def test_what_was_never_written_is_checked_as_the_starter(self, page, exercise) -> None:
        assert send(page, exercise, "check", revision=0).status_code == 202

    def test_an_old_revision_is_a_conflict(self, page, exercise, revision) -> None:
        answer = send(page, exercise, "check", revision=revision - 1)
        assert (answer.status_code, answer.json()["code"]) == (409, "draft-conflict")
        assert not Trial.objects.exists()

    @pytest.mark.parametrize(
        "body", [{}, {"revision": "1"}, {"revision": -1}, {"revision": 1, "seed": 3}]
    )
    def test_another_shape_is_refused(self, page, exercise, body) -> None:
        assert send(page, exercise, "check", **body).status_code == 400

    def test_too_often_says_when_to_come_back(self, page, exercise, revision, settings) -> None:
        settings.CHECKS_PER_MINUTE = 1
        send(page, exercise, "check", revision=revision)
        Run.objects.update(state="cancelled")
        answer = send(page, exercise, "check", revision=revision)
        assert (answer.status_code, answer.json()["code"]) == (429, "too-often")
        assert 0 < int(answer["Retry-After"]) <= 60

    def test_strangers_learn_nothing(self, page, exercise, revision, other_learner) -> None:
        url = send(page, exercise, "check", revision=revision).json()["url"]
        page.force_login(other_learner)
        assert page.get(url, headers=JSON).status_code == 404
        page.logout()
        assert page.get(url, headers=JSON).status_code == 401
        answer = send(page, exercise, "check", revision=revision)
        assert (answer.status_code, answer.json()["code"]) == (401, "signed-out")

    def test_needs_the_page_s_token(self, learner, exercise) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(learner)
        assert send(strict, exercise, "check", revision=0).status_code == 403
        assert not Trial.objects.exists()

    def test_asking_costs_few_queries(
        self, page, exercise, revision, django_assert_max_num_queries
    ) -> None:
        url = send(page, exercise, "check", revision=revision).json()["url"]
        page.get(url)
        with django_assert_max_num_queries(6):
            page.get(url)


class TestSubmit:
    def test_hands_in_the_saved_draft(self, page, revision, exercise) -> None:
        answer = send(page, exercise, "notebook-submit", revision=revision, key="k")
        submission = Submission.objects.get()
        assert answer.status_code == 202
        assert answer.json()["page"] == submission.get_absolute_url()
        assert answer.json()["attempts_left"] is None
        assert page.get(answer.json()["url"]).json()["state"] == "queued"
        assert submission.load_answers().cells["halve"] == "half = 0.5"

    def test_a_double_click_is_one_submission(self, page, exercise, revision) -> None:
        key = str(uuid.uuid4())
        one, two = (
            send(page, exercise, "notebook-submit", revision=revision, key=key).json()
            for _ in range(2)
        )
        assert one == two
        assert (
            send(page, exercise, "notebook-submit", revision=revision, key=f"{key}-1").json() != one
        )

    def test_attempts_left(self, page, learner) -> None:
        exercise = make_exercise(slug="twice", attempts=2)
        left = [
            send(page, exercise, "notebook-submit", revision=0, key=key).json()["attempts_left"]
            for key in ("a", "b")
        ]
        assert left == [1, 0]
        refused = send(page, exercise, "notebook-submit", revision=0, key="c")
        assert (refused.status_code, refused.json()["code"]) == (409, "attempts-used")

    def test_an_old_revision_hands_nothing_in(self, page, exercise, revision) -> None:
        answer = send(page, exercise, "notebook-submit", revision=revision - 1, key="k")
        assert (answer.status_code, answer.json()["code"]) == (409, "draft-conflict")
        assert not Submission.objects.exists()
