"""What of a kernel's output may pass to the page: so much a second, so much a run, the rest is cut."""

import json
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from workbench.live.budgets import Bucket
from workbench.live.frames import Frame
from workbench.live.messages import (
    NEWS,
    OUTPUTS,
    STATES,
    MessageError,
    dump,
    make,
    read_object,
    read_parent,
    status,
)

BYTES_PER_SECOND = 2 * 1024 * 1024
BYTES_PER_RUN = 8 * 1024 * 1024
# News are small and pass always, but nobody honest has thousands a second.
NEWS_PER_SECOND, NEWS_AT_ONCE = 200, 2000
NEWS_BYTES = 1024 * 1024
ERROR_BYTES = 256 * 1024
METADATA_BYTES = 256 * 1024
# What a message costs beside its bytes, for the page and for us.
MESSAGE_COST = 256
RUNS_KEPT = 64
_HALVES = "".join(map(chr, range(0xD800, 0xDC00)))


@dataclass(slots=True)
class _Run:
    left: float = BYTES_PER_RUN
    is_cut: bool = False
    is_mid_line: bool = False  # on stderr, as far as one sees


class OutputGate:
    """Judges the iopub messages of one kernel."""

    def __init__(self) -> None:
        self._rate = Bucket(BYTES_PER_SECOND, BYTES_PER_RUN)
        self._news = Bucket(NEWS_PER_SECOND, NEWS_AT_ONCE)
        self._runs: OrderedDict[str, _Run] = OrderedDict()

    def judge(self, frame: Frame, kind: str, parent: str, *, is_cut: bool) -> list[Frame]:
        """What is passed on instead of ``frame``: itself, less of it, a notice, or nothing.

        Raises:
            MessageError: it is not what its type says.
        """
        if len(frame.metadata) > METADATA_BYTES:
            return self.cut(frame, parent)
        if kind in NEWS:
            return self._judge_news(frame, kind, is_cut=is_cut)
        if kind not in OUTPUTS:
            return []
        return self._judge_output(frame, kind, parent, is_cut=is_cut)

    def cut(self, frame: Frame, parent: str) -> list[Frame]:
        """Nothing more of this run passes. Answers the notice of that, once a run."""
        run = self._run(parent)
        run.left = 0
        if run.is_cut:
            return []
        run.is_cut = True
        return [cut_notice(frame.parent)]

    def overtime(self, parent: bytes, seconds: float, *, is_graded: bool) -> Frame:
        """Says in the output of a run that it was stopped because of its time."""
        run = self._run(read_parent(parent))
        text = overtime_text(seconds, is_graded=is_graded)
        # A progress bar stops in the middle of a line.
        start = "\n" if run.is_mid_line else ""
        return _notice(parent, f"{start}{text}\n", notice="time", seconds=seconds)

    def _judge_news(self, frame: Frame, kind: str, *, is_cut: bool) -> list[Frame]:
        if not self._news.take(1):
            return []
        if kind == "status":
            state = read_object(frame.content, NEWS_BYTES).get("execution_state")
            return [status(state, parent=frame.parent)] if state in STATES else []
        if kind == "error" and (is_cut or frame.size > ERROR_BYTES):
            return [_short_error(frame)]
        if is_cut or frame.size > NEWS_BYTES:
            return []
        return [replace(frame, buffers=())]

    def _judge_output(self, frame: Frame, kind: str, parent: str, *, is_cut: bool) -> list[Frame]:
        run = self._run(parent)
        cost = frame.size + MESSAGE_COST
        if kind == "stream":
            run.is_mid_line = _leaves_line_open(frame.content)
        if not is_cut and cost <= run.left and self._rate.take(cost):
            run.left -= cost
            return [frame]
        passed = [] if run.is_cut or kind != "stream" else self._shorten(frame, run)
        return passed + self.cut(frame, parent)

    def _shorten(self, frame: Frame, run: _Run) -> list[Frame]:
        """As much of a stream's text as the budgets still allow."""
        room = int(min(run.left, self._rate.left())) - 2 * MESSAGE_COST - len(frame.header)
        content = cut_stream(frame.content, room)
        if content is None:
            return []
        self._rate.owe(len(content))
        return [replace(frame, content=dump(content), buffers=())]

    def _run(self, parent: str) -> _Run:
        run = self._runs.setdefault(parent, _Run())
        self._runs.move_to_end(parent)
        if len(self._runs) > RUNS_KEPT:
            self._runs.popitem(last=False)
        return run


def cut_notice(parent: bytes) -> Frame:
    """Says below the output of a run that the rest is missing."""
    text = _("The rest of this output was left out: it is too long.")
    return _notice(parent, f"{text}\n", notice="cut")


def overtime_text(seconds: float, *, is_graded: bool) -> str:
    """For whoever wonders why a cell was interrupted."""
    if is_graded:
        text = _("Stopped after %(seconds)s s, the most that a cell may take here and in grading.")
    else:
        text = _("Stopped after %(seconds)s s, the most that a cell may take here.")
    return text % {"seconds": f"{seconds:g}"}


def _notice(parent: bytes, text: str, **ours: Any) -> Frame:
    """Readable by any client of Jupyter's; ours knows it by ``ours``."""
    content = {"name": "stderr", "text": text}
    return make("iopub", "stream", content, parent=parent, metadata={"kilohour": ours})


def _leaves_line_open(stream: bytes) -> bool:
    """Whether stderr is in the middle of a line after this; a look at the JSON's ends must do, on every message."""
    return b'"stderr"' in stream[:40] and not stream.endswith(b'\\n"}')


def cut_stream(content: bytes, room: int) -> dict[str, Any] | None:
    """The content of a ``stream`` message with its text cut to about ``room`` bytes.

    ``content`` may be incomplete. Answers nothing when no text would be left.
    """
    if room <= 0:
        return None
    found = _read_stream(content[:room])
    if found is None:
        return None
    name, text = found.get("name"), found.get("text")
    if name not in ("stdout", "stderr") or not isinstance(text, str):
        return None
    # A character beyond the first 65,536 is two escapes; half of it is none.
    return {"name": name, "text": text.rstrip(_HALVES)}


def _read_stream(start: bytes) -> dict[str, Any] | None:
    """A JSON object that breaks off inside its last string."""
    text = start.decode("utf-8", "ignore")
    # An escape (\\uXXXX, or two of them) may be broken off: a few characters less, and it is whole.
    for less in range(13):
        try:
            found = json.loads(text[: len(text) - less] + '"}')
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict) else None
    return None


def _short_error(frame: Frame) -> Frame:
    """The error without its traceback, for it is too long; its name, where that can be read."""
    try:
        found = read_object(frame.content, 4 * BYTES_PER_RUN)
    except MessageError:
        found = {}
    content = {
        "ename": str(found.get("ename", "Error"))[:200],
        "evalue": str(found.get("evalue", ""))[:2000],
        "traceback": [],
    }
    return make("iopub", "error", content, parent=frame.parent)
