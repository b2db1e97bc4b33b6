"""The learner's side of the wire: answers the examiner's questions about the notebook's namespace.

Lives in the learner's kernel, so nothing it says is evidence: it only offers plain values, which are
judged elsewhere. It uses no name of the learner's namespace but the one that it is asked for.
"""

from __future__ import annotations

import itertools
import operator
import random
import socket
import sys
from collections.abc import Callable
from typing import Any

from grader.sandbox.faults import MissingNameError, as_exception, describe
from grader.wire import frames
from grader.wire.codec import Decoder, Encoder

MAX_NESTING = 50  # requests that are open at once, through callbacks
MAX_ITERATED = 10_000

OPERATIONS: dict[str, Callable[..., Any]] = {
    **{
        name: getattr(operator, name)
        for name in [
            "add",
            "sub",
            "mul",
            "matmul",
            "truediv",
            "floordiv",
            "mod",
            "pow",
            "neg",
            "pos",
            "abs",
            "invert",
            "and_",
            "or_",
            "xor",
            "lshift",
            "rshift",
            "eq",
            "ne",
            "lt",
            "le",
            "gt",
            "ge",
            "contains",
            "getitem",
            "setitem",
            "delitem",
            "iadd",
            "isub",
            "imul",
            "itruediv",
        ]
    },
    **{
        fn.__name__: fn
        for fn in (len, bool, int, float, complex, str, repr, hash, iter, next, list)
    },
    **{fn.__name__: fn for fn in (tuple, dict, set, sorted, reversed, round, divmod, callable)},
}


class Agent:
    """Serves one request at a time, on the thread that calls :meth:`handle_ready`.

    Args:
        sock: connected stream socket to the examiner.
        namespace: where the notebook's cells ran; read at each request.
    """

    def __init__(self, sock: socket.socket, namespace: dict[str, Any]) -> None:
        self._sock = sock
        self._namespace = namespace
        self._objects: dict[int, object] = {}
        self._numbers = itertools.count(1)
        self._nesting = 0

    def handle_ready(self) -> bool:
        """Serve one request. False when the examiner has gone: then stop listening and close."""
        try:
            header, buffers = frames.receive(self._sock)
            self._serve(header, buffers)
        except BaseException:  # torn by an interrupt, or closed: the stream can't be used any more
            return False
        return True

    # Requests -----------------------------------------------------------------------------------

    def _serve(self, header: dict[str, Any], buffers: list[bytearray]) -> None:
        answer = Encoder(self._export)
        try:
            reply = self._answer(header, buffers, answer)
        except BaseException as error:  # whatever the learner's code raises, also SystemExit
            answer = Encoder(self._export)
            reply = {"error": describe(error, self._namespace)}
        try:
            frames.send(self._sock, {"id": header.get("id"), **reply}, answer.buffers)
        except frames.WireClosedError:
            raise
        except frames.WireError as error:  # over a limit: nothing was sent yet
            frames.send(
                self._sock, {"id": header.get("id"), "error": describe(error, self._namespace)}
            )

    def _answer(
        self, header: dict[str, Any], buffers: list[bytearray], answer: Encoder
    ) -> dict[str, Any]:
        for number in header.get("drop", ()):
            self._objects.pop(number, None)
        decoder = Decoder(buffers, self._resolve)
        args, kwargs = decoder.value(header["args"]), decoder.value(header["kwargs"])
        operation = getattr(self, "_do_" + header["op"])
        value = operation(header["target"], args, kwargs)
        reply = {"value": answer.value(value, 1)}
        if header.get("after"):
            reply["after"] = [answer.value(item, 2) for item in args]
            reply["kwargs_after"] = {key: answer.value(item, 2) for key, item in kwargs.items()}
        return reply

    def _do_get(self, target: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> object:
        return self._find(target)

    def _do_call(self, target: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> object:
        return self._find(target)(*args, **kwargs)  # type: ignore[operator]

    def _do_has(self, target: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> object:
        try:
            return "callable" if callable(self._find(target)) else "value"
        except (MissingNameError, AttributeError):
            return None

    def _do_operate(
        self, target: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
    ) -> object:
        return OPERATIONS[target["operation"]](*args, **kwargs)

    def _do_assign(self, target: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> object:
        if "attribute" in target:
            owner = {key: target[key] for key in target if key != "attribute"}
            setattr(self._find(owner), target["attribute"], args[0])
        else:
            self._namespace[target["name"]] = args[0]
        return None

    def _do_take(self, target: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> object:
        """Up to ``args[0]`` items of an iterable; an iterator goes on where it stood."""
        found: Any = self._find(target)
        return list(itertools.islice(found, min(args[0], MAX_ITERATED)))

    def _do_seed(self, target: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> object:
        """Seed the global generators, so that a grading can be repeated."""
        seed = args[0]
        random.seed(seed)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(seed)
        if "torch" in sys.modules:
            sys.modules["torch"].manual_seed(seed)
        return None

    def _find(self, target: dict[str, Any]) -> object:
        if "name" in target:
            name = target["name"]
            if name not in self._namespace:
                raise MissingNameError(name)
            found = self._namespace[name]
        else:
            found = self._objects[target["handle"]]
        if "attribute" in target:
            found = getattr(found, target["attribute"])
        return found

    # What stays behind, and what calls back -------------------------------------------------------

    def _export(self, value: object) -> dict[str, Any]:
        callback = getattr(value, "_kilohour_callback", None) if callable(value) else None
        if type(value) is _Callback and callback is not None:
            return {"$": "callback", "h": callback}
        number = next(self._numbers)
        self._objects[number] = value
        return {
            "$": "handle",
            "h": number,
            "c": type(value).__name__[:100],
            "k": "callable" if callable(value) else "value",
        }

    def _resolve(self, node: dict[str, Any]) -> object:
        if node["$"] == "callback":
            return _Callback(self, node["h"], str(node.get("n", "function")))
        if node["$"] == "handle":
            return self._objects[node["h"]]
        if node["$"] == "name":
            return self._find(node)
        raise frames.WireError("unknown tag")

    def ask_examiner(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        """Call a function of the examiner's and wait; it may ask us something in between."""
        if self._nesting >= MAX_NESTING:
            raise RecursionError("functions of the check are called too deeply inside each other")
        question = Encoder(self._export)
        header = {"callback": number, "args": question.value(list(args), 1)}
        header["kwargs"] = {key: question.value(item, 2) for key, item in kwargs.items()}
        self._nesting += 1
        try:
            frames.send(self._sock, header, question.buffers)
            while True:
                header, buffers = frames.receive(self._sock)
                if "op" not in header:
                    break
                self._serve(header, buffers)
        finally:
            self._nesting -= 1
        if "error" in header:
            raise as_exception(header["error"])
        return Decoder(buffers, self._resolve).value(header["value"])


class _Callback:
    """A function of the examiner's, as the learner's code sees it: call it like any other."""

    def __init__(self, agent: Agent, number: int, name: str) -> None:
        self._agent = agent
        self._kilohour_callback = number
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> object:
        return self._agent.ask_examiner(self._kilohour_callback, args, kwargs)

    def __repr__(self) -> str:
        return f"<function {self.__name__} of the check>"
