"""A page that was away — reloaded, asleep, without a line — hears all of the run that it waits for."""

from typing import Any

import pytest

from tests.workbench.live.server import SECONDS, Browser, Message, Page, text_of
from workbench.live import recording

pytestmark = pytest.mark.kernels

SLOWLY = """
import time
for number in range(6):
    print(number)
    time.sleep(0.3)
6 * 7
"""


def leave(page: Page, code: str, until: str = "") -> str:
    """Begin a run, and go away once it has printed something, or has ended."""
    key = page.execute(code)
    if until:
        page.until(lambda message: until in str(message.content.get("text")))
    else:
        page.finish(key)
    page.line.close()
    return key


def is_again(message: Message) -> bool:
    return "again" in message.content.get("kilohour", {})


def rejoin(browser: Browser, kernel: dict[str, Any], key: str) -> str:
    with browser.open(kernel["id"], run=key) as page:
        assert page.until(is_again).content["kilohour"]["again"] == key
        return text_of(page.finish(key))


def test_a_run_that_goes_on_is_told_from_its_beginning_to_its_end(
    browser: Browser, kernel: dict[str, Any], page: Page
) -> None:
    key = leave(page, SLOWLY, until="1")
    assert rejoin(browser, kernel, key) == "0\n1\n2\n3\n4\n5\n42"


def test_one_that_ended_meanwhile_is_told_as_well(
    browser: Browser, kernel: dict[str, Any], page: Page
) -> None:
    key = leave(page, "print('all')\n1/0")
    for _ in range(2):
        assert rejoin(browser, kernel, key) == "all\nZeroDivisionError"


def test_a_page_whose_line_broke_gets_the_reply(
    browser: Browser, kernel: dict[str, Any], page: Page
) -> None:
    key = page.execute(SLOWLY)
    page.until(lambda message: message.content.get("text") == "0\n")
    with browser.open(kernel["id"], run=key) as again:  # the old line is not known to be dead yet
        assert [m.type for m in again.finish(key)].count("execute_reply") == 1


def test_how_long_it_took_is_told(browser: Browser, kernel: dict[str, Any], page: Page) -> None:
    key = leave(page, "import time; time.sleep(1)")
    with browser.open(kernel["id"], run=key) as again:
        assert 1 <= again.until(is_again).content["kilohour"]["seconds"] < 60
        again.finish(key)


@pytest.mark.parametrize("run", ["", "no-such-run", "%ff%00", "x" * 5000])
def test_a_run_that_nobody_knows_is_not_told(
    browser: Browser, kernel: dict[str, Any], page: Page, run: str
) -> None:
    leave(page, "print('secret')")
    with browser.open(kernel["id"], run=run) as other:
        assert other.run("1 + 1") == "2"
        assert not [m for m in other.seen if is_again(m)]
        assert not [m for m in other.seen if "secret" in str(m.content)]


def test_the_next_run_takes_its_place_and_a_restart_forgets_it(
    browser: Browser, kernel: dict[str, Any], page: Page
) -> None:
    old = page.execute("print('old')")
    page.finish(old)
    leave(page, "print('new')")
    with browser.open(kernel["id"], run=old) as other:
        assert other.run("'newer'") == "'newer'"
        assert not [m for m in other.seen if m.parent.get("msg_id") == old]
    with browser.open(kernel["id"]) as other:
        new = leave(other, "print('new')")
    assert rejoin(browser, kernel, new) == "new\n"
    assert browser.ask("POST", f"/{kernel['id']}/restart").status < 300
    with browser.open(kernel["id"], run=new) as other:
        assert other.run("1 + 1") == "2"
        assert not [m for m in other.seen if m.parent.get("msg_id") == new]


def test_a_question_waits_and_its_answer_is_told(
    browser: Browser, kernel: dict[str, Any], page: Page
) -> None:
    code = "import time, getpass\nprint('soon')\ntime.sleep(0.5)\n"
    code += "name = input('Name? ')\ngetpass.getpass('Word? ')\nprint('Hello', name)\ntime.sleep(1)"
    key = leave(page, code, until="soon")
    with browser.open(kernel["id"], run=key) as again:
        for prompt, value in (("Name? ", "Ada"), ("Word? ", "secret")):
            asked = again.until(lambda message: message.type == "input_request")
            assert asked.content["prompt"] == prompt
            again.send("stdin", "input_reply", value=value)
        again.until(lambda message: "Hello" in str(message.content.get("text")))
    assert rejoin(browser, kernel, key) == "soon\nName? Ada\nWord? ••••••••\nHello Ada\n"


def test_what_is_kept_is_bounded(browser: Browser, kernel: dict[str, Any], page: Page) -> None:
    key = leave(page, "for _ in range(300): print('x' * 10_000, flush=True)")
    with browser.open(kernel["id"], run=key) as again:
        found = again.finish(key)
    text = text_of(found)
    assert len(text) <= recording.KEPT_BYTES
    assert text.count("left out") == 1
    key = leave_with_clearing(browser, kernel)
    assert rejoin(browser, kernel, key) == "199\n"


def leave_with_clearing(browser: Browser, kernel: dict[str, Any]) -> str:
    code = "from IPython.display import clear_output\n"
    code += "for n in range(200):\n    clear_output(wait=True)\n    print(n)"
    with browser.open(kernel["id"]) as page:
        key = page.execute(code)
        page.finish(key, SECONDS)
    return key
