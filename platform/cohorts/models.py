"""Who learns together and who guides them: cohorts, the study groups in them, and who belongs to them.

Other apps read these; only :mod:`cohorts.services` and the operator's pages write them.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cohorts.querysets import CohortQuerySet, MembershipQuerySet
from common.clock import now


class Cohort(models.Model):
    """Learners who go through the course in the same season, and their mentors."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_start",
                violation_error_message=_("A cohort cannot end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StudyGroup(models.Model):
    """A few learners of a cohort who see how each other get on. It never changes its cohort."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="study_groups")
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("study group")
        verbose_name_plural = _("study groups")
        ordering = ["cohort", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "name"],
                name="study_group_name_once",
                violation_error_message=_("This cohort already has a study group of that name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Somebody's time in a cohort. Who leaves keeps the row, and gets another one on coming back."""

    class Role(models.TextChoices):
        """What somebody is in this cohort; mentors need to be mentors by their account too."""

        LEARNER = "learner", _("Learner")
        MENTOR = "mentor", _("Mentor")

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.LEARNER)
    study_group = models.ForeignKey(
        StudyGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="memberships"
    )
    joined_at = models.DateTimeField(_("joined at"), default=now)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["cohort", "-joined_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "user"],
                condition=Q(left_at=None),
                name="membership_one_active",
                violation_error_message=_("They already belong to this cohort."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["learner", "mentor"]), name="membership_role_known"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("joined_at")),
                name="membership_left_after_joining",
                violation_error_message=_("Nobody can leave before they joined."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.cohort}"

    def clean(self) -> None:
        """The study group is one of this cohort; only mentors by their account are mentors here.

        Raises:
            ValidationError: one of the two does not hold.
        """
        if self.study_group is not None and self.study_group.cohort_id != self.cohort_id:
            raise ValidationError({"study_group": _("That study group is of another cohort.")})
        is_mentor = self.role == self.Role.MENTOR and self.left_at is None
        if is_mentor and self.user_id is not None and not self.user.is_mentor:
            raise ValidationError({"role": _("Their account is not that of a mentor.")})
