"""From a folder of text files to an :class:`Exercise`, with every mistake on the way."""

from __future__ import annotations

import re
from pathlib import Path

from grader.exercises import regions
from grader.exercises.agreement import note_disagreement
from grader.exercises.diagnostics import Problems
from grader.exercises.header import read_header
from grader.exercises.manifest import DATA_NAME, Manifest, read_model, read_text
from grader.exercises.percent import TextCell, header_and_cells, note_syntax, read_cells
from grader.exercises.values import Cell, Exercise, Kind, WrongAnswer

MANIFEST = "exercise.yaml"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DATA_MAX_BYTES = 8 * 1024 * 1024
_PARTS = {MANIFEST, "notebook.py", "checks.py", "wrong", "data"}


def discover(folder: Path) -> list[Path]:
    """The exercise folders at or below ``folder``, by path."""
    return sorted(path.parent for path in folder.rglob(MANIFEST) if path.is_file())


def load_exercise(folder: Path, problems: Problems) -> Exercise | None:
    """The exercise in ``folder``, or None after noting every mistake in ``problems``."""
    scope = problems.at(folder)
    slug = folder.resolve().name
    if not SLUG.fullmatch(slug):
        scope.add("the folder's name is the exercise's address: lower case, digits and single -")
    _note_strangers(folder, scope)
    manifest = read_model(folder / MANIFEST, Manifest, scope, names_lines=True)
    cells = _read_notebook(folder / "notebook.py", scope)
    checks = _read_checks(folder / "checks.py", scope)
    wrong = _read_wrong(folder / "wrong", cells, scope)
    data = _read_data(folder / "data", scope)
    if checks:
        note_disagreement(folder, manifest, cells, checks, wrong, scope)
    if manifest is None or scope.found:
        return None
    fields = {name: getattr(manifest, name) for name in Manifest.model_fields}
    return Exercise(slug=slug, cells=cells, checks=checks, wrong=wrong, data=data, **fields)


def _note_strangers(folder: Path, problems: Problems) -> None:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name not in _PARTS and not path.name.startswith((".", "__pycache__")):
            problems.at(path).add(f"is no part of an exercise ({', '.join(sorted(_PARTS))})")


def _read_notebook(path: Path, problems: Problems) -> tuple[Cell, ...]:
    text = read_text(path, problems)
    if text is None:
        return ()
    scope = problems.at(path)
    found = read_cells(text, scope)
    cells: list[Cell] = []
    taken = {cell.id for cell in found if cell.id}
    locked = 0
    for cell in found:
        answer = regions.has_region(cell.source)
        locked += not answer
        cells.append(_answer(cell, scope) if answer else _locked(cell, locked, taken, scope))
    if not cells or cells[0].kind != "markdown":
        scope.add("the first cell must be Markdown: the statement", line=1)
    if not any(cell.answer for cell in cells):
        scope.add(f"no cell holds {regions.BEGIN}: there is nothing to answer", line=1)
    return tuple(cells)


def _answer(cell: TextCell, problems: Problems) -> Cell:
    kind = _kind(cell)
    if cell.id is None:
        marker = "# %%" if kind == "code" else "# %% [markdown]"
        problems.add(f'a cell with a solution needs an id: {marker} id="…"', line=cell.line)
    placeholder = regions.PLACEHOLDER if kind == "code" else regions.TEXT_PLACEHOLDER
    try:
        parts = regions.split(cell.source, placeholder)
    except regions.RegionError as error:
        problems.add(str(error), line=_below(cell.line, error.line))
        return Cell(cell.id or "", kind, "", answer=True, solution="")
    if kind == "code":
        note_syntax(parts.solution, problems, cell.line)
    return Cell(cell.id or "", kind, parts.starter, answer=True, solution=parts.solution)


def _locked(cell: TextCell, number: int, taken: set[str], problems: Problems) -> Cell:
    kind = _kind(cell)
    name = cell.id or f"{'text' if kind == 'markdown' else 'code'}-{number}"
    if cell.id is None and name in taken:
        problems.add(f'the id "{name}" is what another cell is given by its place', line=cell.line)
    if kind == "code":
        note_syntax(cell.source, problems, cell.line)
    return Cell(name, kind, cell.source)


def _read_checks(path: Path, problems: Problems) -> str:
    text = read_text(path, problems)
    if text is None:
        return ""
    note_syntax(text, problems.at(path), 0)
    return text


def _read_wrong(
    folder: Path, cells: tuple[Cell, ...], problems: Problems
) -> tuple[WrongAnswer, ...]:
    paths = sorted(folder.glob("*.py"))
    if not paths:
        problems.at(folder).add("holds no wrong answer (name.py): nothing shows that checks reject")
    return tuple(filter(None, (_read_wrong_answer(path, cells, problems) for path in paths)))


def _read_wrong_answer(
    path: Path, cells: tuple[Cell, ...], problems: Problems
) -> WrongAnswer | None:
    text = read_text(path, problems)
    if text is None:
        return None
    scope = problems.at(path)
    header, rest = header_and_cells(text)
    rejects, because = read_header(header, scope)
    known = {cell.id: cell.kind for cell in cells if cell.answer}
    answers: dict[str, str] = {}
    for cell in read_cells(rest, scope, above=len(header)):
        if cell.id not in known:
            scope.add(
                f"a cell here replaces an answer cell: id is one of {', '.join(sorted(known))}",
                line=cell.line,
            )
        elif cell.kind != known[cell.id]:
            marker = "# %%" if cell.kind == "markdown" else "# %% [markdown]"
            scope.add(f'the answer “{cell.id}” begins with {marker} id="…"', line=cell.line)
        else:
            if cell.kind == "code":
                note_syntax(cell.source, scope, cell.line)
            answers[cell.id] = cell.source
    if not answers and not scope.found:
        scope.add("replaces no answer cell", line=1)
    return WrongAnswer(path.stem, rejects, because, answers)


def _read_data(folder: Path, problems: Problems) -> dict[str, bytes]:
    data: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        scope = problems.at(path)
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            scope.add("data holds plain files only")
        elif path.is_file() and not DATA_NAME.fullmatch(name):
            scope.add("a data file's name holds letters, digits, ., - and _, and begins with no .")
        elif path.is_file():
            try:
                data[name] = path.read_bytes()
            except OSError as error:
                scope.add(f"cannot be read: {error.strerror}")
    size = sum(len(content) for content in data.values())
    if size > DATA_MAX_BYTES:
        problems.at(folder).add(f"holds {size:,} bytes; {DATA_MAX_BYTES:,} are allowed")
    return data


def _kind(cell: TextCell) -> Kind:
    return "markdown" if cell.kind == "markdown" else "code"


def _below(line: int | None, offset: int) -> int | None:
    return None if line is None else line + offset
