"""Drawings and small look-ups for the pages over the course."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString

from curriculum.models import Module, ScheduleRow
from study.services import read_text

register = template.Library()

# Hours that fill a ruler from edge to edge: the longest module of the plan.
RULER_HOURS = 200
HARDEST = 5


@register.filter
def markdown(text: str) -> SafeString:
    """A short text of the course as HTML."""
    return read_text(text)


@register.filter
def at(values: Mapping[Any, Any] | None, key: Any) -> Any:
    """``values[key]``, or None: ``{{ progress.sections|at:section.pk }}``."""
    return values.get(key) if values else None


@register.inclusion_tag("study/_ruler.html")
def ruler(module: Module) -> dict[str, Any]:
    """A module as long as its hours, divided into its sections. All modules are drawn to one scale."""
    sections = list(module.sections.all())
    taken = sum(section.total_hours for section in sections)
    scale = 100 / max(RULER_HOURS, module.headline_hours, taken)
    pieces, begin = [], 0
    for section in sections:
        x, width = begin * scale, section.total_hours * scale
        pieces.append({"section": section, "x": x, "width": width, "middle": x + width / 2})
        begin += section.total_hours
    return {
        "pieces": pieces,
        "headline": module.headline_hours * scale,
        "ticks": [tick * scale for tick in range(10, max(taken, module.headline_hours), 10)],
    }


@register.filter
def hours_in_sections(module: Module) -> int:
    """The sum of the sections' hours, to be shown beside the headline's and never in its place."""
    return sum(section.total_hours for section in module.sections.all())


@register.inclusion_tag("study/_week_chart.html")
def week_chart(rows: Sequence[ScheduleRow]) -> dict[str, Any]:
    """The load of each week, from the rows that have weeks."""
    weekly = [(row, row.hours_per_week) for row in rows if row.first_week and row.week_count]
    if not weekly:
        return {"bars": []}
    last = max(row.last_week or 0 for row, _load in weekly)
    highest = max(load or 0 for _row, load in weekly)
    bars = []
    for row, load in weekly:
        height = 78 * (load or 0) / highest
        x, width = 100 * ((row.first_week or 1) - 1) / last, 100 * (row.week_count or 0) / last
        bars.append(
            {
                "row": row,
                "x": x,
                "width": width,
                "middle": x + width / 2,
                "top": 88 - height,
                "height": height,
            }
        )
    return {"bars": bars}


@register.inclusion_tag("study/_difficulty.html")
def difficulty(value: int) -> dict[str, Any]:
    """One to five, as marks and in words."""
    return {"value": value, "hardest": HARDEST, "marks": [n < value for n in range(HARDEST)]}
