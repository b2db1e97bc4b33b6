"""Reading the shape of a notebook that comes from outside: bounded, and believing nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.errors import NotebookError, Problem

MAX_BYTES = 5 * 1024 * 1024
MAX_CELLS = 500
MAX_CHARACTERS = 1_000_000
_KINDS = ("markdown", "code", "raw")


@dataclass(frozen=True, slots=True)
class FoundCell:
    """One cell as it was found; ``label`` is the id that our own metadata claims. "" means none."""

    kind: str
    source: str
    id: str
    label: str


def parse_notebook(data: bytes) -> Any:
    """The JSON of an ``.ipynb`` file; its shape is :func:`read_notebook`'s affair.

    Raises:
        NotebookError: too large, not UTF-8, or not JSON.
    """
    if len(data) > MAX_BYTES:
        message = (
            f"{len(data):,} bytes; {MAX_BYTES:,} are allowed. Clear its outputs and save it again."
        )
        raise NotebookError([Problem("notebook", message)])
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 (byte {error.start})"
    except json.JSONDecodeError as error:
        reason = f"is not JSON: {error.msg} (line {error.lineno})"
    except (ValueError, RecursionError):
        reason = "is not JSON that a notebook could hold: a number too long, or nested too deeply"
    raise NotebookError([Problem("notebook", reason)])


def read_notebook(notebook: Any) -> list[FoundCell]:
    """The cells in order.

    Raises:
        NotebookError: naming everything that keeps this from being a notebook of nbformat 4.0 to 4.5.
    """
    if not isinstance(notebook, Mapping):
        raise NotebookError(
            [Problem("notebook", "this is not a notebook: a JSON object is expected")]
        )
    problems: list[Problem] = []
    _check_format(notebook, problems)
    given = notebook.get("cells")
    cells: list[Any] = given if isinstance(given, list) else []
    if not isinstance(given, list):
        problems.append(Problem("cells", "must be a list of cells"))
    elif not cells:
        problems.append(Problem("cells", "the notebook has no cells"))
    elif len(cells) > MAX_CELLS:
        problems.append(Problem("cells", f"{len(cells)} cells; {MAX_CELLS} are allowed"))
    if problems:
        raise NotebookError(problems)
    found = [_read_cell(cell, f"cells[{index}]", problems) for index, cell in enumerate(cells)]
    size = sum(len(cell.source) for cell in found)
    if size > MAX_CHARACTERS:
        problems.append(
            Problem("cells", f"{size:,} characters of text; {MAX_CHARACTERS:,} are allowed")
        )
    if problems:
        raise NotebookError(problems)
    return found


def as_source(value: Any, where: str, problems: list[Problem]) -> str | None:
    """A cell's text (a string, or nbformat's list of strings) with plain newlines; None if it is none."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    if not isinstance(value, str):
        problems.append(Problem(where, "must be text"))
        return None
    if "\0" in value:
        problems.append(Problem(where, "holds a NUL character"))
        return None
    if len(value) > MAX_CHARACTERS:
        problems.append(Problem(where, f"is longer than {MAX_CHARACTERS:,} characters"))
        return None
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        problems.append(Problem(where, "holds half a character (a lone surrogate)"))
        return None
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _check_format(notebook: Mapping[str, Any], problems: list[Problem]) -> None:
    major, minor = notebook.get("nbformat"), notebook.get("nbformat_minor")
    if type(major) is not int or major != 4:
        message = "must be 4: save the notebook with a current Jupyter"
        problems.append(Problem("nbformat", message))
    elif type(minor) is not int or not 0 <= minor <= 5:
        problems.append(Problem("nbformat_minor", "must be a whole number from 0 to 5"))


def _read_cell(cell: Any, where: str, problems: list[Problem]) -> FoundCell:
    if not isinstance(cell, Mapping):
        problems.append(Problem(where, "must be a cell"))
        return FoundCell("raw", "", "", "")
    kind = cell.get("cell_type")
    if kind not in _KINDS:
        problems.append(Problem(f"{where}.cell_type", "must be markdown, code or raw"))
        kind = "raw"
    source = as_source(cell.get("source"), f"{where}.source", problems)
    return FoundCell(str(kind), source or "", _text(cell.get("id")), _label(cell.get("metadata")))


def _label(metadata: Any) -> str:
    ours = metadata.get("kilohour") if isinstance(metadata, Mapping) else None
    return _text(ours.get("id")) if isinstance(ours, Mapping) else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
