"""What a fresh kernel is told before the first cell: code that it runs silently."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any


def preparation(data: Mapping[str, str], rules: Mapping[str, Any]) -> str:
    """Code that lays the exercise's public files (name → base64) below ``data/`` and guards imports."""
    return "\n".join(filter(None, (_lay_files(data), _guard_imports(rules))))


def _lay_files(data: Mapping[str, str]) -> str:
    if not data:
        return ""
    lines = ["import base64 as _b, os as _o; _o.makedirs('data', exist_ok=True)"]
    for name, content in data.items():
        base64.b64decode(content, validate=True)
        lines.append(f"open('data/' + {name!r}, 'wb').write(_b.b64decode({content!r}))")
    lines.append("del _b, _o")
    return "\n".join(lines)


def _guard_imports(rules: Mapping[str, Any]) -> str:
    """Learners are told of a forbidden import where they write it; what counts is judged from the text."""
    forbidden = [str(name) for name in rules.get("forbidden_imports", ())]
    if not forbidden:
        return ""
    instead = {str(name): str(text) for name, text in rules.get("instead", {}).items()}
    guard = f"_g.install(get_ipython().user_ns, {forbidden!r}, {instead!r})"
    return f"import grader.sandbox.guard as _g; {guard}; del _g"
