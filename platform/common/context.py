"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """``our``: name and address of this site, whether its mails reach anybody, who may vouch for users.

    It is not called ``site``, since allauth's views use that name for something else.
    """
    return {
        "our": {
            "name": "Kilohour",
            "url": settings.SITE_URL,
            "social_login": bool(settings.SOCIALACCOUNT_PROVIDERS),
            "mail_is_real": settings.MAIL_IS_REAL,
            "mail_folder": "" if settings.MAIL_IS_REAL else settings.EMAIL_FILE_PATH,
        }
    }
