"""What is written is kept: between tabs, across sign-outs and crashes, and as it was handed in."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.notebook_page import NotebookPage, learner_state, new_notebook
from tests.browser.notebook_trouble import (
    LONG,
    NO_LINE,
    expect_pill,
    forgive,
    fresh_notebook,
    saved_source,
    type_into,
)

__all__ = ["forgive", "fresh_notebook", "learner_state", "new_notebook"]


# -- Two tabs --------------------------------------------------------------------------------------


@pytest.fixture
def two_tabs(new_notebook, forgive):
    """The same exercise twice in one browser."""
    forgive("409")
    mine = new_notebook("# here\n")
    return mine, NotebookPage(mine.page.context.new_page()).visit()


def conflict(mine, theirs):
    """Both write; the second to save is asked."""
    type_into(theirs, theirs.own(0), "said = 'theirs'\n")
    theirs.save()
    type_into(mine, mine.own(0), "said = 'mine'\n")
    banner = mine.banner("save")
    expect(banner).to_contain_text("changed in another tab", timeout=LONG)
    expect_pill(mine, "Your text", "Not saved: changed elsewhere")
    return banner


def test_two_tabs_warn_each_other(two_tabs):
    for notebook in two_tabs:
        expect(notebook.banner("other-tab")).to_contain_text("open in another tab, too")
    mine, theirs = two_tabs
    theirs.page.close()
    expect(mine.banner("other-tab")).to_have_count(0, timeout=LONG)


def test_keep_mine(two_tabs):
    mine, theirs = two_tabs
    conflict(mine, theirs).get_by_role("button", name="Keep mine").click()
    expect_pill(mine, "Your text", "Saved")
    assert "'mine'" in saved_source(mine, mine.own(0))
    assert "theirs" in kept_versions(mine)


def test_load_that_version(two_tabs):
    mine, theirs = two_tabs
    conflict(mine, theirs).get_by_role("button", name="Load that version").click()
    expect(mine.own(0).locator(".cm-content")).to_contain_text("theirs")
    expect_pill(mine, "Your text", "Saved")
    assert "'theirs'" in saved_source(mine, mine.own(0))
    assert "'mine'" in kept_versions(mine)


def kept_versions(notebook):
    """The newest version in the history, as its page shows it."""
    page = notebook.page.context.new_page()
    page.goto(f"/exercises/{notebook.slug}/history/")
    page.locator("main a[href*='/history/']").first.click()
    text = page.locator("main").inner_text()
    page.close()
    return text


# -- The session ends ------------------------------------------------------------------------------


def test_a_sign_out_elsewhere_loses_nothing(new_page, product, forgive):
    forgive(NO_LINE, "401", "403")
    page = new_page()
    password = product.demo_password("demo-learner")
    sign_in(page, "demo-learner", password)
    notebook = NotebookPage(page).open("kept = 1")
    notebook.run(notebook.own(0))
    other = page.context.new_page()
    other.goto("/account/logout/")
    other.locator("main form button").first.click()
    other.wait_for_url("**/")
    expect(notebook.banner("kernel")).to_contain_text("You are signed out")
    expect_pill(notebook, "Python", "Signed out")
    type_into(notebook, notebook.own(0), "\nwritten = 'signed out'\n")
    expect(notebook.banner("save")).to_contain_text("you are signed out", timeout=LONG)
    sign_in(other, "demo-learner", password)
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect_pill(notebook, "Your text", "Saved")
    assert "'signed out'" in saved_source(notebook, notebook.own(0))
    expect(notebook.banner("save")).to_have_count(0)
    expect(notebook.banner("kernel")).to_have_count(0)
    notebook.run(notebook.own(0))


# -- Handing in ------------------------------------------------------------------------------------


@pytest.fixture
def slow_saving(new_notebook):
    """A notebook whose saving can be held back; answers it and what lets the saving go."""
    notebook = new_notebook()
    held = []

    def hold(route):
        if route.request.method == "PUT":
            held.append(route)
        else:
            route.continue_()

    def let_go():
        while held:
            held.pop().continue_()

    notebook.page.route("**/notebook/", hold)

    return notebook, held, let_go


def test_submit_waits_for_the_saving(slow_saving):
    notebook, held, let_go = slow_saving
    submit = notebook.bar.get_by_role("button", name="Submit")
    sent = []
    notebook.page.on("request", lambda one: sent.append(one.url) if "/submit/" in one.url else None)
    notebook.write(notebook.cell("cost"), "def cost(X, y, w, b):\n    return 11.0\n")
    expect_pill(notebook, "Your text", "Saving…")
    assert held
    expect(submit).to_have_attribute("aria-disabled", "true")
    submit.click(force=True)
    notebook.page.wait_for_timeout(300)
    assert not sent
    let_go()
    expect_pill(notebook, "Your text", "Saved")
    expect(submit).to_have_attribute("aria-disabled", "false")


def test_what_is_graded_is_what_is_shown(new_notebook):
    notebook = new_notebook()
    before = submissions(notebook)
    mark = "return 0.0  # the last letter typed"
    notebook.write(notebook.cell("cost"), f"def cost(X, y, w, b):\n    {mark}\n")
    # At once, before anything was saved by itself; twice, as the impatient do.
    notebook.bar.get_by_role("button", name="Submit").click()
    with notebook.page.expect_request(lambda one: one.url.endswith("/notebook/submit/")) as asked:
        notebook.page.get_by_role("button", name="Submit now").dblclick()
    assert asked.value.post_data_json["revision"] == notebook.boot()["revision"]
    panel = notebook.page.locator("#checks-panel, .checks-panel").filter(has_text="points")
    expect(panel.first).to_contain_text(re.compile(r"of 20 points"), timeout=LONG)
    after = submissions(notebook)
    assert len(after) == len(before) + 1
    page = notebook.page.context.new_page()
    (new,) = set(after) - set(before)
    page.goto(new)
    expect(page.locator("main")).to_contain_text(mark)


def submissions(notebook):
    """Addresses of what was handed in."""
    page = notebook.page.context.new_page()
    page.goto(f"/exercises/{notebook.slug}/attempts/")
    links = page.locator("main table tbody a[href*='/submissions/']")
    found = links.evaluate_all(
        "links => [...new Set(links.map(link => link.getAttribute('href')))]"
    )
    page.close()
    return found


# -- The tab ends ----------------------------------------------------------------------------------


def test_a_crashed_tab_had_a_copy(new_notebook, forgive):
    """The line is down, the tab crashes: what it wanted to save is there when it is loaded again."""
    forgive(NO_LINE)
    notebook = new_notebook("# here\n")
    page = notebook.page
    page.route(
        "**/notebook/",
        lambda route: route.abort() if route.request.method == "PUT" else route.continue_(),
    )
    type_into(notebook, notebook.own(0), "written = 'before the crash'\n")
    expect_pill(notebook, "Your text", "Not saved")
    crash_and_reload(page)
    page.unroute("**/notebook/")
    expect(notebook.own(0).locator(".cm-content")).to_contain_text("before the crash")
    expect_pill(notebook, "Your text", "Saved")
    assert "before the crash" in saved_source(notebook, notebook.own(0))


def crash_and_reload(page):
    """As the browser does it from its "this tab has crashed": the session of the tab goes on."""
    # A page that ends without being asked: no handler of it runs, its storage stays.
    page.evaluate(
        "window.addEventListener('beforeunload', event => event.stopImmediatePropagation(), true)"
    )
    page.evaluate(
        "window.addEventListener('pagehide', event => event.stopImmediatePropagation(), true)"
    )
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
