"""Plain values come back as they were; whatever else arrives is a declared error."""

import contextlib
import json
import math
import subprocess
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.wire import codec, frames


def export(value: object) -> dict:
    return {"$": "handle", "c": type(value).__name__}


def through_the_wire(value):
    node, buffers = codec.encode(value, export)
    header = frames.parse_header(json.dumps({"v": node}, allow_nan=False).encode())
    return codec.decode(header["v"], [bytearray(data) for data in buffers], lambda node: node)


def equal(left, right) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return (left == right and math.copysign(1, left) == math.copysign(1, right)) or left != left
    if isinstance(left, complex):
        return equal(left.real, right.real) and equal(left.imag, right.imag)
    if isinstance(left, list | tuple | deque):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict):
        return equal(list(left), list(right)) and equal(list(left.values()), list(right.values()))
    return left == right


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.binary()
    | st.fractions()
    | st.dates()
    | st.datetimes()
    | st.timedeltas()
    | st.slices(9)
)
hashable = st.none() | st.booleans() | st.integers() | st.text() | st.binary()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=20)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(hashable, inner, max_size=20)
        | st.sets(hashable, max_size=20)
        | st.frozensets(hashable, max_size=3)
    ),
    max_leaves=40,
)


@settings(max_examples=300, deadline=None)
@given(values)
def test_values_come_back_as_they_were(value):
    with contextlib.suppress(frames.WireLimitError):  # some are nested too deeply
        assert equal(through_the_wire(value), value)


@pytest.mark.parametrize(
    "value",
    [
        2**4095,
        -0.0,
        math.inf,
        complex(math.nan, -math.inf),
        ...,
        range(3, 10**30, 7),
        slice(None, (1, 2), -1),
        bytearray(b"abc"),
        deque([1, 2]),
        Counter("hello"),
        OrderedDict(b=1, a=2),
        datetime(2026, 1, 2, 3, 4, 5, 6, UTC),
        date(1, 1, 1),
        time(23, 59, 59, 999_999),
        timedelta(-1, 5, 7),
        Fraction(-1, 3),
        {"$": "handle", "h": 1},
        {"$": None},
        {1: "a", "1": "b", (1, 2): "c"},
        "\0\ud800é" * 5_000,
        [0.1 * n for n in range(100_000)],
        [2**63] * 20,
        [True, False] * 20,
        ["word", ""] * 20_000,
        {str(n): n for n in range(20_000)},
        [[float(row * column) for column in range(200)] for row in range(200)],
    ],
    ids=lambda value: f"{type(value).__name__}",
)
def test_unusual_values_come_back_too(value):
    assert equal(through_the_wire(value), value)


def test_a_default_dict_leaves_its_factory_behind():
    assert equal(through_the_wire(defaultdict(list, a=1)), {"a": 1})


class Hostile(int):
    def __eq__(self, other):
        raise AssertionError("code of the other side ran")

    __hash__ = int.__hash__
    __lt__ = __bool__ = __int__ = __index__ = __eq__


@pytest.mark.parametrize("kind", [int, str, list, dict, tuple, float, set, bytes])
def test_subclasses_stay_behind(kind):
    inherited = type("Inherited", (kind,), {})()
    assert through_the_wire([inherited]) == [{"$": "handle", "c": "Inherited"}]


def test_methods_of_what_stays_behind_do_not_run():
    assert through_the_wire([Hostile(3), len, object()])[0] == {"$": "handle", "c": "Hostile"}


@pytest.mark.parametrize(
    "value",
    [
        2**4097,
        [[[[[[[[[[[[[[1]]]]]]]]]]]]]],
        [[n] for n in range(10_000)],
        bytes(frames.MAX_BUFFER_BYTES + 1),
        [bytes(1)] * 5_000,
    ],
    ids=["int", "depth", "nodes", "bytes", "buffers"],
)
def test_what_is_too_large_is_refused_on_the_way_out(value):
    with pytest.raises(frames.WireLimitError):
        codec.encode(value, export)


def test_a_list_that_holds_itself_is_refused():
    loop: list = []
    loop.append(loop)
    with pytest.raises(frames.WireLimitError):
        codec.encode(loop, export)


@pytest.mark.parametrize(
    ("node", "buffers"),
    [
        ({"$": 1}, []),
        ({"$": []}, []),
        ({"$": "float", "v": "eval('1')"}, []),
        ({"$": "float"}, []),
        ({"$": "complex", "v": [1, 2]}, []),
        ({"$": "str", "b": 0}, [b"\xff"]),
        ({"$": "str", "b": 1}, [b""]),
        ({"$": "str", "b": True}, [b"", b""]),
        ({"$": "str", "b": -1}, [b""]),
        ([{"$": "bytes", "b": 0}, {"$": "bytes", "b": 0}], [b"twice"]),
        ({"$": "packed", "p": "d", "b": 0}, [b"seven77"]),
        ({"$": "packed", "p": "u", "b": 0}, [b"12345678"]),
        ({"$": "packed", "p": "?", "b": 0}, [bytes(1_000_001)]),
        ({"$": "texts", "n": 0, "b": 1}, [b"\xff" * 8, b""]),
        ({"$": "texts", "n": 0, "b": 1}, [b"", b"left over"]),
        ({"$": "set", "v": [[1]]}, []),
        ({"$": "set", "v": 3}, []),
        ({"$": "dict", "k": [1], "v": []}, []),
        ({"$": "dict", "k": [[]], "v": [1]}, []),
        ({"$": "slice", "v": [1]}, []),
        ({"$": "range", "v": [0, 1, 0]}, []),
        ({"$": "range", "v": [0, True, 1]}, []),
        ({"$": "fraction", "v": [1, 0]}, []),
        ({"$": "datetime", "v": "2026-13-01"}, []),
        ({"$": "date", "v": "9" * 100}, []),
        ({"$": "timedelta", "v": [10**30, 0, 0]}, []),
        ({"$": "tensor", "t": "float32"}, []),
    ],
)
def test_false_nodes_are_declared_errors(node, buffers):
    with pytest.raises(frames.WireError):
        codec.decode(node, [bytearray(data) for data in buffers], lambda node: node)


tags = st.sampled_from(
    [
        "float",
        "complex",
        "str",
        "bytes",
        "bytearray",
        "packed",
        "texts",
        "tuple",
        "set",
        "frozenset",
        "deque",
        "dict",
        "ordereddict",
        "counter",
        "slice",
        "range",
        "datetime",
        "date",
        "time",
        "timedelta",
        "fraction",
        "ellipsis",
        "handle",
    ]
)
nodes = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2**70) | st.text(max_size=9) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.fixed_dictionaries(
            {"$": tags},
            optional={"v": inner, "b": st.integers(-1, 3), "p": st.sampled_from("dq?u"), "n": inner}
            | {"k": inner},
        )
    ),
    max_leaves=12,
)


@settings(max_examples=500, deadline=None)
@given(nodes, st.lists(st.binary(max_size=40).map(bytearray), max_size=3))
def test_any_nodes_decode_or_raise_the_declared_error(node, buffers):
    with contextlib.suppress(frames.WireError):
        codec.decode(node, buffers, lambda node: node)


SETS = """
import datetime, json
from grader.wire.codec import encode
days = {datetime.date(2024, 1, day) for day in range(1, 30)}
words = ["ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen"]
many = {f"word {n}" for n in range(40)}
mixed = {1, 2.5, None, "a", b"b", ("c", 1), frozenset(words)}
node, buffers = encode([set(words), frozenset(words), many, mixed, days, {"a": [(set(words),)]}], dict)
print(json.dumps(node), [bytes(data).hex() for data in buffers])
"""


def test_sets_travel_in_an_order_that_no_hash_seed_decides():
    """Else a learner's code would go through a set of ours in another order after each restart."""
    first, second = (
        subprocess.check_output(
            [sys.executable, "-c", SETS],
            env={"PYTHONPATH": str(Path(__file__).parents[3]), "PYTHONHASHSEED": seed},
        )
        for seed in "12"
    )
    assert first == second


def test_a_set_of_what_stays_behind_travels_without_being_written():
    class Silent:
        def __repr__(self) -> str:
            raise AssertionError("nobody asked for this")

    handle = {"$": "handle", "c": "Silent"}
    node, _ = codec.encode({Silent()}, export)
    assert node == {"$": "set", "v": [handle]}
    node, _ = codec.encode({(1, Silent()), (1, Silent())}, export)
    assert [part["v"] for part in node["v"]] == [[1, handle], [1, handle]]
