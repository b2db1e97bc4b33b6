"""What the learner's code raised, from the bounded data that came over the wire."""

from __future__ import annotations

from typing import Any

from grader.exam.errors import AnswerError, AnswerTooLarge, LearnerRaised, NotAttempted
from grader.exam.show import clean
from grader.wire.frames import WireError


def as_raised(error: Any, called: str) -> AnswerError:
    """The exception for checks, from an error that an agent sent.

    Raises:
        WireError: it is none.
    """
    if type(error) is not dict:
        raise WireError("an error that is none")
    class_name = clean(error.get("class"), 100) or "an exception"
    message = clean(error.get("message"), 1_000)
    bases = error.get("bases")
    names = [name for name in bases if type(name) is str] if type(bases) is list else []
    if error.get("missing") is True:
        return NotAttempted(f"There is no “{message}” after your notebook ran")
    if error.get("limit") is True:
        return AnswerTooLarge(f"The answer of {called} is too large to be sent: {message}")
    if "NotImplementedError" in names:
        return NotAttempted(_unwritten(error, called))
    return LearnerRaised(called, class_name, message, [class_name, *names], _place(error))


def _unwritten(error: dict[str, Any], called: str) -> str:
    """Names the function that is not written, which need not be the one that was asked."""
    function = clean(error.get("function"), 100)
    if not function.isidentifier() or function in (called.rpartition(".")[2], "__init__"):
        return f"{called} is not written yet"
    return f"{called} needs {function}, which is not written yet"


def _place(error: dict[str, Any]) -> str:
    line, function = error.get("line"), clean(error.get("function"), 100)
    if type(line) is not int or not function or not 0 < line < 1_000_000:
        return ""
    source = clean(error.get("source"), 200)
    where = (
        f"line {line} of the cell"
        if function.startswith("<")
        else f"{function}, line {line} of its cell"
    )
    return f"({where}: {source})" if source else f"({where})"
