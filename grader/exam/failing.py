"""How an expectation fails: a sentence, the inputs, and what was found."""

from __future__ import annotations

from typing import Any, NoReturn

from grader.exam.errors import CheckFailure
from grader.exam.show import show_inputs

MAX_EXAMPLE = 4_000  # characters


def fail(message: str, inputs: dict[str, Any], detail: str = "") -> NoReturn:
    """Raises CheckFailure, with the inputs and ``detail`` as its example."""
    parts = [part for part in (show_inputs(inputs), detail) if part]
    raise CheckFailure(message, "\n".join(parts)[:MAX_EXAMPLE])
