"""Places for kernels are few: who waits for one, who gives one back, and what is said when there is no host."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from grader.errors import HostBusyError
from tests.workbench.live.server import Browser
from tests.workbench.sample import make_exercise
from workbench.live import pool, waiting
from workbench.live.process import Order

pytestmark = pytest.mark.kernels
Browse = Callable[..., Browser]
PLACE = "workbench.live.process.Order.place"


def refuse(order: Order) -> None:
    raise HostBusyError("full")


@pytest.fixture
def third(browser: Browser, browse: Browse, learner: User) -> Browser:
    """The exercise that the learner opens while two kernels of theirs run, of which this holds a name."""
    kernel = browser.start()
    for slug in ("second", "third"):
        make_exercise(slug=slug)
    browse(learner, "second").start()
    with browser.open(kernel["id"]) as page:
        page.run("kept = 1")
    return browse(learner, "third")


def assert_kept(browser: Browser) -> None:
    """The first kernel is the same as ever."""
    kernel = browser.start()
    assert not kernel["fresh"]
    with browser.open(kernel["id"]) as page:
        assert page.run("kept") == "1"


def test_a_full_host_makes_a_queue(
    browser: Browser,
    browse: Browse,
    other_learner: User,
    mentor: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(PLACE, refuse)
        first, second = browse(other_learner), browse(mentor)
        for who, place in [(first, 1), (second, 2), (first, 1), (browser, 3)]:
            answer = who.ask("POST")
            assert (answer.status, answer.json["place"]) == (503, place)
            assert answer.headers["Retry-After"] == str(waiting.RETRY_SECONDS)
    assert second.ask("POST").status == 503  # somebody stands before them
    assert first.ask("POST").status == 201
    assert second.ask("POST").status == 201


def test_who_waits_for_a_third_kernel_keeps_both_until_it_is_there(
    third: Browser,
    browser: Browser,
    browse: Browse,
    learner: User,
    other_learner: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before_them = browse(other_learner)
    with monkeypatch.context() as patch:
        patch.setattr(PLACE, refuse)
        assert before_them.ask("POST").json["place"] == 1
    answer = third.ask("POST")
    assert (answer.status, answer.json["place"]) == (503, 2)
    assert_kept(browser)
    assert not browse(learner, "second").start()["fresh"]
    assert before_them.ask("POST").status == 201
    assert third.start()["fresh"]
    assert browser.ask("GET").json == []
    assert not browse(learner, "second").start()["fresh"]


def test_on_a_full_host_the_oldest_makes_room_and_nobody_else_takes_it(
    third: Browser,
    browser: Browser,
    browse: Browse,
    other_learner: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, asked = Order.place, []

    def place_two(order: Order) -> Any:
        if len(pool.current()._kernels) >= 2:
            raise HostBusyError("full")
        if not asked:
            asked.append(None)
            asked[0] = browse(other_learner).ask("POST").json.get("place")
        return place(order)

    monkeypatch.setattr(PLACE, place_two)
    assert third.start()["fresh"]
    assert browser.ask("GET").json == []
    assert asked == [2]


def test_a_host_that_is_away_is_our_fault_and_no_queue(
    third: Browser, browser: Browser, settings: Any
) -> None:
    settings.KERNEL_HOST_SOCKET += ".away"
    answer = third.ask("POST")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json["detail"] == (
        "Python cannot be started just now. That is our fault, not yours."
    )
    assert "place" not in answer.json
    assert_kept(browser)


def test_so_is_one_that_takes_too_long(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def dawdle(order: Order) -> None:
        time.sleep(1)
        raise HostBusyError("full")

    monkeypatch.setattr(PLACE, dawdle)
    monkeypatch.setattr(pool, "CALL_SECONDS", 0.1)
    answer = browser.ask("POST")
    assert answer.status == 503
    assert answer.json["detail"].startswith("Python takes too long to start just now.")
    assert "place" not in answer.json
