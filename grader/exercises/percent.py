"""Cells from a text file in Jupytext's percent format, each with the line it starts at."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from grader.exercises.diagnostics import Problems

CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MARKER = re.compile(r"#\s*%%(?!%)")
_OURS = {"id", "lines_to_next_cell"}


@dataclass(frozen=True, slots=True)
class TextCell:
    """One cell as it stands in the file; ``line`` is that of its ``# %%`` marker, where known."""

    kind: str
    id: str | None
    source: str
    line: int | None


def header_and_cells(text: str) -> tuple[list[str], str]:
    """The lines before the first marker, and the text from there on."""
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines) if _MARKER.match(line)), len(lines))
    return lines[:first], "\n".join(lines[first:])


def read_cells(text: str, problems: Problems, above: int = 0) -> list[TextCell]:
    """Every cell of a file's text, of which ``above`` lines were cut off before.

    Mistakes are noted in ``problems``, a scope of that file.
    """
    # Only authors' files need Jupytext, which takes a quarter of a second to import.
    import jupytext

    notebook = jupytext.reads(text, fmt="py:percent")
    markers = [
        n for n, line in enumerate(text.splitlines(), start=above + 1) if _MARKER.match(line)
    ]
    known = len(markers) == len(notebook.cells)
    cells: list[TextCell] = []
    for index, cell in enumerate(notebook.cells):
        line = markers[index] if known else None
        kind = cell.cell_type
        if kind not in ("markdown", "code"):
            problems.add(f"a cell must be Markdown or code, not {kind}", line=line)
            continue
        cells.append(TextCell(kind, _id(cell.metadata, problems, line), cell.source, line))
    _note_repeated_ids(cells, problems)
    return cells


def note_syntax(source: str, problems: Problems, line: int | None = None) -> None:
    """Note a syntax error of code that starts one line below ``line``; magics are IPython's affair."""
    if any(text.lstrip().startswith(("%", "!", "?")) for text in source.splitlines()):
        return
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        compile(source, "<cell>", "exec", flags=flags, dont_inherit=True)
    except SyntaxError as error:
        at = None if line is None else line + (error.lineno or 1)
        problems.add(f"is not Python: {error.msg}", line=at)
    except (ValueError, RecursionError, MemoryError) as error:
        problems.add(f"is not Python: {error}", line=line)


def _id(metadata: dict[str, object], problems: Problems, line: int | None) -> str | None:
    unknown = sorted(set(metadata) - _OURS)
    if unknown:
        problems.add(
            'after "# %%" only [markdown] and id="…" are understood, '
            f"not {', '.join(str(metadata[name]) for name in unknown)}",
            line=line,
        )
    value = metadata.get("id")
    if value is None:
        return None
    if not isinstance(value, str) or not CELL_ID.fullmatch(value):
        problems.add("an id is up to 64 letters, digits, - and _", line=line)
        return None
    if value.startswith("extra-"):
        problems.add('an id must not begin with "extra-": learners\' own cells do', line=line)
    return value


def _note_repeated_ids(cells: list[TextCell], problems: Problems) -> None:
    seen: set[str] = set()
    for cell in cells:
        if cell.id in seen:
            problems.add(f'the id "{cell.id}" stands twice', line=cell.line)
        elif cell.id is not None:
            seen.add(cell.id)
