"""What came out, and what counts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.clock import now
from curriculum.models import Exercise
from grader.report import Report as GraderReport
from grader.verdict import Verdict
from submissions.models.runs import Run
from submissions.querysets import GradeQuerySet, ReportQuerySet

VERDICTS = [(verdict.value, verdict.value) for verdict in Verdict]


class Report(models.Model):
    """What one run found. Only an applied report counts towards the grade."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="report")
    verdict = models.CharField(max_length=16, choices=VERDICTS)
    points = models.FloatField()
    max_points = models.FloatField()
    body = models.JSONField(help_text=_("The report without its notebook."))
    notebook = models.JSONField(default=dict, help_text=_("As executed; outputs are hostile."))
    is_applied = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gte=0, points__lte=models.F("max_points")),
                name="report_points_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.points:g}/{self.max_points:g}"

    @property
    def is_passed(self) -> bool:
        return self.verdict == Verdict.PASSED

    @property
    def score(self) -> float:
        """Share of the points, 0 to 1."""
        return self.points / self.max_points if self.max_points else 0.0

    def load(self) -> GraderReport:
        """The report as the grader gave it, its notebook included."""
        return GraderReport.from_json({**self.body, "notebook": self.notebook})


class Grade(models.Model):
    """What counts of one learner's work on one exercise: the best applied report."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grades"
    )
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="grades")
    report = models.ForeignKey(Report, on_delete=models.RESTRICT, related_name="+")
    points = models.FloatField()
    max_points = models.FloatField()
    is_passed = models.BooleanField()
    attempts = models.PositiveIntegerField(help_text=_("Submissions that were judged."))
    graded_at = models.DateTimeField()

    objects = GradeQuerySet.as_manager()

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        constraints = [
            models.UniqueConstraint(fields=["learner", "exercise"], name="grade_one_for_each"),
        ]

    def __str__(self) -> str:
        return f"{self.points:g}/{self.max_points:g}"

    @property
    def score(self) -> float:
        """Share of the points, 0 to 1."""
        return self.points / self.max_points if self.max_points else 0.0
