"""How views answer the script of the notebook page: JSON, and refusals as problem details."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from accounts.models import User
from common.errors import LearnerError, SignedOutError, translate_error
from common.problems import problem_response
from curriculum.models import Exercise
from workbench.access import get_exercise
from workbench.errors import UnknownError

logger = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")

ScriptView = Callable[Concatenate[HttpRequest, User, Exercise, Arguments], HttpResponse]


def for_script(
    action: ScriptView[Arguments],
) -> Callable[Concatenate[HttpRequest, str, Arguments], HttpResponse]:
    """A view for whoever is signed in, that never answers with a page."""

    @never_cache
    @wraps(action)
    def view(
        request: HttpRequest, slug: str, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        try:
            if not isinstance(request.user, User):
                raise SignedOutError
            return action(request, request.user, get_exercise(slug), *args, **kwargs)
        except Http404:
            return problem_response(UnknownError())
        except Exception as cause:
            error = translate_error(cause)
            if error is None:
                raise
            if not isinstance(error, LearnerError):
                logger.error("%s at %s", error.code, request.path, exc_info=cause)
            return problem_response(error)

    return view
