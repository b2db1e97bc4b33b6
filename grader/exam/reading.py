"""A cell's text as IPython reads it: magics, help and pasted prompts become Python, then a tree. Never run.

Code that stands in a text, as in ``%time f(x)``, below ``%%capture`` or in ``exec("f(x)")``, takes its place in
the tree. Where a text runs that no cell holds (a variable, a file, a shell), nobody can tell what it says.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from IPython.core.alias import default_aliases
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.magics import BUILTIN_LAZY_MAGICS, default_script_magics

# IPython tokenises all of a cell anew for each magic in it, at some 7 µs a character.
MOST_TOKENISED = 500_000
MOST_OPTIONS = 12

# What is run on top of the learner's names, or in a Python of its own. Of a magic that IPython does not have
# (it may be another name for one of these) all that is Python counts.
_RUN_PYTHON = frozenset(
    ("time", "timeit", "prun", "debug", "capture", "code_wrap", "python", "python3", "pypy")
)
_WRITE_FILES = frozenset(("writefile", "file"))
_KNOWN = frozenset(
    (
        *BUILTIN_LAZY_MAGICS["line"],
        *BUILTIN_LAZY_MAGICS["cell"],
        *default_script_magics(),
        *(name for name, _ in default_aliases()),
    )
)
_FUNCTIONS = frozenset(("exec", "eval"))
_METHODS = frozenset(("run_cell", "ex", "ev"))  # of the shell, get_ipython()
# Alone in a cell, the name of a magic needs no % (``%automagic``).
_BARE = re.compile(r"\s*(\w+)[ \t]+(\S.*)")
# Where IPython finds one of these it takes the beginnings of lines away, although it may all be Python.
_PROMPT = re.compile(r"^\s*(>>>|\.{3,}:)|In \[\d+\]:", re.MULTILINE)


class Reader:
    """Reads the cells of one notebook."""

    def __init__(self) -> None:
        self._transformer = _Transformer()

    def read(self, source: str) -> ast.Module | None:
        """The cell as a tree, lines numbered as in its text; None if IPython could make no Python of it."""
        try:
            return self._read(source)
        except Exception:  # IPython does not run what it fails to read, whatever the reason
            return None

    def _read(self, source: str) -> ast.Module:
        """Raises:
        Exception: it is no Python, and cannot be made any.
        """
        tree = _as_python(source)
        if tree is None:
            tree = ast.parse(self._transformed(source))
            ast.increment_lineno(tree, _blank_lines(source))  # which IPython leaves out
        self._unfold(tree)
        return tree

    def _transformed(self, source: str) -> str:
        text = self._transformer.transform_cell(source)
        bare = _BARE.fullmatch(text.rstrip("\n"))
        if bare and bare[1] in _KNOWN and _as_python(text) is None:
            return f"get_ipython().run_line_magic({bare[1]!r}, {bare[2]!r})"
        return text

    def _unfold(self, tree: ast.AST) -> None:
        """Put code that stands in texts into the tree: as statements, or as arguments of the call."""
        done: set[ast.AST] = set()
        for node in list(ast.walk(tree)):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if type(block) is list:
                    setattr(node, name, self._unfold_block(block, done))
            if isinstance(node, ast.Call) and node not in done:
                node.args += self._code_of(node)  # type: ignore[arg-type] # it is looked at, not compiled

    def _unfold_block(self, block: list[Any], done: set[ast.AST]) -> list[Any]:
        unfolded: list[Any] = []
        for statement in block:
            code = None
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                code = self._code_of(statement.value)
            if code:
                done.add(statement.value)
            unfolded += code or [statement]
        return unfolded

    def _code_of(self, call: ast.Call) -> list[ast.stmt]:
        """The statements that a call runs from texts among its arguments."""
        texts = [item.value for item in call.args if _is_text(item)]  # type: ignore[attr-defined]
        is_method = isinstance(call.func, ast.Attribute)
        name = call.func.attr if is_method else getattr(call.func, "id", "")  # type: ignore[attr-defined]
        if name == "run_line_magic" and len(texts) == 2:
            return self._code_of_magic(call.lineno, *texts)
        if name == "run_cell_magic" and len(texts) == 3:
            return self._code_of_magic(call.lineno, *texts)
        if texts and name in (_METHODS if is_method else _FUNCTIONS):
            return self._statements(texts[0], call.lineno - 1)
        return []

    def _code_of_magic(self, line: int, magic: str, rest: str, body: str = "") -> list[ast.stmt]:
        magic = magic.lstrip("%")
        if magic in _WRITE_FILES:
            return self._statements(body, line) if rest.rstrip().endswith(".py") else []
        if magic in _KNOWN - _RUN_PYTHON:
            return []
        return self._after_options(rest, line - 1) + self._statements(body, line)

    def _after_options(self, text: str, line: int) -> list[ast.stmt]:
        """The code in ``-n 1 -r1 f(x)``: which options take a value depends on the magic."""
        was_option = False
        for _ in range(MOST_OPTIONS):
            code = self._statements(text, line)
            first, _space, rest = text.strip().partition(" ")
            if code or not (was_option or first.startswith("-")):
                return code
            was_option, text = first.startswith("-"), rest
        return []

    def _statements(self, text: str, lines_before: int) -> list[ast.stmt]:
        """Raises:
        RuntimeError: it goes too deep, or takes too long: the cell as a whole cannot be read.
        """
        try:
            tree = self._read(text)
        except RuntimeError:
            raise
        except Exception:
            return []
        ast.increment_lineno(tree, lines_before)
        return tree.body


class _Transformer(TransformerManager):
    """IPython's own, bounded: 400 magics in 2,000 lines would take it half a minute."""

    def __init__(self) -> None:
        super().__init__()
        self._left = MOST_TOKENISED

    def do_one_token_transform(self, lines: list[str]) -> Any:
        self._left -= sum(map(len, lines))
        if self._left < 0:
            raise RuntimeError("too many magics in too much text")
        return super().do_one_token_transform(lines)


def warm() -> None:
    """Pay in the template for what IPython compiles at its first magic."""
    Reader().read("%time 1\nx?")


def _as_python(text: str) -> ast.Module | None:
    """The tree of a text that IPython leaves as it is."""
    if _PROMPT.search(text):
        return None
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is str


def _blank_lines(source: str) -> int:
    lines = source.splitlines()
    return next((number for number, line in enumerate(lines) if line.strip()), 0)
