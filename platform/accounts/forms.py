"""Shapes of what the account pages take in."""

import zoneinfo
from functools import cache
from itertools import groupby

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


@cache
def timezone_choices() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """UTC first, then the zones that people live in, by continent."""
    names = sorted(name for name in zoneinfo.available_timezones() if _is_place(name))
    continents = groupby(names, key=lambda name: name.partition("/")[0])
    groups = [
        (continent, [(name, name.partition("/")[2].replace("_", " ")) for name in zones])
        for continent, zones in continents
    ]
    return [("UTC", "UTC"), *groups]


def _is_place(name: str) -> bool:
    return "/" in name and not name.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/"))


class ProfileForm(forms.ModelForm):
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        choices=timezone_choices,
        help_text=User._meta.get_field("timezone").help_text,
    )

    class Meta:
        model = User
        fields = ["display_name", "timezone"]
        widgets = {"display_name": forms.TextInput(attrs={"autocomplete": "nickname"})}
