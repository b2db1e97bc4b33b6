"""The linters, as tests: one runner, one summary. `bin/test lint` runs these alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SERVICES = [
    str(path.relative_to(ROOT))
    for room in ("services.py", "services/*.py")
    for path in sorted((ROOT / "platform").glob(f"*/{room}"))
    + sorted((ROOT / "curriculum").glob(room))
]
LINTERS = {
    "ruff check": ["ruff", "check"],
    "ruff format": ["ruff", "format", "--check"],
    # Strictly typed are what decides: the grader, every service, and what sets a machine up.
    "mypy": ["mypy", "--follow-imports=silent", "grader", "bin/ops", *SERVICES],
    "import-linter": ["lint-imports"],
}


@pytest.mark.parametrize("name", LINTERS)
def test_linter_is_content(name: str) -> None:
    program, *arguments = LINTERS[name]
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    found = subprocess.run(
        [str(BIN / program), *arguments], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout + found.stderr
