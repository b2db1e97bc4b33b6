"""What of Jupyter's messages we look at, and those that we make ourselves.

Source: https://jupyter-client.readthedocs.io/en/stable/messaging.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from workbench.live.frames import Frame

# Channel -> types that a page may send. What is missing ends kernels, debugs them or is not for us.
ALLOWED: Mapping[str, frozenset[str]] = {
    "shell": frozenset(
        {
            "execute_request",
            "complete_request",
            "inspect_request",
            "is_complete_request",
            "kernel_info_request",
            "comm_info_request",
            "comm_open",
            "comm_msg",
            "comm_close",
            "history_request",
        }
    ),
    "control": frozenset({"interrupt_request", "kernel_info_request"}),
    "stdin": frozenset({"input_reply"}),
}
# The other way: what a kernel may say to a page.
OUTPUTS = frozenset(
    {
        "stream",
        "display_data",
        "update_display_data",
        "execute_result",
        "comm_open",
        "comm_msg",
        "comm_close",
    }
)
NEWS = frozenset({"status", "execute_input", "error", "clear_output"})
STATES = frozenset({"starting", "busy", "idle"})
# How the ids of our own messages begin.
OWN = "kilohour-"
HEADER_BYTES = 16 * 1024
ID_LENGTH = 128


class MessageError(ValueError):
    """A message that nobody honest sends."""


@dataclass(frozen=True, slots=True)
class Header:
    """The two things of a header that we go by."""

    id: str
    type: str


def read_object(data: bytes, most_bytes: int) -> dict[str, Any]:
    """A JSON object from untrusted bytes.

    Raises:
        MessageError: it is larger, nested too deeply, or no object.
    """
    if len(data) > most_bytes:
        raise MessageError("too large")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MessageError("no JSON") from error
    if not isinstance(found, dict):
        raise MessageError("no object")
    return found


def read_header(data: bytes) -> Header:
    """Raises:
    MessageError: no header.
    """
    found = read_object(data, HEADER_BYTES)
    name, kind = found.get("msg_id"), found.get("msg_type")
    if not (isinstance(name, str) and isinstance(kind, str) and 0 < len(name) <= ID_LENGTH):
        raise MessageError("a header without id or type")
    return Header(name, kind)


def read_parent(data: bytes) -> str:
    """The id of the message that this one answers; empty when there is none.

    Raises:
        MessageError: no parent header.
    """
    found = read_object(data, HEADER_BYTES).get("msg_id", "")
    if not isinstance(found, str) or len(found) > ID_LENGTH:
        raise MessageError("a parent without id")
    return found


def make(
    channel: str,
    kind: str,
    content: Mapping[str, Any],
    *,
    parent: bytes = b"{}",
    metadata: Mapping[str, Any] | None = None,
) -> Frame:
    """A message of our own."""
    header = {
        "msg_id": OWN + uuid4().hex,
        "msg_type": kind,
        "username": "kilohour",
        "session": "kilohour",
        "date": datetime.now(UTC).isoformat(),
        "version": "5.3",
    }
    return Frame(channel, dump(header), parent, dump(metadata or {}), dump(content))


def status(state: str, *, parent: bytes = b"{}", **ours: Any) -> Frame:
    """News about the kernel; ``ours`` is what Jupyter has no word for."""
    content: dict[str, Any] = {"execution_state": state}
    if ours:
        content["kilohour"] = ours
    return make("iopub", "status", content, parent=parent)


def dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
