"""The lines of an exercise's files that a mistake found later belongs to, after a run above all.

An exercise as a value knows no lines, for they are no part of a version. So the files are read once more;
one that has gone or changed meanwhile gives no line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from grader.exercises.diagnostics import Problems
from grader.exercises.header import title_line
from grader.exercises.manifest import line_of
from grader.exercises.outline import outline
from grader.exercises.percent import header_and_cells, read_cells

_FRAME = re.compile(r'File "checks\.py", line ([0-9]+)')


def check_line(checks: str, title: str) -> int | None:
    """The line of the check with this title, or at least of the text that is its title."""
    for check in outline(checks) or ():
        if check.title == title:
            return check.line
    try:
        tree = ast.parse(checks)
    except (SyntaxError, ValueError, RecursionError):
        return None
    lines = (
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == title
    )
    return next(lines, None)


def crash_line(checks: str, error: str) -> int | None:
    """Where in ``checks.py`` a check crashed: ``error`` is its title and, below, a traceback."""
    frames = _FRAME.findall(error)
    return int(frames[-1]) if frames else check_line(checks, error.partition("\n")[0])


def field_line(manifest: Path, *field: str) -> int | None:
    """The line of a field of ``exercise.yaml``, or of the deepest one around it that is there."""
    try:
        return line_of(yaml.compose(_text(manifest), Loader=yaml.SafeLoader), field)
    except yaml.YAMLError:
        return None


def rejects_line(wrong: Path, title: str) -> int | None:
    """The line of a wrong answer that names this check."""
    header, _ = header_and_cells(_text(wrong))
    return title_line(header, title)


def cell_lines(notebook: Path) -> Sequence[int | None]:
    """The lines where the cells of ``notebook.py`` begin, in order."""
    return [cell.line for cell in read_cells(_text(notebook), Problems())]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
