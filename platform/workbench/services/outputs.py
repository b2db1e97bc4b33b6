"""What the cells of a draft showed, so that it is there again after a reload. Nothing is judged by it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from grader.exercises import EXTRA_ID
from notebooks.outputs import read_count, read_outputs
from workbench.models import CellOutput, Draft
from workbench.services.locks import lock_draft
from workbench.services.worksheets import get_worksheet

if TYPE_CHECKING:
    from accounts.models import User
    from curriculum.models import Exercise

CELL_BYTES = 1024 * 1024
ALL_BYTES = 5 * 1024 * 1024
MOST_CELLS = 500
DIGEST = re.compile(r"[0-9a-z]{1,32}")


@dataclass(frozen=True, slots=True)
class Shown:
    """What one cell showed: Jupyter's ``[3]``, outputs as nbformat has them, and the digest of what ran."""

    execution_count: int | None = None
    outputs: tuple[dict[str, Any], ...] = ()
    ran: str = ""


def get_outputs(*, exercise: Exercise, learner: User | None) -> dict[str, Shown]:
    """What the cells of the learner's draft showed, by cell id."""
    if learner is None:
        return {}
    rows = CellOutput.objects.filter(draft__learner=learner, draft__exercise=exercise)
    return {row.cell_id: Shown(row.execution_count, tuple(row.outputs), row.ran) for row in rows}


def save_outputs(
    *, learner: User, exercise: Exercise, outputs: Mapping[str, Mapping[str, Any]]
) -> tuple[str, ...]:
    """Keep what cells show, instead of what they showed before; cells that are not named stay.

    ``outputs`` maps ids of cells to ``{"execution_count": …, "outputs": […], "ran": …}``, all from outside.

    Returns:
        The cells whose outputs are too large to be kept, or that do not exist. Nothing is kept of them.
    """
    read = {name: _read(shown) for name, shown in outputs.items()}
    known = {cell.id for cell in get_worksheet(exercise).cells if cell.kind == "code"}
    with transaction.atomic():
        draft = lock_draft(learner, exercise)
        sizes = dict(draft.outputs.exclude(cell_id__in=read).values_list("cell_id", "size"))
        forget_outputs(draft, read)
        rows, dropped = [], []
        for name, shown in read.items():
            size = len(json.dumps(shown.outputs).encode())
            if not shown.outputs and shown.execution_count is None:
                continue
            if not (name in known or EXTRA_ID.fullmatch(name)) or not _fits(size, sizes):
                dropped.append(name)
                continue
            sizes[name] = size
            rows.append(_row(draft, name, shown, size))
        CellOutput.objects.bulk_create(rows)
    return tuple(dropped)


def forget_outputs(draft: Draft, cells: Collection[str] | None) -> None:
    """Throw away what these cells showed; with None, what all of them showed."""
    if cells is None:
        draft.outputs.all().delete()
    elif cells:
        draft.outputs.filter(cell_id__in=list(cells)).delete()


def _read(shown: Mapping[str, Any]) -> Shown:
    return Shown(
        read_count(shown.get("execution_count")),
        tuple(read_outputs(shown.get("outputs"))),
        _read_digest(shown.get("ran")),
    )


def _read_digest(value: Any) -> str:
    return value if isinstance(value, str) and DIGEST.fullmatch(value) else ""


def _fits(size: int, others: Mapping[str, int]) -> bool:
    within = size <= CELL_BYTES and size + sum(others.values()) <= ALL_BYTES
    return within and len(others) < MOST_CELLS


def _row(draft: Draft, name: str, shown: Shown, size: int) -> CellOutput:
    return CellOutput(
        draft=draft,
        cell_id=name,
        execution_count=shown.execution_count,
        outputs=list(shown.outputs),
        size=size,
        ran=shown.ran,
    )
