"""The user, and the one role each user has."""

import zoneinfo
from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody is here for. Whoever writes the course edits the repository and needs no role."""

    LEARNER = "learner", _("Learner")
    MENTOR = "mentor", _("Mentor")
    OPERATOR = "operator", _("Operator")


def validate_timezone(name: str) -> None:
    """Refuse what the time zone database does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name})


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, username: str, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        """A learner, unless ``role`` says otherwise."""
        user = self.model(username=username, email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, username: str, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        return self.create_user(username, email, password, **fields, role=Role.OPERATOR)


class User(AbstractUser):
    """Somebody with an account. Rights follow from :attr:`role` alone, so they cannot drift apart."""

    first_name = None  # type: ignore[assignment]  # one name, written as its owner likes
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"))
    display_name = models.CharField(
        _("display name"),
        max_length=80,
        blank=True,
        help_text=_("How others see you. Your username is used when this is empty."),
    )
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.LEARNER)
    timezone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_timezone],
        help_text=_("Dates and deadlines are shown in this time zone."),
    )

    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_unique",
                violation_error_message=_("Somebody already uses this e-mail address."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_user_username_unique",
                violation_error_message=_("Somebody already uses this username."),
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]),
                name="accounts_user_role_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What pages call this user."""
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_mentor(self) -> bool:
        """Mentors guide learners; operators may do what mentors may."""
        return self.role in {Role.MENTOR, Role.OPERATOR}

    @property
    def is_operator(self) -> bool:
        return self.role == Role.OPERATOR

    @property
    def is_staff(self) -> bool:  # type: ignore[override]
        """Django's word for who may open the operator's pages."""
        return self.is_operator

    @property
    def is_superuser(self) -> bool:  # type: ignore[override]
        """Django's word for who may do everything there."""
        return self.is_operator
