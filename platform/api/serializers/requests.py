"""What programs send. Bodies are read in a process of their own, as uploads to the page are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request

from common.errors import TooLargeError
from grader.errors import NotebookError, Problem
from notebooks.upload import parse_request, parse_upload


class SubmissionRequestSerializer(serializers.Serializer):
    """Exactly one of the two."""

    notebook = serializers.DictField(
        required=False, help_text="A notebook (nbformat 4) as an object."
    )
    answers = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="The text of each answer cell by its id; cells that are left out stay the starter.",
    )


class SubmissionFileSerializer(serializers.Serializer):
    notebook = serializers.FileField(help_text="An .ipynb file.")


@dataclass(frozen=True, slots=True)
class HandingIn:
    """What a request hands in: a notebook as plain data, or texts by answer cell."""

    notebook: Mapping[str, Any] | None = None
    answers: Mapping[str, Any] | None = None

    @classmethod
    def read(cls, request: Request) -> "HandingIn":
        """From any of the three content types.

        Raises:
            NotebookError, TooLargeError: the body cannot be used.
        """
        if isinstance(request.data, cls):
            return request.data
        file = request.FILES.get("notebook")
        if file is None:
            raise NotebookError([Problem("notebook", _("The request holds no notebook."))])
        return cls(notebook=parse_upload(_read(file)))


class RequestParser(BaseParser):
    """``{"notebook": …}`` or ``{"answers": …}``."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], *_arguments: Any, **_options: Any) -> Any:
        return HandingIn(**parse_request(_read(stream)))


class NotebookParser(BaseParser):
    """The notebook file itself."""

    media_type = "application/x-ipynb+json"

    def parse(self, stream: IO[bytes], *_arguments: Any, **_options: Any) -> Any:
        return HandingIn(notebook=parse_upload(_read(stream)))


class FileParser(MultiPartParser):
    """A form with the notebook as a file."""


def _read(stream: IO[bytes]) -> bytes:
    limit = settings.SUBMISSION_MAX_BYTES
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise TooLargeError(
            _("A submission may have at most %(limit)d MiB.") % {"limit": limit // 1024**2}
        )
    return data
