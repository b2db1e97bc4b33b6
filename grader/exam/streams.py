"""Joins what a cell printed piece by piece, as a terminal would show it.

In place of nbclient's own: its pattern for carriage returns takes time with the square of a line's length,
and one line of half a megabyte is minutes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any


def join_streams(outputs: Iterable[Any]) -> list[Any]:
    """The outputs with one piece for each stream, at the place of its first; stdout before stderr."""
    kept: list[Any] = []
    pieces: dict[str, list[str]] = {}
    for output in outputs:
        if output["output_type"] != "stream":
            kept.append(output)
        elif output["name"] in pieces:
            pieces[output["name"]].append(text_of(output))
        else:
            pieces[output["name"]] = [text_of(output)]
            kept.append(output)
    for output in kept:
        if output["output_type"] == "stream":
            output["text"] = overwrite("".join(pieces[output["name"]]))
    for place, (first, second) in enumerate(itertools.pairwise(kept)):
        if first.get("name") == "stderr" and second.get("name") == "stdout":
            kept[place : place + 2] = [second, first]
    return kept


def text_of(output: Any) -> str:
    """What a piece says: nbformat allows a list of lines, and a hostile kernel sends anything else."""
    text = output["text"]
    return "".join(item for item in (text if type(text) is list else [text]) if type(item) is str)


def overwrite(text: str) -> str:
    """Each line as it is after its last carriage return."""
    if "\r" not in text:
        return text
    return "\n".join(_last(line) for line in text.split("\n"))


def _last(line: str) -> str:
    bare = line.rstrip("\r")
    return bare.rpartition("\r")[2] + line[len(bare) :]
