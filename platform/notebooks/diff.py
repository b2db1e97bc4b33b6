"""Two texts side by side, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

CONTEXT = 3
# Comparing takes time that grows with the square of this, at worst.
LINES = 2_000


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of either text, or in a ``gap`` how many equal ones were left out.

    ``old`` and ``new`` are its numbers in the two texts, from 1, where it is in them.
    """

    kind: Literal["same", "old", "new", "gap"]
    text: str = ""
    old: int | None = None
    new: int | None = None
    left_out: int = 0


def diff_lines(old: str, new: str) -> list[DiffLine]:
    """What distinguishes two texts, with some lines around it; nothing where they are equal.

    Texts of more than ``LINES`` lines are not compared: all of the one, then all of the other.
    """
    if old == new:
        return []
    before, after = _lines(old), _lines(new)
    if max(len(before), len(after)) > LINES:
        return [*_old(before, 0, len(before)), *_new(after, 0, len(after))]
    matcher = SequenceMatcher(None, before, after)
    lines: list[DiffLine] = []
    shown = 0
    for group in matcher.get_grouped_opcodes(CONTEXT):
        lines += _gap(group[0][1] - shown)
        shown = group[-1][2]
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += _same(before, i1, i2, j1)
            else:
                lines += [*_old(before, i1, i2), *_new(after, j1, j2)]
    return [*lines, *_gap(len(before) - shown)]


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _gap(count: int) -> list[DiffLine]:
    return [DiffLine("gap", left_out=count)] if count else []


def _same(lines: list[str], start: int, end: int, new_start: int) -> Iterator[DiffLine]:
    for offset, text in enumerate(lines[start:end]):
        yield DiffLine("same", text, start + offset + 1, new_start + offset + 1)


def _old(lines: list[str], start: int, end: int) -> Iterator[DiffLine]:
    for number, text in enumerate(lines[start:end], start=start + 1):
        yield DiffLine("old", text, old=number)


def _new(lines: list[str], start: int, end: int) -> Iterator[DiffLine]:
    for number, text in enumerate(lines[start:end], start=start + 1):
        yield DiffLine("new", text, new=number)
