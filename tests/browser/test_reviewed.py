"""A project and reviewed writing on the page: answers in words and in code, files, and the way to a review."""

import re

import pytest
from playwright.sync_api import expect

from grader.exercises import Problems, load_exercise, solution_answers
from tests.browser.accessibility import WCAG, axe_findings
from tests.browser.conftest import PHONE
from tests.browser.notebook_page import learner_state, new_notebook
from tests.browser.notebook_trouble import LONG
from tests.browser.product import ROOT

__all__ = ["learner_state", "new_notebook"]

PROJECT, WRITING = "prj-optimiser-gallery", "w-adam"


@pytest.fixture
def solution():
    """The answers of a proven exercise, by cell."""

    def read(slug):
        (folder,) = ROOT.glob(f"curriculum/content/*/*/{slug}")
        return solution_answers(load_exercise(folder, Problems())).cells

    return read


def test_writing_is_checked_completed_and_ready_for_review(new_notebook, solution):
    notebook, right = new_notebook(slug=WRITING), solution(WRITING)
    page, essay = notebook.page, notebook.cell("essay")
    expect(page.locator("main")).to_contain_text("A text, reviewed by a mentor")
    for name in ("experiment", "results"):
        notebook.write(notebook.cell(name), right[name])
    written, heading, _ = right["essay"].partition("## Limits and sources\n")
    notebook.write(essay, f"{written}{heading}\nTo be written.\n")
    page.keyboard.press("Shift+Enter")
    expect(essay.get_by_role("heading", name="Bias correction")).to_be_visible()
    expect(essay.locator(".nb-text .katex").first).to_be_visible()

    panel = notebook.check()
    expect(panel).to_contain_text("5 of 6 checks passed.", timeout=LONG)
    expect(beside(essay, "The text has its six parts")).to_contain_text("Not right yet")
    expect(beside(notebook.cell("results"), "results.csv holds")).to_contain_text("Passed")

    notebook.write(essay, right["essay"])
    panel = notebook.submit()
    expect(panel).to_contain_text("All pre-checks passed. Ready for review.", timeout=LONG)
    expect(beside(essay, "The text has its six parts")).to_contain_text("Passed")
    expect_good_looks(page)
    panel.get_by_role("link", name="The full report").click()
    expect(page.get_by_role("heading", name="Ready for review")).to_be_visible()
    expect(page.locator("main")).to_contain_text("a mentor's review is what counts")
    expect_good_looks(page)


def test_a_project_in_parts_writes_its_file_and_is_told_what_is_missing(new_notebook, solution):
    notebook, right = new_notebook(slug=PROJECT), solution(PROJECT)
    page = notebook.page
    expect(page.locator("main")).to_contain_text("A project, reviewed by a mentor")
    for name in ("path", "sweep", "surprises"):
        notebook.write(notebook.cell(name), right[name])
    notebook.choose_from_menu(notebook.cell("gallery"), "Run all cells above")
    notebook.expect_state(notebook.cell("sweep"), "ok")
    files = page.locator("details.files")
    files.locator("summary").press("Enter")  # by key, as in test_notebook_files
    expect(files.get_by_role("link", name="runs.csv")).to_be_visible()

    panel = notebook.submit()
    expect(panel).to_contain_text(
        "Pre-checks: 13 of 20 points. Not ready for review yet. 4 of 6 checks passed.", timeout=LONG
    )
    expect(beside(notebook.cell("sweep"), "The final values")).to_contain_text("Passed")
    expect(beside(notebook.cell("surprises"), "Three surprises")).to_contain_text("Passed")
    expect(beside(notebook.cell("gallery"), "The gallery draws")).to_contain_text("Not attempted")
    expect_good_looks(page)


def beside(cell, title):
    """The result of a check, where its cell stands."""
    return cell.locator(".check-result").filter(has_text=re.compile(title))


def expect_good_looks(page):
    """For every reader, and on a phone."""
    assert axe_findings(page, WCAG) == []
    before = page.viewport_size
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(before)
