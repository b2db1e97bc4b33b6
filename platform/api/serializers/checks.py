"""A run as the notebook page follows it: :func:`submissions.views.following.follow_run`, described."""

from rest_framework import serializers

from grader.verdict import Verdict
from submissions.models import Run

VERDICTS = [verdict.value for verdict in Verdict]


class ResultSerializer(serializers.Serializer):
    title = serializers.CharField()
    about = serializers.CharField(help_text="The function or cell that the check concerns.")
    cell = serializers.CharField(allow_null=True, help_text="The answer cell that it concerns.")
    verdict = serializers.ChoiceField(VERDICTS)
    passed = serializers.BooleanField()
    points = serializers.FloatField()
    max_points = serializers.FloatField()
    message = serializers.CharField()
    example = serializers.CharField(help_text="A small input that shows the failure.")
    hints = serializers.ListField(child=serializers.CharField())


class RunningCellSerializer(serializers.Serializer):
    index = serializers.IntegerField()
    of = serializers.IntegerField()


class StumbleSerializer(serializers.Serializer):
    id = serializers.CharField()
    verdict = serializers.ChoiceField(VERDICTS)
    message = serializers.CharField()


class CheckRunSerializer(serializers.Serializer):
    """Where a check stands, and what it has found so far."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(Run.State.choices)
    done = serializers.BooleanField(help_text="Nothing more will come.")
    place = serializers.IntegerField(allow_null=True, help_text="1: next. Null: not waiting.")
    phase = serializers.CharField(help_text="kernel, cells or checks; empty when it does not run.")
    cell = RunningCellSerializer(allow_null=True)
    checks_of = serializers.IntegerField(help_text="How many checks are made; 0: not known yet.")
    results = ResultSerializer(many=True)
    cells = StumbleSerializer(many=True, help_text="Cells that did not run to their end.")
    message = serializers.CharField(help_text="When it was our fault, so.")
    verdict = serializers.ChoiceField(VERDICTS, allow_null=True)
    points = serializers.FloatField(allow_null=True)
    max_points = serializers.FloatField(allow_null=True)
    poll_after_seconds = serializers.FloatField(allow_null=True, help_text="When to ask again.")
