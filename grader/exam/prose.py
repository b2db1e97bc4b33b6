"""What checks expect of a text: its length and its parts, never its quality, which a reader judges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from grader.exam.failing import fail

_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*)")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_FORMULA = re.compile(r"\$[^$]+\$")
_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")


def count_words(text: str) -> int:
    """The words of Markdown's prose. Headings, code, comments and formulae are none."""
    return sum(
        len(_WORD.findall(_plain(line)))
        for line, is_prose in _lines(text)
        if is_prose and not _heading(line)
    )


def expect_words(
    text: str, at_least: int = 1, at_most: int | None = None, message: str = "Your text"
) -> int:
    """Fail unless the text has so many words; returns how many. ``message`` names the text."""
    found = count_words(text)
    apart = "headings, code and formulae apart"
    if found < at_least:
        fail(f"{message} has {found} words ({apart}); at least {at_least} are asked for", {})
    if at_most is not None and found > at_most:
        fail(f"{message} has {found} words ({apart}); at most {at_most} are asked for", {})
    return found


def expect_headings(text: str, headings: Sequence[str], at_least: int = 1) -> Mapping[str, str]:
    """Fail unless the text has each heading, of any level and case, with ``at_least`` words below it.

    Returns what stands below each, down to the next of these headings, without comments.
    """
    wanted = {_same(heading): heading for heading in headings}
    parts: dict[str, list[str]] = {}
    current: list[str] = []
    for line, is_prose in _lines(text):
        heading = wanted.get(_same(_heading(line))) if is_prose else None
        if heading is not None:
            current = parts.setdefault(heading, [])
        else:
            current.append(line)
    missing = [heading for heading in headings if heading not in parts]
    if missing:
        lines = " and ".join(f"“## {heading}”" for heading in missing)
        fail(f"Your text lacks {lines}, on a line of its own", {})
    found = {heading: "\n".join(parts[heading]) for heading in headings}
    for heading, part in found.items():
        expect_words(part, at_least, message=f"The part “{heading}”")
    return found


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """The lines outside comments, and whether each is prose: neither fenced code nor a displayed formula."""
    fence = ""
    is_formula = False
    for line in _without_comments(text).splitlines():
        mark = _FENCE.match(line)
        if mark and not is_formula and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
            yield line, False
        elif fence:
            yield line, False
        else:
            yield line, not is_formula and "$$" not in line
            is_formula ^= line.count("$$") % 2 == 1


def _without_comments(text: str) -> str:
    kept: list[str] = []
    while text:
        before, _, rest = text.partition("<!--")
        kept.append(before)
        text = rest.partition("-->")[2]
    return "".join(kept)


def _plain(line: str) -> str:
    return _FORMULA.sub(" ", _LINK.sub(r"\1", line))


def _heading(line: str) -> str:
    found = _HEADING.match(line)
    return found[1].strip() if found else ""


def _same(heading: str) -> str:
    return " ".join(heading.casefold().strip("#*_:. ").split())
