"""Each time it was run; a regrade is many runs of what was handed in before."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.clock import now
from curriculum.models import ExerciseVersion
from submissions.models.work import Submission, Trial
from submissions.querysets import RegradeQuerySet, RunQuerySet


def draw_seed() -> int:
    """63 random bits from the operating system: nobody can know the inputs before the report."""
    return secrets.randbits(63)


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
