"""Running cells: what comes out, what goes wrong, how it is stopped."""

import re

from playwright.sync_api import expect

from tests.browser.notebook_page import FAILING, PATIENCE, PLOT, TABLE, learner_state, new_notebook
from tests.browser.notebook_trouble import forgive, output_of

__all__ = ["forgive", "learner_state", "new_notebook"]

MOST_SCRIPT_KB = 230


def test_the_page_loads_with_maths_and_a_strict_policy(new_notebook):
    notebook = new_notebook()
    expect(notebook.cells.first).to_be_visible()
    expect(notebook.cell("text-4").locator(".katex").first).to_be_visible()
    answer = notebook.page.request.get(notebook.page.url)
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "unsafe-eval" not in policy


def test_few_scripts_are_loaded_before_the_page_is_used(new_notebook):
    notebook = new_notebook()
    notebook.page.wait_for_load_state("networkidle")
    sizes = notebook.page.evaluate(
        """performance.getEntriesByType('resource')
            .filter(one => /static.notebook.*js$/.test(one.name)).map(one => one.encodedBodySize)"""
    )
    assert 0 < sum(sizes) <= MOST_SCRIPT_KB * 1024, sizes


def test_a_table_and_a_plot(new_notebook):
    notebook = new_notebook(TABLE, PLOT)
    table, plot = notebook.own(0), notebook.own(1)
    notebook.choose(table)
    notebook.page.keyboard.press("Shift+Enter")
    expect(plot).to_be_focused()
    notebook.page.keyboard.press("Shift+Enter")
    notebook.expect_state(plot, "ok")
    assert table.get_by_role("columnheader").all_inner_texts() == ["step", "cost"]
    expect(table.locator(".nb-count")).to_have_text(re.compile(r"\[\d+\]"))
    expect(table.locator(".nb-status")).to_contain_text("finished")
    assert plot.locator("img").first.evaluate("img => img.naturalWidth") > 200


def test_a_plot_is_shown_in_full_size_and_closed_by_escape(new_notebook):
    notebook = new_notebook(PLOT)
    notebook.run(notebook.own(0))
    picture = notebook.own(0).locator(".output-picture")
    picture.click()
    dialog = notebook.page.get_by_role("dialog")
    expect(dialog.locator("img")).to_be_visible()
    small, large = picture.bounding_box(), dialog.locator("img").bounding_box()
    assert large["width"] > small["width"]
    notebook.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(picture).to_be_focused()


def test_an_error_is_named_and_leads_to_its_line(new_notebook):
    notebook = new_notebook(FAILING)
    cell = notebook.own(0)
    notebook.run(cell, "failed")
    expect(cell.locator(".output-failure")).to_contain_text("ZeroDivisionError")
    expect(cell.locator(".output-failure")).to_contain_text("division by zero")
    cell.locator(".output-trace-link").last.click()
    expect(cell.locator(".cm-content")).to_be_focused()
    expect(cell.locator(".cm-activeLine")).to_have_text("    return 1 / x")


def test_run_all_stops_at_the_first_error(new_notebook):
    notebook = new_notebook("first = 1", "first / 0", "print('never')")
    notebook.bar.get_by_role("button", name="Run all", exact=True).click()
    notebook.expect_state(notebook.own(1), "failed")
    notebook.expect_state(notebook.own(0), "ok")
    notebook.expect_state(notebook.own(2), "not-run")
    expect(notebook.page.locator("[data-phase=waiting]")).to_have_count(0)


def test_all_above_a_cell_are_run_and_no_more(new_notebook):
    notebook = new_notebook("first = 1", "second = first + 1", "print('never')")
    notebook.choose_from_menu(notebook.own(2), "Run all cells above")
    notebook.expect_state(notebook.own(1), "ok")
    notebook.expect_state(notebook.own(0), "ok")
    notebook.expect_state(notebook.own(2), "not-run")


def test_restart_and_run_all_runs_from_the_top_in_a_fresh_python(new_notebook):
    notebook = new_notebook("print('kept' in globals())", "kept = 1")
    notebook.run(notebook.own(1))
    notebook.bar.get_by_role("button", name="Restart and run all", exact=True).click()
    first, second = notebook.own(0), notebook.own(1)
    expect(output_of(first)).to_contain_text("False", timeout=PATIENCE)
    expect(first.locator(".nb-count")).to_have_text("[1]")
    expect(second.locator(".nb-count")).to_have_text("[2]")
    notebook.expect_state(second, "ok")


def test_all_outputs_are_cleared_and_stay_away(new_notebook):
    notebook = new_notebook("print('gone')", FAILING)
    page = notebook.page
    notebook.run(notebook.own(0))
    with page.expect_response(lambda answer: "ZeroDivision" in (answer.request.post_data or "")):
        notebook.run(notebook.own(1), "failed")
    with page.expect_response("**/notebook/outputs/"):
        notebook.choose_from_main_menu("Clear all outputs")
        expect(page.locator(".nb-outputs:visible")).to_have_count(0)
    notebook.visit()
    expect(notebook.own(0)).to_be_visible()
    expect(page.locator(".nb-outputs .output-item")).to_have_count(0)


def test_input_asks_inside_the_output(new_notebook):
    notebook = new_notebook("name = input('Your name? ')\nprint('Hello', name)")
    cell = notebook.own(0)
    cell.get_by_role("button", name=re.compile("^Run cell")).click()
    field = cell.get_by_label("Your name?")
    expect(field).to_be_focused(timeout=PATIENCE)
    notebook.page.keyboard.type("Ada")
    notebook.page.keyboard.press("Enter")
    notebook.expect_state(cell, "ok")
    output = cell.locator(".nb-outputs")
    expect(output).to_contain_text("Your name? Ada")
    expect(output).to_contain_text("Hello Ada")


def test_an_endless_loop_is_stopped_by_keys_and_by_the_button(new_notebook):
    notebook = new_notebook("while True:\n    pass", "print('after')")
    loop, after = notebook.own(0), notebook.own(1)
    for stop in (
        lambda: [notebook.choose(loop), *[notebook.page.keyboard.press("i") for _ in range(2)]],
        lambda: loop.get_by_role("button", name=re.compile("^Stop cell")).click(),
    ):
        loop.get_by_role("button", name=re.compile("^Run cell")).click()
        notebook.expect_state(loop, "running")
        stop()
        notebook.expect_state(loop, "stopped")
    notebook.run(after)
    expect(after.locator(".nb-outputs")).to_have_text(re.compile("after"))


def test_restart_clears_counts_and_names(new_notebook):
    notebook = new_notebook("kept = 41", "print(kept + 1)")
    notebook.run(notebook.own(0))
    notebook.run(notebook.own(1))
    notebook.choose(notebook.own(1))
    for _ in range(2):
        notebook.page.keyboard.press("0")
    notebook.expect_state(notebook.own(0), "earlier")
    expect(notebook.own(0).locator(".nb-count")).to_have_text("[ ]")
    notebook.run(notebook.own(1), "failed")
    expect(notebook.own(1).locator(".output-failure")).to_contain_text("NameError")


def test_outputs_and_states_are_there_again_after_a_reload(new_notebook):
    notebook = new_notebook("print('kept')", FAILING)
    notebook.run(notebook.own(0))
    with notebook.page.expect_response(
        lambda answer: "ZeroDivision" in (answer.request.post_data or "")
    ):
        notebook.run(notebook.own(1), "failed")
    notebook.visit()
    expect(notebook.own(0).locator(".nb-outputs")).to_contain_text("kept")
    expect(notebook.own(1).locator(".output-failure")).to_contain_text("ZeroDivisionError")
    # The kernel lives, and is gone back to without a press.
    expect(notebook.bar).to_contain_text("Ready", timeout=PATIENCE)
    notebook.expect_state(notebook.own(0), "ok")
    notebook.expect_state(notebook.own(1), "failed")


def test_a_run_goes_on_through_a_reload(new_notebook):
    code = "import time\nfor n in range(10):\n    print('line', n)\n    time.sleep(1)\n'the end'"
    notebook = new_notebook(code, "input('Name? ')", "'done before'")
    cell, asking, done = notebook.own(0), notebook.own(1), notebook.own(2)
    notebook.run(done)
    cell.get_by_role("button", name=re.compile("^Run cell")).click()
    expect(output_of(cell)).to_contain_text("line 1")
    notebook.visit()
    notebook.expect_state(cell, "running")
    expect(output_of(cell)).to_contain_text("line 0")
    notebook.expect_state(done, "ok")
    notebook.expect_state(cell, "running")
    notebook.expect_state(cell, "ok")
    said = output_of(cell).inner_text()
    assert re.findall(r"line \d|'the end'", said) == [
        *(f"line {n}" for n in range(10)),
        "'the end'",
    ]

    asking.get_by_role("button", name=re.compile("^Run cell")).click()
    expect(output_of(asking).get_by_role("textbox")).to_be_visible()
    notebook.visit()
    output_of(asking).get_by_role("textbox").fill("Ada")
    notebook.page.keyboard.press("Enter")
    notebook.expect_state(asking, "ok")
    expect(output_of(asking)).to_contain_text("'Ada'")


def test_what_a_page_was_saving_when_it_was_left_is_on_the_next_one(new_notebook, forgive):
    forgive("ERR_FAILED")  # of the request that we stop on its way
    notebook = new_notebook("print('just now')")
    notebook.page.route("**/notebook/outputs/", lambda route: route.abort())
    notebook.run(notebook.own(0))
    notebook.visit()
    notebook.expect_state(notebook.own(0), "ok")
    expect(output_of(notebook.own(0))).to_contain_text("just now")
    notebook.page.unroute("**/notebook/outputs/")
    with notebook.page.expect_response("**/notebook/outputs/", timeout=PATIENCE * 2):
        pass
    assert "just now" in str(notebook.boot()["cells"][0]["outputs"])


def test_what_was_changed_since_its_run_says_so_after_a_reload_too(new_notebook):
    notebook = new_notebook("print('then')")
    with notebook.page.expect_response(
        lambda answer: "then" in (answer.request.post_data or "") and "outputs" in answer.url
    ):
        notebook.run(notebook.own(0))
    notebook.write(notebook.own(0), "print('now')")
    notebook.save()
    notebook.visit()
    expect(notebook.own(0).locator(".nb-outputs")).to_contain_text("then")
    notebook.expect_state(notebook.own(0), "changed")
