"""Too large a request is refused before any of it is kept."""

from io import BytesIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from common.middleware import BodyLimitMiddleware

LIMIT = 1000


class Endless(BytesIO):
    """Says how much was taken of it."""

    taken = 0

    def read(self, size=-1):
        assert size >= 0, "somebody wants all of it"
        self.taken += size
        return b"x" * size


@pytest.fixture
def send(rf, settings):
    settings.REQUEST_MAX_BYTES = LIMIT

    def send(stream, path="/somewhere/", **environ):
        request = rf.generic("POST", path, **{"CONTENT_LENGTH": "", **environ})
        request.META["wsgi.input"] = stream
        request.user = AnonymousUser()
        return BodyLimitMiddleware(lambda request: HttpResponse(request.body))(request)

    return send


CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}


def test_by_its_announced_length_without_reading(send) -> None:
    stream = Endless()
    assert send(stream, CONTENT_LENGTH=str(LIMIT + 1)).status_code == 413
    assert stream.taken == 0


def test_a_chunked_body_is_read_no_further_than_the_limit(send) -> None:
    stream = Endless()
    assert send(stream, **CHUNKED).status_code == 413
    assert stream.taken <= LIMIT + 1


@pytest.mark.parametrize("size", [0, 10, LIMIT])
def test_a_chunked_body_within_the_limit_arrives(send, size) -> None:
    body = b"x" * size
    assert send(BytesIO(body), **CHUNKED).content == body


def test_programs_get_problem_details(send) -> None:
    response = send(BytesIO(), "/api/v1/exercises/x/submissions/", CONTENT_LENGTH="9999")
    assert response.status_code == 413
    assert response["Content-Type"] == "application/problem+json"


def test_the_site_has_it(client, db) -> None:
    response = client.post("/account/login/", CONTENT_LENGTH=str(100 * 1024**2))
    assert response.status_code == 413
