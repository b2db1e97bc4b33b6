"""Rules that reach over one file."""

import difflib
import re
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from pydantic import BaseModel, RootModel

from grader.exercises import Problems

# What is left of a citation when text is copied out of a chat: it must never reach a page.
_CITATION = re.compile(r"【[^】\n]*】?")


def check_texts(folder: Path, problems: Problems) -> None:
    """Note left-over citation marks in any text of the course, with their line."""
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.md")]):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, start=1):
            if mark := _CITATION.search(line):
                problems.at(path).add(f"holds a broken citation mark {mark[0]}", line=number)


def check_strangers(folder: Path, known: Set[str], problems: Problems) -> None:
    """Note files that nothing reads: most likely a misspelt name."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in known and not path.name.startswith("."):
            problems.at(path).add(f"is not read; this folder holds {', '.join(sorted(known))}")


def check_references(
    path: Path, file: RootModel[dict[str, Any]] | None, known: Set[str], problems: Problems
) -> None:
    """Note every section that an entry of ``file`` names and that does not exist."""
    if file is None:
        return
    scope = problems.at(path)
    for slug, entry in file.root.items():
        for field, reference in _references(entry, slug):
            if reference not in known:
                near = difflib.get_close_matches(reference, sorted(known), n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                scope.add(f"there is no section {reference}{hint}", field=field)


def _references(entry: BaseModel, where: str) -> Iterator[tuple[str, str]]:
    """Field and value of each section that an entry, or what lies in it, names."""
    for place, reference in enumerate(getattr(entry, "sections", ())):
        yield f"{where}.sections.{place}", reference
    for slug, deliverable in getattr(entry, "deliverables", {}).items():
        yield from _references(deliverable, f"{where}.deliverables.{slug}")
