"""Refusals for programs: problem details (RFC 9457)."""

from typing import Any

from django.http import JsonResponse

from common.errors import AuthorError, KilohourError, Problem, TooManyError

PROBLEM_TYPE = "application/problem+json"


def shown_problems(error: KilohourError) -> tuple[Problem, ...]:
    """The mistakes that the other end may read of."""
    # Where the course is broken, the details would tell a learner what the checks look for.
    return () if isinstance(error, AuthorError) else error.problems


def problem_response(error: KilohourError, **more: Any) -> JsonResponse:
    """The error as problem details, with ``more`` members beside the usual ones."""
    response = JsonResponse(
        {
            "type": "about:blank",
            "title": str(error.title),
            "status": error.status,
            "code": error.code,
            "detail": str(error),
            "errors": [{"where": p.where, "message": p.message} for p in shown_problems(error)],
            **more,
        },
        status=error.status,
        content_type=PROBLEM_TYPE,
    )
    response["Cache-Control"] = "no-store"
    if isinstance(error, TooManyError):
        response["Retry-After"] = str(error.retry_seconds)
    return response
