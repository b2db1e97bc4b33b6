"""A learner's notebook cell by cell, as a page shows it and as a page sends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from grader.errors import Problem
from grader.exercises import EXTRA_ID, Answers, Extra
from workbench.errors import OtherCellsError
from workbench.services.worksheets import SheetCell, Worksheet

Kind = Literal["code", "markdown"]
Role = Literal["locked", "answer", "extra"]


@dataclass(frozen=True, slots=True)
class PageCell:
    """One cell below the statement, with the learner's text in it.

    ``html`` is a fixed cell's own text, rendered and safe; of an answer cell it is the ``starter``. ``number``
    counts answer cells from 1, and a learner's own cells from 0; ``after`` is as in :class:`Extra`.
    """

    id: str
    kind: Kind
    role: Role
    source: str
    html: str = ""
    starter: str = ""
    number: int = 0
    after: str = ""


@dataclass(frozen=True, slots=True)
class SentCell:
    """One cell as a page sends it."""

    id: str
    kind: Kind
    source: str


def page_cells(sheet: Worksheet, answers: Answers) -> list[PageCell]:
    """The cells in the order of the notebook. ``answers`` has every answer cell of this version."""
    extras = [_own(number, extra) for number, extra in enumerate(answers.extras)]
    fixed = {cell.id for cell in sheet.cells}
    above = {"", *sheet.opening}
    cells = [extra for extra in extras if extra.after in above]
    for cell in sheet.cells:
        cells.append(_fixed(cell, answers))
        cells += [extra for extra in extras if extra.after == cell.id]
    # Their place has left the exercise: they go to the end, not away.
    return cells + [extra for extra in extras if extra.after not in above | fixed]


def read_page(sheet: Worksheet, cells: Sequence[SentCell]) -> Answers:
    """The learner's part of what a page sent. Text of locked cells is not looked at.

    A fixed cell that is missing stays what it was.

    Raises:
        OtherCellsError: a cell that is neither the exercise's nor can be the learner's own, twice the same
            cell, or the exercise's cells in another order.
    """
    problems = list(_misplaced(sheet, cells))
    if problems:
        raise OtherCellsError(problems=problems)
    fixed = {cell.id: cell for cell in sheet.cells}
    after = sheet.opening[-1] if sheet.opening else ""
    texts: dict[str, str] = {}
    extras: list[Extra] = []
    for cell in cells:
        known = fixed.get(cell.id)
        if known is None:
            extras.append(Extra(after, cell.kind, cell.source, cell.id))
            continue
        after = cell.id
        if known.is_answer:
            texts[cell.id] = cell.source
    return Answers(texts, tuple(extras))


def _misplaced(sheet: Worksheet, cells: Sequence[SentCell]) -> Iterator[Problem]:
    places = {cell.id: place for place, cell in enumerate(sheet.cells)}
    seen: set[str] = set()
    furthest = -1
    for index, cell in enumerate(cells):
        where = f"cells.{index}.id"
        if cell.id in seen:
            yield Problem(where, _("this cell is there twice"))
        elif cell.id in places:
            if places[cell.id] < furthest:
                yield Problem(where, _("the exercise's own cells stand in another order"))
            furthest = max(furthest, places[cell.id])
        elif not EXTRA_ID.fullmatch(cell.id):
            yield Problem(where, _("this exercise has no such cell"))
        seen.add(cell.id)


def _fixed(cell: SheetCell, answers: Answers) -> PageCell:
    if not cell.is_answer:
        return PageCell(cell.id, cell.kind, "locked", cell.source, cell.html)
    return PageCell(
        id=cell.id,
        kind=cell.kind,
        role="answer",
        source=answers.cells.get(cell.id, cell.source),
        html=cell.html,
        starter=cell.source,
        number=cell.number,
    )


def _own(number: int, extra: Extra) -> PageCell:
    return PageCell(extra.id, extra.kind, "extra", extra.source, number=number, after=extra.after)
