"""One conversation with a learner's kernel: questions out, plain values back.

Nothing that comes back is trusted: it is parsed within the wire's limits, and an object that cannot
travel is represented by a number and two bounded texts.
"""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from grader.exam.doubles import Lending
from grader.exam.errors import (
    CheckFailure,
    ConnectionLost,
    LearnerDied,
    LearnerTimeout,
    TakenBack,
)
from grader.exam.faults import as_raised
from grader.exam.show import clean
from grader.wire import frames
from grader.wire.codec import Decoder, Encoder

Target = dict[str, Any]

_CALLS = frozenset(("call", "operate", "take"))  # what runs the learner's code; so may an attribute


@dataclass(slots=True)
class Answer:
    """What a question gave: a value, and the arguments as they were afterwards if that was asked."""

    value: Any
    args: list[Any] = field(default_factory=list)
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Question:
    """What was asked, and its answer as far as there is one."""

    op: str
    called: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    value: Any = None
    is_answered: bool = False


class Link:
    """The examiner's end of the wire.

    Args:
        sock: connected stream socket to an agent.
        make_remote: builds what stands for an object that stayed behind, from its target, its class's
            name, whether it is callable, and what was asked.
        node_of: the node for a value that stands for something of the learner's, else None.
    """

    def __init__(
        self,
        sock: socket.socket,
        make_remote: Callable[[Target, str, bool, str], object],
        node_of: Callable[[object], dict[str, Any] | None],
    ) -> None:
        self.last: Question | None = None  # the last thing asked
        self._deadline: float | None = None
        self._lateness = self._lateness_of_all = ""
        self._calls = 0  # of this check, into the learner's code
        self._sock = sock
        self._make_remote = make_remote
        self._node_of = node_of
        self._numbers = itertools.count(1)
        self._lending = Lending()
        self._dropped: list[int] = []
        self._failure: CheckFailure | None = None
        self._is_lost = False

    def start(
        self, deadline: float, lateness: str = "did not finish in time", of_all: str = ""
    ) -> None:
        """Begin a check that must be over by ``deadline``, an instant of :func:`time.monotonic`.

        ``lateness`` says what a call did that is not: “ran longer than 20 s”; ``of_all`` what several did,
        where that is something else: “The calls of this check together took longer than 20 s”.
        """
        self._deadline = deadline
        self._lateness, self._lateness_of_all = lateness, of_all
        self._calls = 0
        self._lending.clear()
        self._failure = None

    def ask(
        self,
        op: str,
        target: Target,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        called: str,
        after: bool = False,
    ) -> Answer:
        """Ask one question and wait for its answer, serving calls back in between.

        Args:
            op: what to do with the target, see ``grader.sandbox.agent``.
            called: how messages name the thing that is asked.
            after: also fetch the arguments as they are after the call.

        Raises:
            AnswerError: the learner's code raised, was too slow, or its process has gone.
            CheckFailure: a function of the check's that was called back found something wrong.
            WireLimitError: the question is too large to be sent.
        """
        if self._is_lost:
            raise LearnerDied("The Python process has ended", called)
        asked = self.last = Question(op, called, args, kwargs or {})
        number = next(self._numbers)
        runs_code = op in _CALLS or "attribute" in target
        self._calls += runs_code
        question = Encoder(self._export)
        header: dict[str, Any] = {"id": number, "op": op, "target": target, "after": after}
        header["args"] = question.value(list(args), 1)
        header["kwargs"] = {key: question.value(item, 2) for key, item in asked.kwargs.items()}
        header["drop"], self._dropped = self._dropped[:1_000], self._dropped[1_000:]
        try:
            self._send(header, question)
            reply, buffers = self._wait_for(number, called)
            self._raise_failure()
            answer = self._read_answer(reply, buffers, called)
        except frames.WireTimeoutError:
            self._is_lost = True
            is_alone = self._calls == runs_code
            raise LearnerTimeout(self._late(called, is_alone), called) from None
        except frames.WireClosedError:
            self._is_lost = True
            raise LearnerDied(f"The Python process ended while {called} ran", called) from None
        except frames.WireError as error:
            if isinstance(error, _UnsentError):
                raise error.cause from None
            self._is_lost = True
            reason = f"What {called} sent back is no answer ({error})"
            raise LearnerDied(reason, called) from None
        asked.value, asked.is_answered = answer.value, True
        self.last = asked  # again: a call back may have asked in between
        return answer

    def forget(self) -> None:
        """Forget what was asked so far: it was not the check's question."""
        self.last = None

    def drop(self, handle: int) -> None:
        """Let the other side forget an object, with the next question."""
        self._dropped.append(handle)

    def close(self) -> None:
        """End the conversation."""
        self._is_lost = True
        self._sock.close()

    def _late(self, called: str, is_alone: bool) -> str:
        """The limit is for a check as a whole: it need not be the last call that took the time."""
        if is_alone or not self._lateness_of_all:
            return f"{called} {self._lateness}"
        return f"{self._lateness_of_all}; the last one was {called}"

    def _send(self, header: dict[str, Any], encoder: Encoder) -> None:
        try:
            frames.send(self._sock, header, encoder.buffers, self._deadline)
        except (frames.WireTimeoutError, frames.WireClosedError):
            raise
        except frames.WireError as error:
            raise _UnsentError(error) from None

    def _wait_for(self, number: int, called: str) -> tuple[dict[str, Any], list[bytearray]]:
        while True:
            reply, buffers = frames.receive(self._sock, self._deadline)
            if "callback" in reply:
                self._call_back(reply, buffers, called)
            elif type(reply.get("id")) is int and reply["id"] == number:
                return reply, buffers
            else:
                raise frames.WireError("an answer to another question")

    def _read_answer(self, reply: dict[str, Any], buffers: list[bytearray], called: str) -> Answer:
        if "error" in reply:
            raise as_raised(reply["error"], called)
        if "value" not in reply:
            raise frames.WireError("neither a value nor an error")
        decoder = self._decoder(buffers, called)
        answer = Answer(decoder.value(reply["value"]))
        if "after" in reply:
            answer.args = decoder.items(reply["after"])
            kwargs = decoder.value(reply.get("kwargs_after", {}))
            answer.kwargs = kwargs if type(kwargs) is dict else {}
        return answer

    def _call_back(self, request: dict[str, Any], buffers: list[bytearray], called: str) -> None:
        """Run a function of the check's for the learner's code, on values that are plain or opaque."""
        answer = Encoder(self._export)
        try:
            function, args, kwargs = self._read_call(request, buffers, called)
        except TakenBack as error:
            self._send(_as_error("RuntimeError", error), answer)
            return
        try:
            reply = {"value": answer.value(function(*args, **kwargs), 1)}
        except ConnectionLost:
            raise
        except Exception as error:
            if isinstance(error, CheckFailure):  # their code could swallow it: kept for the check
                self._failure = self._failure or error
            answer = Encoder(self._export)
            name = "AssertionError" if isinstance(error, CheckFailure) else type(error).__name__
            reply = _as_error(name, error)
        self._send(reply, answer)

    def _read_call(
        self, request: dict[str, Any], buffers: list[bytearray], called: str
    ) -> tuple[Callable[..., Any], list[Any], dict[str, Any]]:
        """Which function of the check's is called, and with what.

        Raises:
            TakenBack: it, or an argument, was lent by an earlier check.
            WireError: there never was such a function.
        """
        if self._lending.was_lent(request["callback"]):
            raise TakenBack("this function belongs to an earlier check, which is over")
        function = self._lending.function(request["callback"])
        decoder = self._decoder(buffers, called)
        args, kwargs = decoder.value(request.get("args")), decoder.value(request.get("kwargs"))
        if function is None or type(args) is not list or type(kwargs) is not dict:
            raise frames.WireError("no function of the check's is called like that")
        return function, args, kwargs

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _export(self, value: object) -> dict[str, Any]:
        return self._node_of(value) or self._lending.node(value)

    def _decoder(self, buffers: list[bytearray], called: str) -> Decoder:
        return Decoder(buffers, lambda node: self._resolve(node, called))

    def _resolve(self, node: dict[str, Any], called: str) -> object:
        number = node.get("h")
        if type(number) is not int or number.bit_length() > 63:
            raise frames.WireError("not a handle")
        if node["$"] == "callback" and number in self._lending:
            return self._lending[number]
        if node["$"] == "callback" and self._lending.was_lent(number):
            raise TakenBack(f"{called} gave something that an earlier check had lent it")
        if node["$"] != "handle":
            raise frames.WireError("unknown tag")
        class_name = clean(node.get("c"), 100) or "object"
        return self._make_remote(
            {"handle": number}, class_name, node.get("k") == "callable", called
        )


def _as_error(class_name: str, error: Exception) -> dict[str, Any]:
    return {"error": {"class": class_name, "message": clean(str(error), 500)}}


class _UnsentError(frames.WireError):
    """What the check wanted to send is over a limit; the conversation goes on."""

    def __init__(self, cause: frames.WireError) -> None:
        super().__init__(str(cause))
        self.cause = cause
