"""Problem details, described for OpenAPI; :mod:`api.problems` makes them."""

from rest_framework import serializers


class MistakeSerializer(serializers.Serializer):
    where = serializers.CharField(help_text="The field, cell or line; empty for the whole.")
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """Problem details (RFC 9457)."""

    type = serializers.CharField(default="about:blank")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="A word for programs, such as too-many-waiting.")
    detail = serializers.CharField(help_text="A sentence for people.")
    errors = MistakeSerializer(many=True)  # type: ignore[assignment]  # a field, not the attribute
