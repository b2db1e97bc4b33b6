"""Kills parts of the running product in the middle of many submissions, and counts what became of them.

    python -m tests.submissions.chaos --submissions 200

Starts a product of its own (``bin/run`` on a new data folder), hands in as several learners, and meanwhile
kills workers, the kernel host and Redis with SIGKILL and restarts PostgreSQL. In the end each submission
must have exactly one applied report and have cost exactly one attempt. The last line printed is JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.browser.product import NOT_HANDED_ON, Product

EXERCISES = ("la-svd", "opt-gd-linear-regression")
EACH = 3  # submissions of one learner: as many as may wait
# So that a strike finds something running.
SLOWLY = "import time\ntime.sleep({seconds:.2f})\n"
PATIENCE_SECONDS = 30.0
STUCK_SECONDS = 90.0

T = TypeVar("T")


@dataclass
class Strike:
    """A signal to the product's processes whose command lines hold ``words``; to all, or to the youngest."""

    name: str
    words: tuple[str, ...]
    signum: signal.Signals = signal.SIGKILL
    only_one: bool = False

    def hit(self, product: Product) -> int:
        victims = sorted(find_processes(product.process.pid, self.words))
        for pid in victims[-1:] if self.only_one else victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, self.signum)
        return len(victims)


WORKER = ("celery", "worker@")
STRIKES = (
    Strike("worker", WORKER),
    Strike("Redis", ("redis-server",)),
    Strike("kernel host", ("grader.kernels", "--socket")),
    Strike("PostgreSQL", ("postgres", "-D"), signal.SIGINT),  # its fast shutdown; started again
    Strike("one process of a worker", WORKER, only_one=True),
)


def find_processes(root: int, words: tuple[str, ...]) -> list[int]:
    """Descendants of a process with all words in the command line; what keeps them running is left out."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            stat = (folder / "stat").read_text()
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    return [pid for pid in parents if _descends(pid, root, parents) and _says(pid, words)]


def _descends(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid in parents and pid != root:
        pid = parents[pid]
    return pid == root


def _says(pid: int, words: tuple[str, ...]) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return False
    return "bin.ops" not in command and all(word in command for word in words)


@dataclass
class Chaos:
    """One product, its database at hand, and who strikes while submissions come in."""

    product: Product
    count: int
    rounds: int
    gap_seconds: float
    draw: random.Random
    strikes: list[str] = field(default_factory=list)

    def run(self) -> dict[str, Any]:
        started = time.monotonic()
        learners = self._make_learners()
        striker = threading.Thread(target=self._strike, daemon=True)
        for number in range(self.count):
            self._submit(learners[number % len(learners)], number)
            if number == min(2, self.count - 1):
                striker.start()
        striker.join()
        self._await_end()
        return {**self._count_up(), "seconds": round(time.monotonic() - started, 1)}

    def _make_learners(self) -> list[Any]:
        from accounts.models import User

        names = [f"demo-chaos-{number}" for number in range(-(-self.count // EACH))]
        return [
            ask(lambda name=name: User.objects.create_user(name, f"{name}@localhost"))
            for name in names
        ]

    def _submit(self, learner: Any, number: int) -> None:
        """As a learner's program would: the same key again until it is answered."""
        from curriculum.models import Exercise
        from grader.exercises import Answers, solution_answers
        from submissions.errors import TooManyWaitingError
        from submissions.services import submit_answers

        exercise = ask(lambda: Exercise.objects.get(slug=EXERCISES[number % len(EXERCISES)]))
        solution = solution_answers(ask(exercise.current_version.load))
        slowly = SLOWLY.format(seconds=self.draw.uniform(0.1, 0.5))
        cells = {name: slowly + text for name, text in solution.cells.items()}
        fields = {"learner": learner, "exercise": exercise, "source": "api"}
        while True:
            try:
                ask(lambda: submit_answers(answers=Answers(cells), key=f"chaos-{number}", **fields))
            except TooManyWaitingError:
                time.sleep(0.5)
            else:
                return

    def _strike(self) -> None:
        for _round in range(self.rounds):
            for strike in STRIKES:
                if not self._await_victims():
                    return
                if strike.hit(self.product):
                    self.strikes.append(strike.name)
                    print(f"killed: {strike.name}", flush=True)
                time.sleep(self.gap_seconds)

    def _await_victims(self) -> bool:
        """Until something runs. Never a third time the same: that is given up, by design."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            losses = ask(self._losses)
            if losses and max(losses) < 2:
                return True
            time.sleep(0.05)
        return False

    @staticmethod
    def _losses() -> list[int]:
        from submissions.models import Run

        return list(Run.objects.running().values_list("lost_count", flat=True))

    def _await_end(self) -> None:
        """Until all runs have ended, or none has for a long while."""
        left, deadline = self.count, time.monotonic() + STUCK_SECONDS
        while (live := ask(self._live)) and time.monotonic() < deadline:
            if live != left:
                left, deadline = live, time.monotonic() + STUCK_SECONDS
            time.sleep(0.25)

    @staticmethod
    def _live() -> int:
        from submissions.models import Run

        return Run.objects.live().count()

    def _count_up(self) -> dict[str, Any]:
        from django.db.models import Count, Q, Sum

        from submissions.models import Grade, Report, Run, Submission

        applied = Count("runs__report", filter=Q(runs__report__is_applied=True))
        submissions = Submission.objects.annotate(applied=applied)
        return {
            "submissions": Submission.objects.count(),
            "with_one_applied_report": submissions.filter(applied=1).count(),
            "reports": Report.objects.count(),
            "passed": Report.objects.filter(verdict="passed").count(),
            "still_waiting_or_running": Run.objects.live().count(),
            "given_up": Run.objects.filter(state="failed").count(),
            "attempts": Grade.objects.aggregate(sum=Sum("attempts"))["sum"],
            "lost_runs": Run.objects.aggregate(sum=Sum("lost_count"))["sum"],
            "returned_runs": Run.objects.aggregate(sum=Sum("returned_count"))["sum"],
            "strikes": self.strikes,
        }


def ask(question: Callable[[], T]) -> T:
    """The database's answer, asked again while it is being restarted."""
    from django.db import InterfaceError, OperationalError, connection

    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return question()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def is_well(found: dict[str, Any], count: int) -> bool:
    """None lost, none stuck, none graded twice, no attempt charged for what we did."""
    every = ("submissions", "with_one_applied_report", "reports", "passed", "attempts")
    none = ("still_waiting_or_running", "given_up")
    return all(found[name] == count for name in every) and not any(found[name] for name in none)


def main() -> int:
    options = _parse()
    for name in (*NOT_HANDED_ON, "KERNEL_HOST_SOCKET"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="kh-chaos-") as folder:
        product = Product.start(Path(folder))
        well = False
        try:
            _open_database(folder)
            chaos = Chaos(
                product,
                options.submissions,
                options.rounds or max(1, options.submissions // 50),
                options.gap,
                random.Random(options.seed),
            )
            found = chaos.run()
            well = is_well(found, options.submissions)
        finally:
            product.end()
            if not well or options.log:
                print(product.log.read_text(errors="replace")[-60_000:])
    print(json.dumps({"well": well, **found}))
    return 0 if well else 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--submissions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=0, help="of strikes; default: one per 50")
    parser.add_argument("--gap", type=float, default=6.0, help="seconds between two strikes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", action="store_true", help="show what the product said")
    return parser.parse_args()


def _open_database(folder: str) -> None:
    """This process becomes one more of the product's, by what bin/run wrote down in its data folder."""
    import django

    os.environ.update(
        DATA_DIR=folder, DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="CRITICAL"
    )
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "platform"))
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
