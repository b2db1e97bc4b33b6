"""NumPy, pandas and PyTorch on the wire, under the interpreters that hold them."""

from pathlib import Path

import pytest

from tests.grader.wire.environment import cases_of, run_cases

HERE = Path(__file__).parent
ARRAYS, TENSORS = HERE / "library_cases.py", HERE / "tensor_cases.py"


@pytest.mark.parametrize("case", cases_of(ARRAYS))
def test_arrays_and_tables(case):
    assert run_cases(ARRAYS)[case] == ""


@pytest.mark.parametrize("case", cases_of(TENSORS))
def test_tensors(case):
    assert run_cases(TENSORS, "deep")[case] == ""
