"""Tells learners at once, where they write the import, that an exercise asks to do without a module.

It teaches and is no wall: what an answer uses is judged in the examiner, from its text.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any

_import = builtins.__import__


def install(
    namespace: dict[str, Any], forbidden: Sequence[str], instead: Mapping[str, str]
) -> None:
    """Refuse imports of ``forbidden`` modules in code whose globals are ``namespace``.

    Libraries may go on importing what they need. ``instead`` says, by module, what to do.
    """

    def guarded(
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> Any:
        if globals is namespace and level == 0:
            wanted = [name, *(f"{name}.{item}" for item in fromlist or ())]
            for module in forbidden:
                if any(item == module or item.startswith(module + ".") for item in wanted):
                    raise ImportError(message(module, instead))
        return _import(name, globals, locals, fromlist or (), level)

    builtins.__import__ = guarded  # type: ignore[assignment]


def message(module: str, instead: Mapping[str, str]) -> str:
    """What a learner is told who imports ``module``."""
    advice = instead.get(module, "Write it yourself, with what the notebook has imported already.")
    return f"this exercise asks you to do without {module}. {advice}"
