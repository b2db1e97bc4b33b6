"""Rows in the database of the bench's own Kilohour; runs with the product's environment.

``python -m bench.product_rows learners COUNT`` makes learners with API tokens, and the small exercise, and
prints the tokens. ``python -m bench.product_rows wait`` waits until nothing is queued or running any more
and prints what became of the latest submission of each learner.
"""

import json
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

from accounts.models import User  # noqa: E402
from bench.exercises import load_cases  # noqa: E402
from curriculum.models import Exercise, ExerciseVersion, Section  # noqa: E402
from submissions.models import Run  # noqa: E402

TICK_SECONDS = 0.5


@transaction.atomic
def make_learners(count: int) -> list[str]:
    add_exercise("moving-average")
    known = User.objects.filter(username__startswith="bench-").count()
    User.objects.bulk_create(
        User(username=f"bench-{number}", email=f"bench-{number}@localhost", password="!")
        for number in range(known, count)
    )
    learners = User.objects.filter(username__startswith="bench-").order_by("pk")[:count]
    for learner in learners:
        Token.objects.get_or_create(user=learner)
    keys = Token.objects.filter(user__in=list(learners)).values_list("key", flat=True)
    return list(keys)


def add_exercise(name: str) -> None:
    (case,) = load_cases([name])
    found = case.exercise
    fields = ("title", "summary", "minutes", "difficulty", "points", "environment", "position")
    values = {field: getattr(found, field) for field in fields if hasattr(found, field)}
    exercise, _ = Exercise.objects.update_or_create(
        slug=found.slug,
        defaults={**values, "section": Section.objects.all()[0], "retired_at": None},
    )
    exercise.current_version, _ = ExerciseVersion.objects.get_or_create(
        exercise=exercise,
        digest=found.digest,
        defaults={"payload": found.payload(), "released_at": timezone.now()},
    )
    exercise.save()


def wait() -> dict[str, float]:
    """Seconds are wall time from the first submission to the last report."""
    while Run.objects.filter(state__in=Run.State.live()).exists():
        time.sleep(TICK_SECONDS)
    runs = Run.objects.filter(submission__key__startswith="burst-")
    graded = runs.filter(state=Run.State.DONE)
    times = list(graded.values_list("submission__submitted_at", "finished_at"))
    last = max(end for _, end in times if end)
    seconds = (last - min(start for start, _ in times)).total_seconds()
    full = graded.filter(report__verdict="passed").count()
    return {"submitted": runs.count(), "graded": len(times), "passed": full, "seconds": seconds}


if __name__ == "__main__":
    answer = make_learners(int(sys.argv[2])) if sys.argv[1] == "learners" else wait()
    print(json.dumps(answer))
