"""Who gets a kernel and a socket to it, and who does not."""

from collections.abc import Callable
from http.client import HTTPConnection
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus

from accounts.models import User
from curriculum.models import Exercise
from tests.workbench.live.server import Browser
from tests.workbench.sample import make_exercise
from workbench.live.kernel import MOST_CLIENTS

pytestmark = pytest.mark.kernels
Browse = Callable[..., Browser]


def is_refused(browser: Browser, kernel_id: str, **changes: object) -> bool:
    with pytest.raises(InvalidStatus) as refusal:
        browser.open(kernel_id, **changes)
    return refusal.value.response.status_code == 403


def test_only_the_owner_on_our_page_gets_a_socket(
    browser: Browser, browse: Browse, other_learner: User
) -> None:
    kernel_id = browser.start()["id"]
    stranger = browse(other_learner)
    assert is_refused(browse(None), kernel_id)
    assert is_refused(stranger, kernel_id)
    assert is_refused(browser, str(uuid4()))
    assert is_refused(browser, kernel_id, origin="https://elsewhere.example")
    assert is_refused(browser, kernel_id, origin=f"http://127.0.0.1:{browser.port}0")
    assert is_refused(browser, kernel_id, origin="null")
    assert is_refused(browser, kernel_id, origin=None)
    assert is_refused(browser, kernel_id, subprotocols=["v2"])
    assert is_refused(browser, kernel_id, subprotocols=None)
    pages = [browser.open(kernel_id) for _ in range(MOST_CLIENTS)]
    assert is_refused(browser, kernel_id)
    pages.pop().line.close()
    for page in [*pages, browser.open(kernel_id)]:
        page.line.close()


def test_a_name_that_leads_here_is_not_our_name(browser: Browser, settings: object) -> None:
    kernel_id = browser.start()["id"]
    settings.ALLOWED_HOSTS = ["learn.example.org"]  # type: ignore[attr-defined]
    assert is_refused(browser, kernel_id)


def test_requests_are_told_in_problem_details_why_not(
    browser: Browser, browse: Browse, other_learner: User, exercise: Exercise
) -> None:
    kernel_id = browser.start()["id"]
    nobody = browse(None).ask("POST")
    assert nobody.status == 401
    assert nobody.headers["Content-Type"] == "application/problem+json"
    assert nobody.json["code"] == "signed-out"
    stranger = browse(other_learner)
    for method, path in [
        ("GET", ""), ("DELETE", ""), ("POST", "/interrupt"), ("POST", "/restart"),
        ("GET", "/files"), ("GET", "/files/data/numbers.csv"), ("PUT", "/files/a"),
    ]:  # fmt: skip
        answer = stranger.ask(method, f"/{kernel_id}{path}")
        assert answer.status == 404, path
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert browse(other_learner, "no-such").ask("POST").status == 404
    assert browser.ask("GET", f"/{kernel_id}").json["execution_state"] == "idle"
    assert browser.ask("POST", **{"X-CSRFToken": "d" * 32}).status == 403


def test_one_kernel_for_an_exercise_and_two_for_a_learner(
    browser: Browser, browse: Browse, learner: User
) -> None:
    first = browser.start()
    assert first["fresh"]
    again = browser.start()
    assert (again["id"], again["fresh"]) == (first["id"], False)
    for slug in ("second", "third"):
        make_exercise(slug=slug)
    with browser.open(first["id"]) as page:
        assert browse(learner, "second").start()["id"] != first["id"]
        browse(learner, "third").start()
        assert page.closed_with() == 4409
    assert browser.ask("GET", f"/{first['id']}").status == 404
    assert browser.start()["fresh"]


def test_without_a_pool_the_answer_is_503(
    client: object, learner: User, exercise: Exercise
) -> None:
    client.force_login(learner)  # type: ignore[attr-defined]
    answer = client.post(f"/kernel/{exercise.slug}/api/kernels")  # type: ignore[attr-defined]
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert answer.json()["detail"].startswith("Python cannot be reached just now.")


def test_pages_files_and_limits_are_as_under_gunicorn(port: int) -> None:
    line = HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", "/exercises/doubling/data/numbers.csv")
    answer = line.getresponse()
    assert (answer.status, answer.read()) == (200, b"1,2,4\n")
    line.request("GET", "/account/login/")
    answer = line.getresponse()
    assert answer.status == 200
    assert b"password" in answer.read()
    line.putrequest("POST", "/account/login/")
    line.putheader("Content-Length", str(1 << 30))
    line.endheaders()
    assert line.getresponse().status == 413  # before any of it was sent
    line.close()
