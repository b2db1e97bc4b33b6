"""Trouble for the notebook: servers that die, a line that breaks, and what the console may then say."""

import contextlib
import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import APIResponse, Locator, expect

from tests.browser.notebook_page import NotebookPage
from tests.browser.product import Product

LONG = 60_000  # ms; a server has to come up again
# What the browser itself notes while a server is away.
NO_LINE = r"ERR_(CONNECTION|INTERNET|NETWORK|EMPTY|SOCKET|FAILED|TIMED)|WebSocket connection|status of 50\d"
# The browser names what it did not let happen (pitfall: also while hostile HTML is only parsed).
PREVENTED = r"Content Security Policy|sandboxed|Blocked script"
LIVE_PROCESS = ("uvicorn", "config.asgi")
KERNEL_HOST = ("grader.kernels", "--socket")


@pytest.fixture
def fresh_notebook(new_notebook):
    """As ``new_notebook``, and no process of an earlier test runs behind it."""

    def make(*own, **options) -> NotebookPage:
        notebook = new_notebook(*own, **options)
        notebook.page.goto("/course/")  # the page would be on its way back to the kernel
        end_kernels(notebook)
        return notebook.visit()

    return make


@pytest.fixture
def forgive(new_page):
    """Errors in the console that belong to the test, as regular expressions."""
    expected = []
    yield lambda *patterns: expected.extend(patterns)
    new_page.errors[:] = [
        said for said in new_page.errors if not any(re.search(one, said) for one in expected)
    ]


def kill(product: Product, words: tuple[str, ...]) -> None:
    """As the machine's lack of memory would."""
    victims = product.pids(*words)
    assert victims
    for pid in victims:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def frozen(product: Product, words: tuple[str, ...]) -> Iterator[None]:
    """It takes connections and says nothing; lines to it look alive."""
    pids = product.pids(*words)
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def pill(notebook: NotebookPage, about: str) -> Locator:
    """How it stands with "Python" or with "Your text"."""
    return notebook.bar.locator(".nb-pill").filter(has_text=f"{about}:")


def expect_pill(notebook: NotebookPage, about: str, words: str, timeout: int = LONG) -> None:
    expect(pill(notebook, about)).to_have_text(re.compile(f": ?{words}$"), timeout=timeout)


def kernel_door(notebook: NotebookPage, method: str, path: str = "", **options) -> APIResponse:
    """A request to the learner's kernels, as the page's script makes them."""
    cookies = {one["name"]: one["value"] for one in notebook.page.context.cookies()}
    csrf = next((value for name, value in cookies.items() if "csrftoken" in name), "")
    return notebook.page.request.fetch(
        f"/kernel/{notebook.slug}/api/kernels{path}",
        method=method,
        headers={"X-CSRFToken": csrf},
        **options,
    )


def kernel_ids(notebook: NotebookPage) -> list[str]:
    return [kernel["id"] for kernel in kernel_door(notebook, "GET").json()]


def end_kernels(notebook: NotebookPage) -> None:
    """The next run starts one."""
    for kernel in kernel_ids(notebook):
        assert kernel_door(notebook, "DELETE", f"/{kernel}").ok


def type_into(notebook: NotebookPage, cell: Locator, text: str) -> None:
    """At the end of what stands there."""
    notebook.enter(cell)
    notebook.page.keyboard.press("ControlOrMeta+End")
    notebook.page.keyboard.insert_text(text)


def saved_source(notebook: NotebookPage, cell: Locator) -> str:
    """What the server has of a cell."""
    name = cell.get_attribute("id").removeprefix("cell-")
    return next(one["source"] for one in notebook.boot()["cells"] if one["id"] == name)


def output_of(cell: Locator) -> Locator:
    return cell.locator(".nb-outputs")
