"""How long a cell may run: as in grading. Then it is stopped, and says why."""

from typing import Any

import pytest

from tests.workbench.live.server import Browser, Message, Page, has_state, text_of
from workbench.live import pool

pytestmark = pytest.mark.kernels
WORDS = "Stopped after 1 s, the most that a cell may take here and in grading.\n"
ENDLESS = "while True: pass"


@pytest.fixture
def hasty(page: Page) -> Page:
    """A page whose cells may take a second."""
    (live,) = pool.current()._kernels.values()
    live.cell_seconds = 1.0
    return page


def notices(messages: list[Message]) -> list[Message]:
    return [message for message in messages if message.metadata.get("kilohour")]


def test_a_cell_may_take_as_long_as_in_grading(kernel: dict[str, Any]) -> None:
    assert kernel["cell_seconds"] == 20


def test_a_run_beyond_its_time_is_stopped_and_says_why(hasty: Page) -> None:
    found = hasty.finish(hasty.execute(ENDLESS))
    notice, error = (message for message in found if message.type in ("stream", "error"))
    assert notice.metadata == {"kilohour": {"notice": "time", "seconds": 1}}
    assert notice.content == {"name": "stderr", "text": WORDS}
    assert error.content["ename"] == "KeyboardInterrupt"
    assert "/grader/" not in "".join(error.content["traceback"])
    assert hasty.run("1 + 1") == "2"


def test_each_of_two_runs_in_a_row_is_stopped_at_its_time(hasty: Page) -> None:
    (live,) = pool.current()._kernels.values()
    live.cell_seconds = 0.3  # over before anybody looks
    first, second = (hasty.execute(ENDLESS, stop_on_error=False) for _ in range(2))
    hasty.finish(first)
    hasty.finish(second)
    assert [notice.parent["msg_id"] for notice in notices(hasty.seen)] == [first, second]


def test_it_is_said_on_a_line_of_its_own(hasty: Page) -> None:
    code = "import sys\nprint({!r}, end='', file=sys.stderr, flush=True)\nwhile True: pass"
    for printed, between in [("50%|####", "\n"), ("half\n", "")]:
        text = text_of(hasty.finish(hasty.execute(code.format(printed))))
        assert text == f"{printed}{between}{WORDS}KeyboardInterrupt"


def test_who_stops_a_cell_needs_no_explanation(hasty: Page, browser: Browser) -> None:
    key = hasty.execute("print('begun', flush=True)\nwhile True: pass")
    hasty.until(lambda message: message.content.get("text") == "begun\n")
    hasty.send("control", "interrupt_request")
    assert not notices(hasty.finish(key))


def test_a_run_that_heeds_no_interrupt_is_ended(
    hasty: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.live.kernel.GRACE_SECONDS", 1.0)
    hasty.execute("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass")
    hasty.until(has_state("restarting", reason="time"))
    assert [notice.content["text"] for notice in notices(hasty.seen)][:1] == [WORDS]
    hasty.until(has_state("idle", fresh=True))
    assert hasty.run("1 + 1") == "2"
