"""What a learner is writing: saved as they go, and never lost to a second tab."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.clock import now
from grader.errors import NotebookError, Problem
from grader.exercises import EXTRA_ID, Answers, Extra, read_sources
from grader.exercises.hostile import MAX_CHARACTERS, as_source
from workbench.errors import DraftConflictError
from workbench.models import Draft, KeptVersion
from workbench.services.locks import lock_draft
from workbench.services.outputs import forget_outputs
from workbench.services.versions import keep_version, keep_while_writing
from workbench.services.worksheets import load_exercise, load_starter

if TYPE_CHECKING:
    from accounts.models import User
    from curriculum.models import Exercise


@dataclass(frozen=True, slots=True)
class Work:
    """What a learner sees in the answer cells: the draft, or the starter where there is none.

    ``answers`` has every answer cell of the current version, and its extras have ids. ``saved_at`` is
    None before the first change. ``undo`` is the number of the kept version that was replaced just now.
    """

    revision: int
    answers: Answers
    saved_at: datetime | None
    undo: int | None = None


def get_work(*, exercise: Exercise, learner: User | None = None) -> Work:
    """The learner's work on an exercise; for nobody in particular, the starter."""
    draft = learner and Draft.objects.filter(learner=learner, exercise=exercise).first()
    if not draft:
        return Work(0, load_starter(exercise), None)
    return work_of(draft, exercise)


def save_draft(
    *, learner: User, exercise: Exercise, answers: Answers, revision: int, overwrite: bool = False
) -> Work:
    """Keep what was written. Answer cells that ``answers`` does not mention stay as they are.

    With ``overwrite`` a text saved elsewhere in the meantime is kept as a version instead of respected.

    Raises:
        DraftConflictError: the draft is no longer at ``revision``, and says something else.
        NotebookError: there is no such answer cell, or its text cannot be kept.
    """
    with transaction.atomic():
        draft = lock_draft(learner, exercise)
        wanted = _merge(draft, exercise, answers)
        if draft.revision != revision and not is_same(draft.answers, wanted):
            if not overwrite:
                raise DraftConflictError
            keep_version(draft, draft.answers, KeptVersion.Reason.CONFLICT)
        return write(draft, exercise, wanted)


def set_aside_text(*, learner: User, exercise: Exercise, answers: Answers) -> Work:
    """Keep a text as a version without making it the draft: the losing side of a conflict.

    Raises:
        NotebookError: as in :func:`save_draft`.
    """
    with transaction.atomic():
        draft = lock_draft(learner, exercise)
        lost = _merge(draft, exercise, answers)
        if not is_same(draft.answers, lost):
            keep_version(draft, lost.to_json(), KeptVersion.Reason.CONFLICT)
        return work_of(draft, exercise)


def keep_current(
    *, learner: User, exercise: Exercise, revision: int, reason: KeptVersion.Reason
) -> Work:
    """Keep the draft as it is, because something is about to be done with this very text.

    Raises:
        DraftConflictError: the draft is no longer at ``revision``.
    """
    with transaction.atomic():
        draft = lock_draft(learner, exercise)
        if draft.revision != revision:
            raise DraftConflictError
        keep_version(draft, draft.answers, reason)
        return work_of(draft, exercise)


# -- For the other services of this room ---------------------------------------------------------------


def write(draft: Draft, exercise: Exercise, answers: Answers) -> Work:
    """Store the answers; a text that is already there makes no new revision."""
    if not is_same(draft.answers, answers):
        if set(draft.answers["cells"]) - set(answers.cells):
            # The course has changed and an answer cell is gone: its text stays within reach.
            keep_version(draft, draft.answers, KeptVersion.Reason.COURSE)
        keep_while_writing(draft)
        gone = {extra.id for extra in draft.load().extras} - {e.id for e in answers.extras}
        forget_outputs(draft, gone)
        draft.answers = answers.to_json()
        draft.revision += 1
        draft.updated_at = now()
        draft.save()
    return work_of(draft, exercise)


def work_of(draft: Draft, exercise: Exercise) -> Work:
    saved_at = draft.updated_at if draft.revision else None
    return Work(draft.revision, complete(draft.load(), exercise), saved_at)


def complete(answers: Answers, exercise: Exercise) -> Answers:
    """The answers with every answer cell of the current version and no other, named, and without notes."""
    cells = {
        name: answers.cells.get(name, text) for name, text in load_starter(exercise).cells.items()
    }
    return Answers(cells=cells, extras=name_extras(answers.extras))


def name_extras(extras: Iterable[Extra]) -> tuple[Extra, ...]:
    """The extras, each with an id of its own; the same extras always get the same ones."""
    named: dict[str, Extra] = {}
    for number, extra in enumerate(extras):
        name = extra.id
        if not EXTRA_ID.fullmatch(name) or name in named:
            told_apart_by = f"{number} {extra.after} {extra.source}".encode("utf-8", "replace")
            name = f"x-{hashlib.sha256(told_apart_by).hexdigest()[:12]}"
        named[name] = replace(extra, id=name)
    return tuple(named.values())


def is_same(stored: dict[str, Any], answers: Answers) -> bool:
    return stored == answers.to_json()


def _merge(draft: Draft, exercise: Exercise, incoming: Answers) -> Answers:
    current = work_of(draft, exercise).answers
    version = load_exercise(exercise)
    checked = read_sources(version, {**current.cells, **incoming.cells})
    return replace(checked, extras=name_extras(_checked(incoming, checked)))


def _checked(incoming: Answers, checked: Answers) -> tuple[Extra, ...]:
    """The extras with plain line ends.

    Raises:
        NotebookError: one of them is no text that can be kept, or all is too much.
    """
    problems: list[Problem] = []
    extras = [
        replace(
            extra, source=as_source(extra.source, f"cells.{extra.id or number}", problems) or ""
        )
        for number, extra in enumerate(incoming.extras, start=1)
    ]
    texts = [*checked.cells.values(), *(extra.source for extra in extras)]
    if sum(len(text) for text in texts) > MAX_CHARACTERS:
        limit = f"{MAX_CHARACTERS:,}"
        message = _("All your cells together are longer than %(limit)s characters.")
        problems.append(Problem("cells", message % {"limit": limit}))
    if problems:
        raise NotebookError(problems)
    return tuple(extras)
