"""What learners are writing before they hand it in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from grader.exercises import Answers


class Draft(models.Model):
    """One learner's work on one exercise.

    ``answers`` is the JSON of :class:`grader.exercises.Answers`. ``revision`` counts changes; whoever
    saves says which one they started from, so that two tabs cannot overwrite each other unseen.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="drafts",
        verbose_name=_("learner"),
    )
    exercise = models.ForeignKey(
        "curriculum.Exercise",
        on_delete=models.PROTECT,
        related_name="drafts",
        verbose_name=_("exercise"),
    )
    answers = models.JSONField(_("answers"))
    revision = models.PositiveIntegerField(_("revision"), default=0)
    updated_at = models.DateTimeField(_("updated at"))

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "exercise"], name="one_draft_per_exercise")
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.exercise}"

    def load(self) -> Answers:
        """What the learner wrote, as a value."""
        return Answers.from_json(self.answers)


class SetAside(models.Model):
    """A text that something replaced, kept so that it can be brought back."""

    class Reason(models.TextChoices):
        RESET = "reset", _("before a reset")
        UPLOAD = "upload", _("before an upload")
        CONFLICT = "conflict", _("the other version of a conflict")
        RETURN = "return", _("before an earlier text was brought back")

    draft = models.ForeignKey(
        Draft, on_delete=models.CASCADE, related_name="set_aside", verbose_name=_("draft")
    )
    answers = models.JSONField(_("answers"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("text set aside")
        verbose_name_plural = _("texts set aside")

    def __str__(self) -> str:
        return f"{self.draft} ({self.get_reason_display()})"
