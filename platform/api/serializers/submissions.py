"""Submissions and their reports. The detail is made from what the page shows, so the two cannot drift."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from grader.verdict import Verdict
from submissions.models import Run, Submission
from submissions.views.state import SubmissionState

VERDICTS = [verdict.value for verdict in Verdict]


class SubmissionSummarySerializer(serializers.ModelSerializer):
    """A line in a list."""

    exercise = serializers.CharField(source="exercise.slug")
    url = serializers.HyperlinkedIdentityField("api:submission", lookup_field="public_id")
    state = serializers.ChoiceField(Run.State.choices, source="latest_run.state")
    verdict = serializers.SerializerMethodField()
    points = serializers.SerializerMethodField()
    max_points = serializers.SerializerMethodField()

    class Meta:
        model = Submission
        fields = [
            "public_id",
            "exercise",
            "number",
            "source",
            "submitted_at",
            "state",
            "verdict",
            "points",
            "max_points",
            "url",
        ]

    @extend_schema_field(serializers.ChoiceField(VERDICTS, allow_null=True))
    def get_verdict(self, submission: Submission) -> str | None:
        return self._of_report(submission, "verdict")

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_points(self, submission: Submission) -> float | None:
        return self._of_report(submission, "points")

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_max_points(self, submission: Submission) -> float | None:
        return self._of_report(submission, "max_points")

    def _of_report(self, submission: Submission, name: str) -> Any:
        return getattr(getattr(submission.latest_run, "report", None), name, None)


class CheckSerializer(serializers.Serializer):
    title = serializers.CharField()
    about = serializers.CharField(help_text="The function or cell that the check concerns.")
    points = serializers.FloatField()
    max_points = serializers.FloatField()
    verdict = serializers.ChoiceField(VERDICTS)
    message = serializers.CharField()
    example = serializers.CharField(help_text="A small input that shows the failure.")
    hints = serializers.ListField(child=serializers.CharField())
    seconds = serializers.FloatField()


class CellSerializer(serializers.Serializer):
    id = serializers.CharField()
    verdict = serializers.ChoiceField(VERDICTS)
    message = serializers.CharField()
    seconds = serializers.FloatField()


class ReportSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(VERDICTS)
    score = serializers.FloatField(help_text="Share of the points, 0 to 1.")
    points = serializers.FloatField()
    max_points = serializers.FloatField()
    message = serializers.CharField()
    checks = CheckSerializer(many=True)
    cells = CellSerializer(many=True)
    phases = serializers.DictField(
        child=serializers.FloatField(), help_text="Wall seconds by phase of the grading."
    )
    exercise_digest = serializers.CharField()
    environment = serializers.CharField()
    environment_digest = serializers.CharField()
    seed = serializers.CharField(
        help_text="63 bits in decimal: with it the grading can be repeated."
    )


class ProgressCellSerializer(serializers.Serializer):
    id = serializers.CharField()
    index = serializers.IntegerField()
    state = serializers.CharField()


class ProgressCheckSerializer(serializers.Serializer):
    title = serializers.CharField()
    about = serializers.CharField()
    verdict = serializers.CharField()
    points = serializers.FloatField()
    max_points = serializers.FloatField()
    message = serializers.CharField()


class ProgressSerializer(serializers.Serializer):
    phase = serializers.CharField(help_text="kernel, cells or checks")
    cells_of = serializers.IntegerField()
    checks_of = serializers.IntegerField()
    cells = ProgressCellSerializer(many=True)
    checks = ProgressCheckSerializer(many=True)


class SubmissionSerializer(serializers.Serializer):
    """Where a submission stands, and its report once there is one."""

    public_id = serializers.UUIDField(source="submission.public_id")
    exercise = serializers.CharField(source="submission.exercise.slug")
    number = serializers.IntegerField(source="submission.number")
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field, not the attribute
        Submission.Source.choices, source="submission.source"
    )
    submitted_at = serializers.DateTimeField(source="submission.submitted_at")
    state = serializers.ChoiceField(Run.State.choices, source="run.state")
    sentence = serializers.CharField(help_text="Where things stand, in words.")
    place_in_queue = serializers.IntegerField(
        source="place", allow_null=True, help_text="1: next. Null: not waiting."
    )
    progress = serializers.SerializerMethodField()
    message = serializers.CharField(
        help_text="What else there is to say; when it was our fault, so."
    )
    notes = serializers.ListField(
        child=serializers.CharField(), help_text="What of the notebook was ignored or cut."
    )
    report = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    page_url = serializers.SerializerMethodField()
    notebook_url = serializers.SerializerMethodField(help_text="The executed notebook.")

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, state: SubmissionState) -> dict[str, Any] | None:
        return ProgressSerializer(state.progress).data if state.progress else None

    @extend_schema_field(ReportSerializer(allow_null=True))
    def get_report(self, state: SubmissionState) -> dict[str, Any] | None:
        return ReportSerializer(state.report.body).data if state.report else None

    @extend_schema_field(serializers.URLField)
    def get_url(self, state: SubmissionState) -> str:
        return self._link("api:submission", state)

    @extend_schema_field(serializers.URLField)
    def get_page_url(self, state: SubmissionState) -> str:
        return self._link("submissions:detail", state)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_notebook_url(self, state: SubmissionState) -> str | None:
        return self._link("api:executed-notebook", state) if state.notebook else None

    def _link(self, name: str, state: SubmissionState) -> str:
        return reverse(name, [state.submission.public_id], request=self.context["request"])
