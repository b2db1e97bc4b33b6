"""The real course, read from its files, and learners in it."""

import pytest
from django.test import Client

from accounts.models import User
from curriculum.services import sync_curriculum
from tests.progress.conftest import hand_in, write_on  # noqa: F401  fixtures


@pytest.fixture
def course(db: None) -> None:
    sync_curriculum()


@pytest.fixture
def signed_in(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client
