"""Rules in exercise.yaml: what may be asked for, and that old versions keep their digests."""

import json

import pytest
from pydantic import ValidationError

from grader.exercises.manifest import Rules


def test_rules_that_are_not_used_leave_no_trace():
    rules = Rules(forbidden_imports=("scipy",), forbidden_calls=("np.linalg.svd",))
    assert rules.model_dump(mode="json") == {
        "forbidden_imports": ["scipy"],
        "forbidden_calls": ["np.linalg.svd"],
    }
    assert Rules().model_dump(mode="json") == {"forbidden_imports": [], "forbidden_calls": []}


def test_every_rule_comes_back_from_json():
    rules = Rules(
        forbidden_attributes=("T",),
        required=("svd(A)", "pinv(A, rtol=1e-15)", "class Scaler", "Scaler.fit(X)"),
        no_loops_in=("svd",),
        instead={".T": "Use swapaxes.", "svd": "Use broadcasting."},
    )
    assert Rules.model_validate(json.loads(rules.model_dump_json())) == rules


@pytest.mark.parametrize(
    "text", ["svd", "svd(", "svd(A))", "1x(A)", "class", "class C(A)", "a.b.c(x)", "f(a; b)", ""]
)
def test_what_is_no_signature_is_refused(text):
    with pytest.raises(ValidationError, match="is no signature"):
        Rules(required=(text,))


def test_advice_needs_a_rule():
    with pytest.raises(ValidationError, match="which no rule names"):
        Rules(instead={"scipy": "Write it yourself."})
    Rules(forbidden_imports=("scipy",), instead={"scipy": "Write it yourself."})
