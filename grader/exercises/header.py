"""The top of a wrong answer: which checks must reject it, and what such a learner believes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.exercises.diagnostics import Problems


@dataclass(slots=True)
class Entry:
    """``key: value`` and the line of the file that it begins on; text without a key goes on."""

    key: str
    value: str
    line: int


def read_header(lines: Sequence[str], problems: Problems) -> tuple[tuple[str, ...], str]:
    """Titles and belief, from ``# rejects: title`` (one line each) and ``# because: …``."""
    entries: list[Entry] = []
    for number, found in _entries(lines):
        if found is None:
            problems.add('expected "# rejects: …" or "# because: …"', line=number)
        else:
            entries.append(found)
    rejects = tuple(entry.value for entry in entries if entry.key == "rejects" and entry.value)
    because = " ".join(entry.value for entry in entries if entry.key == "because").strip()
    if not rejects:
        problems.add('"# rejects: <title of a check>" is missing at the top', line=1)
    if not because:
        problems.add('"# because: <what the learner believes>" is missing at the top', line=1)
    return rejects, because


def title_line(lines: Sequence[str], title: str) -> int | None:
    """The line that names this check, or None where none does."""
    entries = (entry for _, entry in _entries(lines) if entry is not None)
    # Its text may go on below: all must be read before any is compared.
    return next((entry.line for entry in list(entries) if entry.value == title), None)


def _entries(lines: Sequence[str]) -> Iterator[tuple[int, Entry | None]]:
    """Each entry with its line, and None for a line that is none and belongs to none."""
    last: Entry | None = None
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text:
            continue
        key, colon, value = text.removeprefix("#").strip().partition(":")
        if text.startswith("#") and colon and key in ("rejects", "because"):
            last = Entry(key, value.strip(), number)
            yield number, last
        elif text.startswith("#") and last is not None:
            last.value += " " + text.removeprefix("#").strip()
        else:
            yield number, None
