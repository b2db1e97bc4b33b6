"""Everything that changes cohorts and who belongs to them."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from cohorts.errors import CohortRefusedError, NotAMemberError
from cohorts.models import Cohort, Membership, StudyGroup
from common.clock import now
from common.errors import Problem


@transaction.atomic
def create_cohort(
    *,
    name: str,
    slug: str,
    description: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Cohort:
    """A cohort nobody belongs to yet.

    Raises:
        CohortRefusedError: the slug is taken or no slug, or the end lies before the start.
    """
    cohort = Cohort(
        name=name, slug=slug, description=description, starts_on=starts_on, ends_on=ends_on
    )
    _save_checked(cohort)
    return cohort


@transaction.atomic
def add_member(
    *,
    cohort: Cohort,
    user: User,
    role: str = Membership.Role.LEARNER,
    study_group: StudyGroup | None = None,
) -> Membership:
    """Let somebody belong to a cohort from now on.

    Raises:
        CohortRefusedError: they do already, the study group is of another cohort, or a mentor's account is
            none.
    """
    _lock_cohort(cohort)
    membership = Membership(cohort=cohort, user=user, role=role, study_group=study_group)
    _save_checked(membership)
    return membership


@transaction.atomic
def remove_member(*, cohort: Cohort, user: User) -> Membership:
    """Let somebody leave a cohort; that they belonged to it stays on record.

    Raises:
        NotAMemberError: they do not belong to it, or not any more.
    """
    _lock_cohort(cohort)
    membership = Membership.objects.active().filter(cohort=cohort, user=user).first()
    if membership is None:
        raise NotAMemberError
    membership.left_at = now()
    membership.save(update_fields=["left_at"])
    return membership


def _lock_cohort(cohort: Cohort) -> None:
    """One change of a cohort's members after the other, so that a check still holds when it is written."""
    Cohort.objects.select_for_update(no_key=True).values_list("pk").get(pk=cohort.pk)


def _save_checked(row: Cohort | Membership) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        found = error.message_dict.items()
        problems = [Problem(field, message) for field, messages in found for message in messages]
        raise CohortRefusedError(" ".join(error.messages), problems=problems) from error
    row.save()
