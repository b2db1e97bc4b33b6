"""What an exercise's page needs is kept by the browser, and got ready by whoever is about to open it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.notebook_page import PATIENCE, learner_state, new_notebook

__all__ = ["learner_state", "new_notebook"]

SECTION = "/course/mathematics/linear-algebra/"
LINKS = 'main a[href^="/exercises/"]'
SCRIPT = re.compile(r"/static/notebook/nb\.\w+\.js$")
SAVES_DATA = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
LOADED = "performance.getEntriesByType('resource').map(entry => entry.name)"
SHEETS = "[...document.styleSheets].filter(sheet => /exercise/.test(sheet.href)).map(sheet => sheet.media.mediaText)"


@pytest.fixture
def section(new_page, learner_state) -> Page:
    page = new_page(storage_state=learner_state)
    page.goto(SECTION, wait_until="networkidle")
    assert not scripts(page)
    return page


def scripts(page: Page) -> list[str]:
    return [name for name in page.evaluate(LOADED) if SCRIPT.search(name)]


def test_pointing_at_an_exercise_loads_its_script_and_style(section):
    link = section.locator(LINKS).first
    with section.expect_response(SCRIPT):
        link.hover()
    section.wait_for_function(f"{SHEETS}.length === 1")
    section.locator(LINKS).last.hover()
    section.wait_for_load_state("networkidle")
    assert len(scripts(section)) == 1
    assert section.evaluate(SHEETS) == ["not all"]  # this page looks as before
    link.click()
    expect(section.locator(".nb .cm-content").first).to_be_visible(timeout=PATIENCE)


def test_the_keyboards_focus_points_too(section):
    with section.expect_response(SCRIPT):
        section.locator(LINKS).first.focus()


def test_a_browser_that_saves_data_loads_nothing_ahead(new_page, learner_state):
    page = new_page(storage_state=learner_state)
    page.add_init_script(SAVES_DATA)
    page.goto(SECTION, wait_until="networkidle")
    page.locator(LINKS).first.hover()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    assert not scripts(page)
    assert page.evaluate(SHEETS) == []


def test_a_visitor_without_a_session_loads_nothing_ahead(new_page):
    page = new_page()
    page.goto(SECTION, wait_until="networkidle")
    page.locator(LINKS).first.hover()
    page.wait_for_timeout(300)
    assert not scripts(page)


def test_all_that_the_page_of_an_exercise_loads_may_be_kept_for_good(new_notebook):
    notebook = new_notebook(("markdown", "*text*"))
    page = notebook.page
    notebook.enter(notebook.own(0))
    page.wait_for_load_state("networkidle")
    files = {name for name in page.evaluate(LOADED) if "/static/" in name}
    assert any("/parts/" in name for name in files)
    assert any(re.search(r"katex\.min\.\w+\.js$", name) for name in files)
    kept = {name: page.request.get(name).headers["cache-control"] for name in files}
    assert not {name: words for name, words in kept.items() if "immutable" not in words}
