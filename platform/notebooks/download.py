"""A notebook as a file for the learner's own machine."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

NOTEBOOK_TYPE = "application/x-ipynb+json"


def notebook_response(notebook: Mapping[str, Any], name: str) -> HttpResponse:
    """The answer that makes a browser save ``<name>.ipynb``, and never show it."""
    body = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
    response = HttpResponse(body.encode("utf-8", "replace"), content_type=NOTEBOOK_TYPE)
    filename = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "notebook"
    response["Content-Disposition"] = f'attachment; filename="{filename}.ipynb"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
