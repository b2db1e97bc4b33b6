"""Tests in several processes at once (pytest-xdist): what stays together, and what each process has alone.

``bin/test`` loads this plugin when it runs everything; pytest-django gives each process a database.
"""

import os
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
SLOWEST = "browser"

if WORKER:
    server, _, _ = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(WORKER.removeprefix('gw')) + 1}"


class ByFolder(LoadScopeScheduling):
    """A folder's tests share what they start, so they run in one process."""

    def _split_scope(self, nodeid: str) -> str:
        return str(Path(nodeid.partition("::")[0]).parent)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFolder:
    return ByFolder(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest folder goes first."""
    items.sort(key=lambda item: item.path.parent.name != SLOWEST)
