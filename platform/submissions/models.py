"""What was handed in, each time it was run, what came out, and what counts.

*Submission* → *Run* → *Report*; one *Grade* for each learner and exercise; a *Regrade* is many runs of what
was handed in before; a *Trial* is run too, but was never handed in. Other apps read these; only
:mod:`submissions.services` writes them.
"""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.clock import now
from curriculum.models import Exercise, ExerciseVersion
from grader.report import Report as GraderReport
from grader.verdict import Verdict
from submissions.querysets import (
    GradeQuerySet,
    RegradeQuerySet,
    ReportQuerySet,
    RunQuerySet,
    SubmissionQuerySet,
    TrialQuerySet,
)

if TYPE_CHECKING:
    from grader.exercises import Answers

VERDICTS = [(verdict.value, verdict.value) for verdict in Verdict]


def draw_seed() -> int:
    """63 random bits from the operating system: nobody can know the inputs before the report."""
    return secrets.randbits(63)


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


class Regrade(models.Model):
    """Submissions graded again, all in one go: first a preview, and only then, if at all, applied.

    Its runs hold what was found; whether a run's report counts stands in the report.
    """

    class State(models.TextChoices):
        PREVIEW = "preview", _("Preview")
        APPLIED = "applied", _("Applied")
        UNDONE = "undone", _("Undone")
        CANCELLED = "cancelled", _("Cancelled")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scope = models.JSONField(help_text=_("What was chosen: exercise, cohort, learners."))
    uses_current_version = models.BooleanField(
        default=False, help_text=_("Else each submission's own version, as it was then.")
    )
    reason = models.CharField(max_length=300, blank=True, help_text=_("Learners read this."))
    state = models.CharField(max_length=9, choices=State.choices, default=State.PREVIEW)
    created_at = models.DateTimeField(default=now)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = RegradeQuerySet.as_manager()

    class Meta:
        verbose_name = _("regrade")
        verbose_name_plural = _("regrades")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.public_id)


class Run(models.Model):
    """One execution of a submission, or of a trial.

    The row is the truth and the broker's task only a hint: whoever turns *queued* into *running* holds
    the lease, and must renew it. ``due_at`` is later than ``queued_at`` after we failed and wait before
    the next try; ``lost_count`` counts runs that ended without a report.
    """

    class Kind(models.TextChoices):
        CHECK = "check", _("Check")
        SUBMIT = "submit", _("Submit")
        REGRADE = "regrade", _("Regrade")

    class Queue(models.TextChoices):
        CHECK = "check", _("Check")
        SUBMIT = "submit", _("Submit")
        REGRADE = "regrade", _("Regrade")
        LONG = "long", _("Long")

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

        @classmethod
        def live(cls) -> tuple[str, ...]:
            return (cls.QUEUED.value, cls.RUNNING.value)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, null=True, blank=True, related_name="runs"
    )
    trial = models.OneToOneField(
        Trial, on_delete=models.CASCADE, null=True, blank=True, related_name="run"
    )
    regrade = models.ForeignKey(
        Regrade, on_delete=models.PROTECT, null=True, blank=True, related_name="runs"
    )
    # Of a regrade's run: the report whose place its own would take, and the version, if another
    # than the submission's.
    replaces = models.ForeignKey(
        "Report", on_delete=models.RESTRICT, null=True, blank=True, related_name="+"
    )
    other_version = models.ForeignKey(
        ExerciseVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SUBMIT)
    queue = models.CharField(max_length=8, choices=Queue.choices, default=Queue.SUBMIT)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    seed = models.BigIntegerField(default=draw_seed)
    progress = models.JSONField(default=dict, blank=True)
    message = models.CharField(
        max_length=300, blank=True, help_text=_("For the learner, when something of ours failed.")
    )
    worker = models.CharField(max_length=150, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    lost_count = models.PositiveIntegerField(default=0)
    returned_count = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(default=now)
    enqueued_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(state__in=["queued", "running"]),
                name="run_one_live_for_each_submission",
            ),
            models.CheckConstraint(
                condition=Q(state="running") ^ Q(lease_expires_at=None),
                name="run_lease_while_running",
            ),
            models.CheckConstraint(
                condition=Q(kind="regrade", regrade__isnull=False, replaces__isnull=False)
                | ~Q(kind="regrade") & Q(regrade=None, replaces=None),
                name="run_of_a_regrade",
            ),
            models.CheckConstraint(
                condition=Q(kind="check", trial__isnull=False, submission=None)
                | ~Q(kind="check") & Q(trial=None, submission__isnull=False),
                name="run_of_a_trial",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "queued_at"], condition=Q(state="queued"), name="run_queue"
            ),
            models.Index(
                fields=["lease_expires_at"], condition=Q(state="running"), name="run_leases"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def work(self) -> Submission | Trial:
        """What is run."""
        work = self.submission or self.trial
        assert work is not None  # by the constraint
        return work

    @property
    def learner_id(self) -> int:
        """Whose work is run."""
        return self.work.learner_id

    @property
    def version(self) -> ExerciseVersion:
        """The exercise as this run grades it."""
        return self.other_version or self.work.version

    @property
    def is_live(self) -> bool:
        """Whether a report may still come."""
        return self.state in self.State.live()


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
