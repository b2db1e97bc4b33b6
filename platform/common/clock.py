"""The one place that says what time it is; tests replace it."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The time, aware, in UTC."""
    return timezone.now()
