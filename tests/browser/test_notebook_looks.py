"""How the notebook stands on the page: for every sight, size, theme and reader."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import axe_findings, settle
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.notebook_page import (
    FAILING,
    PATIENCE,
    PLOT,
    TABLE,
    learner_state,
    new_notebook,
)

__all__ = ["learner_state", "new_notebook"]

PAPER = {"width": 720, "height": 1000}
LEAST_TARGET = 44  # px
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOTES = (
    "# Notes\n\n## What I saw\n\nIt *grows*: $x^2$, and `code`.\n\n| a | b |\n|---|---|\n| 1 | 2 |"
)
# Buttons and links that can be pressed, with their boxes; links inside a sentence are text.
TARGETS = """scope => [...document.querySelectorAll(scope)].flatMap(part => [...part.querySelectorAll(
        'button, a[href], input, select, summary, [role=menuitem]')])
    .filter(one => one.checkVisibility({ visibilityProperty: true }) && !one.closest('p, li > p, .visually-hidden'))
    .map(one => [one.closest('label') ?? one, one])
    .map(([box, one]) => [one.getAttribute('aria-label') || one.textContent.trim() || one.className,
        Math.round(box.getBoundingClientRect().width), Math.round(box.getBoundingClientRect().height)])
    .filter(([, width, height]) => width > 1 || height > 1)"""


@pytest.fixture
def used_notebook(new_notebook):
    """With a table, a plot, an error, notes, and what a check found."""

    def make(**options):
        notebook = new_notebook(TABLE, PLOT, FAILING, ("markdown", NOTES), **options)
        notebook.run(notebook.own(0))
        notebook.run(notebook.own(1))
        notebook.run(notebook.own(2), "failed")
        expect(notebook.check()).to_contain_text(re.compile("checks? passed"), timeout=60_000)
        return notebook

    return make


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(used_notebook, scheme):
    notebook = used_notebook(scheme=scheme)
    notebook.enter(notebook.own(0))
    assert axe_findings(notebook.page, RULES) == []
    notebook.page.keyboard.press("Escape")
    notebook.bar.get_by_role("button", name="More about the notebook").click()
    expect(notebook.page.get_by_role("menu")).to_be_visible()
    assert axe_findings(notebook.page, RULES) == []
    notebook.page.keyboard.press("Escape")
    notebook.bar.get_by_role("button", name="Keys").click()
    expect(notebook.page.get_by_role("dialog")).to_be_visible()
    assert axe_findings(notebook.page, RULES) == []


def test_what_a_screen_reader_meets_in_two_cells(new_notebook):
    notebook = new_notebook("print('one')", "1 / 0")
    notebook.run(notebook.own(0))
    notebook.run(notebook.own(1), "failed")
    expect(notebook.own(0)).to_match_aria_snapshot("""
        - group /Code cell 1 of 16, run \\d+, finished/:
          - button "Run cell 1"
          - text: /Your own cell finished/
          - button "More about this cell"
          - textbox /Code cell 1 of 16.*Your own cell/
          - text: one
    """)
    expect(notebook.own(1)).to_match_aria_snapshot("""
        - group /Code cell 2 of 16, run \\d+, failed/:
          - button "Run cell 2"
          - textbox /Code cell 2 of 16/
          - paragraph:
            - strong: ZeroDivisionError
            - text: ": division by zero"
          - group:
            - text: Traceback
            - button /Cell In\\[\\d+\\], line 1/
    """)
    expect(notebook.said()).to_contain_text("Cell 2 failed: ZeroDivisionError")


def test_a_phone_reads_and_presses_comfortably(used_notebook):
    notebook = used_notebook(viewport=PHONE, has_touch=True, is_mobile=True)
    page = notebook.page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    notebook.own(0).get_by_role("button", name="More about this cell").click()
    small = [
        target
        for target in page.evaluate(TARGETS, ".nb, .contents")
        if min(target[1:]) < LEAST_TARGET
    ]
    assert small == []
    assert notebook.bar.bounding_box()["height"] <= 120
    text = notebook.own(0).locator(".cm-content, .nb-plain")
    assert text.evaluate("text => parseFloat(getComputedStyle(text).fontSize)") >= 16


def test_twice_as_large_nothing_is_lost(used_notebook):
    half = {name: size // 2 for name, size in DESKTOP.items()}
    notebook = used_notebook(viewport=half, device_scale_factor=2)
    page = notebook.page
    assert page.evaluate("document.documentElement.scrollWidth") <= half["width"]
    # The bar leaves room for the text that it stands over.
    assert notebook.bar.bounding_box()["height"] <= half["height"] / 3
    notebook.enter(notebook.cell("cost"))
    box = notebook.cell("cost").locator(".cm-activeLine").bounding_box()
    assert 0 <= box["y"] <= half["height"]


def test_on_paper_everything_that_matters_is_there(used_notebook):
    notebook = used_notebook()
    notebook.page.set_viewport_size(PAPER)
    notebook.page.emulate_media(media="print")
    own = notebook.own
    for shown in (
        own(0).locator(".cm-content, .nb-plain"),
        own(0).locator(".nb-outputs"),
        own(1).locator("img"),
        own(2).locator(".output-failure"),
        own(3).locator(".nb-text"),
        notebook.cell("scaler").locator(".cm-content, .nb-plain"),
        notebook.cell("text-10"),
        notebook.cell("cost").locator(".check-result").first,
        notebook.page.locator(".statement"),
        notebook.page.locator("#checks-panel"),
    ):
        expect(shown).to_be_visible()
    settle(notebook.page)
    cut = notebook.page.locator(".math[data-display]").evaluate_all(
        "formulas => formulas.filter(one => one.scrollWidth > one.clientWidth + 1).length"
    )
    assert cut == 0
    aside = notebook.page.locator(".exercise-aside")
    for hidden in (
        aside,
        notebook.bar,
        own(0).locator(".nb-run"),
        notebook.page.locator(".nb-add"),
    ):
        expect(hidden).to_be_hidden()


def test_a_known_script_that_does_not_come_after_all_leaves_the_page_without_it(
    new_page, learner_state
):
    page = new_page(storage_state=learner_state)
    page.context.clear_cookies(name="notebook")
    address = "/exercises/opt-gd-linear-regression/"
    waiting = page.locator('script[src*="/nb."][blocking=render]')
    page.goto(address)
    expect(page.get_by_role("group", name="The whole notebook")).to_be_visible()
    expect(waiting).to_have_count(0)
    page.reload()
    expect(page.get_by_role("group", name="The whole notebook")).to_be_visible()
    expect(waiting).to_have_count(1)
    page.route("**/nb.*.js", lambda route: route.fulfill(status=503))
    page.reload()
    expect(page.locator("#source-cost")).to_be_visible()
    expect(waiting).to_have_count(1)
    new_page.errors.clear()  # the browser tells of the 503


def test_without_a_script_it_is_read_saved_and_submitted(new_notebook, new_page, learner_state):
    notebook = new_notebook(TABLE, FAILING)
    notebook.run(notebook.own(0))
    with notebook.page.expect_response(
        lambda answer: "ZeroDivision" in (answer.request.post_data or "")
    ):
        notebook.run(notebook.own(1), "failed")

    page = new_page(java_script_enabled=False, storage_state=learner_state)
    page.goto(f"/exercises/{notebook.slug}/")
    main = page.locator("main")
    expect(page.get_by_label("A cell of your own").first).to_have_value(TABLE)
    expect(page.locator("#source-cost")).to_have_value(re.compile("Half the mean squared error"))
    expect(main.locator(".saved-output th", has_text="cost").first).to_be_visible()
    expect(main.locator(".saved-output", has_text="ZeroDivisionError")).to_be_visible()
    page.fill("#source-cost", "def cost(X, y, w, b):\n    return 2.5\n")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#source-cost")).to_have_value(re.compile("return 2.5"))
    kept = {cell["id"]: cell["source"] for cell in notebook.boot()["cells"]}
    assert "return 2.5" in kept["cost"]
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/submissions/**", timeout=PATIENCE)
