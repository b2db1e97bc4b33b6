"""Processes of ours are killed in the middle: the submission is graded once, later, all by itself."""

import contextlib
import os
import re
import signal

import pytest
from playwright.sync_api import expect

EXERCISE = "opt-gd-linear-regression"
SLOW = "import time\ntime.sleep(4)\ndef cost(X, y, w, b):\n    return 0.0\n"


@pytest.mark.parametrize(
    "words",
    [("celery", "worker@"), ("grader.kernels",), ("redis-server",)],
    ids=["worker", "kernel host", "redis"],
)
def test_killed_in_the_middle(learner_page, product, words):
    page = learner_page()
    page.goto(f"/exercises/{EXERCISE}/")
    page.fill("#source-cost", SLOW)
    expect(page.locator("[data-save-state]")).to_have_text("Saved", timeout=10_000)
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/submissions/**")
    running = re.compile("running cell", re.IGNORECASE)
    expect(page.locator("#submission-state")).to_contain_text(running, timeout=30_000)
    victims = product.pids(*words)
    assert victims
    for pid in victims:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    expect(page.locator(".report-head")).to_be_visible(timeout=120_000)
    expect(page.locator(".report-head")).to_contain_text("of 20 points")
    page.goto(f"/exercises/{EXERCISE}/attempts/")
    states = page.locator("main table tbody tr").all_inner_texts()
    assert not any(re.search("waiting|running", state, re.IGNORECASE) for state in states)
