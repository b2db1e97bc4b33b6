"""How far a run is, as the page shows it: the examiner's events folded into a small value."""

from __future__ import annotations

from typing import Any

PHASES = ("kernel", "cells", "checks")
ITEMS = 500
TEXT = 300
# Of one check: as the examiner bounds them.
MESSAGE = 1_000
EXAMPLE = 4_000
HINTS = 10


class Progress:
    """Folds events into JSON of bounded size: ``{phase, cells: [...], checks: [...], cells_of, checks_of}``.

    Whatever is not an event that we know is passed over.
    """

    def __init__(self) -> None:
        self.phase = ""
        self.of = {"cells": 0, "checks": 0}
        self.cells: dict[str, dict[str, Any]] = {}
        self.checks: dict[int, dict[str, Any]] = {}

    def add(self, event: dict[str, Any]) -> None:
        match event:
            case {"event": "phase", "phase": phase} if phase in PHASES:
                self.phase = phase
                if phase == "kernel":  # a fresh kernel after a death: the cells run again
                    self.cells.clear()
            case {"event": "cell", "id": str(name), "index": int(index), "of": int(of)}:
                self.phase, self.of["cells"] = "cells", of
                if len(self.cells) < ITEMS or name in self.cells:
                    self.cells[name] = {"index": index, "state": _text(event.get("state"))}
            case {"event": "check", "index": int(index), "of": int(of)}:
                self.phase, self.of["checks"] = "checks", of
                if len(self.checks) < ITEMS:
                    self.checks[index] = {
                        "title": _text(event.get("title")),
                        "about": _text(event.get("about")),
                        "verdict": _text(event.get("verdict")),
                        "points": _number(event.get("points")),
                        "max_points": _number(event.get("max_points")),
                        "message": _text(event.get("message"), MESSAGE),
                        "example": _text(event.get("example"), EXAMPLE),
                        "hints": _texts(event.get("hints")),
                    }

    def to_json(self) -> dict[str, Any]:
        return {
            "phase": self.phase,
            "cells_of": self.of["cells"],
            "checks_of": self.of["checks"],
            "cells": [{"id": name[:100], **cell} for name, cell in self.cells.items()],
            "checks": [check for _index, check in sorted(self.checks.items())],
        }


def _text(value: object, most: int = TEXT) -> str:
    return value[:most] if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    return [_text(item) for item in value[:HINTS]] if isinstance(value, list) else []


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e9 else 0.0
