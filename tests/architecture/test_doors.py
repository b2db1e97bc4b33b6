"""Views, serializers, admin pages, commands and tasks are doors: they parse, call a service and answer.

What is written to the database is written by a service, which owns the transaction.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOORS = ("views", "serializers", "tasks", "admin")
WRITES = {
    "save", "create", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "asave", "acreate", "adelete", "aget_or_create", "aupdate_or_create",
}  # fmt: skip
# `update` is a word of dictionaries and digests too: it counts on something that comes from a query.
QUERY = {"objects", "all", "filter", "exclude", "get_queryset", "select_related", "order_by"}
NOT_ROWS = {"cache", "session", "default_storage", "storage"}


def doors() -> list[Path]:
    rooms = [*(ROOT / "platform").iterdir(), ROOT / "curriculum"]
    found = [path for room in rooms for door in DOORS for path in room.glob(f"{door}.py")]
    found += [path for room in rooms for door in DOORS for path in room.glob(f"{door}/**/*.py")]
    found += [path for room in rooms for path in room.glob("management/commands/*.py")]
    found += (ROOT / "platform" / "api").glob("v1/**/*.py")
    return sorted(set(found))


def names_of(node: ast.expr) -> set[str]:
    """Every name and attribute that the expression is built of."""
    inner = ast.walk(node)
    return {
        part.attr if isinstance(part, ast.Attribute) else part.id
        for part in inner
        if isinstance(part, ast.Attribute | ast.Name)
    }


def writes_in(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        receiver = names_of(node.func.value)
        is_write = node.func.attr in WRITES and not receiver & NOT_ROWS
        is_bulk = node.func.attr in ("update", "aupdate") and bool(receiver & QUERY)
        if is_write or is_bulk:
            found.append(f"line {node.lineno}: {ast.unparse(node.func)}(…)")
    return found


@pytest.mark.parametrize("door", doors(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_door_writes_nothing(door: Path) -> None:
    assert writes_in(door.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "Run.objects.create(state='queued')",
        "submission.save()",
        "Run.objects.filter(pk=1).update(state='done')",
        "self.get_queryset().update(state='done')",
        "form.save()",
        "get(User).delete()",
    ],
)
def test_a_write_is_seen(source: str) -> None:
    assert writes_in(source)


@pytest.mark.parametrize(
    "source",
    ["headers.update(more)", "digest.update(data)", "cache.delete('key')", "submit_notebook(user)"],
)
def test_other_calls_are_no_writes(source: str) -> None:
    assert writes_in(source) == []
