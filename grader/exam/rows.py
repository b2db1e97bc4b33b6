"""What checks expect of a table that a notebook wrote to a file."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from typing import Any

from grader.exam.failing import fail
from grader.exam.show import show

MAX_ROWS = 20_000


def expect_rows(
    content: bytes,
    columns: Sequence[str],
    numbers: Sequence[str] = (),
    *,
    at_least: int = 1,
    name: str = "The file",
) -> list[dict[str, Any]]:
    """Fail unless a CSV file has a first line with these columns (and perhaps more) and so many rows.

    Args:
        content: the file, UTF-8, separated by commas.
        columns: names that the first line must hold, in any order.
        numbers: those whose entries must be finite numbers; they come back as floats, others as texts.
        at_least: rows below the first line.
        name: how messages call the file.

    Returns the rows, by column.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fail(f"{name} is not UTF-8 text (byte {error.start})", {})
    try:
        head, *lines = [line for line in csv.reader(text.splitlines()) if line] or [[]]
    except csv.Error as error:
        fail(f"{name} is no CSV: {error}", {})
    head = [title.strip() for title in head]
    missing = [title for title in columns if title not in head]
    if missing:
        found = f"its first line is {show(','.join(head))}"
        fail(f"{name} lacks the column {', '.join(missing)}: {found}", {})
    if not at_least <= len(lines) <= MAX_ROWS:
        bound = f"at least {at_least}" if len(lines) < at_least else f"at most {MAX_ROWS:,}"
        fail(f"{name} has {len(lines):,} rows below its first line; {bound} are asked for", {})
    return [_row(head, line, numbers, f"{name}, row {n}") for n, line in enumerate(lines, 1)]


def _row(head: list[str], line: list[str], numbers: Sequence[str], where: str) -> dict[str, Any]:
    if len(line) != len(head):
        fail(f"{where} has {len(line)} entries where the first line has {len(head)}", {})
    row: dict[str, Any] = dict(zip(head, (entry.strip() for entry in line), strict=True))
    for title in numbers:
        row[title] = _number(row[title], f"{where}: {title}")
    return row


def _number(text: str, where: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        fail(f"{where} is {show(text)}, which is no finite number", {})
    return number
