"""Live kernels are few: who is idle, who starts a third, and who comes when every place is taken."""

import contextlib
import re

import pytest
from playwright.sync_api import expect

from grader.errors import HostBusyError
from grader.kernels.live import open_live
from tests.browser.conftest import sign_in
from tests.browser.notebook_page import NotebookPage, learner_state, new_notebook
from tests.browser.notebook_trouble import (
    LONG,
    end_kernels,
    expect_pill,
    forgive,
    fresh_notebook,
    output_of,
)
from tests.browser.product import Product

__all__ = ["forgive", "fresh_notebook", "learner_state", "new_notebook"]

LIMITS = {"memory_mb": 256, "cell_seconds": 20, "total_seconds": 60}
FULL = "status of 503"  # what the browser notes of the answer that says so
EXERCISES = ("opt-gd-linear-regression", "la-svd", "ul-kmeans")


@contextlib.contextmanager
def full_host(product):
    """Every live place of the kernel host is somebody's; answers what gives one of them back."""
    path = product.data / "run" / "kernels.sock"
    with contextlib.ExitStack() as opened:
        taken = []
        with contextlib.suppress(HostBusyError):
            while True:
                kernel = open_live(path, environment="core", limits=LIMITS, data={}, rules={})
                opened.callback(kernel.close)
                taken.append(kernel)
        assert taken
        yield lambda: taken.pop().close()


def test_when_every_place_is_taken_the_cell_runs_as_soon_as_one_is_free(
    fresh_notebook, product, forgive
):
    forgive(FULL)
    notebook = fresh_notebook("6 * 7")
    cell = notebook.own(0)
    with full_host(product) as give_back:
        cell.get_by_role("button", name=re.compile("^Run cell")).click()
        expect(notebook.banner("kernel")).to_contain_text("Every place is taken", timeout=LONG)
        expect(notebook.banner("kernel")).to_contain_text("number 1 in the queue")
        expect_pill(notebook, "Python", "Waiting, number 1")
        notebook.expect_state(cell, "waiting")
        notebook.expect_saved()
        give_back()
        expect(output_of(cell)).to_contain_text("42", timeout=LONG)
        expect(notebook.banner("kernel")).to_have_count(0)


def test_who_waits_for_a_place_may_think_again(fresh_notebook, product, forgive):
    forgive(FULL)
    notebook = fresh_notebook("6 * 7")
    cell = notebook.own(0)
    with full_host(product):
        cell.get_by_role("button", name=re.compile("^Run cell")).click()
        expect(notebook.banner("kernel")).to_contain_text("Every place is taken", timeout=LONG)
        cell.get_by_role("button", name=re.compile("^Stop cell")).click()
        notebook.expect_state(cell, "not-run")


def test_a_third_exercise_stops_the_kernel_of_the_first(new_page, learner_state):
    notebooks = []
    for slug in EXERCISES:
        notebook = NotebookPage(new_page(storage_state=learner_state), slug)
        if not notebooks:
            end_kernels(notebook)  # of other tests
        notebook.open("kept = 1", "kept")
        notebook.run(notebook.own(0))
        notebooks.append(notebook)
    first, second, third = notebooks
    expect(first.banner("kernel")).to_contain_text(
        "since you started it in other exercises", timeout=LONG
    )
    expect_pill(first, "Python", "Stopped")
    for other in (second, third):
        other.run(other.own(1))
        expect(output_of(other.own(1))).to_contain_text("1")
    # Going on in the first is one press, and takes the place of the one that rested longest.
    first.run(first.own(1), "failed")
    expect(output_of(first.own(1))).to_contain_text("NameError")
    first.expect_state(first.own(0), "earlier")
    expect(first.banner("kernel")).to_have_count(0)


@pytest.fixture(scope="module")
def hasty_product(tmp_path_factory):
    """Stops kernels after a few idle seconds."""
    product = Product.start(tmp_path_factory.mktemp("kh-hasty"), LIVE_IDLE_SECONDS="5")
    yield product
    product.end()


def test_after_idling_python_is_stopped_and_said_to_be(chromium, hasty_product):
    context = chromium.new_context(base_url=hasty_product.url)
    page = context.new_page()
    sign_in(page, "demo-learner", hasty_product.demo_password("demo-learner"))
    notebook = NotebookPage(page).open("kept = 1", "'kept' in globals()")
    notebook.own(0).get_by_role("button", name=re.compile("^Run cell")).click()
    expect(notebook.own(0)).to_have_attribute("data-state", "ok", timeout=LONG)
    expect(notebook.banner("kernel")).to_contain_text(
        "stopped after a while without work", timeout=LONG
    )
    expect_pill(notebook, "Python", "Stopped")
    notebook.run(notebook.own(1))
    expect(output_of(notebook.own(1))).to_contain_text("False")
    notebook.expect_state(notebook.own(0), "earlier")
    expect(notebook.banner("kernel")).to_have_count(0)
    context.close()
