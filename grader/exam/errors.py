"""What can go wrong between a check and the learner's code.

All but :class:`KernelGoneError` end one check only.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.verdict import Verdict


class CheckFailure(AssertionError):  # noqa: N818 - it is a finding, not an error
    """The answer is wrong. ``example`` shows a small input, what was expected and what came."""

    def __init__(self, message: str, example: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.example = example


class UnusableAnswer(CheckFailure):
    """The learner's code gave an object of its own where a plain value is needed."""


class TakenBack(UnusableAnswer):
    """The learner's code kept something that an earlier check had lent it."""


class AnswerError(Exception):
    """The learner's code did not give an answer at all."""

    verdict = Verdict.ERROR


class LearnerRaised(AnswerError):  # noqa: N818
    """The learner's code raised. ``bases`` names the classes of the exception, its own first."""

    def __init__(
        self,
        called: str,
        class_name: str,
        message: str,
        bases: Sequence[str] = (),
        place: str = "",
    ) -> None:
        text = f"{called} raised {class_name}" + (f": {message}" if message else "")
        super().__init__(f"{text} {place}".rstrip())
        self.called = called
        self.class_name = class_name
        self.message = message
        self.bases = tuple(bases)
        self.place = place
        if "MemoryError" in bases:
            self.verdict = Verdict.MEMORY_LIMIT


class AnswerTooLarge(AnswerError):  # noqa: N818
    """The answer is over a limit of the wire."""


class NotAttempted(AnswerError):  # noqa: N818
    """The name does not exist after the notebook ran, or is still the starter."""

    verdict = Verdict.NOT_ATTEMPTED


class ConnectionLost(AnswerError):  # noqa: N818
    """The learner's kernel can't be asked any more; the notebook must run again."""

    def __init__(self, message: str, called: str = "the notebook") -> None:
        super().__init__(message)
        self.called = called


class LearnerTimeout(ConnectionLost):
    """The learner's code did not answer in time."""

    verdict = Verdict.TIME_LIMIT


class LearnerDied(ConnectionLost):
    """The learner's process has gone, or what it sent was no answer."""

    verdict = Verdict.KERNEL_DIED


class KernelGoneError(Exception):
    """No kernel is left to ask: the remaining checks fail with this verdict and this reason."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason
