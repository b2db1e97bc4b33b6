"""bin/lock: pins what the *.in files ask for. Commit the result.

The lock files name no index, so that everybody installs from where their pip looks.
"""

import argparse
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bin.ops import setup
from bin.ops.packages import diagnose
from bin.ops.places import ROOT, VENV
from bin.ops.say import PlainError, say

# In this order: later ones are constrained by earlier ones (the `-c` lines in them).
SOURCES = (
    "requirements.in",
    "requirements-dev.in",
    "grader/environments/core.in",
    "grader/environments/deep.in",
)
QUIET = (
    "--quiet",
    "--no-header",
    "--allow-unsafe",
    "--strip-extras",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/lock", description=__doc__)
    parser.add_argument(
        "--upgrade", action="store_true", help="newest versions, not the pinned ones"
    )
    parser.add_argument("--upgrade-package", action="append", default=[], metavar="NAME")
    options = parser.parse_args(argv)
    setup.ensure(dev=True, only="platform")
    wishes = ["--upgrade"] if options.upgrade else []
    wishes += [f"--upgrade-package={name}" for name in options.upgrade_package]
    for source in SOURCES:
        say(f"pinning {source}")
        _compile(ROOT / source, wishes)
    say("pinned; bin/setup --dev installs what changed")
    return 0


def _compile(source: Path, wishes: Sequence[str]) -> None:
    command = [str(VENV / "bin" / "python"), "-m", "piptools", "compile", *QUIET, *wishes]
    target = source.with_suffix(".txt").name
    done = subprocess.run(
        [*command, f"--output-file={target}", source.name],
        cwd=source.parent,  # so that the comments name files, not paths of this machine
        env={**os.environ, "CUSTOM_COMPILE_COMMAND": "bin/lock"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise PlainError(f"{source.name}: {diagnose(done.stdout + done.stderr)}")
