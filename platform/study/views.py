"""Pages over the course. They are open to everybody; who is signed in sees their own progress in them."""

from collections import Counter
from typing import Any

from csp.constants import UNSAFE_INLINE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from curriculum import access
from curriculum.models import Exercise, Module, Resource, Section
from curriculum.services import sum_hours
from grader.exercises import Limits
from progress.services import course_progress, find_whereabouts
from study import services
from submissions.models import Submission

RECENT = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, for strangers; where they are, for learners."""
    modules = list(access.list_modules())
    exercises = _exercises_of(modules)
    if not request.user.is_authenticated:
        context = {"modules": modules, "exercise_count": len(exercises)}
        return render(request, "landing.html", context)
    progress = course_progress(request.user, exercises)
    handed_in = Submission.objects.filter(learner_id=request.user.pk).with_outcome()
    context = {
        "modules": modules,
        "progress": progress,
        "where": find_whereabouts(request.user, exercises, progress.exercises),
        "recent": list(handed_in[:RECENT]),
        "first_section": next((s for module in modules for s in module.sections.all()), None),
    }
    return render(request, "study/home.html", context)


@require_safe
def course_map(request: HttpRequest) -> HttpResponse:
    """All modules and sections, with the hours as the plan has them."""
    modules = list(access.list_modules())
    context = {
        "course": access.get_course(),
        "totals": sum_hours(),
        "modules": modules,
        "section_count": sum(len(module.sections.all()) for module in modules),
        "progress": course_progress(request.user, _exercises_of(modules)),
    }
    return render(request, "study/map.html", context)


@require_safe
def module(request: HttpRequest, module_slug: str) -> HttpResponse:
    found = access.get_module(module_slug)
    modules = list(Module.objects.active())
    before, behind = services.find_neighbours(modules, found)
    context = {
        "module": found,
        "progress": course_progress(request.user, _exercises_of([found])),
        "before": before,
        "behind": behind,
    }
    return render(request, "study/module.html", context)


@require_safe
def section(request: HttpRequest, module_slug: str, section_slug: str) -> HttpResponse:
    """A section with its lesson, exercises and resources."""
    found = access.get_section(module_slug, section_slug)
    lesson = services.read_lesson(found.lesson) if found.lesson else None
    can_try = request.user.is_authenticated and lesson is not None and lesson.cell_count
    before, behind = services.find_neighbours(list(access.list_section_titles()), found)
    context = {
        "section": found,
        "module": found.module,
        "lesson": lesson,
        "boot": _boot(found) if can_try else None,
        "progress": course_progress(request.user, found.exercises.all()),
        "before": before,
        "behind": behind,
    }
    response = render(request, "study/section.html", context)
    if can_try:
        # Editors set styles, as on the page of an exercise. It is what django-csp's decorator does.
        response._csp_update = {"style-src": UNSAFE_INLINE}  # type: ignore[attr-defined]
    return response


def _boot(section: Section) -> dict[str, Any]:
    """What the script needs that runs a lesson's cells: ``LessonBoot`` of frontend/notebook/src/types.ts."""
    page = section.get_absolute_url()
    return {
        "limits": Limits().model_dump(include={"cell_seconds", "memory_mb"}),
        "urls": {
            "kernel": f"/kernel/lessons/{section.module.slug}/{section.slug}/",
            "login": f"{reverse('account_login')}?next={page}",
            "script_frame": reverse("workbench:script-frame"),
            "script": static("notebook/nb.js"),
            "style": static("notebook/nb.css"),
        },
    }


@require_safe
def schedule(request: HttpRequest) -> HttpResponse:
    """The plan's calendar, and what it leaves out."""
    rows = list(access.list_schedule())
    context = {
        "course": access.get_course(),
        "rows": rows,
        "unscheduled": services.find_unscheduled(rows, access.list_section_titles()),
        "totals": sum_hours(),
    }
    return render(request, "study/schedule.html", context)


@require_safe
def resources(request: HttpRequest) -> HttpResponse:
    """Everything that the plan names; ``?kind=book`` shows the books alone.

    Raises:
        Http404: there is no such kind.
    """
    kind = request.GET.get("kind", "")
    if kind and kind not in Resource.Kind.values:
        raise Http404(f"no kind of resource {kind}")
    every = list(access.list_resources())
    counts = Counter(resource.kind for resource in every)
    context = {
        "kind": kind,
        "kinds": [
            (choice, counts[choice.value]) for choice in Resource.Kind if counts[choice.value]
        ],
        "resources": [resource for resource in every if not kind or resource.kind == kind],
        "total": len(every),
    }
    return render(request, "study/resources.html", context)


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    context = {"course": access.get_course(), "people": access.list_people()}
    return render(request, "study/people.html", context)


@require_safe
def tips(request: HttpRequest) -> HttpResponse:
    return render(request, "study/tips.html", {"tips": access.list_tips()})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """The plan itself: what it promises, how its hours add up, where this edition departs from it."""
    context: dict[str, Any] = {"course": access.get_course(), "totals": sum_hours()}
    return render(request, "study/about.html", context)


def _exercises_of(modules: list[Module]) -> list[Exercise]:
    """All exercises of modules that were fetched with them, in course order."""
    return [
        exercise
        for module in modules
        for section in module.sections.all()
        for exercise in section.exercises.all()
    ]
