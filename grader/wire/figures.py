"""matplotlib figures on the wire, as structure: what they say and the data that they show, no pixels.

They travel one way, from the learner to the check, and arrive as the plain values below.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from grader.wire.frames import WireError
from grader.wire.plain import exactly

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder


@dataclass(frozen=True)
class Line:
    """A line or a row of markers: ``x`` and ``y`` as arrays of floats, dates as matplotlib's days."""

    x: Any
    y: Any
    label: str = ""
    style: str = ""
    marker: str = ""
    colour: Any = None  # red, green, blue, alpha; from 0 to 1


@dataclass(frozen=True)
class Points:
    """A scatter: ``values`` are what is shown by colour, ``sizes`` are in square points."""

    x: Any
    y: Any
    label: str = ""
    sizes: Any = None
    values: Any = None


@dataclass(frozen=True)
class Bars:
    """Bars or a histogram: the left edges, widths, bottoms and (signed) heights of the rectangles."""

    left: Any
    width: Any
    bottom: Any
    height: Any
    label: str = ""


@dataclass(frozen=True)
class Image:
    """What ``imshow`` or ``pcolormesh`` shows: the data, the range of the colours, the colour map's name."""

    data: Any
    limits: Any
    colour_map: str = ""
    extent: Any = None


@dataclass(frozen=True)
class Shape:
    """Any other patch or filled area: its class's name and its corners, shape (n, 2), in data units."""

    kind: str
    corners: Any
    label: str = ""


@dataclass(frozen=True)
class Note:
    """A text inside the axes and where it stands."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Axes:
    """One pair of axes. Limits are (low, high) as drawn; ``legend`` is None where there is none."""

    title: str = ""
    x_label: str = ""
    y_label: str = ""
    x_limits: Any = None
    y_limits: Any = None
    x_scale: str = ""
    y_scale: str = ""
    x_ticks: list[str] = field(default_factory=list)
    y_ticks: list[str] = field(default_factory=list)
    legend: list[str] | None = None
    lines: list[Line] = field(default_factory=list)
    points: list[Points] = field(default_factory=list)
    bars: list[Bars] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    is_colour_bar: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure: its title over all axes, its axes in the order in which they were made, its size in inches."""

    title: str = ""
    axes: list[Axes] = field(default_factory=list)
    size: Any = None


_PARTS = {
    "lines": Line, "points": Points, "bars": Bars, "images": Image, "shapes": Shape,
    "notes": Note, "axes": Axes,
}  # fmt: skip
_TEXTS = frozenset(
    ("title", "label", "style", "marker", "colour_map", "kind", "text", "x_label", "y_label")
) | {"x_scale", "y_scale"}
_TEXT_LISTS = frozenset(("x_ticks", "y_ticks", "legend"))
_NUMBERS = frozenset(
    ("x", "y", "colour", "sizes", "values", "left", "width", "bottom", "height", "data", "limits")
) | {"extent", "corners", "x_limits", "y_limits", "size"}


def _read(kind: type) -> Any:
    def read(decoder: Decoder, node: dict[str, Any]) -> Any:
        return _build(kind, decoder.value(node["v"]))

    return read


def _build(kind: type, values: Any) -> Any:
    """One of the classes above from a dict of plain values, each field of the kind that it must be."""
    names = {item.name for item in fields(kind)}
    if not names.issuperset(exactly(values, dict)):
        raise WireError("not a part of a figure")
    return kind(**{name: _field(name, value) for name, value in values.items()})


def _field(name: str, value: Any) -> Any:
    if name in _PARTS:
        return [_build(_PARTS[name], part) for part in exactly(value, list)]
    if name in _TEXTS:
        return exactly(value, str)
    if name in _TEXT_LISTS:
        is_fit = value is None or all(type(text) is str for text in exactly(value, list))
    elif name in _NUMBERS:
        is_fit = value is None or type(value) is float or _is_numeric(value)
    else:
        is_fit = type(value) is bool
    if not is_fit:
        raise WireError("not a part of a figure")
    return value


def _is_numeric(value: Any) -> bool:
    return type(value).__name__ == "ndarray" and value.dtype.kind in "biuf"


def _writer(tag: str) -> Any:
    def write(encoder: Encoder, value: Any, depth: int) -> Any:
        from grader.wire import drawing

        structure = drawing.of_figure(value) if tag == "figure" else drawing.of_axes(value)
        return {"$": tag, "v": encoder.value(structure, depth + 1)}

    return write


def encoders() -> dict[type, Any]:
    """How each type is written."""
    import matplotlib.axes
    import matplotlib.figure
    import matplotlib.projections.polar

    axes = (matplotlib.axes.Axes, matplotlib.projections.polar.PolarAxes)
    return {matplotlib.figure.Figure: _writer("figure"), **dict.fromkeys(axes, _writer("axes"))}


def decoders() -> dict[str, Any]:
    """How each tag is read; matplotlib is not needed for it."""
    return {"figure": _read(Figure), "axes": _read(Axes)}
