"""Who may do what: one table of address × somebody × answer."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import User
from curriculum.models import Exercise
from grader.exercises import Answers
from submissions.models import Submission
from submissions.services import submit_answers

SOMEBODIES = ("nobody", "learner", "other_learner", "mentor", "operator")
# In the order of SOMEBODIES; the submission is the learner's.
TABLE = {
    "GET /api/v1/exercises/": (200, 200, 200, 200, 200),
    "GET /api/v1/exercises/doubling/": (200, 200, 200, 200, 200),
    "GET /api/v1/exercises/nothing/": (404, 404, 404, 404, 404),
    "GET /api/v1/exercises/doubling/starter.ipynb": (200, 200, 200, 200, 200),
    "POST /api/v1/exercises/": (405, 405, 405, 405, 405),
    "POST /api/v1/exercises/doubling/submissions/": (401, 202, 202, 202, 202),
    "POST /api/v1/exercises/nothing/submissions/": (401, 404, 404, 404, 404),
    "GET /api/v1/exercises/doubling/submissions/": (401, 405, 405, 405, 405),
    "GET /api/v1/submissions/": (401, 200, 200, 200, 200),
    "GET /api/v1/submissions/{id}/": (401, 200, 404, 404, 404),
    "DELETE /api/v1/submissions/{id}/": (401, 405, 405, 405, 405),
    "POST /api/v1/submissions/{id}/cancel/": (401, 200, 404, 404, 404),
    "GET /api/v1/submissions/{id}/cancel/": (401, 405, 405, 405, 405),
    "GET /api/v1/submissions/{id}/notebook.ipynb": (401, 404, 404, 404, 404),
    "GET /api/v1/schema/": (200, 200, 200, 200, 200),
    "GET /api/v1/docs/": (200, 200, 200, 200, 200),
}


@pytest.fixture
def submission(exercise: Exercise, learner: User) -> Submission:
    return submit_answers(
        learner=learner, exercise=exercise, answers=Answers({}), source="api", key="k"
    )


@pytest.mark.parametrize("somebody", SOMEBODIES)
@pytest.mark.parametrize("line", TABLE)
def test_who_may_do_what(
    line: str,
    somebody: str,
    submission: Submission,
    client_of: Any,
    request: pytest.FixtureRequest,
) -> None:
    user = None if somebody == "nobody" else request.getfixturevalue(somebody)
    method, address = line.format(id=submission.public_id).split()
    answer = getattr(client_of(user), method.lower())(address, {"answers": {}}, format="json")
    assert answer.status_code == TABLE[line][SOMEBODIES.index(somebody)]
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
    if answer.status_code == 401:
        assert answer["WWW-Authenticate"] == "Token"


def test_a_session_needs_the_token_against_forgery(exercise: Exercise, learner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    answer = client.post(
        "/api/v1/exercises/doubling/submissions/", {"answers": {}}, content_type="application/json"
    )
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert not Submission.objects.exists()


def test_a_locked_account_s_token_is_worth_nothing(
    program: APIClient, learner: User, exercise: Exercise
) -> None:
    learner.is_active = False
    learner.save()
    assert program.get("/api/v1/submissions/").status_code == 401


def test_a_token_that_does_not_exist(db: None) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Token nonsense")
    answer = client.get("/api/v1/submissions/")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert not Token.objects.exists()


def test_the_description_is_complete_and_without_warnings(tmp_path: Any) -> None:
    file = tmp_path / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(file))
    text = file.read_text()
    assert "/api/v1/exercises/{slug}/submissions/" in text
    assert "/api/v1/submissions/{public_id}/cancel/" in text
    assert "/api/v1/checks/{public_id}/cancel/" in text
    assert "Idempotency-Key" in text


def test_the_description_s_page_has_no_inline_code(client: Client, db: None) -> None:
    page = client.get("/api/v1/docs/").content.decode()
    assert "<style" not in page
    assert page.count("<script ") == page.count("<script src=")
    script = client.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in script.content.decode()
