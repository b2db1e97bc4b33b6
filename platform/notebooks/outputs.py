"""Outputs of cells that come from a browser: taken apart, bounded, and put together from plain values."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from notebooks.storable import to_storable

OUTPUTS = 500
BUNDLE = 20
TRACEBACK = 500
LARGEST_COUNT = 2**31 - 1
_MIME = re.compile(r"[a-zA-Z0-9]+/[a-zA-Z0-9.+-]{1,100}")
_JSON = re.compile(r"application/([a-zA-Z0-9.+-]+\+)?json")
_SIZES = ("width", "height")


def read_outputs(value: Any) -> list[dict[str, Any]]:
    """The outputs of one cell as nbformat 4.5 has them, and fit for PostgreSQL.

    Four types of output are known. What is of none of them is left out, and so is everything in them
    that nobody needs to show them again: of metadata only the size of pictures stays.
    """
    if not isinstance(value, list):
        return []
    read = (_read_output(output) for output in value[:OUTPUTS])
    return [to_storable(output) for output in read if output is not None]


def read_count(value: Any) -> int | None:
    """An execution count, Jupyter's ``[3]``."""
    return value if type(value) is int and 0 <= value <= LARGEST_COUNT else None


def _read_output(output: Any) -> dict[str, Any] | None:
    if not isinstance(output, Mapping):
        return None
    kind = output.get("output_type")
    read = _READERS.get(kind) if isinstance(kind, str) else None
    taken = read(output) if read else None
    return None if taken is None else {"output_type": kind, **taken}


def _stream(output: Mapping[str, Any]) -> dict[str, Any] | None:
    text = _text(output.get("text"))
    name = "stderr" if output.get("name") == "stderr" else "stdout"
    return {"name": name, "text": text} if text else None


def _display(output: Mapping[str, Any]) -> dict[str, Any] | None:
    data = _bundle(output.get("data"))
    return (
        {"data": data, "metadata": _picture_sizes(output.get("metadata"), data)} if data else None
    )


def _result(output: Mapping[str, Any]) -> dict[str, Any] | None:
    display = _display(output)
    return display and {**display, "execution_count": read_count(output.get("execution_count"))}


def _error(output: Mapping[str, Any]) -> dict[str, Any]:
    lines = output.get("traceback")
    traceback = lines[:TRACEBACK] if isinstance(lines, list) else []
    return {
        "ename": _text(output.get("ename")),
        "evalue": _text(output.get("evalue")),
        "traceback": [line for line in traceback if isinstance(line, str)],
    }


_READERS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any] | None]] = {
    "stream": _stream,
    "display_data": _display,
    "execute_result": _result,
    "error": _error,
}


def _bundle(value: Any) -> dict[str, Any]:
    """One value in several media types: text as one string, JSON as it is."""
    if not isinstance(value, Mapping):
        return {}
    taken: dict[str, Any] = {}
    for kind, content in list(value.items())[:BUNDLE]:
        if not isinstance(kind, str) or not _MIME.fullmatch(kind):
            continue
        if _JSON.fullmatch(kind):
            taken[kind] = content
        elif text := _text(content):
            taken[kind] = text
    return taken


def _picture_sizes(metadata: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    sizes = {}
    for kind in data:
        given = metadata.get(kind) if isinstance(metadata, Mapping) else None
        if not kind.startswith("image/") or not isinstance(given, Mapping):
            continue
        size = {name: given[name] for name in _SIZES if type(given.get(name)) is int}
        if size:
            sizes[kind] = size
    return sizes


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""
