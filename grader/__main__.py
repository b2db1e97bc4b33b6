"""``python -m grader``: prove exercises, grade a notebook, look at an exercise, begin one.

Needs no Django, no database and no account.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from grader.errors import GraderError, NotebookError, Problem, ProblemsError
from grader.exercises import Exercise, Problems, discover, job, load_exercise, read_answers
from grader.exercises.hostile import MAX_BYTES, parse_notebook
from grader.exercises.printing import explain_lines, proof_lines, report_lines
from grader.exercises.prove import Grader, Proof, prove
from grader.exercises.skeleton import write_skeleton
from grader.verdict import Verdict

Host = Callable[[Sequence[str]], AbstractContextManager[Grader]]


def private_host(environments: Sequence[str]) -> AbstractContextManager[Grader]:
    """A kernel host of our own, for as long as the command runs."""
    # `new` and `explain` work on any system; what a kernel host imports exists on Linux only.
    from grader.kernels import client

    private: AbstractContextManager[Grader] = client.private_host(environments)
    return private


def main(arguments: Sequence[str] | None = None, *, host: Host = private_host) -> int:
    """Run one command; its exit status."""
    options = _parser().parse_args(arguments)
    _print_anything()
    try:
        return int(options.command(options, host))
    except ProblemsError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
    except GraderError as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to say, nor at the interpreter's last flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _print_anything() -> None:
    """A learner's text may hold what no encoding writes, half a character of UTF-16 for one."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def verify(options: argparse.Namespace, host: Host) -> int:
    """Prove every exercise below the folders."""
    loaded: list[tuple[Path, Exercise]] = []
    folders, lost = _exercise_folders(options.folders)
    _print(lost)
    proven = 0
    for folder in folders:
        problems = Problems()
        exercise = load_exercise(folder, problems)
        if exercise is not None:
            loaded.append((folder, exercise))
        else:
            _print(proof_lines(Proof(folder.resolve().name, (), problems.found)))
    if loaded:
        environments = sorted({exercise.environment for _, exercise in loaded})
        with host(environments) as client:
            for proof in prove(loaded, client):
                proven += proof.is_proven
                _print(proof_lines(proof))
    print(f"{len(folders)} exercises: {proven} proven, {len(folders) - proven} failed")
    return 0 if proven == len(folders) and not lost else 1


def run(options: argparse.Namespace, host: Host) -> int:
    """Grade one notebook against one exercise."""
    exercise = _load(options.folder)
    seed = secrets.randbits(63) if options.seed is None else options.seed
    try:
        answers = read_answers(exercise, parse_notebook(_read(options.notebook)))
        with host([exercise.environment]) as client:
            report = client.grade(job(exercise, answers, seed=seed))
    except NotebookError as error:
        return _refuse(options, exercise, Verdict.FAILED, error.problems)
    except GraderError as error:
        return _refuse(options, exercise, Verdict.PLATFORM, [Problem("grader", str(error))])
    if options.json:
        data = {**report.to_json(), "notes": [*answers.notes, *report.notes]}
        print(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        _print([*answers.notes, *report_lines(report)])
    return 0


def explain(options: argparse.Namespace, host: Host) -> int:
    """Show what is understood of an exercise."""
    _print(explain_lines(_load(options.folder)))
    return 0


def new(options: argparse.Namespace, host: Host) -> int:
    """Begin an exercise."""
    _print(write_skeleton(options.folder))
    print(f"Change it piece by piece, then: python -m grader verify {options.folder}")
    return 0


def doctor(options: argparse.Namespace, host: Host) -> int:
    """Say which walls stand on this machine, and how to mend what is missing."""
    # As above: what a kernel host needs exists on Linux only.
    from grader.kernels.doctor import describe, examine
    from grader.kernels.environments import find_environments

    mode = options.mode or ("root" if os.geteuid() == 0 else "user")
    walls = examine(mode, find_environments())
    _print(describe(mode, walls))
    return 1 if any(wall.is_missed for wall in walls) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m grader", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="command")

    command = commands.add_parser("verify", help="prove every exercise below some folders")
    command.add_argument("folders", nargs="+", type=Path, metavar="folder")
    command.set_defaults(command=verify)

    command = commands.add_parser("run", help="grade one notebook")
    command.add_argument("folder", type=Path, help="the exercise's folder")
    command.add_argument("notebook", type=Path, help="an .ipynb file")
    command.add_argument("--seed", type=_seed, help="draws the checks' inputs; random if not given")
    command.add_argument("--json", action="store_true", help="print the whole report as JSON")
    command.set_defaults(command=run)

    command = commands.add_parser("explain", help="show what is understood of an exercise")
    command.add_argument("folder", type=Path)
    command.set_defaults(command=explain)

    command = commands.add_parser("new", help="begin an exercise that already proves")
    command.add_argument("folder", type=Path)
    command.set_defaults(command=new)

    command = commands.add_parser("doctor", help="say which walls stand on this machine")
    command.add_argument("--mode", choices=["root", "user"], help="default: by who asks")
    command.set_defaults(command=doctor)
    return parser


def _seed(text: str) -> int:
    seed = int(text)
    if not 0 <= seed < 2**63:
        raise ValueError("out of range")
    return seed


def _exercise_folders(paths: Sequence[Path]) -> tuple[list[Path], tuple[Problem, ...]]:
    """Each exercise folder once, and a problem for each path without any."""
    problems = Problems()
    folders: dict[Path, None] = {}
    for path in paths:
        found = discover(path)
        folders.update(dict.fromkeys(found))
        if not found:
            problems.at(path).add("no exercise here: no exercise.yaml in it or below")
    return list(folders), problems.found


def _load(folder: Path) -> Exercise:
    problems = Problems()
    exercise = load_exercise(folder, problems)
    problems.raise_if_any()
    assert exercise is not None
    return exercise


def _read(path: Path) -> bytes:
    """A file's bytes, one more at most than a notebook may have.

    Raises:
        NotebookError: it cannot be read, or is a pipe or device, which need not end nor answer.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise NotebookError([Problem(str(path), "is no file")])
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotebookError([Problem(str(path), f"cannot be read: {error.strerror}")]) from error


def _open_at_once(path: str, flags: int) -> int:
    """Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever."""
    return os.open(path, flags | os.O_NONBLOCK)


def _refuse(
    options: argparse.Namespace,
    exercise: Exercise,
    verdict: Verdict,
    problems: Sequence[Problem],
) -> int:
    """No report could be made; say why in the form that was asked for."""
    data: dict[str, Any] = {
        "exercise": exercise.slug,
        "verdict": verdict,
        "score": 0.0,
        "points": 0.0,
        "max_points": exercise.points,
        "checks": [],
        "problems": [{"where": item.where, "message": item.message} for item in problems],
    }
    if options.json:
        print(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        _print(problems)
    return 1


def _print(lines: Iterable[object]) -> None:
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
