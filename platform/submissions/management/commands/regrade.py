"""``manage.py regrade``: grade again what was handed in before; nothing counts before ``apply``."""

import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from cohorts.models import Cohort
from common.errors import LearnerError
from curriculum.models import Exercise
from submissions import services
from submissions.models import Regrade
from submissions.services import Change, ChangeKind

POLL_SECONDS = 0.5
STEPS = """
  regrade preview --exercise la-svd      grades again, shows what would change
  regrade preview --cohort spring        the same for whoever learns in that cohort
  regrade show ID                        shows it again, or follows it further
  regrade apply ID [--allow-lower]       lets the new reports count
  regrade undo ID                        lets the earlier reports and grades count again
  regrade cancel ID                      stops a preview
  regrade list
"""


class Command(BaseCommand):
    help = "Grade submissions again: a preview first, then applied, and back again if need be."

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        plain = {"formatter_class": RawDescriptionHelpFormatter, "epilog": STEPS}
        return super().create_parser(*args, **{**kwargs, **plain})

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        preview = steps.add_parser("preview", help="grade again and show what would change")
        what = preview.add_mutually_exclusive_group()
        what.add_argument("--exercise", metavar="SLUG", help="submissions for this exercise")
        what.add_argument("--all", action="store_true", help="submissions for every exercise")
        preview.add_argument("--cohort", metavar="SLUG", help="only of this cohort's learners")
        preview.add_argument(
            "--learner", action="append", metavar="NAME", help="only this learner's (repeatable)"
        )
        preview.add_argument(
            "--version",
            choices=["stored", "current"],
            default="stored",
            help="the exercise as it was then (default), or as it is now",
        )
        preview.add_argument("--reason", default="", help="one sentence that learners will read")
        preview.add_argument("--no-wait", action="store_true", help="do not wait for the grading")
        show = steps.add_parser("show", help="what it would change")
        show.add_argument("--no-wait", action="store_true", help="do not wait for the grading")
        apply = steps.add_parser("apply", help="let the new reports count")
        apply.add_argument("--allow-lower", action="store_true", help="also where points are lost")
        undo = steps.add_parser("undo", help="let the earlier reports count again")
        cancel = steps.add_parser("cancel", help="stop a preview")
        for step in (show, apply, undo, cancel):
            step.add_argument("id", type=UUID, help="as preview printed it")
        steps.add_parser("list", help="all regrades")

    def handle(self, *args: Any, step: str, **options: Any) -> None:
        try:
            getattr(self, f"_{step}")(options)
        except LearnerError as error:
            raise CommandError(str(error)) from error

    def _preview(self, options: dict[str, Any]) -> None:
        if not (options["exercise"] or options["cohort"] or options["all"]):
            raise CommandError("one of --exercise, --cohort and --all is required")
        regrade = services.start_regrade(
            exercise=_exercise(options["exercise"]),
            cohort=_cohort(options["cohort"]),
            learners=_learners(options["learner"]),
            uses_current_version=options["version"] == "current",
            reason=options["reason"],
        )
        self.stdout.write(f"Regrade {regrade.public_id}: {regrade.runs.count()} submissions")
        self._follow(regrade, options)

    def _show(self, options: dict[str, Any]) -> None:
        self._follow(_regrade(options), options)

    def _apply(self, options: dict[str, Any]) -> None:
        regrade = _regrade(options)
        seen = services.apply_regrade(regrade=regrade, allow_lower=options["allow_lower"])
        applied = seen.pop(ChangeKind.APPLIED, 0)
        self.stdout.write(f"Applied: {applied}. {_counted(seen)}")
        if seen[ChangeKind.LOWER]:
            self.stdout.write("What would lose points was left as it is (--allow-lower).")
        if applied:
            self.stdout.write(f"Back again: manage.py regrade undo {regrade.public_id}")

    def _undo(self, options: dict[str, Any]) -> None:
        count = services.undo_regrade(regrade=_regrade(options))
        self.stdout.write(f"Undone: {count} earlier reports count again.")

    def _cancel(self, options: dict[str, Any]) -> None:
        count = services.cancel_regrade(regrade=_regrade(options))
        self.stdout.write(f"Cancelled: {count} runs will not be graded.")

    def _list(self, _options: dict[str, Any]) -> None:
        for regrade in Regrade.objects.with_counts():
            self.stdout.write(
                f"{regrade.public_id}  {regrade.created_at:%Y-%m-%d %H:%M}  {regrade.state:9}  "
                f"{regrade.total - regrade.open}/{regrade.total} graded  {_scope(regrade)}"
            )

    def _follow(self, regrade: Regrade, options: dict[str, Any]) -> None:
        total = regrade.runs.count()
        try:
            while (waiting := regrade.runs.live().count()) and not options["no_wait"]:
                self._progress(f"{total - waiting} of {total} graded")
                time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            self.stdout.write("\nGrading goes on by itself.")
        self._progress("")
        self._write_changes(regrade)

    def _progress(self, text: str) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r\x1b[K{text}", ending="")
            self.stdout.flush()

    def _write_changes(self, regrade: Regrade) -> None:
        """The changes one by one, then the sums."""
        seen: Counter[ChangeKind] = Counter()
        environments = versions = 0
        for change in services.list_changes(regrade=regrade):
            seen[change.kind] += 1
            environments += change.has_other_environment
            versions += change.has_other_version
            if change.kind not in (ChangeKind.SAME, ChangeKind.WAITING):
                self.stdout.write(_line(change))
        self.stdout.write(f"{_scope(regrade)}, {regrade.get_state_display()}: {_counted(seen)}")
        if environments:
            self.stdout.write(
                f"{environments} were graded in another environment, or by another version of the grader, than before."
            )
        if versions:
            self.stdout.write(f"{versions} were graded on another version of the exercise.")
        if regrade.state == Regrade.State.PREVIEW:
            step = "show" if seen[ChangeKind.WAITING] else "apply"
            self.stdout.write(f"Next: manage.py regrade {step} {regrade.public_id}")


def _line(change: Change) -> str:
    submission, before, after = change.run.submission, change.before, change.after
    assert submission is not None
    points = f"{before.points:g}/{before.max_points:g}"
    if after is not None:
        points += f" → {after.points:g}/{after.max_points:g}"
    remarks = ["other environment or grader"] if change.has_other_environment else []
    remarks += ["other version"] if change.has_other_version else []
    where = f"{submission.exercise.slug} {submission.learner.username} #{submission.number}"
    return (
        f"  {change.kind:10} {where}: {points} {' '.join(f'({text})' for text in remarks)}".rstrip()
    )


def _counted(seen: Counter[ChangeKind]) -> str:
    return ", ".join(f"{seen[kind]} {kind}" for kind in ChangeKind if seen[kind]) or "nothing else"


def _scope(regrade: Regrade) -> str:
    what = regrade.scope["exercise"] or "all exercises"
    cohort = regrade.scope.get("cohort")  # regrades from before there were cohorts say nothing
    where = f" in cohort {cohort}" if cohort else ""
    learners = regrade.scope["learners"]
    whose = f" of {', '.join(learners)}" if learners is not None else ""
    version = "current" if regrade.uses_current_version else "stored"
    return f"{what}{where}{whose}, {version} version"


def _regrade(options: dict[str, Any]) -> Regrade:
    try:
        return Regrade.objects.get(public_id=options["id"])
    except Regrade.DoesNotExist:
        raise CommandError(f"there is no regrade {options['id']}") from None


def _exercise(slug: str | None) -> Exercise | None:
    if slug is None:
        return None
    try:
        return Exercise.objects.get(slug=slug)
    except Exercise.DoesNotExist:
        raise CommandError(f"there is no exercise {slug!r}") from None


def _cohort(slug: str | None) -> Cohort | None:
    if slug is None:
        return None
    try:
        return Cohort.objects.get(slug=slug)
    except Cohort.DoesNotExist:
        raise CommandError(f"there is no cohort {slug!r}") from None


def _learners(names: list[str] | None) -> list[User] | None:
    if names is None:
        return None
    found = {user.username: user for user in User.objects.filter(username__in=names)}
    missing = sorted(set(names) - set(found))
    if missing:
        raise CommandError(f"no such learner: {', '.join(missing)}")
    return list(found.values())
