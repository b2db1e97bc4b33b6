"""The shape of what the exercise page sends."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grader.exercises import Answers, Extra
from workbench.services import Worksheet

# As many cells as a notebook may have.
MAX_EXTRAS = 500
KINDS = ("code", "markdown")


class WorkForm(forms.Form):
    """The answer cells as ``cell-<id>``, cells of the learner's own as ``extra-<n>``, and what goes along.

    ``revision`` is the draft's when the page was made; ``key`` belongs to the page and marks a
    submission sent twice; ``overwrite`` and ``set_aside`` are the two ways out of a conflict; ``cell``
    names the cell to reset, ``kept`` the text to bring back.
    """

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    key = forms.UUIDField(required=False)
    overwrite = forms.BooleanField(required=False)
    set_aside = forms.BooleanField(required=False)
    cell = forms.CharField(required=False, max_length=200)
    kept = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def __init__(self, sheet: Worksheet, data: QueryDict) -> None:
        super().__init__(data)
        self._cell_ids = [cell.id for cell in sheet.answer_cells]

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
            if extra.kind not in KINDS or "\0" in extra.after + extra.source:
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


def _plain(text: str) -> str:
    """Browsers send a text area's line ends as CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
