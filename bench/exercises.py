"""The notebooks that every grader gets: each with its model solution, its checks and its data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.exercises import (
    Exercise,
    Problems,
    assemble,
    load_exercise,
    solution_answers,
)
from grader.exercises import job as make_job

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = {
    "la-svd": ROOT / "curriculum/content/01-mathematics/1-linear-algebra/la-svd",
    "tumours": ROOT / "bench/notebooks/tumours",
    "moving-average": ROOT / "bench/notebooks/moving-average",
}
SEED = 1


@dataclass(frozen=True)
class Case:
    """One notebook as all graders need it."""

    exercise: Exercise

    @property
    def name(self) -> str:
        return self.exercise.slug

    def job(self) -> dict[str, Any]:
        return make_job(self.exercise, solution_answers(self.exercise), seed=SEED)

    def notebook(self) -> dict[str, Any]:
        """The notebook with the solution in it, a fresh copy."""
        text = json.dumps(assemble(self.exercise, solution_answers(self.exercise)))
        book: dict[str, Any] = json.loads(text)
        return book

    def write_data(self, folder: Path) -> None:
        for name, content in self.exercise.data.items():
            path = folder / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def load_cases(names: list[str] | None = None) -> list[Case]:
    """Raises grader.errors.ExerciseError if one of them has a mistake."""
    cases = []
    for name in names or FOLDERS:
        problems = Problems()
        exercise = load_exercise(FOLDERS[name], problems)
        if exercise is None:
            raise SystemExit(f"{name} cannot be loaded: python -m grader verify {FOLDERS[name]}")
        cases.append(Case(exercise))
    return cases
