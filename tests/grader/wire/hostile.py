"""Makes false messages out of true ones, from any source of choices: hypothesis, atheris, a seed."""

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from grader.wire import codec, frames
from tests.grader.wire import sample_values

Choose = Callable[[int], int]  # a number from 0 up to, not including, the one given

# What a liar puts in the place of something true.
SCRAPS: list[Any] = [
    None, True, False, 0, 1, -1, 7, 2**31, -(2**31), 2**62, 2**200, 0.5, "", "a", "x" * 500,
    "<f8", "|O", "<U99", "|V0", "<M8[ns]", "csr", "bsr", "dia", "Pow", "Add", "Matrix", "Symbol",
    "category", "period", "interval", "nullable", "M", "UTC", "../etc/passwd", "nan", "\ud800",
    [], {}, [[]], [0], [2**62, 2**62], [-1, 3], [0, 0, 0], {"$": "array"}, {"$": "frame"},
    {"$": "handle", "h": 1}, {"$": 3}, {"$": "tuple", "v": 3}, {"$": "texts", "n": 0, "b": 0},
    {"$": "array", "d": "<f8", "s": [1], "b": 0}, {"$": "missing", "v": "NA"},
]  # fmt: skip


def export(value: object) -> dict[str, Any]:
    """What stays behind."""
    return {"$": "handle", "h": 1, "c": type(value).__name__}


@cache
def true_messages() -> list[tuple[Any, list[bytes]]]:
    """One message for each sample, as it is sent."""
    messages = []
    for value in sample_values.everything():
        node, buffers = codec.encode(value, export)
        messages.append((node, [bytes(data) for data in buffers]))
    return messages


def false_message(choose: Choose) -> tuple[Any, list[bytearray]]:
    """A true message with one to four lies in its JSON or its data."""
    messages = true_messages()
    node, data = messages[choose(len(messages))]
    holder, buffers = [copy.deepcopy(node)], [bytearray(item) for item in data]
    for _ in range(1 + choose(4)):
        if buffers and choose(3) == 0:
            _spoil_data(buffers, choose)
        else:
            _spoil_node(holder, choose)
    return holder[0], buffers


def _spoil_data(buffers: list[bytearray], choose: Choose) -> None:
    data = buffers[choose(len(buffers))]
    kind = choose(4)
    if kind == 0 or not data:
        data.extend(bytes([choose(256)]) * (1 + choose(16)))
    elif kind == 1:
        del data[choose(len(data)) :]
    else:
        data[choose(len(data))] = [0, 255, 128, choose(256)][choose(4)]


def _spoil_node(holder: list[Any], choose: Choose) -> None:
    places: list[tuple[Any, Any]] = []
    waiting: list[Any] = [holder]
    while waiting:
        part = waiting.pop()
        keys = list(part) if type(part) is dict else range(len(part))
        for key in keys:
            places.append((part, key))
            if type(part[key]) in (dict, list):
                waiting.append(part[key])
    part, key = places[choose(len(places))]
    kind = choose(5)
    if kind == 0 and part is not holder:
        del part[key]
    elif kind == 1:
        other, other_key = places[choose(len(places))]
        part[key] = copy.deepcopy(other[other_key])
    elif kind == 2 and type(part) is list and part is not holder:
        part.insert(key, copy.deepcopy(part[key]))
    else:
        part[key] = copy.deepcopy(SCRAPS[choose(len(SCRAPS))])


def judge(node: Any, buffers: list[bytearray]) -> None:
    """A message is a value or a declared error; anything else raises here. A value can be shown."""
    try:
        text = json.dumps({"v": node}, allow_nan=False).encode()
        parsed = frames.parse_header(text)
        codec.decode(parsed["v"], buffers, lambda node: object())
    except frames.WireError:
        pass
