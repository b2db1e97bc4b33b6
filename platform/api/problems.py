"""Every refusal as problem details (RFC 9457), with each mistake at its place."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.errors import (
    AuthorError,
    KilohourError,
    LearnerError,
    PlatformError,
    Problem,
    TooLargeError,
    TooManyError,
    translate_error,
)

logger = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
# When to come back, where nothing better is known: about as long as a grading takes.
RETRY_SECONDS = 5


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Called by REST framework; ``None`` leaves what nobody foresaw to Django."""
    if isinstance(error, RequestDataTooBig):
        error = TooLargeError()
    ours = translate_error(error)
    response = _from_ours(ours, error) if ours else _from_framework(error)
    if response is not None:
        set_rollback()
        response["Cache-Control"] = "no-store"
    return response


def _from_ours(error: KilohourError, cause: Exception) -> Response:
    if not isinstance(error, LearnerError):
        logger.error("%s", error.code, exc_info=cause)
    # Where the course is broken, the details would tell a learner what the checks look for.
    problems = () if isinstance(error, AuthorError) else error.problems
    response = _problem(error.status, str(error.title), str(error), error.code, problems)
    if isinstance(error, TooManyError):
        response["Retry-After"] = str(error.retry_seconds)
    elif isinstance(error, PlatformError):
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _from_framework(error: Exception) -> Response | None:
    match error:
        case Http404():
            error = exceptions.NotFound()
        case PermissionDenied():
            error = exceptions.PermissionDenied()
        case SuspiciousOperation():
            error = exceptions.ParseError()
    if not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.ValidationError):
        found = list(_flatten(error.detail))
        title = _("These fields cannot be used.")
        return _problem(error.status_code, title, title, "invalid", found)
    code = str(error.get_codes() if isinstance(error.get_codes(), str) else error.default_code)
    response = _problem(
        error.status_code,
        str(error.default_detail),
        str(error.detail),
        code.replace("_", "-"),
        (),
    )
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = f"{wait:.0f}"
    return response


def _problem(
    status: int, title: str, detail: str, code: str, problems: Iterable[Problem]
) -> Response:
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": [{"where": found.where, "message": found.message} for found in problems],
    }
    return Response(body, status=status, content_type=PROBLEM_TYPE)


def _flatten(detail: Any, where: str = "") -> Iterator[Problem]:
    """REST framework's nested lists and dictionaries of messages, one by one."""
    match detail:
        case dict():
            for name, inner in detail.items():
                yield from _flatten(inner, f"{where}.{name}" if where else str(name))
        case list():
            for inner in detail:
                yield from _flatten(inner, where)
        case _:
            yield Problem(where, str(detail))
