"""What the README promises about files and packages is so."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.ops.test_locks import SOURCES

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_chosen_package_has_its_reason(source: Path) -> None:
    names = [
        Requirement(line.partition("#")[0]).name
        for line in source.read_text().splitlines()
        if line.strip() and not line.startswith(("#", "-"))
    ]
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", README)] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_and_pictures_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_script_it_names_is_there() -> None:
    scripts = set(re.findall(r"\bbin/[a-z-]+", README)) - {"bin/python", "bin/ops"}
    assert [script for script in scripts if not (ROOT / script).is_file()] == []
    assert {"bin/setup", "bin/run", "bin/test"} <= scripts
