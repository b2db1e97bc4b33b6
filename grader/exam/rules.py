"""Rules on the text of an answer: what an exercise asks to do without, and what it asks to define.

The text is parsed, never run: as IPython reads it, see ``grader.exam.reading``. This teaches and stops the easy
way out; it is no wall, since Python can hide any name. What earns points is judged by values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from grader.exam.reading import Reader
from grader.exam.source import BrokenRule, Cell, Names, canonical
from grader.exam.structure import loops_in, missing_definitions
from grader.verdict import Verdict

__all__ = ["BrokenRule", "Cell", "broken_rules"]

WITHOUT = "This exercise asks you to do without it."


def broken_rules(cells: Sequence[Cell], rules: Mapping[str, Any]) -> list[BrokenRule]:
    """Every place where a learner's cell breaks a rule, in order.

    Args:
        cells: all code cells: ours tell what ``np`` means.
        rules: ``forbidden_imports`` names modules; ``forbidden_calls`` names functions as learners write
            them (``np.linalg.svd``, ``sorted``), methods of anything (``.sort``) or all of a module
            (``np.linalg.*``); ``forbidden_attributes`` names what may not follow a dot (``T``);
            ``required`` holds signatures, ``no_loops_in`` functions; ``instead`` says for any of these
            what to do.
    """
    if not any(rules.values()):
        return []
    reader = Reader()
    read = [(cell, reader.read(cell.source)) for cell in cells]
    trees = [(cell, tree) for cell, tree in read if tree is not None]
    unread = [cell for cell, tree in read if tree is None and cell.is_learners]
    nodes = {cell.id: list(ast.walk(tree)) for cell, tree in trees}
    names = Names()
    for _ in range(2):  # an alias may stand in an earlier cell than what it stands for
        for cell, _ in trees:
            names.collect(nodes[cell.id])
    forbidden = _Forbidden(rules, names)
    own = [(cell, tree) for cell, tree in trees if cell.is_learners]
    found = [_unreadable(cell) for cell in unread if cell.has_run]
    found += [broken for cell, _ in own for broken in forbidden.in_cell(cell, nodes[cell.id])]
    instead = rules.get("instead", {})
    found += loops_in(rules.get("no_loops_in", ()), own, names, instead)
    required = missing_definitions(rules.get("required", ()), trees)
    # What is missing may stand in a cell with a slip, which the checks will tell of.
    found += [rule for rule in required if not unread or rule.verdict is not Verdict.NOT_ATTEMPTED]
    return found


def _unreadable(cell: Cell) -> BrokenRule:
    message = (
        f"Cell {cell.number} ({cell.id}) cannot be read as Python, so nobody can tell whether it keeps to "
        "the rules of this exercise. Write it as plain Python, or remove it."
    )
    return BrokenRule(cell.id, 1, "", message)


class _Forbidden:
    """The names that an answer must not use."""

    def __init__(self, rules: Mapping[str, Any], names: Names) -> None:
        self._modules = {canonical(name): name for name in rules.get("forbidden_imports", ())}
        self._calls = {canonical(name): name for name in rules.get("forbidden_calls", ())}
        self._attributes = {name.lstrip(".") for name in rules.get("forbidden_attributes", ())}
        self._instead: Mapping[str, str] = rules.get("instead", {})
        self._names = names

    def in_cell(self, cell: Cell, nodes: Iterable[ast.AST]) -> Iterator[BrokenRule]:
        seen: set[tuple[int, str]] = set()
        for node in nodes:
            line = getattr(node, "lineno", 1)
            for name, verb in self._in_node(node):
                if (line, name) in seen:
                    continue
                seen.add((line, name))
                advice = self._instead.get(name, "")
                message = f"{cell.place(line)} {verb} {name}. {WITHOUT} {advice}".rstrip()
                yield BrokenRule(cell.id, line, name, message)

    def _in_node(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        for used, is_import in self._names.used_by(node):
            module = self._module(used) if is_import else None
            name = module or self._call(used)
            if name is not None:
                yield name, "imports" if is_import else "uses"
        attribute = self._names.attribute_of(node)
        if attribute in self._attributes:
            yield f".{attribute}", "uses"

    def _module(self, used: str) -> str | None:
        for name, written in self._modules.items():
            if used == name or used.startswith(name + "."):
                return written
        return None

    def _call(self, used: str) -> str | None:
        for name, written in self._calls.items():
            if used == name:
                return written
            if name.endswith(".*") and used.startswith(name[:-1]):
                return written
            if name.startswith(".") and used.endswith(name):
                return written
        return None
