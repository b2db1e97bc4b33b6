"""Learners who have just submitted never wait behind regrades and training runs."""

import re
from pathlib import Path

import pytest
import yaml

from grader.kernels.host import PLACES
from submissions.models import Run

ROOT = Path(__file__).resolve().parents[2]
FIRST = {Run.Queue.CHECK.value, Run.Queue.SUBMIT.value}


def of_procfile() -> list[str]:
    return re.findall(r"^\w+: (.+/celery .+)$", (ROOT / "Procfile").read_text(), re.M)


def of_compose() -> list[str]:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return [" ".join(map(str, service.get("command") or [])) for service in services.values()]


@pytest.mark.parametrize("commands", [of_procfile(), of_compose()], ids=["Procfile", "compose"])
def test_places_are_kept_free_for_checks_and_submissions(commands: list[str]) -> None:
    workers = {}
    for command in commands:
        if found := re.search(r"--queues (\S+)", command):
            concurrency = re.search(r"--concurrency (\d+)", command)
            workers[frozenset(found[1].split(","))] = int(concurrency[1])
    later = {queues: number for queues, number in workers.items() if not queues & FIRST}

    assert set().union(*workers) == set(Run.Queue.values)
    assert not any(queues & FIRST and queues - FIRST for queues in workers)
    # All may run at once, and whatever runs later leaves most of the places to the first.
    assert sum(workers.values()) <= PLACES
    assert sum(later.values()) < PLACES / 2
