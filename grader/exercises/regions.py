"""Solution regions: from one source come what a learner starts with and what we would answer."""

from __future__ import annotations

from dataclasses import dataclass

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
PLACEHOLDER = "raise NotImplementedError"
TEXT_PLACEHOLDER = "*Write your answer here.*"


class RegionError(ValueError):
    """The markers of a cell do not fit together; ``line`` counts from 1 within the cell."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Split:
    """``starter`` has a placeholder for each region, ``solution`` has them without their markers."""

    starter: str
    solution: str


def has_region(source: str) -> bool:
    """Whether a marker stands in the cell, paired or not."""
    return any(line.strip() in (BEGIN, END) for line in source.splitlines())


def split(source: str, placeholder: str = PLACEHOLDER) -> Split:
    """Separate starter and solution.

    Args:
        source: of code, or of Markdown, where a marker looks like a heading.
        placeholder: what a learner finds in the place of each region.

    Raises:
        RegionError: a marker without its partner, or a region with nothing in it.
    """
    starter: list[str] = []
    solution: list[str] = []
    opened: int | None = None
    for number, line in enumerate(source.splitlines(), start=1):
        mark = line.strip()
        if mark == BEGIN:
            if opened is not None:
                raise RegionError(number, f"{BEGIN} again before {END}")
            opened = number
            starter.append(line[: line.index("#")] + placeholder)
        elif mark == END:
            if opened is None:
                raise RegionError(number, f"{END} without {BEGIN}")
            if opened == number - 1:
                raise RegionError(opened, "this solution region is empty")
            opened = None
        else:
            solution.append(line)
            if opened is None:
                starter.append(line)
    if opened is not None:
        raise RegionError(opened, f"{BEGIN} is never closed by {END}")
    return Split("\n".join(starter), "\n".join(solution))
