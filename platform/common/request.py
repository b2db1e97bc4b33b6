"""The request as our views receive it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """Django's request with what our middleware adds."""

    htmx: HtmxDetails
