"""Tests in several processes at once (pytest-xdist): what stays together, and what each process has alone.

``bin/test`` loads this plugin when it runs everything; pytest-django gives each process a database.
"""

import os
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
SLOWEST = "browser"

if WORKER:
    server, _, _ = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(WORKER.removeprefix('gw')) + 1}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A folder's tests share what they start, so they run in one process; the slowest folder goes first."""
    for item in items:
        folder = item.path.parent.relative_to(TESTS)
        item.add_marker(pytest.mark.xdist_group(str(folder)))
    items.sort(key=lambda item: item.path.parent.name != SLOWEST)
