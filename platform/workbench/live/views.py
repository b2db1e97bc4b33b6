"""Kernels as resources: the addresses of Jupyter's own server, below the exercise or lesson."""

from collections.abc import Callable
from concurrent.futures import TimeoutError as CallTimeoutError
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from common.clock import now
from common.errors import (
    KilohourError,
    PlatformError,
    SignedOutError,
    TooLargeError,
    translate_error,
)
from common.problems import problem_response
from grader.errors import GraderError
from grader.errors import PlatformError as HostError
from grader.kernels.live import LiveBusyError, LiveFileError, LiveGoneError, LiveKernel
from workbench.live import pool, records
from workbench.live.errors import (
    FileRefusedError,
    KernelBusyError,
    NoKernelError,
    NotFoundError,
    PlacesTakenError,
    SlowStartError,
)
from workbench.live.kernel import Kernel
from workbench.live.subjects import Subject, get_subject, make_order

UPLOAD_BYTES = 5 * 1024 * 1024
DOWNLOAD_BYTES = 32 * 1024 * 1024
RETRY_SECONDS = 5
# Of an address, what names the subject; see get_subject.
WORDS = {"slug", "module_slug", "section_slug"}

Action = Callable[..., HttpResponse]


def _resource(*methods: str) -> Callable[[Action], Action]:
    """A view for a signed-in learner and what the kernel is for; whatever it refuses is told as problem details."""

    def decorate(action: Action) -> Action:
        @require_http_methods(list(methods))
        @never_cache
        @wraps(action)
        def view(request: HttpRequest, **place: Any) -> HttpResponse:
            try:
                if not isinstance(request.user, User):
                    raise SignedOutError
                subject = get_subject(**{word: place.pop(word) for word in WORDS & place.keys()})
                return action(request, request.user, subject, **place)
            except (KilohourError, GraderError, Http404, CallTimeoutError) as error:
                return _problem(_explain(error))

        return view

    return decorate


@_resource("GET", "POST")
def kernels(request: HttpRequest, learner: User, subject: Subject) -> HttpResponse:
    """GET: the learner's kernels of this subject, none or one. POST: that one, started if there is none."""
    live = pool.current()
    if request.method == "GET":
        found = live.running(learner.pk, subject)
        return JsonResponse([_describe(kernel) for kernel in found], safe=False)
    work = live.start(learner.pk, subject, make_order(subject))
    kernel, is_fresh = live.call(work)
    # 201 for one that runs already, too: Jupyter's own clients take nothing else.
    return JsonResponse(_describe(kernel, fresh=is_fresh), status=201)


@_resource("GET", "DELETE")
def kernel(request: HttpRequest, learner: User, subject: Subject, kernel_id: UUID) -> HttpResponse:
    found = _find(learner, subject, kernel_id)
    if request.method == "GET":
        return JsonResponse(_describe(found))
    live = pool.current()
    live.call(live.end(found, records.Reason.LEARNER))
    return HttpResponse(status=204)


@_resource("POST")
def interrupt(
    request: HttpRequest, learner: User, subject: Subject, kernel_id: UUID
) -> HttpResponse:
    pool.current().call(_find(learner, subject, kernel_id).interrupt())
    return HttpResponse(status=204)


@_resource("POST")
def restart(request: HttpRequest, learner: User, subject: Subject, kernel_id: UUID) -> HttpResponse:
    found = _find(learner, subject, kernel_id)
    pool.current().call(found.restart())
    return JsonResponse(_describe(found, fresh=True))


@_resource("GET")
def files(request: HttpRequest, learner: User, subject: Subject, kernel_id: UUID) -> HttpResponse:
    """What lies in the notebook's folder."""
    entries = _sandbox(_find(learner, subject, kernel_id)).list_files()
    listed = [
        {
            "path": entry.path,
            "size": entry.size,
            "modified_at": datetime.fromtimestamp(entry.modified_at, UTC).isoformat(),
        }
        for entry in entries
    ]
    return JsonResponse(listed, safe=False)


@_resource("GET", "PUT")
def file(
    request: HttpRequest, learner: User, subject: Subject, kernel_id: UUID, path: str
) -> HttpResponse:
    """One file of it: taken out as a download, whatever it holds; or put in."""
    sandbox = _sandbox(_find(learner, subject, kernel_id))
    if request.method == "PUT":
        if int(request.headers.get("Content-Length") or 0) > UPLOAD_BYTES:
            raise TooLargeError(_("Files of up to 5 MB are taken."))
        sandbox.write_file(path, request.body)
        return HttpResponse(status=204)
    name = path.rpartition("/")[2]
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    content = sandbox.read_file(path, DOWNLOAD_BYTES)
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


def _find(learner: User, subject: Subject, kernel_id: UUID) -> Kernel:
    found = pool.current().find(kernel_id)
    if found is None or found.learner_id != learner.pk or found.subject != subject:
        raise NotFoundError
    return found


def _sandbox(kernel: Kernel) -> LiveKernel:
    process = kernel.process
    if process is None:
        raise KernelBusyError
    kernel.touch()
    return process.sandbox


def _describe(kernel: Kernel, *, fresh: bool = False) -> dict[str, Any]:
    return {
        "id": str(kernel.id),
        "name": "python3",
        "execution_state": kernel.state,
        "last_activity": (now() - timedelta(seconds=kernel.idle_seconds())).isoformat(),
        "connections": len(kernel.clients),
        "fresh": fresh,
        "process": kernel.processes,
        "idle_seconds": settings.LIVE_IDLE_SECONDS,
        "cell_seconds": kernel.cell_seconds,
    }


def _explain(error: Exception) -> KilohourError:
    """Our error for what the parts below raise."""
    match error:
        case Http404() | LiveGoneError():
            return NotFoundError()
        case LiveBusyError():
            return KernelBusyError()
        case LiveFileError(reason="missing"):
            return NotFoundError(_("There is no such file."))
        case LiveFileError(reason="too-large"):
            return TooLargeError(_("This file is too large to be downloaded."))
        case LiveFileError(reason="full"):
            return TooLargeError(_("There is no room left for this file."))
        case LiveFileError():
            return FileRefusedError()
        case CallTimeoutError():
            return SlowStartError()
        case HostError():
            return NoKernelError()
    return translate_error(error) or PlatformError()


def _problem(error: KilohourError) -> HttpResponse:
    if isinstance(error, PlacesTakenError):
        response = problem_response(error, place=error.place)
        response["Retry-After"] = str(error.retry_seconds)
        return response
    response = problem_response(error)
    if isinstance(error, PlatformError):
        response["Retry-After"] = str(RETRY_SECONDS)
    return response
