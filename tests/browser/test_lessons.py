"""Lessons with code to try: read by anybody, run by whoever is signed in."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import axe_findings
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.notebook_page import PATIENCE, expect_state, learner_state

__all__ = ["learner_state"]

LESSON = "/course/mathematics/linear-algebra/"
MOST_SCRIPT_KB = 5


@pytest.fixture
def new_lesson(new_page, learner_state):
    """Opens the lesson as the demo learner, each time in a browser profile of its own."""

    def make(address=LESSON, **options) -> Page:
        page = new_page(storage_state=learner_state, **options)
        page.goto(address)
        return page

    return make


def block(page: Page, number: int) -> Locator:
    return page.locator(f"#try-{number}")


def start(page: Page, number: int) -> Locator:
    """Press "Try it"; answers the cell once it has run."""
    block(page, number).get_by_role("button", name=re.compile("^Try it")).click()
    cell = block(page, number).locator(".nb-cell")
    expect_state(cell, "ok")
    return cell


def requests_of(page: Page) -> list[str]:
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    page.on("websocket", lambda socket: found.append(socket.url))
    return found


def test_nothing_of_the_notebook_is_loaded_before_it_is_wanted(new_lesson):
    page = new_lesson()
    page.wait_for_load_state("networkidle")
    expect(block(page, 1).get_by_role("button")).to_be_visible()
    sizes = page.evaluate(
        """performance.getEntriesByType('resource')
            .filter(one => /static.notebook/.test(one.name)).map(one => one.encodedBodySize)"""
    )
    assert len(sizes) == 1
    assert sum(sizes) <= MOST_SCRIPT_KB * 1024
    asked = requests_of(page)
    start(page, 1)
    assert any("/kernel/lessons/mathematics/linear-algebra/" in url for url in asked)
    assert not any("/exercises/" in url for url in asked)


def test_a_script_that_was_got_ready_for_an_exercise_is_made_use_of(new_lesson):
    """It runs once, however often it is asked for: two copies of an editor would not know each other."""
    page = new_lesson()
    page.locator('main a[href^="/exercises/"]').first.hover()
    page.wait_for_function("() => globalThis.kilohourNotebook !== undefined")
    page.evaluate("globalThis.first = kilohourNotebook")
    cell = start(page, 1)
    expect(cell.locator(".nb-outputs")).to_contain_text("closest point on the line: [4. 2.]")
    assert page.evaluate("first === kilohourNotebook")


def test_cells_are_tried_changed_and_put_back_in_one_kernel(new_lesson):
    page = new_lesson()
    second = start(page, 2)
    expect(second.locator(".nb-outputs")).to_contain_text("[0. 2.]")
    expect(second.get_by_role("button", name="Run cell 2")).to_be_focused()
    first = start(page, 1)
    expect(first.locator(".nb-outputs")).to_contain_text("closest point on the line: [4. 2.]")

    first.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("turn.shape")  # a name that the other cell made
    expect(first.get_by_text("What you write here is not kept.")).to_be_visible()
    page.keyboard.press("Shift+Enter")
    expect(first.locator(".nb-outputs")).to_contain_text("(2, 2)", timeout=PATIENCE)
    expect(first.locator(".cm-content")).to_be_focused()
    first.get_by_role("button", name="Reset").click()
    expect(first.locator(".cm-content")).to_contain_text("closest = (x @ y)")
    expect(first).to_be_focused()

    # Nothing was kept.
    page.reload()
    expect(block(page, 1).locator("pre")).to_contain_text("closest = (x @ y)")
    expect(page.locator(".nb-cell")).to_have_count(0)


def test_errors_pictures_and_stopping(new_lesson):
    page = new_lesson()
    plot = start(page, 4)
    assert plot.locator("img").first.evaluate("img => img.naturalWidth") > 300
    plot.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("1 / 0")
    plot.get_by_role("button", name="Run cell 4").click()
    expect_state(plot, "failed")
    expect(plot.locator(".nb-outputs")).to_contain_text("ZeroDivisionError")
    plot.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("while True: pass")
    page.keyboard.press("Shift+Enter")
    expect_state(plot, "running")
    plot.get_by_role("button", name="Stop cell 4").click()
    expect_state(plot, "stopped")
    plot.get_by_role("button", name="More about this cell").click()
    page.get_by_role("menuitem", name="Restart Python").click()
    expect_state(plot, "earlier")


def test_everything_by_keyboard(new_lesson):
    page = new_lesson()
    button = block(page, 1).get_by_role("button", name=re.compile("^Try it"))
    button.focus()
    page.keyboard.press("Enter")
    cell = block(page, 1).locator(".nb-cell")
    expect_state(cell, "ok")
    page.keyboard.press("Tab")  # from "Run" to the menu of the cell
    expect(cell.get_by_role("button", name="More about this cell")).to_be_focused()
    page.keyboard.press("Tab")
    expect(cell.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\nprint('by hand')")
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".nb-outputs")).to_contain_text("by hand", timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(cell).to_be_focused()
    page.keyboard.press("Enter")
    expect(cell.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    assert not cell.evaluate("cell => cell.contains(document.activeElement)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_nothing_sticks_out(new_lesson, scheme, viewport):
    page = new_lesson(scheme=scheme, viewport=viewport)
    assert axe_findings(page) == []
    start(page, 1)
    cell = start(page, 4)
    cell.locator(".cm-content").click()
    page.keyboard.insert_text("# changed\n")
    assert axe_findings(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0


def test_strangers_read_the_code_and_come_back_to_it(page):
    page.goto(LESSON)
    expect(block(page, 2).locator("pre")).to_contain_text("turn @ stretch")
    assert page.locator(".try button").count() == 0
    assert axe_findings(page) == []
    block(page, 2).get_by_role("link", name=re.compile("^Sign in to try it")).click()
    assert "next=" in page.url
    assert "try-2" in page.url


def test_without_scripts_and_on_paper_the_code_reads_well(new_page, learner_state):
    page = new_page(storage_state=learner_state, java_script_enabled=False)
    page.goto(LESSON)
    expect(block(page, 1).locator("pre")).to_contain_text("closest = (x @ y)")
    expect(page.locator("[data-try-start]").first).to_be_hidden()
    page.emulate_media(media="print")
    expect(block(page, 1).locator("pre")).to_be_visible()


def test_every_lesson_of_the_course_runs_where_readers_run_it(new_lesson):
    for address in (
        "/course/mathematics/optimisation/",
        "/course/machine-learning/unsupervised/",
        "/course/deep-learning/advanced-architectures/",
    ):
        page = new_lesson(address)
        count = page.locator("[data-try]").count()
        assert count >= 2
        for number in range(1, count + 1):
            start(page, number)
        page.close()


def test_a_session_that_ended_is_told_where_it_matters(new_lesson, new_page):
    page = new_lesson()
    page.context.clear_cookies(name="sessionid")
    block(page, 1).get_by_role("button", name=re.compile("^Try it")).click()
    banner = block(page, 1).locator("[data-banner=kernel]")
    expect(banner).to_contain_text("You are signed out", timeout=PATIENCE)
    expect(banner.get_by_role("button", name="Sign in")).to_be_visible()
    assert [error for error in new_page.errors if "401" not in error] == []
    new_page.errors.clear()
