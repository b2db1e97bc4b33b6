"""The program that reads an uploaded notebook, in a process of its own under hard limits.

Standard library only, and nothing of ours, so that it starts in milliseconds: ``python -I -S reader.py``.
Bytes of a file on stdin; on stdout ``{"notebook": …}``, or ``{"problems": [[where, message], …]}``. With
the argument ``request`` the bytes are those of an API request, and ``{"answers": …}`` may come out too.
Of the notebook only text is passed on: formats, and of each cell its kind, id, source and the id in our
own metadata. Whether that is a notebook that can be used is for :mod:`grader.exercises` to say.
"""

import json
import resource
import sys
from collections.abc import Iterator
from typing import Any, Literal

Kind = Literal["notebook", "request"]
MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 5
DEPTH = 32
CELLS = 500
NUMBER_LENGTH = 32
NODES = 500_000


class UnusableError(Exception):
    """What is wrong, and where."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.problem = (where, message)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = answer(
            sys.stdin.buffer.read(), "request" if sys.argv[1:] == ["request"] else "notebook"
        )
    except MemoryError:
        found = {"problems": [("file", "holds too much to be read")]}
    sys.stdout.write(json.dumps(found))


def answer(data: bytes, kind: Kind) -> dict[str, Any]:
    """What the program says of these bytes."""
    try:
        return read_request(data) if kind == "request" else {"notebook": read(data)}
    except UnusableError as error:
        return {"problems": [error.problem]}


def read(data: bytes) -> dict[str, Any]:
    """The text of a notebook file.

    Raises:
        UnusableError: it is no JSON that we would keep.
    """
    return text_of(parse_checked(data))


def read_request(data: bytes) -> dict[str, Any]:
    """The body of an API request: ``{"notebook": …}`` as in :func:`read`, or ``{"answers": {id: text}}``.

    Raises:
        UnusableError: it is no JSON that we would keep, or holds neither or something else.
    """
    body = parse_checked(data)
    if not isinstance(body, dict):
        raise UnusableError("body", "must be a JSON object")
    match list(body.items()):
        case [("notebook", notebook)]:
            return {"notebook": text_of(notebook, "notebook")}
        case [("answers", dict() as answers)]:
            return {"answers": {name: text_or_none(text) for name, text in answers.items()}}
        case [("answers", _)]:
            raise UnusableError(
                "answers", "must be an object: the text of each answer cell by its id"
            )
    raise UnusableError("body", "must hold one field: notebook or answers")


def parse_checked(data: bytes) -> Any:
    value = parse(decode(data))
    check(value)
    return value


def text_of(notebook: Any, where: str = "file") -> dict[str, Any]:
    if not isinstance(notebook, dict):
        raise UnusableError(where, "is not a notebook: a JSON object is expected")
    cells = notebook.get("cells")
    if isinstance(cells, list) and len(cells) > CELLS:
        raise UnusableError("cells", f"{len(cells):,} cells; {CELLS} are allowed")
    return {
        "nbformat": whole_number(notebook.get("nbformat")),
        "nbformat_minor": whole_number(notebook.get("nbformat_minor")),
        "cells": [slim(cell) for cell in cells] if isinstance(cells, list) else None,
    }


def decode(data: bytes) -> str:
    if not data.strip():
        raise UnusableError("file", "is empty")
    if b"\0" in data:
        raise UnusableError("file", "holds NUL bytes: this is no notebook, or not in UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableError("file", f"is not UTF-8 (byte {error.start + 1:,})") from None


def parse(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=without_duplicates,
            parse_int=short_number(int),
            parse_float=short_number(float),
            parse_constant=lambda _name: None,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno:,}, column {error.colno:,}"
        raise UnusableError(where, f"is not JSON: {error.msg}") from None
    except RecursionError:
        raise UnusableError("file", f"is nested deeper than {DEPTH} levels") from None


def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        for key, _item in pairs:
            if key in seen:
                raise UnusableError(
                    "file", f"the key {json.dumps(key[:60])} stands twice in one object"
                )
            seen.add(key)
    return value


def short_number(make: Any) -> Any:
    def read_number(text: str) -> Any:
        if len(text) > NUMBER_LENGTH:
            raise UnusableError("file", f"holds a number of {len(text):,} characters")
        return make(text)

    return read_number


def check(notebook: Any) -> None:
    """Refuse what is nested too deep, holds too many values, or text that no file may hold."""
    for count, (value, depth) in enumerate(walk(notebook), start=1):
        if depth > DEPTH:
            raise UnusableError("file", f"is nested deeper than {DEPTH} levels")
        if count > NODES:
            raise UnusableError("file", f"holds more than {NODES:,} values")
        if isinstance(value, str) and not value.isascii():
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                raise UnusableError("file", "holds half a character (a lone surrogate)") from None
        if isinstance(value, str) and "\0" in value:
            raise UnusableError("file", "holds a NUL character")


def walk(value: Any) -> Iterator[tuple[Any, int]]:
    """Every value and key below ``value``, each with its depth."""
    stack = [(value, 1)]
    while stack:
        item, depth = stack.pop()
        yield item, depth
        if isinstance(item, dict):
            stack.extend((key, depth) for key in item)
            stack.extend((inner, depth + 1) for inner in item.values())
        elif isinstance(item, list):
            stack.extend((inner, depth + 1) for inner in item)


def slim(cell: Any) -> Any:
    """What we take of a cell; ``None`` for what is no cell."""
    if not isinstance(cell, dict):
        return None
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    taken: dict[str, Any] = {
        "cell_type": text_or_none(cell.get("cell_type")),
        "source": text_or_none(source),
        "metadata": {},
    }
    if isinstance(cell.get("id"), str):
        taken["id"] = cell["id"]
    metadata = cell.get("metadata")
    ours = metadata.get("kilohour") if isinstance(metadata, dict) else None
    if isinstance(ours, dict) and isinstance(ours.get("id"), str):
        taken["metadata"] = {"kilohour": {"id": ours["id"]}}
    return taken


def text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def whole_number(value: Any) -> int | None:
    return value if type(value) is int else None


if __name__ == "__main__":
    main()
