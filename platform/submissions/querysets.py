"""Which submissions, runs and reports, and for whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, FloatField, Q, Value
from django.db.models.functions import Cast, Coalesce, NullIf

if TYPE_CHECKING:
    from submissions.models import Run

# A task for a queued run is sent again when nobody claimed the run for this long.
TASK_PATIENCE = timedelta(seconds=10)


class SubmissionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> SubmissionQuerySet:
        """A learner's own; an operator's all.

        Not those of the learners whom somebody mentors, though ``cohorts`` knows who that is: whoever sees a
        submission here may cancel it too. Mentors come with the room of reviews, by a rule of their own.
        """
        if not user.is_authenticated:
            return self.none()
        return self if user.is_operator else self.filter(learner=user)

    def of(self, learner: Any, exercise: Any) -> SubmissionQuerySet:
        return self.filter(learner=learner, exercise=exercise)

    def with_outcome(self) -> SubmissionQuerySet:
        """For lists: exercise, and the runs with their verdicts but without the large fields."""
        from submissions.models import Run

        runs = Run.objects.told().defer("progress", "report__body", "report__notebook")
        return self.select_related("exercise").prefetch_related(
            models.Prefetch("runs", queryset=runs, to_attr="told_runs")
        )

    def not_failed_by_us(self) -> SubmissionQuerySet:
        from submissions.models import Run

        failed = Run.objects.own().filter(submission=models.OuterRef("pk"), state="failed")
        return self.exclude(models.Exists(failed))

    def costing_an_attempt(self) -> SubmissionQuerySet:
        """Those that are judged or still will be; what we failed to grade costs nothing."""
        from submissions.models import Run

        counts = Run.objects.filter(submission=models.OuterRef("pk")).filter(
            Q(state__in=Run.State.live()) | Q(report__is_applied=True)
        )
        return self.filter(models.Exists(counts))


class TrialQuerySet(models.QuerySet):
    def older_than(self, instant: datetime) -> TrialQuerySet:
        """Asked for before ``instant``, and ended."""
        live = Q(run__state__in=("queued", "running"))
        return self.filter(requested_at__lt=instant).exclude(live)


class RunQuerySet(models.QuerySet):
    def of_learner(self, learner: Any) -> RunQuerySet:
        """Of what a learner (or one's primary key) handed in or had checked."""
        return self.filter(Q(submission__learner=learner) | Q(trial__learner=learner))

    def with_version(self) -> RunQuerySet:
        """With the submission or trial that is run, and the version of the exercise that it is run on."""
        return self.select_related("submission__version", "trial__version", "other_version")

    def told(self) -> RunQuerySet:
        """What learners are told of, what counts first: no regrade that is not applied."""
        told = ~Q(kind="regrade") | Q(report__is_applied=True)
        what_counts = F("report__is_applied").desc(nulls_last=True)
        return self.select_related("report").filter(told).order_by(what_counts, "-pk")

    def own(self) -> RunQuerySet:
        """Runs that learners asked for."""
        return self.exclude(kind="regrade")

    def queued(self) -> RunQuerySet:
        return self.filter(state="queued")

    def running(self) -> RunQuerySet:
        return self.filter(state="running")

    def live(self) -> RunQuerySet:
        return self.filter(state__in=("queued", "running"))

    def taking_turns_with(self, queue: str) -> RunQuerySet:
        """Of one learner's runs those that wait for each other: the long ones, and all others."""
        return self.filter(queue="long") if queue == "long" else self.exclude(queue="long")

    def due(self, now: datetime) -> RunQuerySet:
        """Queued, and not put off to later."""
        return self.queued().filter(due_at__lte=now)

    def ahead_of(self, run: Run) -> RunQuerySet:
        """Runs that stand before ``run`` in its queue."""
        earlier = Q(queued_at__lt=run.queued_at) | Q(queued_at=run.queued_at, pk__lt=run.pk)
        return self.queued().filter(earlier, queue=run.queue)

    def without_lease(self, now: datetime) -> RunQuerySet:
        """Running by the row, but whoever ran them has not been heard of in time."""
        return self.running().filter(lease_expires_at__lt=now)

    def with_lost_task(self, now: datetime) -> RunQuerySet:
        """Due, but nobody came for them: the task was never sent, or the broker lost it."""
        return self.due(now).filter(Q(enqueued_at=None) | Q(enqueued_at__lt=now - TASK_PATIENCE))


class RegradeQuerySet(models.QuerySet):
    def with_counts(self) -> RegradeQuerySet:
        """How many runs there are (``total``), and of them wait or run (``open``)."""
        is_open = Q(runs__state__in=("queued", "running"))
        return self.annotate(total=models.Count("runs"), open=models.Count("runs", filter=is_open))


class ReportQuerySet(models.QuerySet):
    def applied(self) -> ReportQuerySet:
        return self.filter(is_applied=True)

    def of(self, learner: Any, exercise: Any) -> ReportQuerySet:
        return self.filter(run__submission__learner=learner, run__submission__exercise=exercise)

    def best_first(self) -> ReportQuerySet:
        """By share of the points, whatever version had how many; of equals the earliest."""
        share = Cast(F("points"), FloatField()) / NullIf(F("max_points"), Value(0.0))
        return self.annotate(share=Coalesce(share, 0.0)).order_by("-share", "created_at", "pk")


class GradeQuerySet(models.QuerySet):
    def of(self, learner: Any) -> GradeQuerySet:
        return self.filter(learner=learner)
