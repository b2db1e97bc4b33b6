"""Users, roles, demo accounts, and the operator's pages."""

from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from accounts.services import ensure_demo_accounts
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_rights_follow_from_the_role(learner: User, mentor: User, operator: User) -> None:
    assert [user.is_mentor for user in (learner, mentor, operator)] == [False, True, True]
    assert [user.is_operator for user in (learner, mentor, operator)] == [False, False, True]
    assert [user.is_staff for user in (learner, mentor, operator)] == [False, False, True]
    assert operator.has_perm("accounts.delete_user")
    assert not mentor.has_perm("accounts.delete_user")


def test_a_superuser_is_an_operator() -> None:
    user = User.objects.create_superuser("root", "root@example.org", PASSWORD)
    assert user.role == Role.OPERATOR


@pytest.mark.parametrize(
    ("username", "email"),
    [("somebody", "LEARNER@example.org"), ("Learner", "somebody@example.org")],
)
def test_names_and_addresses_are_unique_whatever_the_case(
    learner: User, username: str, email: str
) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create(username=username, email=email)


def test_a_role_that_is_none_is_refused(learner: User) -> None:
    learner.role = "emperor"
    with pytest.raises(IntegrityError):
        learner.save()


def test_a_time_zone_must_exist(learner: User) -> None:
    learner.timezone = "Mars/Olympus_Mons"
    with pytest.raises(ValidationError, match="time zone"):
        learner.full_clean()


# -- Demo accounts ---------------------------------------------------------------------------------


def test_demo_accounts_can_sign_in_and_are_made_once(tmp_path: Path, client: Client) -> None:
    file = tmp_path / "demo-accounts.txt"
    first = ensure_demo_accounts(file=file)
    assert ensure_demo_accounts(file=file) == first
    assert {account.role for account in first} == set(Role)
    assert file.stat().st_mode & 0o777 == 0o600
    for account in first:
        user = User.objects.get(username=account.username)
        assert user.role == account.role
        assert user.check_password(account.password)
        assert EmailAddress.objects.get(user=user).verified


def test_a_changed_demo_password_stays_changed(tmp_path: Path) -> None:
    file = tmp_path / "demo-accounts.txt"
    account = ensure_demo_accounts(file=file)[0]
    user = User.objects.get(username=account.username)
    user.set_password("my-own-choice")
    user.save()
    ensure_demo_accounts(file=file)
    user.refresh_from_db()
    assert user.check_password("my-own-choice")


def test_a_lost_file_means_new_passwords(tmp_path: Path) -> None:
    file = tmp_path / "demo-accounts.txt"
    ensure_demo_accounts(file=file)
    file.unlink()
    account = ensure_demo_accounts(file=file, password="given-by-hand")[0]
    assert account.password == "given-by-hand"
    assert User.objects.get(username=account.username).check_password("given-by-hand")


def test_the_command_prints_the_passwords(
    tmp_path: Path, settings: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    call_command("demo_accounts")
    assert "demo-learner" in capsys.readouterr().out
    assert (tmp_path / "demo-accounts.txt").exists()


# -- The operator's pages --------------------------------------------------------------------------


def test_operators_sign_in_at_the_common_door(client: Client) -> None:
    page = client.get(reverse("admin:index"), follow=True)
    assert page.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_learners_and_mentors_are_refused(client: Client, learner: User, mentor: User) -> None:
    for user in (learner, mentor):
        client.force_login(user)
        assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_a_change_of_role_ends_the_sessions(client: Client, learner: User, operator: User) -> None:
    theirs = Client()
    theirs.post(reverse("account_login"), {"login": learner.username, "password": PASSWORD})
    assert theirs.get(reverse("accounts:profile")).status_code == 200

    client.force_login(operator)
    answers = {
        "username": learner.username,
        "email": learner.email,
        "display_name": "",
        "timezone": "UTC",
        "role": "mentor",
        "is_active": "on",
    }
    client.post(reverse("admin:accounts_user_change", args=[learner.pk]), answers)

    learner.refresh_from_db()
    assert learner.role == Role.MENTOR
    assert theirs.get(reverse("accounts:profile")).status_code == 302
