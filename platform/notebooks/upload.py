"""A notebook file from outside, read where it can do no harm."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from grader.errors import NotebookError, Problem
from notebooks import reader

READER = Path(__file__).with_name("reader.py")
WALL_SECONDS = 15
# As little as this can hold nothing that takes much time or memory to read: no process is started for it.
SMALL_BYTES = 128 * 1024


def read_upload(file: UploadedFile) -> dict[str, Any]:
    """The notebook in an uploaded file; its name and type are not believed.

    Raises:
        NotebookError: it cannot be used, with the reasons.
    """
    _refuse_large(file.size or 0)
    return parse_upload(file.read(settings.SUBMISSION_MAX_BYTES + 1))


def parse_upload(data: bytes) -> dict[str, Any]:
    """A notebook from the bytes of a file: formats and, of each cell, kind, id, source and our label.

    What is not small is read in another process with limits on memory and time; see :mod:`notebooks.reader`.

    Raises:
        NotebookError: too large, not UTF-8, not JSON, or JSON that no notebook needs.
    """
    notebook: dict[str, Any] = _read(data, "notebook")["notebook"]
    return notebook


def parse_request(data: bytes) -> dict[str, Any]:
    """The body of an API request: ``{"notebook": …}`` as above, or ``{"answers": {id: text or None}}``.

    Raises:
        NotebookError: as above, or it holds neither or something else.
    """
    return _read(data, "request")


def _read(data: bytes, kind: reader.Kind) -> dict[str, Any]:
    _refuse_large(len(data))
    answer = reader.answer(data, kind) if len(data) <= SMALL_BYTES else _read_elsewhere(data, kind)
    if answer is None:
        raise NotebookError([Problem("file", _("cannot be read within our limits"))])
    if "problems" in answer:
        raise NotebookError([Problem(where, message) for where, message in answer["problems"]])
    return answer


def _read_elsewhere(data: bytes, kind: reader.Kind) -> dict[str, Any] | None:
    """``None`` when the reader did not come to an end."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(READER), kind],
            input=data,
            capture_output=True,
            timeout=WALL_SECONDS,
            env={},
            cwd="/",
            check=False,
        )
        answer: dict[str, Any] | None = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        return None
    return answer


def _refuse_large(size: int) -> None:
    limit = settings.SUBMISSION_MAX_BYTES
    if size > limit:
        message = _("is %(size)s; at most %(limit)s are taken") % {
            "size": filesizeformat(size),
            "limit": filesizeformat(limit),
        }
        raise NotebookError([Problem("file", message)])
