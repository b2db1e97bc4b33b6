"""``manage.py sync_curriculum``: the door to :func:`curriculum.services.sync_curriculum`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from curriculum.errors import ContentError
from curriculum.loader import CONTENT, load_curriculum
from curriculum.services import SyncResult, sync_curriculum


class Command(BaseCommand):
    help = "Validate the course's files and bring the database to what they say."
    # An author's files have nothing to do with addresses, templates or mail.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="validate only; the database is not touched"
        )
        parser.add_argument(
            "--folder", type=Path, default=CONTENT, help="the course's files (default: %(default)s)"
        )

    def handle(self, *args: Any, check: bool, folder: Path, **options: Any) -> None:
        try:
            if check:
                load_curriculum(folder)
                self.stdout.write(f"{folder}: no mistakes")
            else:
                self.report(sync_curriculum(folder))
        except ContentError as error:
            for problem in error.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{error} Nothing was changed.") from error

    def report(self, result: SyncResult) -> None:
        """One line a kind, then the sum."""
        self.stdout.write(f"{'':20}{'created':>9}{'updated':>9}{'retired':>9}{'unchanged':>11}")
        for name, counts in result.counts.items():
            self.stdout.write(
                f"{name:20}{counts.created:>9}{counts.updated:>9}{counts.retired:>9}"
                f"{counts.unchanged:>11}"
            )
        self.stdout.write(f"{result.changes} changes")
