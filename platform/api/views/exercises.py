"""The course's exercises, for anybody."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import ExerciseDetailSerializer, ExerciseSerializer
from api.views.base import MISSING, NOTEBOOK, View
from curriculum.access import list_exercises
from grader.exercises import starter_notebook
from notebooks.download import notebook_response
from workbench.access import get_exercise
from workbench.services import load_exercise


class ExerciseList(View, ListAPIView):
    """All exercises in the order of the course."""

    permission_classes = (AllowAny,)
    serializer_class = ExerciseSerializer
    queryset = list_exercises().filter(current_version__isnull=False)


class ExerciseDetail(View):
    permission_classes = (AllowAny,)

    @extend_schema(responses={200: ExerciseDetailSerializer, **MISSING})
    def get(self, request: Request, slug: str) -> Response:
        """One exercise: statement, cells, limits and rules."""
        exercise = get_exercise(slug)
        return Response(ExerciseDetailSerializer(exercise, context={"request": request}).data)


class Starter(View):
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="exercises_starter", responses={**NOTEBOOK, **MISSING})
    def get(self, request: Request, slug: str) -> HttpResponse:
        """The notebook to begin with."""
        return notebook_response(starter_notebook(load_exercise(get_exercise(slug))), slug)
