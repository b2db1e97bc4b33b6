"""Turns our errors into answers, so that no view has to."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from common.errors import AuthorError, KilohourError, LearnerError, translate_error

logger = logging.getLogger(__name__)


class ErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with a page, a fragment or problem details; leave what is not ours to Django."""
        error = translate_error(exception)
        if error is None:
            return None
        if not isinstance(error, LearnerError):
            logger.error("%s at %s", error.code, request.path, exc_info=exception)
        response = _answer(request, error)
        response["Cache-Control"] = "no-store"
        return response


def _answer(request: HttpRequest, error: KilohourError) -> HttpResponse:
    # Where the course is broken, the details would tell a learner what the checks look for.
    problems = () if isinstance(error, AuthorError) else error.problems
    if request.accepts("text/html"):
        context = {"error": error, "problems": problems}
        template = "components/error.html" if request.headers.get("HX-Request") else "error.html"
        return render(request, template, context, status=error.status)
    return JsonResponse(
        {
            "type": "about:blank",
            "title": str(error.title),
            "status": error.status,
            "code": error.code,
            "detail": str(error),
            "errors": [{"where": p.where, "message": p.message} for p in problems],
        },
        status=error.status,
        content_type="application/problem+json",
    )
