"""Pillow's images on the wire: mode, size and the bytes of the pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.wire.frames import MAX_BUFFER_BYTES, WireError
from grader.wire.plain import exactly

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

MAX_SIDE = 1 << 16
# Bytes of a pixel; in mode 1 a row takes a bit for each, rounded up to whole bytes.
_PIXEL = {
    "L": 1, "P": 1, "LA": 2, "RGB": 3, "YCbCr": 3, "HSV": 3, "LAB": 3,
    "RGBA": 4, "RGBX": 4, "CMYK": 4, "I": 4, "F": 4, "I;16": 2,
}  # fmt: skip
_PALETTE = {"RGB": 3, "RGBA": 4}


def _write(encoder: Encoder, value: Any, depth: int) -> Any:
    if value.mode != "1" and value.mode not in _PIXEL:
        return encoder.export(value)
    node = {"$": "image", "m": value.mode, "s": list(value.size)}
    node["b"] = encoder.buffer(value.tobytes())
    if value.mode == "P":
        kind = "RGBA" if value.palette is not None and value.palette.mode == "RGBA" else "RGB"
        node |= {"k": kind, "p": encoder.buffer(bytes(value.getpalette(kind) or []))}
    return node


def _read(decoder: Decoder, node: dict[str, Any]) -> Any:
    from PIL import Image

    mode, (width, height) = node["m"], (exactly(side, int) for side in exactly(node["s"], list))
    if not (0 <= width <= MAX_SIDE and 0 <= height <= MAX_SIDE):
        raise WireError("not the size of an image")
    if mode != "1" and mode not in _PIXEL:
        raise WireError("not the mode of an image")
    size = height * ((width + 7) // 8 if mode == "1" else width * _PIXEL[mode])
    # A pixel takes up to four bytes in memory, whatever its mode.
    if size > MAX_BUFFER_BYTES or width * height * 4 > 4 * MAX_BUFFER_BYTES:
        raise WireError("an image too large")
    data = decoder.buffer(node["b"])
    if len(data) != size:
        raise WireError("the size does not fit the data")
    image = (
        Image.frombytes(mode, (width, height), bytes(data))
        if size
        else Image.new(mode, (width, height))
    )
    if mode == "P":
        kind = node["k"]
        palette = bytes(decoder.buffer(node["p"]))
        if kind not in _PALETTE or len(palette) > 256 * _PALETTE[kind]:
            raise WireError("not a palette")
        image.putpalette(palette, kind)
    return image


def encoders() -> dict[type, Any]:
    """How each type is written; those that Pillow reads from files are images like any other."""
    from PIL import Image, JpegImagePlugin, PngImagePlugin

    kinds = (Image.Image, PngImagePlugin.PngImageFile, JpegImagePlugin.JpegImageFile)
    return dict.fromkeys(kinds, _write)


def decoders() -> dict[str, Any]:
    """How each tag is read."""
    return {"image": _read}
