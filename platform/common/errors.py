"""Errors of the platform, sorted by who must act.

Rooms derive their own from these. A door never catches them: :class:`common.middleware.ErrorMiddleware`
turns them into pages and the API into problem details. A wrong answer is no error but a verdict.
"""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from redis.exceptions import ConnectionError as RedisConnectionError

from grader import errors as grader_errors
from grader.errors import Problem

__all__ = [
    "AuthorError",
    "ConflictError",
    "KilohourError",
    "LearnerError",
    "NotAllowedError",
    "PageTooOldError",
    "PlatformError",
    "Problem",
    "SignedOutError",
    "TooLargeError",
    "TooManyError",
    "translate_error",
]


class KilohourError(Exception):
    """Base of what we raise on purpose.

    ``message`` is one sentence for whoever must act. ``problems`` names every mistake found, each with
    the place where it stands.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str | Promise] = _("Something went wrong")

    def __init__(self, message: str | Promise = "", *, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message or self.title
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return str(self.message)


class LearnerError(KilohourError):
    """The person at the other end must act: what they sent cannot be used."""

    code = "invalid"
    status = 400
    title = _("That did not work")


class NotAllowedError(LearnerError):
    """It exists and they may know so, but it is not theirs to do. To hide it, raise ``Http404``."""

    code = "not-allowed"
    status = 403
    title = _("You may not do this")


class PageTooOldError(NotAllowedError):
    """What was sent does not prove that it comes from a page of ours, as a rule because of a later sign-in."""

    code = "page-too-old"
    title = _("This page had been open for too long. Copy what you wrote, then load it again.")


class SignedOutError(LearnerError):
    """Only for whoever is signed in; answered to scripts, since pages lead to where one signs in."""

    code = "signed-out"
    status = 401
    title = _("You are signed out")


class ConflictError(LearnerError):
    """Something else happened first; look again and decide."""

    code = "conflict"
    status = 409
    title = _("Something changed in the meantime")


class TooLargeError(LearnerError):
    code = "too-large"
    status = 413
    title = _("That is too large")


class CharsetError(LearnerError):
    code = "charset"
    status = 415
    title = _("Text is taken as UTF-8 only")


class TooManyError(LearnerError):
    """They may do it, but not so often; ``retry_seconds`` says when to come back."""

    code = "too-many"
    status = 429
    title = _("One moment, please")

    def __init__(
        self,
        message: str | Promise = "",
        *,
        problems: Sequence[Problem] = (),
        retry_seconds: int = 5,  # about as long as a grading takes
    ) -> None:
        super().__init__(message, problems=problems)
        self.retry_seconds = retry_seconds


class AuthorError(KilohourError):
    """Whoever writes the course must act; learners only hear that it is not their fault."""

    code = "course-mistake"
    title = _("There is a mistake in the course")


class PlatformError(KilohourError):
    """We must act. Nothing is lost and no attempt is counted."""

    code = "unavailable"
    status = 503
    title = _("This is our fault, not yours")


def translate_error(error: Exception) -> KilohourError | None:
    """Our error for an exception: itself, or what a part of ours raised in our words; else ``None``."""
    match error:
        case KilohourError():
            return error
        case grader_errors.NotebookError():
            return LearnerError(_("This notebook cannot be used."), problems=error.problems)
        case grader_errors.ExerciseError():
            return AuthorError(problems=error.problems)
        case grader_errors.PlatformError():
            return PlatformError(
                _("Grading is not available at the moment. Please try again soon.")
            )
        case RedisConnectionError():
            # Attempts to sign in are counted there: without the count nobody is let in.
            return PlatformError(
                _("A server of ours is being restarted. Please try again in a few seconds.")
            )
    return None
