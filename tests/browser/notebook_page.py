"""The notebook of an exercise as a learner meets it, and the doors behind it as a program meets them."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import APIResponse, Locator, Page, expect

from tests.browser.conftest import DESKTOP, sign_in

EXERCISE = "opt-gd-linear-regression"
PATIENCE = 20_000  # ms
_UNDER_WAY = re.compile("waiting|running")
START_SECONDS = 90.0

PLOT = """\
import matplotlib.pyplot as plt
plt.plot([1, 2, 4])
plt.title("Growth")
plt.show()
"""
TABLE = """\
import numpy as np
import pandas as pd
pd.DataFrame({"step": [1, 2, 3], "cost": np.round([5.8, 3.4, 2.1], 1)})
"""
FAILING = """\
def inverse(x):
    return 1 / x

inverse(0)
"""


class NotebookPage:
    """One exercise in one tab. Cells of the learner's own come first: ``own(0)``, ``own(1)``…"""

    def __init__(self, page: Page, slug: str = EXERCISE) -> None:
        self.page = page
        self.slug = slug

    # -- The doors ---------------------------------------------------------------------------------

    def ask(self, method: str, path: str, body: object = None) -> APIResponse:
        """A request as the page's script would make it, with the learner's cookies."""
        cookies = {one["name"]: one["value"] for one in self.page.context.cookies()}
        csrf = next(value for name, value in cookies.items() if "csrftoken" in name)
        return self.page.request.fetch(
            path if path.startswith("/") else f"/exercises/{self.slug}/{path}",
            method=method,
            data=body,
            headers={"X-CSRFToken": csrf},
            fail_on_status_code=False,
        )

    def boot(self) -> dict:
        return self.ask("GET", "notebook/").json()

    def put(self, cells: list[dict]) -> APIResponse:
        return self.ask("PUT", "notebook/", {"revision": self.boot()["revision"], "cells": cells})

    # -- The page ----------------------------------------------------------------------------------

    def open(self, *own: str | tuple[str, str]) -> NotebookPage:
        """The exercise as it was handed out, with these cells before it; a pair is (type, source)."""
        # Leaving first: the page would save what it shows.
        self.page.goto("/course/")
        fresh = self.ask("POST", "notebook/reset/", {}).json()
        given = [{key: cell[key] for key in ("id", "type", "source")} for cell in fresh["cells"]]
        before = [_own_cell(number, cell) for number, cell in enumerate(own)]
        assert self.put(before + given).ok
        return self.visit()

    def visit(self) -> NotebookPage:
        self.page.goto(f"/exercises/{self.slug}/")
        expect(self.bar).to_be_visible()
        return self

    @property
    def bar(self) -> Locator:
        return self.page.get_by_role("group", name="The whole notebook")

    @property
    def cells(self) -> Locator:
        return self.page.locator(".nb-cell")

    def own(self, number: int) -> Locator:
        return self.page.locator(f"#cell-{_own_id(number)}")

    def cell(self, name: str) -> Locator:
        """A cell of the exercise by its id."""
        return self.page.locator(f"#cell-{name}")

    def ids(self) -> list[str]:
        return self.cells.evaluate_all("cells => cells.map(cell => cell.id.slice(5))")

    def banner(self, name: str) -> Locator:
        return self.page.locator(f"[data-banner={name}]")

    def said(self) -> Locator:
        """What screen readers are told."""
        return self.page.locator(".nb > [role=status]")

    def choose(self, cell: Locator) -> None:
        """Command mode: the cell itself has the focus."""
        cell.evaluate("cell => cell.focus()")
        expect(cell).to_be_focused()

    def enter(self, cell: Locator) -> Locator:
        """Edit mode; answers the editor."""
        self.choose(cell)
        self.page.keyboard.press("Enter")
        editor = cell.locator(".cm-content")
        expect(editor).to_be_focused()
        return editor

    def write(self, cell: Locator, text: str) -> None:
        """In the place of what stands there."""
        self.enter(cell)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def run(self, cell: Locator, state: str = "ok") -> None:
        cell.get_by_role("button", name=re.compile("^Run cell")).click()
        self.expect_state(cell, state)

    def expect_state(self, cell: Locator, state: str) -> None:
        expect_state(cell, state)

    def expect_saved(self) -> None:
        expect(self.bar).to_contain_text("Saved", timeout=PATIENCE)

    def save(self) -> None:
        self.page.keyboard.press("ControlOrMeta+s")
        self.expect_saved()

    def check(self) -> Locator:
        """Answers the panel that fills with results."""
        self.bar.get_by_role("button", name="Check", exact=True).click()
        return self.page.locator("#checks-panel")

    def submit(self) -> Locator:
        """With the question before it answered; answers the panel that fills with results."""
        self.bar.get_by_role("button", name="Submit", exact=True).click()
        self.page.get_by_role("button", name="Submit now").click()
        return self.page.locator("#checks-panel")

    def choose_from_menu(self, cell: Locator, words: str) -> None:
        cell.get_by_role("button", name="More about this cell").click()
        self.page.get_by_role("menuitem", name=words).click()

    def choose_from_main_menu(self, words: str) -> None:
        self.bar.get_by_role("button", name="More about the notebook").click()
        self.page.get_by_role("menuitem", name=words).click()

    def source(self, cell: Locator) -> str:
        """What the cell says, line by line."""
        lines = cell.locator(".cm-line, .nb-line")
        return "\n".join(line.rstrip("\n") for line in lines.all_text_contents())


def expect_state(cell: Locator, state: str) -> None:
    if not _UNDER_WAY.fullmatch(state):  # what a cell showed before stays for a moment
        expect(cell).not_to_have_attribute("data-phase", _UNDER_WAY, timeout=PATIENCE)
    expect(cell).to_have_attribute("data-state", state, timeout=PATIENCE)


def _own_id(number: int) -> str:
    return f"x-owncell{number}"


def _own_cell(number: int, cell: str | tuple[str, str]) -> dict[str, str]:
    kind, source = ("code", cell) if isinstance(cell, str) else cell
    return {"id": _own_id(number), "type": kind, "source": source}


@pytest.fixture(scope="package")
def learner_state(chromium, product, tmp_path_factory):
    """The demo learner's cookies: signing in once is enough for many tests."""
    context = chromium.new_context(base_url=product.url)
    page = context.new_page()
    sign_in(page, "demo-learner", product.demo_password("demo-learner"))
    _await_kernel(page)
    path = tmp_path_factory.mktemp("learner") / "state.json"
    context.storage_state(path=path)
    context.close()
    return path


def _await_kernel(page: Page) -> None:
    """A product that has just started says for a while that it has no kernel yet."""
    page.goto(f"/exercises/{EXERCISE}/")
    doors = NotebookPage(page)
    deadline = time.monotonic() + START_SECONDS
    while not doors.ask("POST", f"/kernel/{EXERCISE}/api/kernels", {}).ok:
        assert time.monotonic() < deadline, "no live kernel came up"
        page.wait_for_timeout(1000)


@pytest.fixture
def new_notebook(new_page, learner_state):
    """Opens notebooks of the demo learner, each in a browser profile of its own."""

    def make(*own, slug=EXERCISE, viewport=DESKTOP, **options) -> NotebookPage:
        page = new_page(viewport=viewport, storage_state=learner_state, **options)
        return NotebookPage(page, slug).open(*own)

    return make
