"""From the page to a submission: exactly the text that is saved."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from grader.exercises import Answers
from submissions.services import submit_answers
from workbench.models import KeptVersion
from workbench.services.drafts import keep_current, save_draft

if TYPE_CHECKING:
    from accounts.models import User
    from curriculum.models import Exercise
    from submissions.models import Submission


def submit_work(
    *, learner: User, exercise: Exercise, answers: Answers | None, revision: int, form_key: str
) -> Submission:
    """Save what the page shows and hand exactly that in; without ``answers``, what is saved already.

    ``form_key`` is drawn anew for each page. Together with the text it makes the key that absorbs a
    double click, while a changed text sent from the same old page is still a new submission.

    Raises:
        DraftConflictError: as in :func:`save_draft`; nothing was handed in.
    """
    if answers is not None:
        work = save_draft(learner=learner, exercise=exercise, answers=answers, revision=revision)
        revision = work.revision
    work = keep_current(
        learner=learner, exercise=exercise, revision=revision, reason=KeptVersion.Reason.SUBMIT
    )
    text = json.dumps(work.answers.to_json(), sort_keys=True).encode()
    key = f"{form_key}-{hashlib.sha256(text).hexdigest()[:16]}"
    return submit_answers(
        learner=learner, exercise=exercise, answers=work.answers, source="page", key=key
    )
