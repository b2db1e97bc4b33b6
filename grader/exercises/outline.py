"""What ``checks.py`` promises, read from its text: nothing of it is run here."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckOutline:
    """The arguments of one ``@check(…)``; ``line`` is that of the decorator."""

    title: str
    points: float
    about: str
    visible: bool
    line: int


def outline(checks: str) -> tuple[CheckOutline, ...] | None:
    """The checks in order, or None where they cannot be read from the text alone (made in a loop, …)."""
    try:
        tree = ast.parse(checks)
    except (SyntaxError, ValueError, RecursionError):
        return None
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node.func) == "check"
    ]
    at_top = [
        decorator
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and _name(decorator.func) == "check"
    ]
    if len(calls) != len(at_top):
        return None
    found = [_read(call) for call in at_top]
    return tuple(item for item in found if item) if all(found) else None


def _read(call: ast.Call) -> CheckOutline | None:
    try:
        values = {
            word.arg: ast.literal_eval(word.value)
            for word in call.keywords
            if word.arg in ("title", "points", "about", "visible")
        }
        title, points = values["title"], values["points"]
    except (ValueError, KeyError):
        return None
    if (
        not isinstance(title, str)
        or isinstance(points, bool)
        or not isinstance(points, (int, float))
    ):
        return None
    about, visible = str(values.get("about", "")), bool(values.get("visible", True))
    return CheckOutline(title, float(points), about, visible, call.lineno)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
