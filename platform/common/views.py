"""The one page that shows every component of the design, for whoever changes it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from grader.verdict import Verdict


def style(request: HttpRequest) -> HttpResponse:
    """The style page: for everybody while developing, else for operators only."""
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise Http404
    return render(request, "style.html", {"verdicts": list(Verdict)})
