"""The real course, read from its files, and learners in it."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils.html import strip_tags
from pytest_django import DjangoDbBlocker

from accounts.models import User
from curriculum.services import sync_curriculum
from tests.progress.conftest import hand_in, write_on  # noqa: F401  fixtures


def words(client: Client, address: str) -> str:
    """What a reader sees, in one line."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


@pytest.fixture(scope="module")
def synced_course(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The course, read once for a module, because reading it takes seconds; then undone.

    Each test's own transaction is a savepoint in this one, so what it changes is undone before the next. All
    tests of the module with a database see the course: those that need an empty one have another module.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        sync_curriculum()
        # Or the end of each test would check the keys of the whole course.
        connection.check_constraints()
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def course(synced_course: None, db: None) -> None:
    """The course, as the files have it whatever the test before did."""


@pytest.fixture
def signed_in(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client
