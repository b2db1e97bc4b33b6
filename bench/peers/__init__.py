"""What ours is compared with, each in a virtual environment that the bench makes."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
from abc import ABC, abstractmethod
from pathlib import Path

from bench.exercises import ROOT, Case

FOLDER = ROOT / "var" / "bench"
LOCKS = Path(__file__).parent
SOURCE = (ROOT / "bench" / "plain_exam.py").read_text(encoding="utf-8")


class Peer:
    """One peer. ``name`` is that of its lock file, of its environment and of its row in the table."""

    name: str

    def __init__(self, work: Path) -> None:
        self.work = work / self.name
        self.work.mkdir()
        self.bin = FOLDER / self.name / "bin"

    def install(self) -> None:
        """Make the environment, or mend it after its lock file changed."""
        lock = LOCKS / f"{self.name}.txt"
        stamp = FOLDER / self.name / "stamp"
        digest = hashlib.sha256(lock.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == digest:
            return
        print(f"installing {self.name} into {stamp.parent}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(stamp.parent)], check=True)
        command = [str(self.bin / "python"), "-m", "pip", "install", "-q", "-r", str(lock)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        stamp.write_text(digest)

    def run(self, *command: str, folder: Path | None = None) -> None:
        """Run a command of the peer's; its output is shown only if it fails."""
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=folder or self.work,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")

    def environment(self) -> dict[str, str]:
        """One thread each, as for our kernels; caches (fonts) are kept from one run to the next."""
        home = FOLDER / f"{self.name}-home"
        home.mkdir(exist_ok=True)
        threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        return {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            **dict.fromkeys(threads, "1"),
        }


class GradingPeer(Peer, ABC):
    """One that grades notebooks."""

    grades_several = False  # whether one command can grade more than one notebook

    @abstractmethod
    def prepare(self, case: Case, copies: int) -> None:
        """Lay out the assignment and ``copies`` submissions of its solution. Not measured."""

    @abstractmethod
    def grade(self, case: Case, first: int, count: int) -> None:
        """Grade one submission, number ``first``; or all ``count`` of them, and ``first`` is 0."""

    @abstractmethod
    def check(self, case: Case, number: int) -> None:
        """Raise unless that submission earned every point: who grades wrongly is not compared."""


def judge_source(case: Case) -> str:
    """Code that makes the checks of a case ready to be run by ``plain_exam.run(number, namespace)``."""
    return (
        "import sys, types\n"
        "plain_exam = sys.modules['plain_exam'] = types.ModuleType('plain_exam')\n"
        f"exec({SOURCE!r}, plain_exam.__dict__)\n"
        f"plain_exam.load({case.exercise.checks!r})\n"
    )


def points_of(case: Case) -> list[float]:
    """The points of the checks, in their order."""
    calls = [
        {keyword.arg: keyword.value for keyword in decorator.keywords}
        for node in ast.parse(case.exercise.checks).body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "check"
    ]
    return [ast.literal_eval(call["points"]) for call in calls]
