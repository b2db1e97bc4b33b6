"""Errors become answers: a page, a fragment, or problem details."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from common.errors import (
    AuthorError,
    ConflictError,
    KilohourError,
    LearnerError,
    PlatformError,
    Problem,
    translate_error,
)
from common.middleware import ErrorMiddleware
from grader.errors import ExerciseError, HostBusyError, NotebookError

PROBLEM = Problem("cell 3", "<b>The id appears twice.</b>")


@pytest.fixture
def answer(rf: RequestFactory) -> Callable[..., HttpResponse | None]:
    def answer(error: Exception, **headers: str) -> HttpResponse | None:
        request = rf.get("/somewhere/", headers=headers)
        request.user = AnonymousUser()
        return ErrorMiddleware(lambda _: HttpResponse()).process_exception(request, error)

    return answer


def test_a_page_names_every_problem_and_escapes_it(answer: Callable[..., HttpResponse]) -> None:
    response = answer(LearnerError("Cannot be used.", problems=[PROBLEM]), accept="text/html")
    text = response.content.decode()
    assert response.status_code == 400
    assert "Cannot be used." in text
    assert "cell 3" in text
    assert "&lt;b&gt;The id appears twice." in text


def test_htmx_gets_a_fragment(answer: Callable[..., HttpResponse]) -> None:
    response = answer(ConflictError("Saved elsewhere."), **{"HX-Request": "true"})
    assert response.status_code == 409
    assert "<html" not in response.content.decode()
    assert "Saved elsewhere." in response.content.decode()


def test_programs_get_problem_details(answer: Callable[..., HttpResponse]) -> None:
    error = LearnerError("Cannot be used.", problems=[PROBLEM])
    response = answer(error, accept="application/json")
    assert response["Content-Type"] == "application/problem+json"
    assert b'"where": "cell 3"' in response.content
    assert b'"code": "invalid"' in response.content


def test_mistakes_of_the_course_stay_between_us(
    answer: Callable[..., HttpResponse], caplog: pytest.LogCaptureFixture
) -> None:
    response = answer(AuthorError(problems=[Problem("checks.py", "secret")]), accept="text/html")
    assert response.status_code == 500
    assert b"secret" not in response.content
    assert "course-mistake" in caplog.text


def test_other_exceptions_are_left_to_django(answer: Callable[..., HttpResponse | None]) -> None:
    assert answer(ValueError("what is this")) is None


@pytest.mark.parametrize(
    ("raised", "ours"),
    [
        (NotebookError([PROBLEM]), LearnerError),
        (ExerciseError([PROBLEM]), AuthorError),
        (HostBusyError("full"), PlatformError),
        (ConflictError(), ConflictError),
    ],
)
def test_errors_of_the_grader_are_sorted_by_who_must_act(
    raised: Exception, ours: type[KilohourError]
) -> None:
    assert type(translate_error(raised)) is ours


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_pages_stand_without_request_or_database(name: str) -> None:
    text = render_to_string(f"{name}.html")
    assert "<h1>" in text
    assert "<style" not in text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("application/json", "application/problem+json"), ("text/html,*/*", "text/html")],
)
def test_a_request_without_its_token_is_answered_as_asked(accept: str, kind: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(reverse("account_login"), HTTP_ACCEPT=accept)
    assert response.status_code == 403
    assert response["Content-Type"].startswith(kind)
    assert "open for too long" in response.content.decode()


def test_an_unknown_address_is_ours_to_answer(client: Client) -> None:
    response = client.get("/there/is/nothing/here/")
    assert response.status_code == 404
    assert "Nothing lives at this address" in response.content.decode()


@pytest.mark.django_db
def test_the_style_page_is_for_operators(client: Client, learner: User, operator: User) -> None:
    client.force_login(learner)
    assert client.get(reverse("style")).status_code == 404
    client.force_login(operator)
    assert client.get(reverse("style")).status_code == 200
