"""What the latest run has said so far, for a page that was away meanwhile: reloaded, asleep, without a line."""

import time
from typing import Any

from workbench.live.frames import Frame
from workbench.live.messages import make, read_object
from workbench.live.outputs import MESSAGE_COST, cut_notice

# Of one kernel. A page that never left may get more.
KEPT_BYTES = 1024 * 1024
_OUTPUTS = ("stream", "display_data", "update_display_data", "execute_result", "error")


class Recording:
    """The messages about one run. Widgets' are not among them: a page asks the kernel for their state."""

    def __init__(self, key: str = "") -> None:
        self.key = key  # the id of the request
        self._input: Frame | None = None
        self._outputs: list[Frame] = []
        self._room = KEPT_BYTES
        self._question: Frame | None = None
        self._asked: dict[str, Any] = {}
        # By channel: the reply, and the word that the kernel is idle.
        self._ends: dict[str, Frame] = {}
        self._began_at = time.monotonic()
        self._took: float | None = None

    def add(self, frame: Frame, kind: str) -> None:
        """A message on iopub."""
        if kind == "status" and b'"idle"' in frame.content:
            self._ends["iopub"] = frame
        elif kind == "execute_input":
            self._input = frame
        elif kind == "clear_output":
            self._outputs, self._room = [], KEPT_BYTES
        elif kind in _OUTPUTS:
            self._add_output(frame)

    def _add_output(self, frame: Frame) -> None:
        if self._room >= 0:
            self._room -= frame.size + MESSAGE_COST
            self._outputs.append(frame if self._room >= 0 else cut_notice(frame.parent))

    def ask(self, question: Frame) -> None:
        """What the program waits for the learner to answer.

        Raises:
            MessageError: it is no object.
        """
        self._asked, self._question = read_object(question.content, KEPT_BYTES), question

    def answer(self, content: bytes) -> None:
        """Question and answer become output, as on the page that answered; a password becomes dots.

        Raises:
            MessageError: it is no object.
        """
        question, self._question = self._question, None
        if question is None:
            return
        value = read_object(content, KEPT_BYTES).get("value", "")
        shown = "•" * 8 if self._asked.get("password") is True else value
        text = {"name": "stdout", "text": f"{self._asked.get('prompt', '')}{shown}\n"}
        self._add_output(make("iopub", "stream", text, parent=question.parent))

    def end(self, reply: Frame) -> None:
        self._ends["shell"], self._question = reply, None
        self._took = self.seconds

    @property
    def seconds(self) -> float:
        """How long it took, or takes already."""
        return time.monotonic() - self._began_at if self._took is None else self._took

    def replay(self) -> list[Frame]:
        frames = [self._input, *self._outputs, self._question, *self._ends.values()]
        return [frame for frame in frames if frame is not None]
