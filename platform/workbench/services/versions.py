"""Earlier versions of a draft: when one is kept, and for how long.

Kept is every text that a reset, an upload, a restore or a conflict replaces, every text that is handed in
or checked, and while somebody writes one about every ten minutes. The latest ten always stay. Of older ones,
the last of each hour stays for a day, the last of each day for a month (30 days), and the last of each
month for good.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from common.clock import now
from workbench.models import Draft, KeptVersion

ALWAYS_KEPT = 10
PAUSE = timedelta(minutes=10)
HOURLY, DAILY = timedelta(days=1), timedelta(days=30)


def keep_version(
    draft: Draft,
    answers: dict[str, Any],
    reason: KeptVersion.Reason,
    *,
    at: datetime | None = None,
) -> KeptVersion:
    """Keep a text (the JSON of answers); where the newest version is the same text, that one.

    Call it with the draft locked. ``at`` says when it was the draft's text, if not now.
    """
    newest = draft.versions.first()
    if newest and newest.answers == answers:
        return newest
    version = KeptVersion.objects.create(
        draft=draft, answers=answers, reason=reason, created_at=at or now()
    )
    dated = draft.versions.values_list("pk", "created_at")
    KeptVersion.objects.filter(pk__in=superfluous(dated, now())).delete()
    return version


def keep_while_writing(draft: Draft) -> None:
    """Keep the text that is about to be replaced by a later one, unless one was kept just before."""
    newest = draft.versions.first()
    if draft.revision and (newest is None or now() - newest.created_at >= PAUSE):
        keep_version(draft, draft.answers, KeptVersion.Reason.EDITING, at=draft.updated_at)


def superfluous(dated: Iterable[tuple[int, datetime]], at: datetime) -> list[int]:
    """Which versions need not be kept any longer, of pairs of key and time, newest first."""
    taken: set[tuple[int, ...]] = set()
    gone = []
    for number, (pk, created_at) in enumerate(dated):
        span = _span(created_at, at)
        if number >= ALWAYS_KEPT and span in taken:
            gone.append(pk)
        taken.add(span)
    return gone


def _span(created_at: datetime, at: datetime) -> tuple[int, ...]:
    """The hour, day or month of which one version stays."""
    age, day = at - created_at, (created_at.year, created_at.month, created_at.day)
    if age < HOURLY:
        return (*day, created_at.hour)
    return day if age < DAILY else day[:2]
