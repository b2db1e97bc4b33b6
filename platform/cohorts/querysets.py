"""Which cohorts and memberships, and for whom."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


class CohortQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> CohortQuerySet:
        """Those that the user belongs to now; an operator's are all."""
        if not user.is_authenticated:
            return self.none()
        if user.is_operator:
            return self
        return self.filter(memberships__user=user, memberships__left_at=None)

    def mentored_by(self, user: Any) -> CohortQuerySet:
        """Those that the user mentors now: a mentor by their account, and in that cohort."""
        if not user.is_authenticated or not user.is_mentor:
            return self.none()
        return self.filter(
            memberships__user=user, memberships__left_at=None, memberships__role="mentor"
        )


class MembershipQuerySet(models.QuerySet):
    def active(self) -> MembershipQuerySet:
        """Of those who have not left."""
        return self.filter(left_at=None)

    def learners(self) -> MembershipQuerySet:
        return self.filter(role="learner")

    def mentors(self) -> MembershipQuerySet:
        return self.filter(role="mentor")

    def visible_to(self, user: Any) -> MembershipQuerySet:
        """Who may see whom.

        Everybody sees themselves, the mentors of their cohorts and the others of their study groups; a
        mentor sees all of the cohorts they mentor, those who left too; an operator sees everybody.
        """
        from cohorts.models import Cohort, Membership

        if not user.is_authenticated:
            return self.none()
        if user.is_operator:
            return self
        groups = Membership.objects.active().filter(user=user).exclude(study_group=None)
        mentors = Q(role="mentor", cohort__in=Cohort.objects.visible_to(user))
        group = Q(study_group__in=groups.values("study_group"))
        mentored = Q(cohort__in=Cohort.objects.mentored_by(user))
        return self.filter(Q(user=user) | mentored | Q(left_at=None) & (mentors | group))
