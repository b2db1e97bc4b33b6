"""What learners wrote, as it stood when they asked us to run it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.clock import now
from curriculum.models import Exercise, ExerciseVersion
from submissions.querysets import SubmissionQuerySet, TrialQuerySet

if TYPE_CHECKING:
    from grader.exercises import Answers
    from submissions.models.runs import Run


class Submission(models.Model):
    """What one learner handed in, once, for one version of an exercise. Never changed afterwards."""

    class Source(models.TextChoices):
        PAGE = "page", _("Page")
        UPLOAD = "upload", _("Upload")
        API = "api", _("API")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="submissions"
    )
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="submissions")
    version = models.ForeignKey(
        ExerciseVersion, on_delete=models.PROTECT, related_name="submissions"
    )
    answers = models.JSONField(help_text=_("What the learner wrote, cell by cell."))
    notes = models.JSONField(default=list, help_text=_("What was ignored on the way in."))
    source = models.CharField(max_length=8, choices=Source.choices)
    # Chosen by the sender; the same key again is the same submission.
    key = models.CharField(max_length=100)
    number = models.PositiveIntegerField(help_text=_("1, 2, 3… for this learner and exercise."))
    submitted_at = models.DateTimeField(default=now)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "key"], name="submission_key_once"),
            models.UniqueConstraint(
                fields=["learner", "exercise", "number"], name="submission_number_once"
            ),
        ]
        indexes = [models.Index(fields=["learner", "-submitted_at"], name="submission_by_learner")]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        return reverse("submissions:detail", args=[self.public_id])

    def load_answers(self) -> Answers:
        from grader.exercises import Answers

        return Answers.from_json(self.answers)

    @cached_property
    def latest_run(self) -> Run:
        """The run that the learner is told about; there always is one. Cached, prefetched runs too."""
        prefetched: list[Run] = getattr(self, "told_runs", [])
        return prefetched[0] if prefetched else self.runs.told()[0]


class Trial(models.Model):
    """A learner's work as it stood when they asked for a check: not handed in, and forgotten after a day.

    Only visible checks see it. No submission, so nothing that counts submissions has to leave it out.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trials"
    )
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="trials")
    version = models.ForeignKey(ExerciseVersion, on_delete=models.PROTECT, related_name="trials")
    answers = models.JSONField(help_text=_("What the learner wrote, cell by cell."))
    requested_at = models.DateTimeField(default=now)

    objects = TrialQuerySet.as_manager()

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")
        ordering = ["-requested_at", "-pk"]
        indexes = [
            models.Index(fields=["learner", "-requested_at"], name="trial_by_learner"),
            models.Index(fields=["requested_at"], name="trial_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def load_answers(self) -> Answers:
        from grader.exercises import Answers

        return Answers.from_json(self.answers)
