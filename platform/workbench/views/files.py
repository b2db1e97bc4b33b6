"""What can be taken away: notebooks, and the data that they read."""

from io import BytesIO

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts.models import User
from grader.exercises import starter_notebook
from notebooks.download import notebook_response
from workbench import services
from workbench.access import get_exercise


@require_GET
def starter(request: HttpRequest, slug: str) -> HttpResponse:
    """The notebook as it is handed out."""
    found = get_exercise(slug)
    return notebook_response(starter_notebook(services.load_exercise(found)), slug)


@require_GET
def data(request: HttpRequest, slug: str, name: str) -> FileResponse:
    """A file that the notebook reads, for working elsewhere."""
    content = services.load_exercise(get_exercise(slug)).data.get(name)
    if content is None:
        raise Http404
    return FileResponse(
        BytesIO(content),
        as_attachment=True,
        filename=name.rpartition("/")[2],
        content_type="application/octet-stream",
    )


@require_GET
@login_required
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """The learner's own work as a notebook, with what its cells showed."""
    found = get_exercise(slug)
    assert isinstance(request.user, User)
    notebook = services.build_notebook(learner=request.user, exercise=found)
    return notebook_response(notebook, f"{slug}-mine")
