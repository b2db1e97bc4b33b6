"""What goes wrong around a cell: Python dies, floods the page, or the servers behind it go away."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.notebook_page import PATIENCE, learner_state, new_notebook
from tests.browser.notebook_trouble import (
    KERNEL_HOST,
    LIVE_PROCESS,
    LONG,
    NO_LINE,
    expect_pill,
    forgive,
    fresh_notebook,
    frozen,
    kill,
    output_of,
    pill,
    saved_source,
    type_into,
)

__all__ = ["forgive", "fresh_notebook", "learner_state", "new_notebook"]

EXIT = "import os\nos._exit(1)\n"
GREEDY = "blocks = []\nwhile True:\n    blocks.append(bytearray(64 << 20))\n"
STUBBORN = "while True:\n    try:\n        while True:\n            pass\n    except KeyboardInterrupt:\n        pass\n"
LINES = "for number in range(100_000):\n    print(number, 'lorem ipsum dolor')\n"
FLOOD = "while True:\n    print('x' * 1000)\n"


# -- Python dies -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("death", "words"),
    [(EXIT, "Python ended by itself"), (GREEDY, "needed more than 2048 MB")],
    ids=["exit", "memory"],
)
def test_python_dies_and_the_next_run_works(fresh_notebook, death, words):
    notebook = fresh_notebook("kept = 1", death, "kept if 'kept' in globals() else 'a fresh start'")
    notebook.run(notebook.own(0))
    notebook.run(notebook.own(1), "lost")
    expect(notebook.banner("kernel")).to_contain_text(words)
    notebook.expect_state(notebook.own(0), "earlier")
    # The fresh process is there soon, and says why it is a fresh one.
    expect_pill(notebook, "Python", "Ready")
    expect(notebook.banner("kernel")).to_contain_text(words)
    notebook.run(notebook.own(2))
    expect(output_of(notebook.own(2))).to_contain_text("a fresh start")
    expect(notebook.banner("kernel")).to_have_count(0)


def test_what_waits_behind_a_cell_that_kills_python_is_not_run(fresh_notebook):
    notebook = fresh_notebook("import time\ntime.sleep(1)\n" + EXIT, "print('ran all the same')")
    for number in (0, 1):
        notebook.own(number).get_by_role("button", name=re.compile("^Run cell")).click()
    notebook.expect_state(notebook.own(0), "lost")
    notebook.expect_state(notebook.own(1), "not-run")
    expect(output_of(notebook.own(1))).not_to_contain_text("ran all the same")


# -- Servers go away -------------------------------------------------------------------------------


def test_the_server_is_killed_while_a_learner_writes(fresh_notebook, product, forgive):
    forgive(NO_LINE)
    notebook = fresh_notebook("kept = 1", "# here\n")
    ran, cell = notebook.own(0), notebook.own(1)
    notebook.run(ran)
    notebook.expect_saved()
    kill(product, LIVE_PROCESS)
    type_into(notebook, cell, "written = 'while nobody listened'\n")
    expect_pill(notebook, "Your text", "Not saved", timeout=10_000)
    expect(notebook.banner("save")).to_contain_text("Not saved")
    expect(pill(notebook, "Python")).to_contain_text(re.compile("Reconnecting|Ready"))
    type_into(notebook, cell, "more = 1\n")
    expect(cell.locator(".cm-content")).to_contain_text("more = 1")
    expect_pill(notebook, "Your text", "Saved")
    expect(notebook.banner("save")).to_have_count(0)
    source = saved_source(notebook, cell)
    assert "nobody listened" in source
    assert "more = 1" in source
    expect_pill(notebook, "Python", "Ready")
    expect(notebook.banner("kernel")).to_contain_text("Python had to be started afresh")
    notebook.expect_state(ran, "earlier")
    notebook.run(cell)
    expect(notebook.banner("kernel")).to_have_count(0)


def test_the_kernel_host_is_killed(fresh_notebook, product):
    notebook = fresh_notebook("kept = 1", "1 + 1")
    notebook.run(notebook.own(0))
    kill(product, KERNEL_HOST)
    expect(notebook.banner("kernel")).to_contain_text("That is our fault, not yours", timeout=LONG)
    expect_pill(notebook, "Python", "Ready")
    notebook.expect_state(notebook.own(0), "earlier")
    notebook.run(notebook.own(1))
    expect(output_of(notebook.own(1))).to_contain_text("2")


def test_a_line_that_only_looks_alive_is_hung_up(fresh_notebook, product, forgive):
    """What a laptop finds when it wakes up: the socket is open, and nobody is at its other end."""
    forgive(NO_LINE)
    notebook = fresh_notebook("kept = 1", "kept + 1")
    notebook.run(notebook.own(0))
    with frozen(product, LIVE_PROCESS):
        notebook.page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(notebook.banner("kernel")).to_contain_text("line to Python is down", timeout=30_000)
        type_into(notebook, notebook.own(1), "  # asleep")
    expect_pill(notebook, "Python", "Ready")
    expect(notebook.banner("kernel")).to_have_count(0)
    # It is the same process: nothing was lost.
    notebook.run(notebook.own(1))
    expect(output_of(notebook.own(1))).to_contain_text("2")
    expect_pill(notebook, "Your text", "Saved")
    assert "asleep" in saved_source(notebook, notebook.own(1))


def test_without_a_network_one_writes_on(fresh_notebook, forgive):
    forgive(NO_LINE)
    notebook = fresh_notebook("# here\n")
    cell = notebook.own(0)
    notebook.page.context.set_offline(True)
    type_into(notebook, cell, "written = 'on the train'\n")
    expect_pill(notebook, "Your text", "Not saved", timeout=PATIENCE)
    type_into(notebook, cell, "more = 'in the tunnel'\n")
    notebook.page.context.set_offline(False)
    expect_pill(notebook, "Your text", "Saved", timeout=PATIENCE)
    source = saved_source(notebook, cell)
    assert "on the train" in source
    assert "in the tunnel" in source


# -- Floods ----------------------------------------------------------------------------------------


def test_a_hundred_thousand_lines(fresh_notebook):
    notebook = fresh_notebook(LINES, "# type here", "1 + 1")
    lines, other, after = notebook.own(0), notebook.own(1), notebook.own(2)
    lines.get_by_role("button", name=re.compile("^Run cell")).click()
    type_letters(notebook, other)
    notebook.expect_state(lines, "ok")
    text = output_of(lines).inner_text()
    assert "99999 lorem" in text
    assert len(text) < 130_000
    assert not text.startswith("0 lorem")
    notebook.run(after)


def test_an_endless_flood_is_cut_and_stopped(fresh_notebook):
    notebook = fresh_notebook(FLOOD, "# type here", "1 + 1")
    flood, other, after = notebook.own(0), notebook.own(1), notebook.own(2)
    flood.get_by_role("button", name=re.compile("^Run cell")).click()
    expect(output_of(flood)).to_contain_text("printed too much", timeout=PATIENCE)
    type_letters(notebook, other)
    flood.get_by_role("button", name=re.compile("^Stop cell")).click()
    notebook.expect_state(flood, "stopped")
    notebook.run(after)
    expect(output_of(after)).to_contain_text("2")
    assert len(notebook.page.content()) < 5_000_000


def test_a_value_of_a_hundred_megabytes(fresh_notebook):
    notebook = fresh_notebook("'x' * 100_000_000", "1 + 1")
    notebook.run(notebook.own(0))
    expect(output_of(notebook.own(0)).get_by_text("left out")).to_be_visible()
    notebook.run(notebook.own(1))
    expect(output_of(notebook.own(1))).to_contain_text("2")


def type_letters(notebook, cell):
    """Each is there before the next is typed. How soon is measured by bench.notebook."""
    editor = notebook.enter(cell)
    notebook.page.keyboard.press("ControlOrMeta+End")
    for end in ("a", "ab", "abc"):
        notebook.page.keyboard.press(end[-1])
        expect(editor).to_contain_text(f"here{end}")


# -- Asking ----------------------------------------------------------------------------------------


def test_a_program_asks_and_is_answered(fresh_notebook):
    notebook = fresh_notebook("name = input('Your name? ')\nprint('Hello,', name)")
    cell = notebook.own(0)
    cell.get_by_role("button", name=re.compile("^Run cell")).click()
    field = output_of(cell).get_by_role("textbox")
    expect(field).to_be_focused(timeout=PATIENCE)
    notebook.page.keyboard.type("Ada")
    notebook.page.keyboard.press("Enter")
    notebook.expect_state(cell, "ok")
    expect(output_of(cell)).to_contain_text(re.compile(r"Your name\? Ada\s+Hello, Ada"))


def test_a_question_is_taken_back_by_stop(fresh_notebook):
    notebook = fresh_notebook("input('Your name? ')", "1 + 1")
    cell = notebook.own(0)
    cell.get_by_role("button", name=re.compile("^Run cell")).click()
    expect(output_of(cell).get_by_role("textbox")).to_be_focused(timeout=PATIENCE)
    cell.get_by_role("button", name=re.compile("^Stop cell")).click()
    notebook.expect_state(cell, "stopped")
    expect(output_of(cell).get_by_role("textbox")).to_have_count(0)
    notebook.run(notebook.own(1))


def test_a_cell_that_heeds_no_stop_is_ended_by_a_restart(fresh_notebook):
    notebook = fresh_notebook(STUBBORN, "1 + 1")
    cell = notebook.own(0)
    cell.get_by_role("button", name=re.compile("^Run cell")).click()
    notebook.expect_state(cell, "running")
    cell.get_by_role("button", name=re.compile("^Stop cell")).click()
    # Stop did not help; a restart does.
    notebook.page.wait_for_timeout(500)
    notebook.bar.get_by_role("button", name="Restart", exact=True).click()
    notebook.page.get_by_role("dialog").get_by_role("button", name="Restart").click()
    notebook.expect_state(cell, "lost")
    notebook.run(notebook.own(1))
