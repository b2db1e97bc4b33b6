"""The examiner's side, under the interpreter that it runs with."""

from pathlib import Path

import pytest

from tests.grader.wire.environment import cases_of, run_cases

HERE = Path(__file__).parent
CASES = [(path, case) for path in sorted(HERE.glob("*_cases.py")) for case in cases_of(path)]


@pytest.mark.parametrize(
    ("path", "case"), CASES, ids=[f"{path.stem}-{case}" for path, case in CASES]
)
def test_exam(path: Path, case: str):
    assert run_cases(path)[case] == ""
