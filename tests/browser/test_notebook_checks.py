"""Check: what it finds stands beside the cell that it concerns, with hints for whoever wants them."""

import re

from playwright.sync_api import expect

from tests.browser.accessibility import WCAG, axe_findings
from tests.browser.notebook_page import learner_state, new_notebook
from tests.browser.notebook_trouble import LONG, type_into

__all__ = ["learner_state", "new_notebook"]

MOST_STOPS = 5
# So slow that what was found of the one is shown long before the other is judged.
WRONG_COST = """\
import time

def cost(X, y, w, b):
    time.sleep(0.2)
    return 0.0
"""
ITS_GRADIENT = """\
def gradient(X, y, w, b):
    return np.zeros(np.shape(X)[1]), 0.0
"""


def test_results_come_one_by_one_and_hints_step_by_step(new_notebook):
    notebook = new_notebook()
    page, cost, gradient = notebook.page, notebook.cell("cost"), notebook.cell("gradient")
    notebook.write(cost, WRONG_COST)
    notebook.write(gradient, ITS_GRADIENT)

    panel = notebook.check()
    expect(panel).to_contain_text(re.compile("Starting Python|Running cell"), timeout=LONG)
    expect(panel).to_contain_text("Checking: 1 of 4 checks done.", timeout=LONG)
    result = cost.locator(".check-result")
    expect(result).to_contain_text("Not right yet")
    expect(result).to_contain_text("The cost is half the mean squared error")
    expect(panel).to_contain_text("1 of 4 checks passed.", timeout=LONG)
    expect(gradient.locator(".check-result")).to_contain_text("Passed")
    expect(gradient.get_by_role("button", name="Show a hint")).to_have_count(0)

    # Without a mouse: from the bar to the results, to the cell, to its hints.
    notebook.bar.get_by_role("link", name="1 of 4 checks passed.").press("Enter")
    press(page, "Tab")
    expect(panel.get_by_role("button", name="The cost is half the mean")).to_be_focused()
    press(page, "Enter", "Escape")
    expect(cost).to_be_focused()
    more = cost.get_by_role("button", name="Show a hint")
    expect(more).to_have_text("Show a hint (2 left)")
    tab_to(page, more)
    hints = cost.locator(".check-result-hints li")
    press(page, "Enter")
    expect(hints).to_have_text(["J divides by 2n."])
    expect(hints.last).to_be_focused()
    press(page, "Tab", "Enter")
    expect(hints).to_have_text(["J divides by 2n.", re.compile("of shape \\(n,\\)")])
    expect(hints.last).to_be_focused()
    expect(more).to_be_hidden()
    assert axe_findings(page, WCAG) == []

    # They stay while one follows them.
    type_into(notebook, cost, "# J divides by 2n.\n")
    expect(cost).to_contain_text("From before your last change.")
    expect(hints).to_have_count(2)


def tab_to(page, element):
    """Past what else a cell has."""
    for _ in range(MOST_STOPS):
        press(page, "Tab")
        if element.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("the Tab key does not come by")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)
