"""What puts another text in a draft's place: a reset, a restore, an upload. What was there is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from grader.errors import NotebookError, Problem
from grader.exercises import Answers, read_answers
from workbench.models import Draft, KeptVersion
from workbench.services import drafts
from workbench.services.drafts import Work
from workbench.services.locks import lock_draft
from workbench.services.outputs import forget_outputs
from workbench.services.versions import keep_version
from workbench.services.worksheets import load_exercise, load_starter

if TYPE_CHECKING:
    from accounts.models import User
    from curriculum.models import Exercise


def reset_draft(*, learner: User, exercise: Exercise, cell_id: str = "") -> Work:
    """Put one answer cell back, or without ``cell_id`` all of them; the learner's own cells then go.

    Raises:
        NotebookError: there is no such answer cell.
    """
    wanted = load_starter(exercise)
    if cell_id and cell_id not in wanted.cells:
        raise NotebookError([Problem("cell", _("this exercise has no such answer cell"))])
    with transaction.atomic():
        draft = lock_draft(learner, exercise)
        if cell_id:
            current = drafts.work_of(draft, exercise).answers
            wanted = replace(current, cells={**current.cells, cell_id: wanted.cells[cell_id]})
        else:
            forget_outputs(draft, None)
        return _replace(draft, exercise, wanted, KeptVersion.Reason.RESET)


def restore_version(*, learner: User, exercise: Exercise, version: KeptVersion) -> Work:
    """Make a kept version of the learner's draft the draft again. The version stays."""
    with transaction.atomic():
        draft = lock_draft(learner, exercise)
        wanted = drafts.complete(version.load(), exercise)
        return _replace(draft, exercise, wanted, KeptVersion.Reason.RETURN)


def upload_notebook(
    *, learner: User, exercise: Exercise, notebook: Mapping[str, Any]
) -> tuple[str, ...]:
    """Put the cells of an untrusted notebook (nbformat 4, plain data) into the draft.

    Answer cells that it lacks stay as they are.

    Returns:
        Sentences about what of the notebook was ignored.

    Raises:
        NotebookError: it cannot be used; the draft stays as it was.
    """
    with transaction.atomic():
        draft = lock_draft(learner, exercise)
        current = drafts.work_of(draft, exercise).answers
        read = read_answers(load_exercise(exercise), notebook, keep=current.cells)
        wanted = drafts.complete(read, exercise)
        _replace(draft, exercise, wanted, KeptVersion.Reason.UPLOAD)
    return read.notes


def _replace(
    draft: Draft, exercise: Exercise, answers: Answers, reason: KeptVersion.Reason
) -> Work:
    if drafts.is_same(draft.answers, answers):
        return drafts.work_of(draft, exercise)
    kept = keep_version(draft, draft.answers, reason)
    # What the old text showed would stand below another text.
    old, new = _texts(draft.load()), _texts(answers)
    forget_outputs(draft, [name for name in old if old[name] != new.get(name)])
    return replace(drafts.write(draft, exercise, answers), undo=kept.pk)


def _texts(answers: Answers) -> dict[str, str]:
    return {**answers.cells, **{extra.id: extra.source for extra in answers.extras}}
