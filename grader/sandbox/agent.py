"""The learner's side of the wire: answers the examiner's questions about the notebook's namespace.

Lives in the learner's kernel, so nothing it says is evidence: it only offers plain values, which are
judged elsewhere. It uses no name of the learner's namespace but the one that it is asked for.
"""

from __future__ import annotations

import itertools
import operator
import os
import random
import socket
import sys
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from grader.sandbox import doubles
from grader.sandbox.faults import MissingNameError, as_exception, describe
from grader.sandbox.files import Files
from grader.wire import frames
from grader.wire.codec import Decoder, Encoder

MAX_NESTING = 50  # requests that are open at once, through callbacks
MAX_ITERATED = 10_000

_OPERATORS = (
    "add sub mul matmul truediv floordiv mod pow neg pos abs invert and_ or_ xor lshift rshift "
    "eq ne lt le gt ge contains getitem setitem delitem iadd isub imul itruediv"
)
_BUILTINS: tuple[Callable[..., Any], ...] = (
    len, bool, int, float, complex, str, repr, hash, iter, next, list, tuple, dict, set, sorted,
    reversed, round, divmod, callable,
)  # fmt: skip
OPERATIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in _OPERATORS.split()},
    **{function.__name__: function for function in _BUILTINS},
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
        self._files = Files(os.getcwd())  # where the cells begin, wherever they go later
        self._objects: dict[int, object] = {}
        self._doubles: WeakValueDictionary[int, Any] = WeakValueDictionary()
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
        decoder = Decoder(buffers, self._resolve, takes_stand_ins=True)
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
        if "matplotlib.pyplot" in sys.modules:  # what an earlier call drew is over
            sys.modules["matplotlib.pyplot"].close("all")
        return None

    def _do_figure(self, target: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> object:
        """The figure that ``args[0]`` is or belongs to; without it the current one, which is then closed."""
        if args:
            return getattr(args[0], "figure", args[0])
        pyplot: Any = sys.modules.get("matplotlib.pyplot")
        if pyplot is None or not pyplot.get_fignums():
            return None
        figure = pyplot.gcf()
        pyplot.close(figure)
        return figure

    def _do_axes(self, target: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> object:
        """Empty axes in a figure that no notebook shows, for code that draws into what it is given."""
        from matplotlib.figure import Figure

        return _Kept(Figure().subplots())

    def _do_file(self, target: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> object:
        """A piece of a file that the notebook wrote, from ``args[1]`` on, as :class:`Files` answers."""
        return list(self._files.answer({"do": "read", "path": args[0], "at": args[1]}, b""))

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
        if type(value) in doubles.KINDS:
            return {"$": "callback", "h": value._kilohour}  # type: ignore[attr-defined]
        if type(value) is _Kept:
            value = value.value
        number = next(self._numbers)
        self._objects[number] = value
        return {
            "$": "handle",
            "h": number,
            "c": type(value).__name__[:100],
            "k": "callable" if callable(value) else "value",
        }

    def _resolve(self, node: dict[str, Any]) -> object:
        kind = node["$"]
        if kind == "callback":
            return doubles.Callback(self.ask_examiner, node["h"], str(node.get("n", "function")))
        if kind == "double":
            return self._doubles.setdefault(
                node["h"], doubles.make(self.ask_examiner, node["h"], node["k"])
            )
        if kind == "handle":
            return self._objects[node["h"]]
        if kind == "name":
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
        return Decoder(buffers, self._resolve, takes_stand_ins=True).value(header["value"])


class _Kept:
    """An answer that stays behind although it could travel."""

    def __init__(self, value: object) -> None:
        self.value = value
