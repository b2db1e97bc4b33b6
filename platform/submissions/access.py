"""Fetching a submission on behalf of somebody."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts.models import User
from submissions.models import Submission


def get_submission(user: User | AnonymousUser, public_id: UUID | str) -> Submission:
    """The submission with its exercise and learner.

    Raises:
        Http404: there is none, or it is not this user's to see; the two are not told apart.
    """
    submissions = Submission.objects.visible_to(user).select_related(
        "exercise__section__module", "learner"
    )
    submission = submissions.filter(public_id=public_id).first()
    if submission is None:
        raise Http404
    return submission
