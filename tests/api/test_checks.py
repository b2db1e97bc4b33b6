"""Having work checked by program: what the page can do, through the same rules."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from curriculum.models import Exercise
from submissions.models import Submission, Trial
from tests.api.test_submissions import MINE, PROBLEM, notebook

URL = "/api/v1/exercises/doubling/checks/"


@pytest.mark.parametrize(
    "body", [{"answers": {"double": MINE}}, {"notebook": notebook(double=MINE)}]
)
def test_a_check_is_made_and_followed(
    program: APIClient, exercise: Exercise, learner: Any, body: dict[str, Any]
) -> None:
    answer = program.post(URL, body, format="json")
    trial = Trial.objects.get()
    assert answer.status_code == 202
    assert trial.learner == learner
    assert trial.load_answers().cells["double"] == MINE
    assert answer["Location"] == f"http://testserver/api/v1/checks/{trial.public_id}/"
    state = program.get(answer["Location"]).json()
    assert state == answer.json() | {"poll_after_seconds": state["poll_after_seconds"]}
    assert (state["state"], state["place"], state["done"]) == ("queued", 1, False)
    assert not Submission.objects.exists()


def test_what_cannot_be_used_is_refused(program: APIClient, exercise: Exercise) -> None:
    answer = program.post(URL, {"answers": {"triple": "x"}}, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)


def test_another_s_check_is_not_there(
    program: APIClient, exercise: Exercise, client_of: Any, other_learner: Any
) -> None:
    url = program.post(URL, {"answers": {"double": MINE}}, format="json")["Location"]
    assert client_of(other_learner).get(url).status_code == 404
    assert client_of(None).get(url).status_code == 401
    assert client_of(None).post(URL, {}, format="json").status_code == 401


def test_its_own_rate_limit(program: APIClient, exercise: Exercise, settings: Any) -> None:
    settings.CHECKS_PER_MINUTE = 1
    program.post(URL, {"answers": {"double": MINE}}, format="json")
    answer = program.post(URL, {"answers": {"double": "x = 1"}}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (429, "too-often")
    assert answer["Retry-After"]


class TestCancelling:
    @pytest.fixture
    def url(self, program: APIClient, exercise: Exercise) -> str:
        """Of a check that waits."""
        return program.post(URL, {"answers": {"double": MINE}}, format="json")["Location"]

    def test_a_check_is_cancelled_once(self, program: APIClient, url: str) -> None:
        answer = program.post(f"{url}cancel/")
        assert answer.status_code == 200
        assert (answer.json()["state"], answer.json()["done"]) == ("cancelled", True)
        assert program.get(url).json() == answer.json()
        again = program.post(f"{url}cancel/")
        assert (again.status_code, again["Content-Type"]) == (409, PROBLEM)
        assert again.json()["code"] == "already-ended"

    def test_but_nobody_else_s(self, client_of: Any, other_learner: Any, url: str) -> None:
        assert client_of(other_learner).post(f"{url}cancel/").status_code == 404
        assert client_of(None).post(f"{url}cancel/").status_code == 401
        assert Trial.objects.get().run.state == "queued"
