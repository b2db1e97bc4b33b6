"""Earlier versions of a learner's work: which there are, how they differ, and back to one of them."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from workbench import services
from workbench.access import get_exercise, get_version, list_versions
from workbench.forms import VersionForm
from workbench.models import KeptVersion


@dataclass(frozen=True, slots=True)
class Entry:
    """A version with the number of cells in which it differs from the present text."""

    version: KeptVersion
    changes: int


@require_GET
@never_cache
@login_required
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """All versions that are kept of the learner's work, newest first."""
    assert isinstance(request.user, User)
    found = get_exercise(slug)
    work = services.get_work(exercise=found, learner=request.user)
    sheet = services.get_worksheet(found)
    entries = [
        Entry(version, services.count_changes(sheet, version.load(), work.answers))
        for version in list_versions(request.user, found)
    ]
    context = {"exercise": found, "work": work, "entries": entries}
    return render(request, "workbench/history.html", context)


@require_GET
@never_cache
@login_required
def version(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One version beside the present text."""
    assert isinstance(request.user, User)
    found = get_exercise(slug)
    kept = get_version(learner=request.user, exercise=found, pk=pk)
    work = services.get_work(exercise=found, learner=request.user)
    changes = services.compare_versions(services.get_worksheet(found), kept.load(), work.answers)
    context = {"exercise": found, "version": kept, "changes": changes}
    return render(request, "workbench/version.html", context)


@require_POST
@never_cache
@login_required
def restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Back to a version; what is there now becomes one."""
    assert isinstance(request.user, User)
    found = get_exercise(slug)
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise Http404
    kept = get_version(learner=request.user, exercise=found, pk=form.cleaned_data["version"])
    services.restore_version(learner=request.user, exercise=found, version=kept)
    messages.success(
        request, _("Your earlier text is back. What was here is kept among the earlier versions.")
    )
    return redirect(found)
