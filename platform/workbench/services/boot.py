"""What the notebook in the browser starts from; its shape is ``Boot`` of ``frontend/notebook/src/types.ts``."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.crypto import salted_hmac

from grader.exercises import Answers
from workbench.live.records import has_kernel
from workbench.services.cells import PageCell, page_cells
from workbench.services.drafts import Work
from workbench.services.outputs import Shown
from workbench.services.worksheets import Worksheet, get_worksheet

if TYPE_CHECKING:
    from accounts.models import User
    from curriculum.models import Exercise


def build_boot(
    *,
    learner: User,
    exercise: Exercise,
    work: Work,
    outputs: Mapping[str, Shown],
    attempts_left: int | None,
    urls: Mapping[str, str],
) -> dict[str, Any]:
    """Plain data about the exercise and the learner's work on it: nothing that must stay hidden.

    ``learner`` in it names this learner to tabs of one browser, and to nobody else.
    """
    sheet = get_worksheet(exercise)
    boot = {
        "exercise": {
            "slug": sheet.slug,
            "title": sheet.title,
            "points": exercise.points,
            "is_reviewed": exercise.is_reviewed,
        },
        "learner": salted_hmac("workbench.boot", str(learner.pk)).hexdigest()[:16],
        "revision": work.revision,
        "saved_at": work.saved_at and work.saved_at.isoformat(),
        "cells": describe_cells(sheet, work.answers, outputs),
        "limits": {
            "cell_seconds": sheet.limits.cell_seconds,
            "memory_mb": sheet.limits.memory_mb,
        },
        "attempts_left": attempts_left,
        "data": [{"name": name, "size": size} for name, size in sheet.data],
        "key": str(uuid.uuid4()),
        "has_kernel": has_kernel(learner.pk, exercise.pk),
        "urls": dict(urls),
    }
    return boot if work.undo is None else {**boot, "undo": work.undo}


def describe_cells(
    sheet: Worksheet, answers: Answers, outputs: Mapping[str, Shown]
) -> list[dict[str, Any]]:
    """The cells as ``CellData``."""
    return [_describe(cell, outputs.get(cell.id, Shown())) for cell in page_cells(sheet, answers)]


def _describe(cell: PageCell, shown: Shown) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": cell.id,
        "type": cell.kind,
        "role": cell.role,
        "source": cell.source,
        "outputs": list(shown.outputs),
        "execution_count": shown.execution_count,
        "ran": shown.ran,
    }
    if cell.role == "locked" and cell.kind == "markdown":
        described["html"] = str(cell.html)
    if cell.role == "answer":
        described |= {"starter": cell.starter, "number": cell.number}
    return described
