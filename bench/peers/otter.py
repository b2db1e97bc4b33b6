"""``otter run``: one autograder archive for each case, the checks as exception-based test cases."""

from __future__ import annotations

import json
from pathlib import Path

from bench.exercises import Case
from bench.peers import GradingPeer, judge_source, points_of


class Otter(GradingPeer):
    name = "otter"

    def prepare(self, case: Case, copies: int) -> None:
        folder = self._folder(case)
        (folder / "tests").mkdir(parents=True)
        (folder / "tests" / "judge.py").write_text(_test_file(case))
        case.write_data(folder)
        files = [f"data/{name}" for name in case.exercise.data]
        self.run("otter", "generate", "-t", "tests", "-o", "autograder.zip", *files, folder=folder)
        for number in range(copies):
            own = self._own(case, number)
            own.mkdir()
            (own / "work.ipynb").write_text(json.dumps(case.notebook()))

    def grade(self, case: Case, first: int, count: int) -> None:
        """One command for each: it takes one notebook."""
        for number in range(first, first + count):
            archive = str(self._folder(case) / "autograder.zip")
            command = ["otter", "run", "work.ipynb", "-a", archive, "-o", ".", "--no-logo"]
            self.run(*command, folder=self._own(case, number))

    def check(self, case: Case, number: int) -> None:
        results = json.loads((self._own(case, number) / "results.json").read_text())
        points = sum(test.get("score", 0) for test in results["tests"])
        if points != sum(points_of(case)):
            raise RuntimeError(f"otter gave {points} points for {case.name}: {results}")

    def _folder(self, case: Case) -> Path:
        return self.work / case.name

    def _own(self, case: Case, number: int) -> Path:
        return self._folder(case) / f"submission-{number}"


def _test_file(case: Case) -> str:
    lines = ["OK_FORMAT = False", "name = 'judge'", "points = None", judge_source(case)]
    lines.append("from otter.test_files import test_case")
    for number, points in enumerate(points_of(case)):
        lines += [
            f"@test_case(points={points}, name='check-{number}')",
            f"def test_{number}(env):",
            f"    plain_exam.run({number}, env)",
        ]
    return "\n".join(lines) + "\n"
