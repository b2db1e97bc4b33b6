"""Having the saved draft checked, by its revision alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from submissions.services import check_answers
from workbench.models import KeptVersion
from workbench.services.drafts import keep_current

if TYPE_CHECKING:
    from accounts.models import User
    from curriculum.models import Exercise
    from submissions.models import Trial


def check_draft(*, learner: User, exercise: Exercise, revision: int) -> Trial:
    """Queue the visible checks on the draft as it is saved.

    Raises:
        DraftConflictError: it is no longer at ``revision``.
        LearnerError: as :func:`submissions.services.check_answers`.
    """
    work = keep_current(
        learner=learner, exercise=exercise, revision=revision, reason=KeptVersion.Reason.CHECK
    )
    return check_answers(learner=learner, exercise=exercise, answers=work.answers)
