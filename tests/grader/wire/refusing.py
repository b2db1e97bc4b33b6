"""Whether a message is refused as the wire promises: by an error of its own and no other."""

from typing import Any

from grader.wire import codec, frames


def refused(node: Any, *buffers: bytes) -> bool:
    try:
        codec.decode(node, [bytearray(data) for data in buffers], lambda node: node)
    except frames.WireError:
        return True
    return False
