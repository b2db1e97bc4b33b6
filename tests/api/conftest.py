from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import User
from curriculum.models import Exercise
from tests.workbench.sample import make_exercise


@pytest.fixture
def exercise(db: None) -> Exercise:
    return make_exercise()


@pytest.fixture
def client_of() -> Callable[[User | None], APIClient]:
    """A function that makes a program of somebody: it has their token, or none."""

    def make(user: User | None) -> APIClient:
        client = APIClient(enforce_csrf_checks=True)
        if user is not None:
            token, _ = Token.objects.get_or_create(user=user)
            client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
        return client

    return make


@pytest.fixture
def program(client_of: Any, learner: User) -> APIClient:
    """The learner's program."""
    return client_of(learner)
