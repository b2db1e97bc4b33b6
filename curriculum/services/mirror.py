"""Making one table equal to what the files hold: create, update, retire, and leave alone what is equal."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from django.db.models import QuerySet

from curriculum.models.mirrored import Mirrored

Row = TypeVar("Row", bound=Mirrored)
Key = tuple[Any, ...]


@dataclass(slots=True)
class Counts:
    """What a sync did to one kind of thing. A thing that came back from retirement counts as updated."""

    created: int = 0
    updated: int = 0
    retired: int = 0
    unchanged: int = 0

    @property
    def changes(self) -> int:
        return self.created + self.updated + self.retired


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row shall be.

    ``fields`` are plain values, ``parents`` foreign keys by field, ``links`` many-to-many targets by field
    and then by a name that is the same on every machine. ``content`` is more that the digest must cover.
    """

    slug: str
    fields: Mapping[str, Any]
    parents: Mapping[str, Mirrored] = field(default_factory=dict)
    links: Mapping[str, Mapping[str, Mirrored]] = field(default_factory=dict)
    content: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of everything but database keys, so that two machines agree."""
        named = {name: sorted(targets) for name, targets in self.links.items()}
        text = json.dumps([self.slug, self.fields, named, self.content], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def mirror(
    model: type[Row], entries: Iterable[Entry], *, now: datetime, counts: Counts
) -> dict[Key, Row]:
    """Make ``model``'s rows equal to ``entries``; those without an entry are retired.

    Returns the rows by natural key (parents by their primary key).
    """
    table = cast("QuerySet[Row]", model._default_manager.all())
    known = {_key_of(row): row for row in table}
    rows: dict[Key, Row] = {}
    for entry in entries:
        key = _key_for(model, entry)
        rows[key] = _write(model, known.pop(key, None), entry, counts)
    gone = [row.pk for row in known.values() if not row.is_retired]
    counts.retired += table.filter(pk__in=gone).update(retired_at=now)
    return rows


def _write(model: type[Row], row: Row | None, entry: Entry, counts: Counts) -> Row:
    if row is not None and row.digest == entry.digest and not row.is_retired:
        counts.unchanged += 1
        return row
    if row is None:
        row = model(slug=entry.slug)
        counts.created += 1
    else:
        counts.updated += 1
    for name, value in {**entry.fields, **entry.parents}.items():
        setattr(row, name, value)
    row.digest = entry.digest
    row.retired_at = None
    row.save()
    for name, targets in entry.links.items():
        getattr(row, name).set(targets.values())
    return row


def _key_of(row: Mirrored) -> Key:
    return tuple(row.serializable_value(name) for name in row.natural_key)


def _key_for(model: type[Mirrored], entry: Entry) -> Key:
    return tuple(
        entry.slug if name == "slug" else entry.parents[name].pk for name in model.natural_key
    )
