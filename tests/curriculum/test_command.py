"""``manage.py sync_curriculum``"""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from curriculum.models import Module

pytestmark = pytest.mark.django_db


def run(folder: Path, *options: str) -> str:
    output = StringIO()
    call_command("sync_curriculum", *options, folder=folder, stdout=output)
    return output.getvalue()


def test_it_counts_what_it_did(course: Path) -> None:
    first = run(course)
    assert first.splitlines()[0].split() == ["created", "updated", "retired", "unchanged"]
    assert ["sections", "2", "0", "0", "0"] in [line.split() for line in first.splitlines()]
    assert run(course).splitlines()[-1] == "0 changes"


def test_check_touches_nothing(course: Path) -> None:
    assert "no mistakes" in run(course, "--check")
    assert not Module.objects.exists()


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_mistakes_are_listed_one_a_line(course: Path, options: list[str]) -> None:
    (course / "tips.yaml").unlink()
    (course / "people.yaml").unlink()
    errors = StringIO()
    with pytest.raises(CommandError, match=r"2 mistakes\. Nothing was changed\."):
        call_command("sync_curriculum", *options, folder=course, stderr=errors)
    assert errors.getvalue().split("\n")[:2] == ["people.yaml: is missing", "tips.yaml: is missing"]
