"""The plan's hours, added up from each of its sources. No source is ever filled in from another."""

from dataclasses import dataclass

from django.db.models import Q, Sum

from curriculum.access import get_course
from curriculum.models import Module, ScheduleRow, Section


@dataclass(frozen=True, slots=True)
class HourTotals:
    """Four sums that differ, as they do in the plan. ``ongoing`` means "or more"."""

    promised: int
    by_module: int
    by_section: int
    by_week: int
    ongoing: int


def sum_hours() -> HourTotals:
    """The totals for the note on the hours; zeros before the first sync."""
    course = get_course()
    modules = Module.objects.active().aggregate(hours=Sum("headline_hours", default=0))
    sections = Section.objects.active().aggregate(hours=Sum("total_hours", default=0))
    open_ended = Q(is_open_ended=True)
    rows = ScheduleRow.objects.active().aggregate(
        by_week=Sum("hours", filter=~open_ended, default=0),
        ongoing=Sum("hours", filter=open_ended, default=0),
    )
    return HourTotals(
        promised=course.promised_hours if course else 0,
        by_module=modules["hours"],
        by_section=sections["hours"],
        by_week=rows["by_week"],
        ongoing=rows["ongoing"],
    )
