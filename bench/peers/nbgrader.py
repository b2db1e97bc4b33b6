"""``nbgrader autograde``: one course folder for each case, the checks as locked test cells."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from bench.exercises import Case
from bench.peers import GradingPeer, judge_source, points_of

ASSIGNMENT = "work"


class Nbgrader(GradingPeer):
    name = "nbgrader"
    grades_several = True

    def prepare(self, case: Case, copies: int) -> None:
        course = self._course(case)
        source = course / "source" / ASSIGNMENT
        source.mkdir(parents=True)
        case.write_data(source)
        text = json.dumps(_test_notebook(case))
        (source / "work.ipynb").write_text(text)
        self.run("nbgrader", "generate_assignment", ASSIGNMENT, "--create", folder=course)
        for number in range(copies):
            folder = course / "submitted" / _student(number) / ASSIGNMENT
            folder.mkdir(parents=True)
            case.write_data(folder)
            (folder / "work.ipynb").write_text(text)

    def grade(self, case: Case, first: int, count: int) -> None:
        """One command grades them all, or one of them: students are named by a pattern."""
        pattern = _student(first) if count == 1 else "student-*"
        command = ["nbgrader", "autograde", ASSIGNMENT, "--student", pattern, "--force"]
        self.run(*command, folder=self._course(case))

    def check(self, case: Case, number: int) -> None:
        query = (
            "select sum(grade.auto_score) from grade"
            " join submitted_notebook on submitted_notebook.id = grade.notebook_id"
            " join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"
            " where submitted_assignment.student_id = ?"
        )
        database = sqlite3.connect(self._course(case) / "gradebook.db")
        (points,) = database.execute(query, [_student(number)]).fetchone()
        database.close()
        if points != sum(points_of(case)):
            raise RuntimeError(f"nbgrader gave {points} points for {case.name}")

    def _course(self, case: Case) -> Path:
        return self.work / case.name


def _student(number: int) -> str:
    return f"student-{number:02d}"


def _test_notebook(case: Case) -> dict[str, Any]:
    book = case.notebook()
    answers = {cell.id for cell in case.exercise.answer_cells}
    for cell in book["cells"]:
        is_answer = cell["id"] in answers
        cell["metadata"] = {"nbgrader": _mark(cell["id"], solution=is_answer)} if is_answer else {}
    book["cells"].append(_code("judge", judge_source(case), _mark("judge", locked=True)))
    for number, points in enumerate(points_of(case)):
        mark = _mark(f"check-{number}", locked=True, grade=True, points=points)
        source = f"plain_exam.run({number}, globals())"
        book["cells"].append(_code(f"check-{number}", source, mark))
    return book


def _mark(name: str, **flags: Any) -> dict[str, Any]:
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"grade_id": name, "schema_version": 3, **plain, **flags}


def _code(name: str, source: str, mark: dict[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "source": source,
        "metadata": {"nbgrader": mark},
        "execution_count": None,
        "outputs": [],
    }
