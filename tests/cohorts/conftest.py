"""Two cohorts, and a function that lets somebody in."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from cohorts.models import Cohort, Membership
from cohorts.services import add_member, create_cohort


@pytest.fixture
def spring(db: None) -> Cohort:
    return create_cohort(name="Spring", slug="spring")


@pytest.fixture
def autumn(db: None) -> Cohort:
    return create_cohort(name="Autumn", slug="autumn")


@pytest.fixture
def join() -> Callable[..., Membership]:
    """A function that adds to a cohort, as a learner without a study group unless told."""

    def add(cohort: Cohort, user: User, **fields: Any) -> Membership:
        return add_member(cohort=cohort, user=user, **fields)

    return add
