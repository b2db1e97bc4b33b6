"""The policy is the whole of it: all that stands there is read, and obeyed where no sandbox is needed to see it."""

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest

from grader import exercises
from grader.sandbox import policy as policies
from grader.sandbox.policy import Limits, load_policy
from grader.sandbox.seccomp import build_filter

FILE = Path(policies.__file__).with_name("policy.toml")


def limits(**changed: float) -> Limits:
    usual = {"memory_mb": 1024, "cell_seconds": 10, "total_seconds": 30}
    return Limits.from_json({**usual, **changed})


class TestOrders:
    @pytest.mark.parametrize(
        "asked",
        [
            {"memory_mb": load_policy().most_memory_mb + 1},
            {"memory_mb": load_policy().least_memory_mb - 1},
            {"total_seconds": load_policy().most_total_seconds + 1},
            {
                "cell_seconds": load_policy().most_cell_seconds + 1,
                "total_seconds": load_policy().most_cell_seconds + 2,
            },
        ],
        ids=str,
    )
    def test_beyond_what_the_policy_gives_are_refused(self, asked):
        with pytest.raises(ValueError, match=r"memory_mb|seconds"):
            limits(**asked)

    def test_up_to_that_are_taken(self):
        most = load_policy()
        assert limits(memory_mb=most.most_memory_mb, total_seconds=most.most_total_seconds)

    def test_an_exercise_may_ask_for_as_much_and_no_more(self):
        most = load_policy()
        asked = exercises.Limits(
            memory_mb=most.most_memory_mb, total_seconds=most.most_total_seconds
        )
        assert Limits.from_json(asked.model_dump())
        with pytest.raises(ValueError, match="memory_mb"):
            exercises.Limits(memory_mb=most.most_memory_mb + 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"denied_calls": ("mount",)},
        {"unknown_calls": ()},
        {"socket_families": ("unix",)},
        {"denied_requests": ("TIOCSTI",)},
        {"personalities": (0,)},
    ],
    ids=str,
)
def test_the_filter_of_system_calls_is_the_policys(changed):
    policy = load_policy()
    assert build_filter(policy) != build_filter(dataclasses.replace(policy, **changed))


def test_the_header_tells_the_truth_of_what_stands_elsewhere():
    header = FILE.read_text().partition("\n\n")[0]
    named = re.findall(r"^#   (\S+)", header, re.M)
    assert len(named) == 5
    assert [name for name in named if not (FILE.parent / name).exists()] == []


class Read(dict):
    """A table that remembers which of its entries were asked for."""

    def __init__(self, entries):
        super().__init__(
            {
                name: Read(value) if isinstance(value, dict) else value
                for name, value in entries.items()
            }
        )
        self.asked = set()

    def __getitem__(self, name):
        self.asked.add(name)
        return super().__getitem__(name)

    def items(self):
        self.asked |= self.keys()
        return super().items()

    def left(self, path=""):
        for name, value in super().items():
            if name not in self.asked:
                yield f"{path}{name}"
            elif isinstance(value, Read) and name != "environment":
                yield from value.left(f"{path}{name}.")


def test_nothing_of_it_is_left_unread(monkeypatch):
    table = Read(tomllib.loads(FILE.read_text()))
    monkeypatch.setattr(policies.tomllib, "loads", lambda text: table)
    policies.load_policy.__wrapped__()
    assert list(table.left()) == []
