"""What all views of the API share."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from api.access import Throttle
from api.problems import PROBLEM_TYPE
from api.serializers import (
    ProblemSerializer,
    SubmissionFileSerializer,
    SubmissionRequestSerializer,
)
from notebooks.download import NOTEBOOK_TYPE


class OneType(DefaultContentNegotiation):
    """Every address answers in one type, and problem details must reach whoever accepts only another."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class View(APIView):
    """JSON out, problem details when refused, and not too often."""

    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OneType
    throttle_classes = (Throttle,)


def refusal(description: str) -> Any:
    """Problem details, for OpenAPI."""
    return OpenApiResponse(ProblemSerializer, description=description)


NOTEBOOK = {(200, NOTEBOOK_TYPE): OpenApiResponse(OpenApiTypes.BINARY, description="A notebook.")}
MISSING = {(404, PROBLEM_TYPE): refusal("There is none, or it is not yours.")}
UNSIGNED = {(401, PROBLEM_TYPE): refusal("The token is missing or wrong.")}
ENDED = {(409, PROBLEM_TYPE): refusal("It has ended already.")}
# What takes a learner's work, and how it refuses what is none.
WORK = {
    "application/json": SubmissionRequestSerializer,
    "multipart/form-data": SubmissionFileSerializer,
    "application/x-ipynb+json": OpenApiTypes.BINARY,
}
NO_WORK = {
    (400, PROBLEM_TYPE): refusal("The body cannot be used; `errors` says why and where."),
    (413, PROBLEM_TYPE): refusal("More than 5 MiB."),
    (415, PROBLEM_TYPE): refusal("None of the three content types."),
}
