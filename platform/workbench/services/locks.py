"""One change of a draft at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.clock import now
from workbench.models import Draft
from workbench.services.worksheets import load_starter

if TYPE_CHECKING:
    from accounts.models import User
    from curriculum.models import Exercise


def lock_draft(learner: User, exercise: Exercise) -> Draft:
    """The draft, locked until the transaction ends; made from the starter if there is none."""
    draft, _made = Draft.objects.select_for_update().get_or_create(
        learner=learner,
        exercise=exercise,
        defaults={"answers": load_starter(exercise).to_json(), "updated_at": now()},
    )
    return draft
