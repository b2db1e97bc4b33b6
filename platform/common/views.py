"""The page that shows every component of the design, and the refusal of forms that were open for too long."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import csrf

from common.errors import PageTooOldError
from common.problems import problem_response
from grader.verdict import Verdict


def style(request: HttpRequest) -> HttpResponse:
    """The style page: for everybody while developing, else for operators only."""
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise Http404
    return render(request, "style.html", {"verdicts": list(Verdict)})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's page for forms; problem details for scripts, which would show no page."""
    if request.accepts("text/html"):
        return csrf.csrf_failure(request, reason)
    return problem_response(PageTooOldError())
