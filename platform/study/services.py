"""What the pages over the course work out from it: readable lessons, what comes next, what was left out."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import TypeVar

from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from curriculum.loader import is_try
from curriculum.models import ScheduleRow, Section
from notebooks.markdown import render_in_parts, render_markdown

Item = TypeVar("Item")
# More texts than the course has sections and modules, so that each is rendered once per process.
TEXTS_KEPT = 256
# The sanitiser writes attributes in one way only, and headings do not nest.
_HEADING = re.compile(r'<h([23]) id="([^"]+)">(.*?)</h\1>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a lesson, for its table of contents. ``level`` is 2 or 3, ``text`` plain."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class LessonPart:
    """Text; or, with a ``number`` from 1 on, code to try."""

    html: SafeString
    number: int = 0


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson as a page shows it: text, and between it cells to try."""

    parts: tuple[LessonPart, ...]
    headings: tuple[Heading, ...]

    @property
    def cell_count(self) -> int:
        return sum(part.number > 0 for part in self.parts)


@lru_cache(maxsize=TEXTS_KEPT)
def read_lesson(markdown: str) -> Lesson:
    """Render a lesson and find its headings of the second and third level."""
    number = count(1)
    parts = tuple(
        LessonPart(part.html, next(number) if part.is_apart else 0)
        for part in render_in_parts(markdown, is_try)
    )
    text = "".join(part.html for part in parts if not part.number)
    headings = tuple(
        Heading(int(level), html.unescape(anchor), html.unescape(strip_tags(text)).strip())
        for level, anchor, text in _HEADING.findall(text)
    )
    return Lesson(parts, headings)


@lru_cache(maxsize=TEXTS_KEPT)
def read_text(markdown: str) -> SafeString:
    """Render a text of the course that is shorter than a lesson."""
    return render_markdown(markdown, is_ours=True)


def find_neighbours(items: Sequence[Item], item: Item) -> tuple[Item | None, Item | None]:
    """What stands before and behind ``item``; None at the ends."""
    place = items.index(item)
    before = items[place - 1] if place else None
    behind = items[place + 1] if place + 1 < len(items) else None
    return before, behind


def find_unscheduled(rows: Iterable[ScheduleRow], sections: Iterable[Section]) -> list[Section]:
    """Sections that no row with weeks of its own names. The open-ended row does not count as a week."""
    named = {section.pk for row in rows if not row.is_open_ended for section in row.named_sections}
    return [section for section in sections if section.pk not in named]
