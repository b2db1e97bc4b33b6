"""The shape of what the exercise page sends: by its form, and by its script."""

from typing import Annotated, Any, TypeVar

from django import forms
from django.http import HttpRequest, QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from common.errors import LearnerError, Problem, TooLargeError
from grader.exercises import EXTRA_ID, Answers, Extra
from workbench.services import SentCell, Worksheet

# As many cells as a notebook may have.
MAX_EXTRAS = 500
KINDS = ("code", "markdown")
LARGEST_REVISION = 2**31 - 1
LARGEST_KEY = 2**63 - 1
DRAFT_BYTES = 2_500_000
OUTPUTS_BYTES = 6_000_000
ORDER_BYTES = 10_000
MOST_NESTED = 200_000


class WorkForm(forms.Form):
    """The answer cells as ``cell-<id>``, cells of the learner's own as ``extra-<n>``, and what goes along.

    ``revision`` is the draft's when the page was made; ``key`` belongs to the page and marks a
    submission sent twice; ``overwrite`` and ``set_aside`` are the two ways out of a conflict; ``cell``
    names the cell to reset.
    """

    revision = forms.IntegerField(min_value=0, max_value=LARGEST_REVISION)
    key = forms.UUIDField(required=False)
    overwrite = forms.BooleanField(required=False)
    set_aside = forms.BooleanField(required=False)
    cell = forms.CharField(required=False, max_length=200)

    def __init__(self, sheet: Worksheet, data: QueryDict) -> None:
        super().__init__(data)
        self._cell_ids = [cell.id for cell in sheet.answer_cells]

    @property
    def has_text(self) -> bool:
        """Whether the page's text came along; the notebook's script has saved it before."""
        return any(name.startswith(("cell-", "extra-")) for name in self.data)

    def answers(self) -> Answers:
        """What was written. A cell that was not sent is not in it; an emptied cell of one's own is gone."""
        cells = {
            cell_id: _plain(self.data[f"cell-{cell_id}"])
            for cell_id in self._cell_ids
            if f"cell-{cell_id}" in self.data
        }
        return Answers(cells=cells, extras=tuple(e for e in self._extras() if e.source.strip()))

    def clean(self) -> None:
        for extra in self._extras():
            is_named = not extra.id or EXTRA_ID.fullmatch(extra.id)
            if extra.kind not in KINDS or not is_named or "\0" in extra.after + extra.source:
                raise forms.ValidationError(
                    _("A cell of your own holds what cannot be kept, such as a NUL character.")
                )

    def _extras(self) -> list[Extra]:
        names = (f"extra-{number}" for number in range(MAX_EXTRAS))
        return [
            Extra(
                self.data.get(f"{name}-after", ""),
                self.data.get(f"{name}-kind", ""),  # type: ignore[arg-type]  # checked in clean
                _plain(self.data[name]),
                self.data.get(f"{name}-id", ""),
            )
            for name in names
            if name in self.data
        ]


class UploadForm(forms.Form):
    """One notebook file. What is in it is for :mod:`notebooks` and the grader to judge."""

    notebook = forms.FileField(
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose a notebook (.ipynb) first.")},
    )


class VersionForm(forms.Form):
    """Which kept version to restore."""

    version = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)


# -- What the script sends: JSON, read as strictly as it can be ------------------------------------------


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError(_("holds a NUL character"))
    return text


Text = Annotated[str, AfterValidator(_without_nul)]
CellId = Annotated[Text, Field(max_length=64)]
Count = Annotated[int, Field(ge=0, le=LARGEST_REVISION)]


class Body(BaseModel):
    """The body of a request; a field that is not expected is refused."""

    model_config = ConfigDict(strict=True, extra="forbid")


class CellBody(Body):
    id: CellId
    type: Annotated[str, Field(pattern="^(code|markdown)$")]
    source: Text


class DraftBody(Body):
    """The whole notebook as it stands on the page; the fields are those of :class:`WorkForm`."""

    revision: Count
    cells: Annotated[list[CellBody], Field(max_length=MAX_EXTRAS)]
    overwrite: bool = False
    set_aside: bool = False

    def sent_cells(self) -> list[SentCell]:
        return [
            SentCell(cell.id, cell.type, _plain(cell.source))  # type: ignore[arg-type]  # by pattern
            for cell in self.cells
        ]


class ShownBody(Body):
    """What one cell showed; what of it is kept is for :mod:`notebooks.outputs` to say."""

    execution_count: int | None = None
    outputs: list[Any]
    ran: str = ""


class OutputsBody(Body):
    outputs: Annotated[dict[CellId, ShownBody], Field(max_length=MAX_EXTRAS)]


class ResetBody(Body):
    cell: CellId = ""


class CheckBody(Body):
    revision: Count


class SubmitBody(Body):
    """``key`` is the page's, and another one for each submission that it means."""

    revision: Count
    key: Annotated[Text, Field(min_length=1, max_length=64)]


class RestoreBody(Body):
    version: Annotated[int, Field(ge=1, le=LARGEST_KEY)]


Shape = TypeVar("Shape", bound=Body)


def read_body(request: HttpRequest, shape: type[Shape], most_bytes: int = ORDER_BYTES) -> Shape:
    """The request's body as a value.

    Raises:
        TooLargeError: it is longer than ``most_bytes``, or holds very many values.
        LearnerError: it is not JSON of this shape; every mistake is named.
    """
    content = request.read(most_bytes + 1)
    # Every list and object costs many times the two bytes that it takes here.
    if len(content) > most_bytes or content.count(b"[") + content.count(b"{") > MOST_NESTED:
        limit = filesizeformat(most_bytes)
        raise TooLargeError(_("At most %(limit)s are taken.") % {"limit": limit})
    try:
        return shape.model_validate_json(content)
    except ValidationError as error:
        raise LearnerError(
            problems=[
                Problem(".".join(map(str, found["loc"])), found["msg"])
                for found in error.errors(include_url=False, include_input=False)[:20]
            ]
        ) from error


def _plain(text: str) -> str:
    """Browsers send a text area's line ends as CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
