"""Our kernel addresses are Jupyter's: JupyterLab's own client works with them unchanged."""

import json
import os
import subprocess

import pytest

from tests.browser.notebook_page import EXERCISE, NotebookPage, learner_state
from tests.browser.notebook_trouble import end_kernels
from tests.frontend import NODE, copy_sources, install

__all__ = ["learner_state"]


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The notebook's sources with the client among their packages."""
    copy = copy_sources(tmp_path_factory.mktemp("frontend"))
    install(copy)
    return copy


@pytest.fixture(scope="module")
def seen(chromium, product, learner_state, sources):
    """What the client saw: a kernel started, used, interrupted, restarted and ended."""
    context = chromium.new_context(base_url=product.url, storage_state=learner_state)
    # A fresh one, whatever other tests left.
    end_kernels(NotebookPage(context.new_page()))
    context.close()
    cookies = {
        one["name"]: one["value"] for one in json.loads(learner_state.read_text())["cookies"]
    }
    done = subprocess.run(
        [str(NODE), "test/conformance/services.mjs"],
        cwd=sources,
        env={
            **os.environ,
            "BASE_URL": product.url,
            "SLUG": EXERCISE,
            "COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "CSRF_TOKEN": next(value for name, value in cookies.items() if "csrftoken" in name),
        },
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_it_starts_a_kernel_and_runs_in_it(seen):
    assert seen["language"] == "python"
    assert seen["protocol"].startswith("5.")
    assert seen["sum"]["status"] == "ok"
    assert seen["sum"]["outputs"] == ["2"]


def test_it_interrupts(seen):
    assert seen["interrupted"]["outputs"] == ["KeyboardInterrupt"]
    assert seen["interruptSeconds"] < 10


def test_it_restarts_and_ends(seen):
    assert seen["sameId"]
    assert seen["afterRestart"]["outputs"] == ["False\n"]
    assert seen["ended"]
