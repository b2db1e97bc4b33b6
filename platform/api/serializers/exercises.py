"""Exercises as programs see them: what the page shows, and no more."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from curriculum.models import Exercise
from workbench.services import get_worksheet


class PlaceSerializer(serializers.Serializer):
    """A module or a section of the course."""

    slug = serializers.SlugField()
    number = serializers.CharField()
    title = serializers.CharField()


class ExerciseSerializer(serializers.ModelSerializer):
    module = PlaceSerializer(source="section.module")
    section = PlaceSerializer()
    url = serializers.HyperlinkedIdentityField("api:exercise", lookup_field="slug")
    page_url = serializers.HyperlinkedIdentityField("workbench:exercise", lookup_field="slug")

    class Meta:
        model = Exercise
        fields = [
            "slug",
            "kind",
            "title",
            "summary",
            "module",
            "section",
            "minutes",
            "difficulty",
            "points",
            "environment",
            "url",
            "page_url",
        ]


class SheetCellSerializer(serializers.Serializer):
    id = serializers.CharField()
    kind = serializers.ChoiceField(["code", "markdown"])
    is_answer = serializers.BooleanField(help_text="Whether learners write this cell.")
    source = serializers.CharField(  # type: ignore[assignment]  # a field, not the attribute
        help_text="The text; of an answer cell, the starter."
    )


class LimitsSerializer(serializers.Serializer):
    cell_seconds = serializers.FloatField()
    total_seconds = serializers.FloatField()
    memory_mb = serializers.IntegerField()


class RulesSerializer(serializers.Serializer):
    forbidden_imports = serializers.ListField(child=serializers.CharField())
    forbidden_calls = serializers.ListField(child=serializers.CharField())


class WorksheetSerializer(serializers.Serializer):
    version = serializers.CharField(source="digest", help_text="SHA-256 of the exercise's content.")
    statement = serializers.CharField(help_text="Markdown with maths between dollars.")
    cells = SheetCellSerializer(many=True, help_text="The cells below the statement.")
    limits = LimitsSerializer()
    rules = RulesSerializer()
    attempts = serializers.IntegerField(allow_null=True, help_text="Null: as many as you like.")
    skills = serializers.ListField(child=serializers.CharField())
    sources = serializers.ListField(child=serializers.CharField())


class ExerciseDetailSerializer(ExerciseSerializer):
    """One exercise with its worksheet and where to go from here."""

    worksheet = serializers.SerializerMethodField()
    starter_url = serializers.HyperlinkedIdentityField("api:starter", lookup_field="slug")
    submissions_url = serializers.SerializerMethodField(help_text="POST a notebook here.")

    class Meta(ExerciseSerializer.Meta):
        fields = [*ExerciseSerializer.Meta.fields, "worksheet", "starter_url", "submissions_url"]

    @extend_schema_field(WorksheetSerializer)
    def get_worksheet(self, exercise: Exercise) -> dict[str, Any]:
        return WorksheetSerializer(get_worksheet(exercise)).data

    @extend_schema_field(serializers.URLField)
    def get_submissions_url(self, exercise: Exercise) -> str:
        return reverse("api:submit", [exercise.slug], request=self.context["request"])
