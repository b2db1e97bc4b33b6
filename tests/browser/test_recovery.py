"""Processes of ours are killed in the middle: the submission is graded once, later, all by itself."""

import contextlib
import os
import re
import signal

import pytest
from playwright.sync_api import expect

from tests.browser.notebook_page import EXERCISE, NotebookPage

SLOW = "import time\ntime.sleep(4)\ndef cost(X, y, w, b):\n    return 0.0\n"


@pytest.mark.parametrize(
    "words",
    [("celery", "worker@"), ("grader.kernels",), ("redis-server",)],
    ids=["worker", "kernel host", "redis"],
)
def test_killed_in_the_middle(learner_page, product, words):
    page = learner_page()
    notebook = NotebookPage(page).visit()
    notebook.write(notebook.cell("cost"), SLOW)
    results = notebook.submit()
    running = re.compile("running cell", re.IGNORECASE)
    expect(results).to_contain_text(running, timeout=30_000)
    victims = product.pids(*words)
    assert victims
    for pid in victims:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    expect(results).to_contain_text(re.compile(r"Graded: .* of 20 points"), timeout=120_000)
    page.goto(f"/exercises/{EXERCISE}/attempts/")
    states = page.locator("main table tbody tr").all_inner_texts()
    assert not any(re.search("waiting|running", state, re.IGNORECASE) for state in states)
