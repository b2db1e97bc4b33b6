"""Figures as structure. Run by test_libraries.py under the core environment."""

import json

import matplotlib
import numpy as np
import pandas as pd

from grader.wire import codec, frames
from grader.wire.figures import Axes, Figure

matplotlib.use("agg")
import matplotlib.pyplot as plt


def export(value):
    return {"$": "handle", "c": type(value).__name__}


def through_the_wire(value):
    node, buffers = codec.encode(value, export)
    text = json.dumps({"v": {"in": [node]}}, allow_nan=False).encode()
    received = [bytearray(memoryview(data)) for data in buffers]
    return codec.decode(frames.parse_header(text)["v"]["in"][0], received, lambda node: node)


def case_lines_points_labels_limits_and_legends():
    figure, axes = plt.subplots(figsize=(6, 4))
    figure.suptitle("Over all")
    axes.plot([1, 2, 3], [4, 5, 6], "r--", label="model")
    axes.scatter([1, 2], [3, 4], c=[0.1, 0.2], s=9, label="data")
    axes.set(title="Fit", xlabel="area", ylabel="price", xlim=(0, 5), yscale="log")
    axes.legend()
    axes.annotate("here", (1, 2))
    back = through_the_wire(figure)
    assert type(back) is Figure
    assert (back.title, back.size.tolist()) == ("Over all", [6, 4])
    (found,) = back.axes
    assert (found.title, found.x_label, found.y_label) == ("Fit", "area", "price")
    assert (found.x_limits.tolist(), found.y_scale, found.legend) == (
        [0, 5],
        "log",
        ["model", "data"],
    )
    (line,), (points,) = found.lines, found.points
    assert (line.x.tolist(), line.y.tolist()) == ([1, 2, 3], [4, 5, 6])
    assert (line.label, line.style, line.marker, line.colour.tolist()) == (
        "model",
        "--",
        "",
        [1, 0, 0, 1],
    )
    assert (points.label, points.y.tolist(), points.sizes.tolist()) == ("data", [3, 4], [9])
    assert points.values.tolist() == [0.1, 0.2]
    assert [(note.text, note.x) for note in found.notes] == [("here", 1.0)]


def case_bars_histograms_images_and_areas():
    figure, axes = plt.subplots(2, 2)
    axes[0, 0].hist(np.arange(10), bins=5, label="counts")
    axes[0, 1].bar(["a", "b"], [1, -2])
    image = axes[1, 0].imshow(np.eye(3), cmap="gray")
    figure.colorbar(image)
    axes[1, 1].fill_between([0, 1], [1, 2], label="band")
    hist, bar, picture, area, colours = through_the_wire(figure).axes
    assert (hist.bars[0].label, hist.bars[0].height.tolist()) == ("counts", [2] * 5)
    assert bar.bars[0].height.tolist() == [1, -2]
    assert bar.x_ticks == ["a", "b"]
    assert picture.images[0].data.tolist() == np.eye(3).tolist()
    assert (picture.images[0].colour_map, picture.images[0].limits.tolist()) == ("gray", [0, 1])
    assert (area.shapes[0].label, area.shapes[0].corners.shape[1]) == ("band", 2)
    assert colours.is_colour_bar


def case_axes_alone_and_pandas_plots():
    axes = pd.Series([1, 2], index=pd.date_range("2024", periods=2), name="s").plot(legend=True)
    back = through_the_wire((axes,))[0]
    assert type(back) is Axes
    assert back.lines[0].y.tolist() == [1, 2]
    assert back.legend == ["s"]


def case_what_is_no_figure_is_refused():
    good = {"title": "t", "axes": [{"lines": [{"x": 1.0, "y": 2.0}]}]}
    codec.decode({"$": "figure", "v": good}, [], export)
    for bad in (
        {"title": 3},
        {"axes": [3]},
        {"axes": [{"lines": [{"x": "text", "y": 1.0}]}]},
        {"axes": [{"legend": [1]}]},
        {"axes": [{"is_colour_bar": "yes"}]},
        {"unknown": 1},
        [],
        {"axes": [{"$": "handle", "h": 1}]},
    ):
        try:
            codec.decode({"$": "figure", "v": bad}, [], lambda node: object())
        except frames.WireError:
            continue
        raise AssertionError(bad)


def case_many_artists_stay_within_the_wire():
    figure, axes = plt.subplots()
    for number in range(300):
        axes.plot([0, number])
    node, buffers = codec.encode(figure, export)
    assert len(buffers) < frames.MAX_BUFFERS
    assert len(json.dumps(node)) < frames.MAX_HEADER_BYTES
