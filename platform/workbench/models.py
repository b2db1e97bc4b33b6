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


class KeptVersion(models.Model):
    """A text that the draft once was: before something replaced it, when it was handed in, now and then.

    Which of them are kept for how long is said in :mod:`workbench.services.versions`.
    """

    class Reason(models.TextChoices):
        EDITING = "editing", _("while writing")
        SUBMIT = "submit", _("handed in")
        CHECK = "check", _("checked")
        RESET = "reset", _("before a reset")
        UPLOAD = "upload", _("before an upload")
        CONFLICT = "conflict", _("the other version of a conflict")
        RETURN = "return", _("before an earlier version was restored")
        COURSE = "course", _("before the exercise changed")

    draft = models.ForeignKey(
        Draft, on_delete=models.CASCADE, related_name="versions", verbose_name=_("draft")
    )
    answers = models.JSONField(_("answers"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("kept version")
        verbose_name_plural = _("kept versions")

    def __str__(self) -> str:
        return f"{self.draft} ({self.get_reason_display()})"

    def load(self) -> Answers:
        """What the learner had written, as a value."""
        return Answers.from_json(self.answers)


class CellOutput(models.Model):
    """What a cell of a draft showed when it last ran in the learner's page. Nothing is ever judged by it.

    ``outputs`` is as :func:`notebooks.outputs.read_outputs` leaves it; ``size`` its length as JSON.
    ``ran`` is the page's own digest of the text that ran, by which it knows whether that has changed since.
    """

    draft = models.ForeignKey(
        Draft, on_delete=models.CASCADE, related_name="outputs", verbose_name=_("draft")
    )
    cell_id = models.CharField(_("cell"), max_length=64)
    execution_count = models.PositiveIntegerField(_("execution count"), null=True)
    outputs = models.JSONField(_("outputs"))
    size = models.PositiveIntegerField(_("size in bytes"))
    ran = models.CharField(_("digest of the text that ran"), max_length=32, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "cell_id"], name="one_output_per_cell")
        ]
        verbose_name = _("output of a cell")
        verbose_name_plural = _("outputs of cells")

    def __str__(self) -> str:
        return f"{self.draft}, {self.cell_id}"


class LiveKernel(models.Model):
    """That a learner had a kernel, and how it ended. What was done in it is nobody's business.

    It was for the ``exercise``, or for the cells in the lesson of the ``section``.

    ``host`` names the machine of the live process that holds it; while ``state`` is running it lives there.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended")

    class Reason(models.TextChoices):
        LEARNER = "learner", _("ended by the learner")
        IDLE = "idle", _("nothing was done for a long time")
        ALONE = "alone", _("no page was open")
        REPLACED = "replaced", _("made room for another of the same learner")
        DIED = "died", _("ended by itself and could not be replaced")
        SHUTDOWN = "shutdown", _("the server was stopped")
        LOST = "lost", _("the server went away")

    public_id = models.UUIDField(_("identifier"), unique=True)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="live_kernels",
        verbose_name=_("learner"),
    )
    exercise = models.ForeignKey(
        "curriculum.Exercise",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="live_kernels",
        verbose_name=_("exercise"),
    )
    section = models.ForeignKey(
        "curriculum.Section",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="live_kernels",
        verbose_name=_("section"),
    )
    host = models.CharField(_("host"), max_length=255)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.RUNNING)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason, blank=True)
    started_at = models.DateTimeField(_("started at"))
    last_active_at = models.DateTimeField(_("last active at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["host", "state"], name="live_kernels_by_host")]
        constraints = [
            models.CheckConstraint(
                name="live_kernel_has_one_subject",
                condition=models.Q(exercise__isnull=False, section__isnull=True)
                | models.Q(exercise__isnull=True, section__isnull=False),
            )
        ]
        verbose_name = _("live kernel")
        verbose_name_plural = _("live kernels")

    def __str__(self) -> str:
        return f"{self.learner}: {self.exercise or self.section} ({self.get_state_display()})"
