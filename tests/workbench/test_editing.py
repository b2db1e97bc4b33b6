"""Writing on the exercise page in a real browser: keys, autosave, conflicts, and text that survives."""

import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    Route,
    expect,
    sync_playwright,
)

from accounts.models import User
from curriculum.models import Exercise
from submissions.models import Submission
from tests.workbench.sample import make_exercise
from workbench.models import Draft, SetAside

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which makes Django fear for its connections.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        # The server's threads are not to hold the database when it is to be removed.
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser, transactional_db: None) -> Iterator[BrowserContext]:
    opened = browser.new_context()
    yield opened
    opened.close()
    wait_for_requests()


def wait_for_requests() -> None:
    """A request under way would stand in the way of emptying the database."""
    question = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()
    """
    quiet = 0
    while quiet < 4:
        with connection.cursor() as cursor:
            cursor.execute(question)
            quiet = quiet + 1 if cursor.fetchone() == (0,) else 0
        time.sleep(0.03)


@pytest.fixture
def open_page(
    context: BrowserContext, live_server: Any, client: Any, learner: User
) -> Callable[[], Page]:
    """A function that opens the exercise in another tab of the learner's browser."""
    exercise: Exercise = make_exercise()
    client.force_login(learner)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    def open_one() -> Page:
        page = context.new_page()
        page.goto(live_server.url + exercise.get_absolute_url())
        return page

    return open_one


@pytest.fixture
def page(open_page: Callable[[], Page]) -> Page:
    return open_page()


def editor(page: Page) -> Any:
    return page.get_by_label("Your answer 1 of 2")


def state(page: Page) -> Any:
    return page.locator("[data-save-state]")


def saved_text() -> str:
    return Draft.objects.get().answers["cells"]["double"]


def write(page: Page, text: str) -> None:
    editor(page).fill("")
    editor(page).press_sequentially(text)


def test_enter_tab_and_backspace_keep_python_s_indentation(page: Page) -> None:
    write(page, "def double(x):\nif x:\nreturn 2 * x")
    assert editor(page).input_value() == "def double(x):\n    if x:\n        return 2 * x"
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.press("Tab")
    page.keyboard.type("return 0")
    assert editor(page).input_value().endswith("return 2 * x\n    return 0")


def test_a_selection_is_indented_and_dedented_as_a_whole_and_undone(page: Page) -> None:
    editor(page).fill("a\n\nb")
    editor(page).press("Control+a")
    page.keyboard.press("Tab")
    assert editor(page).input_value() == "    a\n\n    b"
    page.keyboard.press("Control+z")
    assert editor(page).input_value() == "a\n\nb"
    page.keyboard.press("Control+Shift+z")
    editor(page).press("Control+a")
    page.keyboard.press("Shift+Tab")
    assert editor(page).input_value() == "a\n\nb"


def test_escape_then_tab_leaves_the_cell_and_says_so(page: Page) -> None:
    before = editor(page).input_value()
    editor(page).focus()
    page.keyboard.press("Escape")
    expect(state(page)).to_have_text("Tab now leaves this cell.")
    page.keyboard.press("Tab")
    expect(editor(page)).not_to_be_focused()
    assert editor(page).input_value() == before
    described_by = editor(page).get_attribute("aria-describedby")
    assert "Escape" in page.locator(f"#{described_by}").inner_text()


def test_an_editor_grows_with_its_text(page: Page) -> None:
    editor(page).fill("\n" * 40)
    assert editor(page).evaluate("area => area.scrollHeight <= area.clientHeight + 1")


def test_what_is_written_is_saved_by_itself(page: Page) -> None:
    write(page, "half")
    expect(state(page)).to_have_text("Unsaved changes")
    expect(state(page)).to_have_text("Saved")
    assert saved_text() == "half"
    page.reload()
    assert editor(page).input_value() == "half"


def test_control_s_saves_at_once(page: Page) -> None:
    write(page, "now")
    page.keyboard.press("Control+s")
    expect(state(page)).to_have_text("Saved", timeout=1000)


def test_another_tab_is_noticed_and_a_conflict_decided(
    page: Page, open_page: Callable[[], Page]
) -> None:
    second = open_page()
    expect(page.get_by_text("open in another tab")).to_be_visible()
    write(second, "theirs")
    expect(state(second)).to_have_text("Saved")
    write(page, "mine")
    banner = page.get_by_role("alert").filter(has_text="changed in another tab")
    expect(banner).to_be_visible()
    expect(state(page)).to_have_text("Not saved: changed elsewhere")
    page.get_by_role("button", name="Keep what is on this page").click()
    expect(banner).to_be_hidden()
    assert saved_text() == "mine"
    assert SetAside.objects.get().answers["cells"]["double"] == "theirs"


def test_without_the_server_it_tries_again(page: Page) -> None:
    page.route("**/draft/", lambda route: route.abort())
    write(page, "kept")
    expect(state(page)).to_have_text("Not saved. Trying again…")
    page.unroute("**/draft/")
    expect(state(page)).to_have_text("Saved", timeout=10_000)
    assert saved_text() == "kept"


def test_text_that_never_reached_the_server_is_offered_again(page: Page) -> None:
    page.route("**/draft/", lambda route: route.abort())
    write(page, "nearly lost")
    expect(state(page)).to_have_text("Not saved. Trying again…")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]
    assert "NotImplementedError" in editor(page).input_value()
    page.unroute("**/draft/")
    page.get_by_role("button", name="Bring it back").click()
    assert editor(page).input_value() == "nearly lost"
    expect(state(page)).to_have_text("Saved")
    page.reload()
    expect(page.get_by_role("button", name="Bring it back")).to_be_hidden()
    assert len(asked) == 1, "nothing is asked when everything is saved"


def test_submit_waits_for_a_save_under_way(page: Page) -> None:
    def slowly(route: Route) -> None:
        page.wait_for_timeout(600)
        route.continue_()

    page.route("**/draft/", slowly)
    write(page, "first")
    with page.expect_request("**/draft/"):
        page.keyboard.press("Control+s")
    editor(page).press_sequentially(" and second")
    page.get_by_role("button", name="Submit", exact=True).click()
    page.wait_for_url("**/submissions/**")
    assert Submission.objects.get().answers["cells"]["double"] == "first and second"


def test_a_double_click_hands_in_once(page: Page) -> None:
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if "/submit/" in request.url else None)
    write(page, "once")
    page.get_by_role("button", name="Submit", exact=True).dblclick()
    page.wait_for_url("**/submissions/**")
    assert len(sent) == 1
    assert Submission.objects.count() == 1


def test_a_reset_can_be_undone_and_offers_no_stale_copy(page: Page) -> None:
    write(page, "my work")
    page.get_by_role("button", name="Reset this cell").first.click()
    expect(page.get_by_text("What you had is kept")).to_be_visible()
    assert "NotImplementedError" in editor(page).input_value()
    expect(page.get_by_role("button", name="Bring it back")).to_be_hidden()
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_text("Your earlier text is back.")).to_be_visible()
    assert editor(page).input_value() == "my work"


def test_signing_out_elsewhere_is_said_and_nothing_lost(page: Page, client: Any) -> None:
    client.logout()
    write(page, "still here")
    expect(state(page)).to_have_text("Not saved: you are signed out")
    expect(page.get_by_role("link", name="Sign in (opens another tab)")).to_be_visible()
    assert editor(page).input_value() == "still here"


def test_no_complaint_in_the_console(page: Page, open_page: Callable[[], Page]) -> None:
    complaints: list[str] = []
    page.context.on("console", lambda message: complaints.append(message.text))
    page.context.on("weberror", lambda error: complaints.append(str(error.error)))
    second = open_page()
    write(second, "quietly")
    expect(state(second)).to_have_text("Saved")
    assert complaints == []
