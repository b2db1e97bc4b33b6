"""Whatever it is given, PostgreSQL takes the result."""

import json
import math

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from notebooks.storable import to_storable

hostile_text = st.text(
    alphabet=st.characters(exclude_categories=[]) | st.sampled_from("\0\ud800\udfff")
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | hostile_text,
    lambda inner: st.lists(inner) | st.dictionaries(hostile_text, inner),
)


@pytest.mark.django_db(transaction=True)
@given(st.lists(values, min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_postgresql_takes_it(value) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select %s::jsonb", [json.dumps(to_storable(value), allow_nan=False)])


def test_what_is_fit_stays_as_it_is() -> None:
    value = {"a": [1, 2.5, "é😀", None, True]}
    assert to_storable(value) == value


def test_what_is_not_becomes_plain() -> None:
    assert to_storable([math.inf, 2**70, "\0", "\ud800", object(), (1,)]) == [
        None, "0x400000000000000000", "�", "�", None, [1],
    ]  # fmt: skip


def test_depth_ends() -> None:
    value: list = []
    for _ in range(500):
        value = [value]
    json.dumps(to_storable(value))
