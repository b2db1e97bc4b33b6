"""An executed notebook as safe HTML. Everything in it may be hostile; nothing in it may stop the page."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from notebooks.highlight import highlight_python, render_terminal
from notebooks.markdown import render_markdown
from notebooks.sanitise import sanitise_output

CELLS = 600
OUTPUTS = 200
TEXT = 100_000
PICTURE_CHARACTERS = 6_000_000  # of base64: 4.5 MB
PAGE_CHARACTERS = 12_000_000
TOP_LEVEL = 3  # notebooks stand below a page's own two levels of headings
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class RenderedOutput:
    """``kind`` is one of text, warning, html, picture, error, notice; ``title`` is an error's name and message."""

    kind: str
    html: SafeString
    title: str = ""


@dataclass(frozen=True, slots=True)
class RenderedCell:
    """``role`` is locked, answer or extra; ``number`` counts cells from 1; ``count`` is Jupyter's ``[3]``."""

    id: str
    number: int
    kind: str
    role: str
    html: SafeString
    count: int | None = None
    outputs: tuple[RenderedOutput, ...] = field(default=())


def render_cells(notebook: Mapping[str, Any]) -> list[RenderedCell]:
    """The cells of a notebook (nbformat 4 as plain data), ready to stand in a page.

    No script is ever passed on, nor styles, nor an address that would be asked for something.
    """
    cells = notebook.get("cells")
    budget = _Budget(PAGE_CHARACTERS)
    return [
        _render_cell(cell, number, budget)
        for number, cell in enumerate(cells[:CELLS] if isinstance(cells, list) else [], start=1)
        if isinstance(cell, Mapping)
    ]


def render_outputs(
    outputs: Iterable[tuple[str, int, Any]], most_characters: int
) -> dict[str, tuple[RenderedOutput, ...]]:
    """Outputs alone, of triples of a cell's id, its number and its outputs; by id.

    ``most_characters`` are for all of them together; what does not fit is said instead.
    """
    budget = _Budget(most_characters)
    return {name: tuple(_render_outputs(given, number, budget)) for name, number, given in outputs}


@dataclass(slots=True)
class _Budget:
    """Characters that the page may still hold."""

    left: int

    def take(self, output: RenderedOutput) -> RenderedOutput:
        if len(output.html) > self.left:
            return _notice(
                _("Output left out: this page is full. Download the notebook to see it.")
            )
        self.left -= len(output.html)
        return output


def _render_cell(cell: Mapping[str, Any], number: int, budget: _Budget) -> RenderedCell:
    source = _text(cell.get("source"))
    kind = "code" if cell.get("cell_type") == "code" else "markdown"
    count = cell.get("execution_count")
    if kind == "code":
        html = highlight_python(source)
    else:
        pictures = _attachments(cell.get("attachments"))
        html = render_markdown(source, pictures=pictures, top_level=TOP_LEVEL)
    return RenderedCell(
        id=_text(cell.get("id"))[:64],
        number=number,
        kind=kind,
        role=_role(cell.get("metadata")),
        html=html,
        count=count if type(count) is int else None,
        outputs=tuple(_render_outputs(cell.get("outputs"), number, budget)),
    )


def _role(metadata: Any) -> str:
    ours = metadata.get("kilohour") if isinstance(metadata, Mapping) else None
    role = ours.get("role") if isinstance(ours, Mapping) else None
    return role if role in ("locked", "answer", "extra") else "locked"


def _render_outputs(outputs: Any, number: int, budget: _Budget) -> Iterator[RenderedOutput]:
    if not isinstance(outputs, list):
        return
    for output in _joined(outputs[:OUTPUTS]):
        rendered = _render_output(output, number)
        if rendered is not None:
            yield budget.take(rendered)
    if len(outputs) > OUTPUTS:
        yield _notice(_("More output was left out. Download the notebook to see all of it."))


def _joined(outputs: list[Any]) -> Iterator[Mapping[str, Any]]:
    """Outputs with neighbouring messages of one stream made one, as they look in a terminal."""
    stream: dict[str, Any] | None = None
    for output in outputs:
        if not isinstance(output, Mapping):
            continue
        if output.get("output_type") != "stream":
            if stream:
                yield stream
            stream = None
            yield output
        elif stream and stream["name"] == output.get("name"):
            stream["text"] += _text(output.get("text"))
        else:
            if stream:
                yield stream
            stream = {**output, "name": output.get("name"), "text": _text(output.get("text"))}
    if stream:
        yield stream


def _render_output(output: Mapping[str, Any], number: int) -> RenderedOutput | None:
    match output.get("output_type"):
        case "stream":
            kind = "warning" if output.get("name") == "stderr" else "text"
            return _terminal(_text(output.get("text")), kind)
        case "error":
            return _error(output)
        case "display_data" | "execute_result":
            return _data(output, number)
    return None


def _terminal(text: str, kind: str = "text") -> RenderedOutput | None:
    if not text:
        return None
    cut = ""
    if len(text) > TEXT:
        text, cut = text[-TEXT:], _("… the beginning was left out …") + "\n"
    return RenderedOutput(kind, mark_safe(format_html("{}", cut) + render_terminal(text)))


def _error(output: Mapping[str, Any]) -> RenderedOutput:
    name, message = _text(output.get("ename")), _text(output.get("evalue"))
    lines = output.get("traceback")
    text = "\n".join(_text(line) for line in lines[:200]) if isinstance(lines, list) else ""
    title = f"{name}: {message}" if message else name
    return RenderedOutput("error", render_terminal(text[-TEXT:]), title[:1000])


def _data(output: Mapping[str, Any], number: int) -> RenderedOutput | None:
    data = output.get("data")
    if not isinstance(data, Mapping):
        return None
    plain = _text(data.get("text/plain"))
    for kind in PICTURES:
        if kind in data and (picture := _picture(kind, output, plain, number)):
            return picture
    if "text/html" in data:
        html = sanitise_output(_text(data["text/html"])[: 10 * TEXT])
        if re.sub(r"<(?!img)[^>]*>|\s", "", html):
            return RenderedOutput("html", html)
    if "text/markdown" in data:
        return RenderedOutput("html", _render_text(data["text/markdown"]))
    if "text/latex" in data:
        return RenderedOutput("html", _render_text(data["text/latex"]))
    if "application/json" in data:
        text = json.dumps(data["application/json"], indent=1, ensure_ascii=False, default=str)
        return _terminal(text)
    if plain:
        return _terminal(plain)
    return _notice(
        _("An output that needs scripts is not shown here. Download the notebook to see it.")
    )


def _render_text(value: Any) -> SafeString:
    return render_markdown(_text(value)[:TEXT], top_level=TOP_LEVEL)


def _picture(
    kind: str, output: Mapping[str, Any], plain: str, number: int
) -> RenderedOutput | None:
    encoded = _encode(kind, _text(output["data"][kind]))
    if encoded is None:
        return None
    if len(encoded) > PICTURE_CHARACTERS:
        return _notice(
            _("A picture of more than 4 MB is not shown. Download the notebook to see it.")
        )
    alt = _("Picture made by cell %(number)d: %(what)s") % {
        "number": number,
        "what": plain[:300] or kind,
    }
    width, height = _size(output.get("metadata"), kind)
    html = format_html(
        '<img src="data:{};base64,{}" alt="{}"{}{}>',
        kind,
        encoded,
        alt,
        format_html(' width="{}"', width) if width else "",
        format_html(' height="{}"', height) if height else "",
    )
    return RenderedOutput("picture", html)


def _encode(kind: str, content: str) -> str | None:
    """Base64 of a picture in one spelling; ``None`` for what is none."""
    if kind == "image/svg+xml":
        return base64.b64encode(content.encode("utf-8", "replace")).decode() if content else None
    try:
        raw = base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return base64.b64encode(raw).decode() if raw else None


def _size(metadata: Any, kind: str) -> tuple[int | None, int | None]:
    given = metadata.get(kind) if isinstance(metadata, Mapping) else None
    if not isinstance(given, Mapping):
        return None, None

    def bounded(value: Any) -> int | None:
        return value if type(value) is int and 0 < value <= 4096 else None

    return bounded(given.get("width")), bounded(given.get("height"))


def _attachments(attachments: Any) -> dict[str, str]:
    """Pictures that a Markdown cell carries, as data URLs by name."""
    if not isinstance(attachments, Mapping):
        return {}
    found = {}
    for name, bundle in list(attachments.items())[:50]:
        for kind in PICTURES:
            if isinstance(bundle, Mapping) and kind in bundle:
                encoded = _encode(kind, _text(bundle[kind]))
                if encoded and len(encoded) <= PICTURE_CHARACTERS:
                    found[str(name)] = f"data:{kind};base64,{encoded}"
    return found


def _notice(text: str) -> RenderedOutput:
    return RenderedOutput("notice", format_html("{}", text))


def _text(value: Any) -> str:
    """nbformat's text: a string, or a list of strings."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return ""
