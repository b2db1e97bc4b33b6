"""The pages before anybody has read the course: a module of its own, since ``course`` lasts for a module."""

import pytest
from django.test import Client

from tests.study.conftest import words


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/course/", "/schedule/", "/resources/", "/people/"])
def test_an_empty_course_is_said_to_be_empty(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_home_of_an_empty_course_says_who_can_help(signed_in: Client) -> None:
    assert "sync_curriculum" in words(signed_in, "/")
