"""Values of the environments' libraries on the wire, under the interpreters that hold them."""

from pathlib import Path

import pytest

from tests.grader.wire.environment import cases_of, run_cases

HERE = Path(__file__).parent
TENSORS = HERE / "tensor_cases.py"
CORE = [path for path in sorted(HERE.glob("*_cases.py")) if path != TENSORS]
CASES = [(path, case) for path in CORE for case in cases_of(path)]


@pytest.mark.parametrize(
    ("path", "case"), CASES, ids=[f"{path.stem}-{case}" for path, case in CASES]
)
def test_in_core(path: Path, case: str):
    assert run_cases(path)[case] == ""


@pytest.mark.parametrize("case", cases_of(TENSORS))
def test_tensors(case: str):
    assert run_cases(TENSORS, "deep")[case] == ""
