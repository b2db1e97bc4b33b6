"""Fetching a submission on behalf of somebody."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts.models import User
from submissions.models import Submission, Trial


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


def get_trial(user: User | AnonymousUser, public_id: UUID | str) -> Trial:
    """The learner's own trial, with its run and what that found.

    Raises:
        Http404: there is none, it is somebody else's, or it has been forgotten.
    """
    trials = Trial.objects.select_related("run__report", "exercise", "version")
    trials = trials.defer("version__payload", "run__report__notebook")
    trial = trials.filter(learner_id=user.pk, public_id=public_id).first()
    if trial is None:
        raise Http404
    return trial
