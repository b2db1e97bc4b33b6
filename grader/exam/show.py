"""Values as short text for learners: small arrays whole, large ones by their corners, entries that differ marked."""

from __future__ import annotations

import re
import sys
from typing import Any

from grader.wire.ordering import ordered, settled

MAX_TEXT = 600  # characters for one value
MAX_ENTRIES = 8  # differing entries that are listed
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def clean(text: object, limit: int = 2_000) -> str:
    """Text that any page, log and database can take: no control characters, bounded in length."""
    if type(text) is not str:
        return ""
    shown = _UNPRINTABLE.sub("�", text[: limit + 1].replace("\r\n", "\n"))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def show(value: Any) -> str:
    """A value as text of at most :data:`MAX_TEXT` characters."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray):
        text = numpy.array2string(
            settled(value),
            precision=6,
            suppress_small=True,
            threshold=60,
            edgeitems=3,
            separator=", ",
        )
    elif numpy is not None and isinstance(value, numpy.generic):
        text = _number(value.item())
    elif type(value) in (float, complex):
        text = _number(value)
    elif type(value) in (list, tuple, dict, set, frozenset) and len(value) > 30:
        text = f"{type(value).__name__} of {len(value)}: {_beginning(value)}"
    else:
        text = _plain(value)
    return clean(text, MAX_TEXT)


def describe(value: Any) -> str:
    """What kind of value this is, in a few words: “None”, “an array of shape (3, 2)”, “a list of 4”."""
    if value is None:
        return "None"
    name = type(value).__name__
    is_own = name != "Remote" and not isinstance(value, tuple)
    shape = getattr(value, "shape", None) if is_own else None
    if name == "Remote":
        return f"an object of class {value._class}"
    if isinstance(shape, tuple) and shape != ():
        kind = {"ndarray": "an array", "Tensor": "a tensor"}.get(name, f"a {name}")
        return f"{kind} of shape {shape}"
    if type(value) in (list, tuple, set, frozenset, dict):
        return f"a {name} of {len(value)}"
    if type(value) in (bool, int, float, complex) or shape == ():
        return f"the number {show(value)}" if type(value) is not bool else str(value)
    return f"the text {show(value)}" if type(value) is str else f"a value of type {name}"


def show_inputs(inputs: dict[str, Any]) -> str:
    """The inputs of a call, one to a line or block."""
    return "\n".join(labelled(name, show(value)) for name, value in inputs.items())


def labelled(label: str, text: str) -> str:
    """``label = text``, with the lines of an array one under another."""
    return f"{label} = " + text.replace("\n", "\n" + " " * (len(label) + 3))


def show_difference(actual: Any, desired: Any, differs: Any) -> str:
    """Two arrays of one shape and where they differ (a mask of that shape), entry by entry.

    Small arrays are shown whole, the entries that differ marked with arrows.
    """
    import numpy as np  # only the environments have it

    count = int(differs.sum())
    lines = [labelled("expected", show(desired)), labelled("got     ", _marked(actual, differs))]
    if actual.ndim:
        lines.append(f"{count} of {actual.size} entries differ:")
        for place in np.argwhere(differs)[:MAX_ENTRIES]:
            where = tuple(int(part) for part in place)
            index = ", ".join(map(str, where))
            lines.append(f"  [{index}]  expected {show(desired[where])}, got {show(actual[where])}")
        if count > MAX_ENTRIES:
            lines.append(f"  … and {count - MAX_ENTRIES} more")
    return "\n".join(lines)


def _marked(values: Any, differs: Any) -> str:
    """A small array as text with ``→…←`` around the entries that differ."""
    if not 0 < values.ndim <= 2 or values.size > 40:
        return show(values)
    rows = values.reshape(-1, values.shape[-1])
    marks = differs.reshape(rows.shape)
    texts = [
        [f"→{show(item)}←" if mark else show(item) for item, mark in zip(row, line, strict=True)]
        for row, line in zip(rows, marks, strict=True)
    ]
    width = max((len(text) for row in texts for text in row), default=0)
    lines = ["[" + ", ".join(text.rjust(width) for text in row) + "]" for row in texts]
    return lines[0] if values.ndim == 1 else "[" + ",\n ".join(lines) + "]"


def _number(value: Any) -> str:
    if type(value) is float:
        return f"{value:.7g}" if value == value and abs(value) != float("inf") else str(value)
    return _plain(value)


def _beginning(value: Any) -> str:
    if type(value) in (set, frozenset):
        value = ordered(value)
    items = list(value.items() if type(value) is dict else value)[:10]
    return ", ".join(_plain(item)[:60] for item in items) + ", …"


def _plain(value: Any) -> str:
    try:
        return _written(value)
    except Exception:  # a huge int, or a recursion: its type must do
        return f"a value of type {type(value).__name__}"


def _written(value: Any) -> str:
    """As Python writes it, but sets in an order that is the same wherever the run is repeated."""
    try:
        return repr(settled(value))
    except RecursionError:  # it holds itself, which Python knows how to write
        return repr(value)
