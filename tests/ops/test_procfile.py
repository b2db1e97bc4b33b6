"""What bin/run starts, and what each process knows."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = dict(re.findall(r"^(\w+): (.+)$", (ROOT / "Procfile").read_text(), re.M))


def test_everything_of_the_product_is_started() -> None:
    assert set(PROCESSES) == {"web", "worker", "later", "beat", "kernels"}


def test_the_web_process_stands_first() -> None:
    # honcho gives the first process $PORT and every further one another number.
    assert next(iter(PROCESSES)) == "web"
    assert [name for name, command in PROCESSES.items() if "$PORT" in command] == ["web"]


def test_every_process_is_kept_running_and_gets_its_signals() -> None:
    for name, command in PROCESSES.items():
        assert command.startswith(f"exec .venv/bin/python -m bin.ops keep {name} ")


def test_the_kernel_host_gets_a_listed_environment_without_secrets() -> None:
    words = shlex.split(PROCESSES["kernels"])
    start = words.index("env")
    assert words[start + 1] == "-i"
    variables = [word for word in words[start + 2 :] if re.match(r"[A-Z_]+=", word)]
    assert [word.partition("=")[0] for word in variables] == ["PATH", "LANG", "HOME"]


def test_every_queue_has_a_worker_and_learners_never_wait_behind_regrades() -> None:
    queues = {
        name: re.findall(r"--queues (\S+)", command)[0].split(",")
        for name, command in PROCESSES.items()
        if "--queues" in command
    }
    assert queues == {"worker": ["check", "submit"], "later": ["regrade", "long"]}
