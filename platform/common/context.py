"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

# site.js writes the cookie.
THEMES = ("light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    """``our``: name and address of this site, whether its mails reach anybody, who may vouch for users, and
    the theme that was chosen in this browser (``""``: the system's).

    It is not called ``site``, since allauth's views use that name for something else.
    """
    return {
        "our": {
            "name": "Kilohour",
            "url": settings.SITE_URL,
            "social_login": bool(settings.SOCIALACCOUNT_PROVIDERS),
            "mail_is_real": settings.MAIL_IS_REAL,
            "theme": _theme(request),
            "mail_folder": "" if settings.MAIL_IS_REAL else settings.EMAIL_FILE_PATH,
        }
    }


def _theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else ""
