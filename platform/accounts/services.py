"""Everything that changes an account, apart from what allauth does itself."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction
from rest_framework.authtoken.models import Token

from accounts.models import Role, User


def update_profile(*, user: User, display_name: str, timezone: str) -> None:
    user.display_name = display_name
    user.timezone = timezone
    user.save(update_fields=["display_name", "timezone"])


def end_sessions(*, user: User) -> None:
    """Sign the user out everywhere; for when their rights change."""
    for session in UserSession.objects.filter(user=user):
        session.end()


@transaction.atomic
def create_token(*, user: User) -> str:
    """Make the user's API token, in place of any they had. The key is shown once and by the caller."""
    revoke_token(user=user)
    return Token.objects.create(user=user).key


def revoke_token(*, user: User) -> None:
    Token.objects.filter(user=user).delete()


# -- Demo accounts ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DemoAccount:
    role: Role
    username: str
    password: str

    @property
    def email(self) -> str:
        return f"{self.username}@example.org"


def ensure_demo_accounts(*, file: Path, password: str | None = None) -> list[DemoAccount]:
    """One demo account per role; their passwords stand in ``file``, readable by its owner alone.

    Accounts that exist stay as they are, unless the file is gone: nobody knows their passwords then,
    so they get new ones. ``password`` is used for all that are made instead of random ones.
    """
    known = _read_demo_accounts(file)
    if known:
        accounts = known
    else:
        accounts = [
            DemoAccount(role, f"demo-{role.value}", password or secrets.token_urlsafe(12))
            for role in Role
        ]
        _write_demo_accounts(file, accounts)
    for account in accounts:
        _ensure_demo_account(account, reset_password=not known)
    return accounts


@transaction.atomic
def _ensure_demo_account(account: DemoAccount, *, reset_password: bool) -> None:
    user = User.objects.filter(username=account.username).first()
    if user is None:
        name = f"Demo {account.role.label.lower()}"
        user = User.objects.create_user(
            account.username, account.email, account.password, role=account.role, display_name=name
        )
    elif reset_password:
        user.set_password(account.password)
        user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def _read_demo_accounts(file: Path) -> list[DemoAccount]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return [DemoAccount(Role(role), username, password) for role, username, password in rows]


def _write_demo_accounts(file: Path, accounts: list[DemoAccount]) -> None:
    # Written aside and moved, so that a full disk never leaves half a file to be believed later.
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    lines = [f"{account.role.value} {account.username} {account.password}" for account in accounts]
    text = "\n".join(["# role username password", *lines, ""])
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    part.replace(file)
