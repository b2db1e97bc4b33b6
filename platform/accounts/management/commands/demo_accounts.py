"""``manage.py demo_accounts``: one account per role, to look around with."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.services import ensure_demo_accounts


class Command(BaseCommand):
    help = "Make a demo learner, mentor and operator if they are not there yet, and print their passwords."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--password", help="for all accounts that are made; random ones without it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file = Path(settings.DATA_DIR) / "demo-accounts.txt"
        accounts = ensure_demo_accounts(file=file, password=options["password"])
        self.stdout.write(f"Demo accounts (kept in {file}):")
        for account in accounts:
            self.stdout.write(
                f"  {account.role.value:<9} {account.username:<14} password {account.password}"
            )
