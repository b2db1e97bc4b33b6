"""Turns our errors into answers, so that no view has to; and refuses what is too large to be read."""

import codecs
import logging
from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from common.errors import (
    CharsetError,
    KilohourError,
    LearnerError,
    TooLargeError,
    TooManyError,
    translate_error,
)
from common.problems import problem_response, shown_problems

logger = logging.getLogger(__name__)

_CHARSETS = {"utf-8", "ascii"}


class BodyLimitMiddleware:
    """Answers 413 to a body over ``REQUEST_MAX_BYTES`` before any of it is kept.

    A body whose length nobody announced (chunked) is read here, up to the limit.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = settings.REQUEST_MAX_BYTES
        if _announced(request) > limit or not _read_chunked(request, limit):
            size = filesizeformat(limit)
            return _answer(
                request, TooLargeError(_("At most %(size)s are taken.") % {"size": size})
            )
        return self.get_response(request)


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0  # Django reads none of it


def _read_chunked(request: HttpRequest, limit: int) -> bool:
    """Give a chunked body the length that Django needs; false when it is too long."""
    if request.META.get("CONTENT_LENGTH") or not request.META.get("wsgi.input_terminated"):
        return True
    if "chunked" not in request.headers.get("Transfer-Encoding", "").lower():
        return True
    body = LimitedStream(request.META["wsgi.input"], limit + 1).read()
    if len(body) > limit:
        return False
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = LimitedStream(BytesIO(body), len(body))  # type: ignore[assignment]
    return True


class CharsetMiddleware:
    """Answers 415 to forms and texts in anything but UTF-8, which is all that browsers send.

    Django takes any codec's name, also of those that read no text, and fails when it comes to use it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.encoding is not None and codecs.lookup(request.encoding).name not in _CHARSETS:
            return _answer(request, CharsetError())
        return self.get_response(request)


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
        return _answer(request, error)


def _answer(request: HttpRequest, error: KilohourError) -> HttpResponse:
    response = _show(request, error)
    response["Cache-Control"] = "no-store"
    if isinstance(error, TooManyError):
        response["Retry-After"] = str(error.retry_seconds)
    return response


def _show(request: HttpRequest, error: KilohourError) -> HttpResponse:
    problems = shown_problems(error)
    if request.accepts("text/html") and not request.path.startswith("/api/"):
        context = {"error": error, "problems": problems}
        template = "components/error.html" if request.headers.get("HX-Request") else "error.html"
        return render(request, template, context, status=error.status)
    return problem_response(error)
