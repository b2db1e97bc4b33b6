"""The lock files: everything pinned, from no index in particular, for every Python 3.11 and without CUDA."""

import re
from email.parser import HeaderParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    ROOT / "requirements.in",
    ROOT / "requirements-dev.in",
    ROOT / "grader/environments/core.in",
    ROOT / "grader/environments/deep.in",
]
# The oldest Python that the README promises: Debian 12's.
OLDEST_PYTHON = "3.11.2"


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(), re.M))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_everything_asked_for_is_pinned(source: Path) -> None:
    asked = [
        canonicalize_name(Requirement(line.partition("#")[0]).name)
        for line in source.read_text().splitlines()
        if line.strip() and not line.startswith(("#", "-"))
    ]
    pinned = {canonicalize_name(name) for name in pins(source.with_suffix(".txt"))}
    assert [name for name in asked if name not in pinned] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_lock_file_names_no_index_and_no_folder(source: Path) -> None:
    text = source.with_suffix(".txt").read_text()
    assert re.findall(r"^--|://|@ file|^/", text, re.M) == []


def test_torch_is_the_cpu_build_and_brings_no_cuda() -> None:
    deep = pins(ROOT / "grader/environments/deep.txt")
    assert deep["torch"].endswith("+cpu")
    assert [name for name in deep if name.startswith(("nvidia", "triton", "cuda"))] == []


def test_deep_holds_core_unchanged() -> None:
    core = pins(ROOT / "grader/environments/core.txt")
    deep = pins(ROOT / "grader/environments/deep.txt")
    assert {name: deep.get(name) for name in core} == core


def test_every_package_takes_the_python_of_debian_12() -> None:
    refused = []
    for folder in (ROOT / ".venv", *(ROOT / "var" / "environments").glob("*")):
        for metadata in folder.glob("lib/python3*/site-packages/*.dist-info/METADATA"):
            head = HeaderParser().parsestr(metadata.read_text("utf-8", errors="replace"))
            wants = head["Requires-Python"]
            if wants and OLDEST_PYTHON not in SpecifierSet(wants):
                refused.append(f"{head['Name']} {head['Version']} wants Python {wants}")
    assert refused == []


def test_learners_environments_hold_nothing_of_the_platform() -> None:
    for name in ("core", "deep"):
        assert not {"django", "celery", "psycopg", "redis"} & set(
            pins(ROOT / f"grader/environments/{name}.txt")
        )
