"""Small cells in a lesson that a reader may change and run: fenced blocks marked ``python try``."""

import ast
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.exercises import Problems

TRY = "python try"
_MARKDOWN = MarkdownIt("commonmark")


def is_try(token: Token) -> bool:
    """Whether a page makes a cell of it. Inside a list or a quotation nothing runs."""
    return token.type == "fence" and token.level == 0 and " ".join(token.info.split()) == TRY


def find_try_cells(markdown: str) -> list[str]:
    """The sources of a lesson's cells, from top to bottom."""
    return [token.content for token in _MARKDOWN.parse(markdown) if is_try(token)]


def check_try_cells(path: Path, markdown: str, problems: Problems) -> None:
    """Note cells that are no Python, and blocks that were meant to be cells and are none."""
    for token in _MARKDOWN.parse(markdown):
        if token.type != "fence" or "try" not in token.info.lower().split():
            continue
        line = (token.map or [0])[0] + 1
        if mistake := _mistake(token):
            problems.at(path).add(mistake[0], line=line + mistake[1])


def _mistake(token: Token) -> tuple[str, int] | None:
    """What is wrong with it, and how many lines below the fence."""
    if " ".join(token.info.split()) != TRY:
        return f"marks a block with {token.info.strip()!r}; cells to try are marked {TRY!r}", 0
    if token.level:
        return "holds a cell to try inside a list or a quotation, where nothing runs", 0
    if not token.content.strip():
        return "holds an empty cell to try", 0
    try:
        ast.parse(token.content)
    except (SyntaxError, ValueError) as error:
        offset = getattr(error, "lineno", None) or 0
        return f"holds a cell to try that is no Python: {getattr(error, 'msg', error)}", offset
    return None
