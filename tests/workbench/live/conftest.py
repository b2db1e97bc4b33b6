from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from accounts.models import User
from curriculum.models import Exercise
from grader.kernels.client import private_host
from tests.running import await_templates
from tests.workbench.live.server import Browser, Page, running_server
from tests.workbench.sample import make_exercise


@pytest.fixture(scope="package")
def kernel_host() -> Iterator[Path]:
    with private_host(["core"]) as client:
        await_templates(client)
        yield Path(client._path)


@pytest.fixture
def exercise(transactional_db: None) -> Exercise:
    return make_exercise()


@pytest.fixture
def port(kernel_host: Path, exercise: Exercise, settings: Any, monkeypatch: Any) -> Iterator[int]:
    """The port of a live process with a kernel host."""
    settings.KERNEL_HOST_SOCKET = str(kernel_host)
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    # Its threads must not hold on to the database of this test.
    monkeypatch.setitem(connections.databases["default"], "CONN_MAX_AGE", 0)
    with running_server() as number:
        yield number


@pytest.fixture
def browse(port: int, exercise: Exercise) -> Callable[..., Browser]:
    def make(user: User | None, slug: str = exercise.slug) -> Browser:
        client = Client()
        if user:
            client.force_login(user)
        return Browser(port, slug, client if user else None)

    return make


@pytest.fixture
def browser(browse: Callable[..., Browser], learner: User) -> Browser:
    return browse(learner)


@pytest.fixture
def kernel(browser: Browser) -> dict[str, Any]:
    return browser.start()


@pytest.fixture
def page(browser: Browser, kernel: dict[str, Any]) -> Iterator[Page]:
    with browser.open(kernel["id"]) as opened:
        yield opened
