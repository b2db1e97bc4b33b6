"""Exercises, and every version of them that learners ever saw."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from curriculum.models.course import Section
from curriculum.models.mirrored import Mirrored
from grader import exercises


class Exercise(Mirrored):
    """An exercise as lists and pages show it. What it holds stands in its versions."""

    class Kind(models.TextChoices):
        EXERCISE = "exercise", _("exercise")
        PROJECT = "project", _("project")
        WRITING = "writing", _("reviewed writing")

    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, related_name="exercises", verbose_name=_("section")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.EXERCISE)
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=500)
    minutes = models.PositiveIntegerField(_("minutes"))
    difficulty = models.PositiveSmallIntegerField(_("difficulty"))
    points = models.FloatField(_("points"))
    environment = models.CharField(_("environment"), max_length=40)
    current_version = models.ForeignKey(
        "ExerciseVersion",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("current version"),
    )

    class Meta(Mirrored.Meta):
        ordering = ["section__module__position", "section__position", "position", "slug"]
        constraints = [models.UniqueConstraint(fields=["slug"], name="exercise_slug")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_reviewed(self) -> bool:
        """Whether a mentor has the last word, and the checks only prepare for that."""
        return self.kind != self.Kind.EXERCISE

    def get_absolute_url(self) -> str:
        return reverse("workbench:exercise", args=[self.slug])


class ExerciseVersion(models.Model):
    """An exercise whole, as it was released: never changed, never deleted.

    Grading reads this and not the disk, so that a report can be made again bit for bit. ``digest`` is
    the exercise's own (SHA-256 of its canonical JSON); ``payload`` is that JSON. It holds the solution:
    leave it out of whatever a learner can see.
    """

    exercise = models.ForeignKey(
        Exercise, on_delete=models.PROTECT, related_name="versions", verbose_name=_("exercise")
    )
    digest = models.CharField(_("digest"), max_length=64)
    payload = models.JSONField(_("payload"))
    released_at = models.DateTimeField(_("released at"))

    class Meta:
        ordering = ["exercise", "-released_at"]
        constraints = [
            models.UniqueConstraint(fields=["exercise", "digest"], name="one_version_per_digest")
        ]

    def __str__(self) -> str:
        return f"{self.exercise} {self.digest[:12]}"

    def load(self) -> exercises.Exercise:
        """The exercise as the grader knows it.

        Raises:
            ExerciseError: the payload was written by an incompatible release of the grader.
        """
        return exercises.Exercise.from_payload(self.payload)
