"""Who stands behind a cookie: Django's own session, read as a view would read it."""

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest

from accounts.models import User

Headers = Iterable[tuple[bytes, bytes]]


def session_key(headers: Headers) -> str:
    """The key in the cookie of a handshake; empty when there is none."""
    for name, value in headers:
        if name != b"cookie":
            continue
        try:
            morsel = SimpleCookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
        except CookieError:
            continue
        if morsel is not None:
            return morsel.value
    return ""


def find_user(key: str) -> User | None:
    """The active user of a session that has not ended; asks the database."""
    if not key:
        return None
    request: Any = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = auth.get_user(request)
    return user if isinstance(user, User) and user.is_active else None
