"""What a learner is writing: saved as they go, and never lost to a reset, an upload or a second tab."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from common.clock import now
from grader.exercises import Answers, read_answers, read_sources, starter_answers
from submissions.services import submit_answers
from workbench.errors import DraftConflictError
from workbench.models import Draft, SetAside
from workbench.services.worksheets import load_exercise

if TYPE_CHECKING:
    from accounts.models import User
    from curriculum.models import Exercise
    from submissions.models import Submission

# More than anybody looks through; enough to find what an hour of mishaps replaced.
SET_ASIDE_KEPT = 10


@dataclass(frozen=True, slots=True)
class Work:
    """What a learner sees in the answer cells: the draft, or the starter where there is none.

    ``answers`` has every answer cell of the current version. ``saved_at`` is None before the first change.
    """

    revision: int
    answers: Answers
    saved_at: datetime | None


def get_work(*, exercise: Exercise, learner: User | None = None) -> Work:
    """The learner's work on an exercise; for nobody in particular, the starter."""
    draft = learner and Draft.objects.filter(learner=learner, exercise=exercise).first()
    if not draft:
        return Work(0, _starter(exercise), None)
    return _work(draft, exercise)


def save_draft(
    *, learner: User, exercise: Exercise, answers: Answers, revision: int, overwrite: bool = False
) -> Work:
    """Keep what was written. Answer cells that ``answers`` does not mention stay as they are.

    With ``overwrite`` a text saved elsewhere in the meantime is set aside instead of respected.

    Raises:
        DraftConflictError: the draft is no longer at ``revision``, and says something else.
        NotebookError: there is no such answer cell, or its text cannot be kept.
    """
    with transaction.atomic():
        draft = _lock(learner, exercise)
        wanted = _merge(draft, exercise, answers)
        if draft.revision != revision and not _same(draft.answers, wanted):
            if not overwrite:
                raise DraftConflictError
            _keep(draft, draft.answers, SetAside.Reason.CONFLICT)
        return _write(draft, exercise, wanted)


def set_aside_text(*, learner: User, exercise: Exercise, answers: Answers) -> Work:
    """Keep a text without making it the draft: the losing side of a conflict.

    Raises:
        NotebookError: as in :func:`save_draft`.
    """
    with transaction.atomic():
        draft = _lock(learner, exercise)
        lost = _merge(draft, exercise, answers)
        if not _same(draft.answers, lost):
            _keep(draft, lost.to_json(), SetAside.Reason.CONFLICT)
        return _work(draft, exercise)


def reset_draft(*, learner: User, exercise: Exercise, cell_id: str = "") -> Work:
    """Put one answer cell, or without ``cell_id`` all of them, back; what was there is set aside."""
    with transaction.atomic():
        draft = _lock(learner, exercise)
        wanted = _starter(exercise)
        if cell_id in wanted.cells:
            current = _work(draft, exercise).answers
            wanted = replace(current, cells={**current.cells, cell_id: wanted.cells[cell_id]})
        return _replace(draft, exercise, wanted, SetAside.Reason.RESET)


def bring_back(*, learner: User, exercise: Exercise, kept: SetAside) -> Work:
    """Make a text that was set aside the draft again; what is there now takes its place."""
    with transaction.atomic():
        draft = _lock(learner, exercise)
        wanted = _complete(Answers.from_json(kept.answers), exercise)
        kept.delete()
        return _replace(draft, exercise, wanted, SetAside.Reason.RETURN)


def upload_notebook(
    *, learner: User, exercise: Exercise, notebook: Mapping[str, Any]
) -> tuple[str, ...]:
    """Make an untrusted notebook (nbformat 4, plain data) the draft; what was there is set aside.

    Returns:
        Sentences about what of the notebook was ignored.

    Raises:
        NotebookError: it cannot be used; the draft stays as it was.
    """
    read = read_answers(load_exercise(exercise), notebook)
    with transaction.atomic():
        draft = _lock(learner, exercise)
        _replace(draft, exercise, _complete(read, exercise), SetAside.Reason.UPLOAD)
    return read.notes


def submit_work(
    *, learner: User, exercise: Exercise, answers: Answers, revision: int, form_key: str
) -> Submission:
    """Save what the page shows and hand exactly that in.

    ``form_key`` is drawn anew for each page. Together with the text it makes the key that absorbs a
    double click, while a changed text sent from the same old page is still a new submission.

    Raises:
        DraftConflictError: as in :func:`save_draft`; nothing was handed in.
    """
    work = save_draft(learner=learner, exercise=exercise, answers=answers, revision=revision)
    text = json.dumps(work.answers.to_json(), sort_keys=True).encode()
    key = f"{form_key}-{hashlib.sha256(text).hexdigest()[:16]}"
    return submit_answers(
        learner=learner, exercise=exercise, answers=work.answers, source="page", key=key
    )


def _starter(exercise: Exercise) -> Answers:
    return starter_answers(load_exercise(exercise))


def _complete(answers: Answers, exercise: Exercise) -> Answers:
    """The answers with every answer cell of the current version and no other, and without notes."""
    cells = {name: answers.cells.get(name, text) for name, text in _starter(exercise).cells.items()}
    return Answers(cells=cells, extras=answers.extras)


def _merge(draft: Draft, exercise: Exercise, incoming: Answers) -> Answers:
    current = _work(draft, exercise).answers
    version = load_exercise(exercise)
    checked = read_sources(version, {**current.cells, **incoming.cells})
    return replace(checked, extras=incoming.extras)


def _work(draft: Draft, exercise: Exercise) -> Work:
    saved_at = draft.updated_at if draft.revision else None
    return Work(draft.revision, _complete(draft.load(), exercise), saved_at)


def _lock(learner: User, exercise: Exercise) -> Draft:
    """The draft, locked until the transaction ends; made from the starter if there is none."""
    draft, _ = Draft.objects.select_for_update().get_or_create(
        learner=learner,
        exercise=exercise,
        defaults={"answers": _starter(exercise).to_json(), "updated_at": now()},
    )
    return draft


def _same(stored: dict[str, Any], answers: Answers) -> bool:
    return stored == answers.to_json()


def _replace(draft: Draft, exercise: Exercise, answers: Answers, reason: SetAside.Reason) -> Work:
    if not _same(draft.answers, answers):
        _keep(draft, draft.answers, reason)
    return _write(draft, exercise, answers)


def _write(draft: Draft, exercise: Exercise, answers: Answers) -> Work:
    """Store the answers; a text that is already there makes no new revision."""
    if not _same(draft.answers, answers):
        if set(draft.answers["cells"]) - set(answers.cells):
            # The course has changed and an answer cell is gone: its text stays within reach.
            _keep(draft, draft.answers, SetAside.Reason.RESET)
        draft.answers = answers.to_json()
        draft.revision += 1
        draft.updated_at = now()
        draft.save()
    return _work(draft, exercise)


def _keep(draft: Draft, answers: dict[str, Any], reason: SetAside.Reason) -> None:
    newest = draft.set_aside.first()
    if newest and newest.answers == answers:
        return
    SetAside.objects.create(draft=draft, answers=answers, reason=reason, created_at=now())
    too_old = draft.set_aside.values_list("pk", flat=True)[SET_ASIDE_KEPT:]
    SetAside.objects.filter(pk__in=list(too_old)).delete()
