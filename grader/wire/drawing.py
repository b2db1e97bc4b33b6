"""Reads what a matplotlib figure shows. Runs beside the learner's code: the other side trusts none of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

MOST = 200  # artists of a kind in one pair of axes
MOST_AXES = 40
MAX_TEXT = 500  # characters
MAX_TICKS = 100


def of_figure(figure: Any) -> dict[str, Any]:
    """The fields of :class:`grader.wire.figures.Figure` as plain values."""
    over_all = getattr(figure, "_suptitle", None)
    return {
        "title": _text(over_all.get_text()) if over_all is not None else "",
        "axes": [of_axes(axes) for axes in figure.axes[:MOST_AXES]],
        "size": _floats(figure.get_size_inches()),
    }


def of_axes(axes: Any) -> dict[str, Any]:
    """The fields of :class:`grader.wire.figures.Axes` as plain values."""
    legend, barred = axes.get_legend(), _bar_patches(axes)
    return {
        "title": _text(axes.get_title() or axes.get_title("left") or axes.get_title("right")),
        "x_label": _text(axes.get_xlabel()),
        "y_label": _text(axes.get_ylabel()),
        "x_limits": _floats(axes.get_xlim()),
        "y_limits": _floats(axes.get_ylim()),
        "x_scale": _text(axes.get_xscale()),
        "y_scale": _text(axes.get_yscale()),
        "x_ticks": _ticks(axes.get_xticklabels),
        "y_ticks": _ticks(axes.get_yticklabels),
        "legend": None if legend is None else _texts(legend.get_texts()),
        "lines": [_line(line) for line in axes.lines[:MOST]],
        "points": [_points(item) for item in _of_class(axes.collections, "PathCollection")],
        "bars": _bars(axes),
        "images": [_image(item) for item in _images(axes)],
        "shapes": _shapes(axes, barred),
        "notes": [_note(text) for text in axes.texts[:MOST]],
        "is_colour_bar": axes.get_label() == "<colorbar>",
    }


def _line(line: Any) -> dict[str, Any]:
    from matplotlib.colors import to_rgba

    return {
        "x": _floats(line.get_xdata(orig=False)),
        "y": _floats(line.get_ydata(orig=False)),
        "label": _label(line),
        "style": _named(line.get_linestyle()),
        "marker": _named(line.get_marker()),
        "colour": _floats(to_rgba(line.get_color())),
    }


def _points(points: Any) -> dict[str, Any]:
    places, values = _floats(points.get_offsets()).reshape(-1, 2), points.get_array()
    return {
        "x": places[:, 0],
        "y": places[:, 1],
        "label": _label(points),
        "sizes": _floats(points.get_sizes()),
        "values": None if values is None else _floats(values),
    }


def _bar_patches(axes: Any) -> set[int]:
    return {id(patch) for bars in _bar_containers(axes) for patch in bars.patches}


def _bar_containers(axes: Any) -> list[Any]:
    return [item for item in axes.containers if type(item).__name__ == "BarContainer"][:MOST]


def _bars(axes: Any) -> list[dict[str, Any]]:
    """Each call of bar, barh or hist; rectangles of nobody's are one more group."""
    grouped = _bar_patches(axes)
    groups = [
        (_label(bars, *bars.patches[:1]), list(bars.patches)) for bars in _bar_containers(axes)
    ]
    single = [p for p in axes.patches if type(p).__name__ == "Rectangle" and id(p) not in grouped]
    groups += [("", single)] * bool(single)
    return [
        {
            "left": _floats([patch.get_x() for patch in patches]),
            "width": _floats([patch.get_width() for patch in patches]),
            "bottom": _floats([patch.get_y() for patch in patches]),
            "height": _floats([patch.get_height() for patch in patches]),
            "label": label,
        }
        for label, patches in groups
    ]


def _images(axes: Any) -> list[Any]:
    return [*axes.images[:MOST], *_of_class(axes.collections, "QuadMesh")]


def _image(image: Any) -> dict[str, Any]:
    extent = image.get_extent() if hasattr(image, "get_extent") else None
    data = image.get_array()
    return {
        "data": _floats(data if data is not None else []),
        "limits": _floats([np.nan if limit is None else limit for limit in image.get_clim()]),
        "colour_map": _text(image.get_cmap().name),
        "extent": None if extent is None else _floats(extent),
    }


def _shapes(axes: Any, barred: set[int]) -> list[dict[str, Any]]:
    patches = [patch for patch in axes.patches if type(patch).__name__ != "Rectangle"]
    shapes = [
        (patch, [patch.get_patch_transform().transform_path(patch.get_path())])
        for patch in patches[:MOST]
        if id(patch) not in barred
    ]
    areas = ("PolyCollection", "FillBetweenPolyCollection", "LineCollection")
    shapes += [(area, area.get_paths()) for area in _of_class(axes.collections, *areas)]
    return [
        {
            "kind": _text(type(artist).__name__),
            "corners": _floats(path.vertices).reshape(-1, 2),
            "label": _label(artist),
        }
        for artist, paths in shapes
        for path in paths[:MOST]
    ][:MOST]


def _note(text: Any) -> dict[str, Any]:
    x, y = (float(part) for part in text.get_position())
    return {"text": _text(text.get_text()), "x": x, "y": y}


def _of_class(artists: Any, *names: str) -> list[Any]:
    return [artist for artist in artists if type(artist).__name__ in names][:MOST]


def _ticks(read: Callable[[], Any]) -> list[str]:
    return _texts(read())


def _texts(items: Any) -> list[str]:
    return [_text(item.get_text()) for item in list(items)[:MAX_TICKS]]


def _label(*artists: Any) -> str:
    """What the learner called it; matplotlib's own names begin with an underscore."""
    labels = [_named(artist.get_label()) for artist in artists]
    return next((label for label in labels if label and not label.startswith("_")), "")


def _named(value: Any) -> str:
    return "" if value in (None, "None") else _text(value)


def _text(value: Any) -> str:
    return str(value)[:MAX_TEXT]


def _floats(values: Any) -> Any:
    """An array of floats; masked entries become NaN."""
    if isinstance(values, np.ma.MaskedArray):
        values = values.astype(float).filled(np.nan)
    return np.array(values, dtype=float)
