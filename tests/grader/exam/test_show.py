"""What is shown of sets is the same in every process, whatever its hash seed."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / "var" / "environments" / "core" / "bin" / "python"
WORDS = "['ant', 'bee', 'cat', 'dog', 'eel', 'fox', 'gnu', 'hen']"

VALUES = {
    "a set": "set(WORDS)",
    "a frozenset": "frozenset(WORDS)",
    "a long set": "{f'word {n}' for n in range(50)}",
    "a long frozenset": "frozenset(f'word {n}' for n in range(50))",
    "of several types": "{1, 2.5, None, 'a', b'b', ('c', 1), frozenset(WORDS)}",
    "in a list and a tuple": "[(set(WORDS), 1), frozenset(WORDS)]",
    "in a dict": "{'a': set(WORDS), frozenset(WORDS): 2}",
    "in a long list": "[set(WORDS)] * 40",
    "in a long dict": "{n: frozenset(WORDS) for n in range(40)}",
    "in other containers": "[deque([set(WORDS)]), OrderedDict(a=set(WORDS)), Counter([frozenset(WORDS)])]",
    "in a named tuple": "Record.of(('a', 'b'), [1, {'words': set(WORDS)}])",
    "in short containers": "[{2, 1}, (frozenset([3]),), deque([{4}], 2)]",
    "numbers": "{100, 20, 3, 2.5, -1.0}",
    "empty": "[set(), frozenset(), {}, [], ()]",
    "what holds itself": "endless()",
    "what is too large": "{10**5_000}",
    "of sets": "{frozenset([word, 'x']) for word in WORDS}",
    "in an array": "objects(set(WORDS), [frozenset(WORDS)])",
    "in a column": "pd.Series([set(WORDS), None, 1], name='s')",
    "in a table": "pd.DataFrame({'items': [frozenset(WORDS)], 'n': [1.5]})",
    "in an index": "pd.Series([1.5], index=pd.Index([frozenset(WORDS)], name='items'))",
}
CODE = """
import json
import numpy as np, pandas as pd
from collections import Counter, OrderedDict, deque
from grader.exam.show import show, show_inputs
from grader.wire.records import Record

def objects(*items):
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array

def endless():
    items = [1]
    return items.append(items) or items

WORDS = {words}
for text in {values}:
    print(json.dumps(show_inputs({{"x": eval(text)}})))
"""


def shown(seed: int) -> list[str]:
    code = CODE.format(words=WORDS, values=list(VALUES.values()))
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(seed), "PATH": os.environ["PATH"]}
    output = subprocess.check_output([PYTHON, "-c", code], text=True, env=environment)
    return output.splitlines()


@pytest.fixture(scope="module")
def both() -> dict[str, tuple[str, str]]:
    """Each value as two processes show it."""
    return dict(zip(VALUES, zip(shown(1), shown(2), strict=True), strict=True))


@pytest.mark.parametrize("name", VALUES)
def test_two_hash_seeds_show_the_same(both, name: str):
    first, second = both[name]
    assert first == second


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a set", "{'ant', 'bee', 'cat', 'dog', 'eel', 'fox', 'gnu', 'hen'}"),
        ("a frozenset", "frozenset({'ant', 'bee', 'cat', 'dog', 'eel', 'fox', 'gnu', 'hen'})"),
        ("a long set", "set of 50: 'word 0', 'word 1', 'word 10', "),
        ("numbers", "{-1.0, 2.5, 3, 20, 100}"),
        ("empty", "[set(), frozenset(), {}, [], ()]"),
        ("in short containers", "[{1, 2}, (frozenset({3}),), deque([{4}], maxlen=2)]"),
        ("what holds itself", "[1, [...]]"),
        ("what is too large", "a value of type set"),
    ],
)
def test_sets_are_written_as_python_does(both, name: str, text: str):
    assert both[name][0].startswith(f'"x = {text}')
