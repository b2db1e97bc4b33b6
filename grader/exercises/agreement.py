"""What the files of an exercise say about each other, as far as ``checks.py`` can be read without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from grader.exercises.diagnostics import Problems
from grader.exercises.manifest import Manifest
from grader.exercises.outline import CheckOutline, outline
from grader.exercises.places import field_line, rejects_line
from grader.exercises.values import Cell, WrongAnswer


def note_disagreement(
    folder: Path,
    manifest: Manifest | None,
    cells: tuple[Cell, ...],
    checks: str,
    wrong: tuple[WrongAnswer, ...],
    problems: Problems,
) -> None:
    """Note titles, points, files and texts that one file names and another does not know.

    Without a manifest, what it would have said is left out.
    """
    promised = outline(checks)
    if promised is not None:
        _note_titles(folder, promised, wrong, problems)
    if promised is not None and manifest is not None:
        _note_points(folder / "exercise.yaml", promised, manifest, problems)
    _note_texts_and_files(folder, manifest, cells, checks, problems)


def _note_titles(
    folder: Path,
    promised: tuple[CheckOutline, ...],
    wrong: tuple[WrongAnswer, ...],
    problems: Problems,
) -> None:
    scope = problems.at(folder / "checks.py")
    titles = [check.title for check in promised]
    for check in promised:
        if titles.count(check.title) > 1:
            scope.add(f"the title “{check.title}” stands twice", line=check.line)
    for answer in wrong:
        path = folder / "wrong" / f"{answer.name}.py"
        for title in answer.rejects:
            if title not in titles:
                line = rejects_line(path, title)
                problems.at(path).add(f"no check is titled “{title}”", field="rejects", line=line)


def _note_points(
    path: Path, promised: tuple[CheckOutline, ...], manifest: Manifest, problems: Problems
) -> None:
    total = sum(check.points for check in promised)
    if abs(total - manifest.points) > 1e-9:
        problems.at(path).add(
            f"the checks give {total:g} points, exercise.yaml promises {manifest.points:g}",
            field="points",
            line=field_line(path, "points"),
        )


def _note_texts_and_files(
    folder: Path,
    manifest: Manifest | None,
    cells: tuple[Cell, ...],
    checks: str,
    problems: Problems,
) -> None:
    scope = problems.at(folder / "checks.py")
    texts = {cell.id for cell in cells if cell.answer and cell.kind == "markdown"}
    read: set[str] = set()
    for method, name, line in _reads(checks):
        if method == "text" and name not in texts:
            scope.add(f'learner.text("{name}"): no Markdown answer has this id', line=line)
        elif method == "file" and manifest is not None and name not in manifest.files:
            message = f'learner.file("{name}"): exercise.yaml does not ask for it under files'
            scope.add(message, line=line)
        read.add(name)
    for name in manifest.files if manifest is not None else ():
        # A check may name its files in a list: then the name stands somewhere else in the text.
        if name not in read and name not in checks:
            path = folder / "exercise.yaml"
            place = field_line(path, "files", name)
            problems.at(path).add(f"no check reads {name}", field="files", line=place)


def _reads(checks: str) -> Iterator[tuple[str, str, int]]:
    """``learner.text("…")`` and ``learner.file("…")`` with a plain name: method, name and line."""
    try:
        tree = ast.parse(checks)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner, method = node.func.value, node.func.attr
        if not isinstance(owner, ast.Name) or owner.id != "learner":
            continue
        if method in ("text", "file") and node.args and isinstance(node.args[0], ast.Constant):
            yield method, str(node.args[0].value), node.lineno
