"""Making JSON from outside fit for PostgreSQL, whatever a learner's code put into it."""

import math
from typing import Any

DEPTH = 64
WHOLE_NUMBER_BITS = 64


def to_storable(value: Any, depth: int = DEPTH) -> Any:
    """A copy that ``jsonb`` takes: no NUL or lone surrogate, no NaN or infinity, no endless number or depth.

    What cannot be kept becomes ``�`` in text, text for a large number, ``None`` elsewhere.
    """
    match value:
        case str():
            return _to_text(value)
        case None | bool():
            return value
        case int():
            return value if value.bit_length() <= WHOLE_NUMBER_BITS else f"{value:#x}"[:100]
        case float():
            return value if math.isfinite(value) else None
        case dict() if depth:
            return {_to_text(str(key)): to_storable(item, depth - 1) for key, item in value.items()}
        case list() | tuple() if depth:
            return [to_storable(item, depth - 1) for item in value]
    return None


def _to_text(text: str) -> str:
    if "\0" in text:
        text = text.replace("\0", "�")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
