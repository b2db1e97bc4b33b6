"""What learners are told: each finding as a verdict, a sentence and a small example.

Texts of the author's and of the learner's own code are shown; tracebacks, paths and the checks' own text
never are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.exam.errors import AnswerError, CheckFailure, LearnerRaised, LearnerTimeout
from grader.exam.link import Question
from grader.exam.show import clean, describe, labelled, show
from grader.exam.source import BrokenRule
from grader.verdict import Verdict

MAX_MESSAGE = 1_000  # characters
MAX_EXAMPLE = 4_000
MAX_RULES = 3

_GRAVITY = (Verdict.FORBIDDEN, Verdict.FAILED, Verdict.NOT_ATTEMPTED)
# What these say is about the values at hand; others could tell of files or settings of ours.
_TELLING = (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    verdict: Verdict
    message: str = ""
    example: str = ""


def passed() -> Finding:
    """All is well: nothing to say."""
    return Finding(Verdict.PASSED)


def of_rules(broken: Sequence[BrokenRule]) -> Finding:
    """The answer breaks rules of the exercise, so the check is not even made; the worst one decides."""
    verdict = min((rule.verdict for rule in broken), key=_GRAVITY.index)
    broken = [rule for rule in broken if rule.verdict is verdict]
    messages = [rule.message for rule in broken[:MAX_RULES]]
    if len(broken) > MAX_RULES:
        messages.append(f"There are {len(broken) - MAX_RULES} more places like that.")
    return Finding(verdict, clean(" ".join(messages), MAX_MESSAGE))


def of_exception(error: Exception, last: Question | None) -> Finding:
    """What to say about a check that did not run to its end. ``last`` is what was asked last."""
    if isinstance(error, CheckFailure):
        return _finding(Verdict.FAILED, _sentence(error.message), error.example)
    if isinstance(error, AnswerError):
        example = _call(last) if isinstance(error, LearnerRaised | LearnerTimeout) else ""
        return _finding(error.verdict, _sentence(str(error)), example)
    if isinstance(error, AssertionError):
        message, _, detail = str(error).strip().partition("\n")
        return _finding(Verdict.FAILED, _sentence(message), detail.strip("\n"))
    if last is None or not last.is_answered:
        return Finding(
            Verdict.PLATFORM,
            "This check is itself at fault. That is our mistake, not yours, and costs you nothing.",
        )
    return _unusable(error, last)


def _unusable(error: Exception, last: Question) -> Finding:
    """The check stumbled over what the learner's code gave, such as None where three arrays were needed."""
    reason = f" ({type(error).__name__}: {error})" if isinstance(error, _TELLING) else ""
    message = f"{last.called} gave {describe(last.value)}, which can't be used here{reason}"
    return _finding(Verdict.FAILED, _sentence(message), _call(last))


def _call(last: Question | None) -> str:
    """The arguments of the last call."""
    if last is None or last.op != "call":
        return ""
    arguments = [labelled(f"argument {n}", show(item)) for n, item in enumerate(last.args, 1)]
    arguments += [labelled(name, show(item)) for name, item in last.kwargs.items()]
    return "\n".join([f"{last.called} was called with", *arguments]) if arguments else ""


def _finding(verdict: Verdict, message: str, example: str) -> Finding:
    return Finding(verdict, clean(message, MAX_MESSAGE), clean(example, MAX_EXAMPLE))


def _sentence(text: str) -> str:
    """Ended by a full stop. Its first letter stays: it may be the name of a function."""
    text = text.strip() or "What this check expects does not hold"
    return text if text[-1] in ".!?…)" else text + "."
