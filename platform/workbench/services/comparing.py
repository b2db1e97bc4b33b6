"""How an earlier version of a draft differs from the present one, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.exercises import Answers
from notebooks.diff import DiffLine, diff_lines
from workbench.services.drafts import name_extras
from workbench.services.worksheets import Worksheet


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that is not the same in both.

    ``number`` counts answer cells from 1; it is None for a cell of the learner's own, and for one that has
    left the exercise (``is_gone``). ``only`` says where the cell is: in "both", only "then" or only "now".
    """

    id: str
    number: int | None
    only: str
    lines: list[DiffLine]
    is_gone: bool = False


def compare_versions(sheet: Worksheet, then: Answers, now: Answers) -> list[CellChange]:
    """The cells that differ, answers first. ``now`` has every answer cell of this exercise version."""
    return [*_answers(sheet, then, now), *_extras(then, now)]


def count_changes(sheet: Worksheet, then: Answers, now: Answers) -> int:
    """How many cells differ; quicker than comparing them line by line."""
    answers = [then.cells.get(cell.id, now.cells[cell.id]) for cell in sheet.answer_cells]
    changed = sum(
        text != now.cells[cell.id] for cell, text in zip(sheet.answer_cells, answers, strict=True)
    )
    gone = len(then.cells.keys() - now.cells.keys())
    old, new = _by_id(then), _by_id(now)
    return changed + gone + sum(old.get(name) != new.get(name) for name in old.keys() | new.keys())


def _answers(sheet: Worksheet, then: Answers, now: Answers) -> Iterator[CellChange]:
    for cell in sheet.answer_cells:
        old, new = then.cells.get(cell.id, now.cells[cell.id]), now.cells[cell.id]
        if old != new:
            yield CellChange(cell.id, cell.number, "both", diff_lines(old, new))
    for name in then.cells.keys() - now.cells.keys():
        lines = diff_lines(then.cells[name], "")
        yield CellChange(name, None, "then", lines, is_gone=True)


def _extras(then: Answers, now: Answers) -> Iterator[CellChange]:
    old, new = _by_id(then), _by_id(now)
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield CellChange(name, None, "then", diff_lines(old[name], ""))
        elif name not in old:
            yield CellChange(name, None, "now", diff_lines("", new[name]))
        elif old[name] != new[name]:
            yield CellChange(name, None, "both", diff_lines(old[name], new[name]))


def _by_id(answers: Answers) -> dict[str, str]:
    return {extra.id: extra.source for extra in name_extras(answers.extras)}
