"""The learner, as checks see it: names of the notebook's namespace, called from a safe distance.

``learner.svd(A)`` runs in the learner's kernel and comes back as plain values. What is not plain comes back
as a :class:`Remote`: it can be called, indexed, iterated and asked for attributes, and nothing else. Above
all it cannot be compared, added or tested for truth, for then the learner's own methods would decide.
"""

from __future__ import annotations

import socket
import weakref
from collections.abc import Iterator
from typing import Any, NoReturn

from grader.exam.errors import LearnerDied, UnusableAnswer
from grader.exam.link import Answer, Link, Target
from grader.exam.show import describe
from grader.exam.written import Written, read_file
from grader.wire.figures import Axes, Figure

MAX_ITERATED = 10_000


class Remote:
    """Something of the learner's that stayed in the learner's kernel.

    ``_label`` names it in messages, ``_origin`` is what was asked when it came.
    """

    __slots__ = ("__weakref__", "_class", "_is_callable", "_label", "_link", "_origin", "_target")

    def __init__(
        self, link: Link, target: Target, class_name: str, is_callable: bool, origin: str
    ) -> None:
        own = {"_link": link, "_target": target, "_class": class_name, "_origin": origin}
        own |= {"_is_callable": is_callable, "_label": origin if is_callable else class_name}
        for name, value in own.items():
            object.__setattr__(self, name, value)
        if "handle" in target:
            weakref.finalize(self, link.drop, target["handle"]).atexit = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return observe(self, args, kwargs, after=False).value

    def __getattr__(self, name: str) -> Any:
        # NumPy, pandas and others ask any value for such names, and believe what they get.
        if name.startswith("_"):
            raise AttributeError(name)
        target = {**self._target, "attribute": name}
        return self._link.ask("get", target, called=f"{self._label}.{name}").value

    def __setattr__(self, name: str, value: Any) -> None:
        target = {**self._target, "attribute": name}
        self._link.ask("assign", target, (value,), called=f"{self._label}.{name}")

    def __getitem__(self, key: Any) -> Any:
        target = {"operation": "getitem"}
        return self._link.ask("operate", target, (self, key), called=f"{self._label}[…]").value

    def __iter__(self) -> Iterator[Any]:
        link, target = self._link, {"operation": "iter"}
        iterator = link.ask("operate", target, (self,), called=self._label).value
        if not isinstance(iterator, Remote):
            yield from iterator
            return
        for count in range(MAX_ITERATED + 1):
            items = link.ask("take", iterator._target, (1,), called=self._label).value
            if type(items) is not list or not items:
                return
            if count == MAX_ITERATED:
                raise UnusableAnswer(f"{self._label} gave more than {MAX_ITERATED:,} items")
            yield items[0]

    def __repr__(self) -> str:
        return f"<{self._class} of the learner's>"

    def _refuse(self, *others: Any) -> NoReturn:
        raise UnusableAnswer(
            f"{self._origin} gave an object of class {self._class} where a plain value was needed"
        )

    # No __len__: list() and tuple() would ask for it, and must be able to iterate.
    __hash__ = object.__hash__
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __bool__ = __contains__ = __float__ = __int__ = __index__ = __complex__ = _refuse
    __neg__ = __pos__ = __abs__ = __invert__ = __round__ = _refuse
    __add__ = __sub__ = __mul__ = __matmul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = (
        _refuse
    )
    __radd__ = __rsub__ = __rmul__ = __rmatmul__ = __rtruediv__ = __rfloordiv__ = _refuse
    __rmod__ = __rpow__ = __and__ = __or__ = __xor__ = __rand__ = __ror__ = __rxor__ = _refuse
    __array_ufunc__ = None  # so that NumPy leaves the operators above to us


class Learner:
    """Access by name to what the learner's notebook defined.

    A function or class comes back callable, a plain value as itself; a name that does not exist raises
    :class:`~grader.exam.errors.NotAttempted`. Where a name of the learner's is also one of this class,
    use :meth:`value` and :meth:`call`.
    """

    def __init__(self, sock: socket.socket, written: Written | None = None) -> None:
        self._link = Link(sock, self._remote, self._node_of)
        self._written = written or Written({})
        self._called: dict[str, Remote] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.value(name)

    def value(self, name: str) -> Any:
        """The value of a name: plain, or a :class:`Remote`."""
        if name in self._called:
            return self._called[name]
        answer = self._link.ask("get", {"name": name}, called=name).value
        if isinstance(answer, Remote):
            answer = Remote(self._link, {"name": name}, answer._class, answer._is_callable, name)
            if answer._is_callable:
                self._called[name] = answer
        return answer

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a function by its name and return what it gives."""
        return self._link.ask("call", {"name": name}, args, kwargs, called=name).value

    def has(self, name: str) -> bool:
        """Whether the notebook defined the name."""
        return self._link.ask("has", {"name": name}, called=name).value in ("callable", "value")

    def assign(self, name: str, value: Any) -> None:
        """Set a name in the notebook's namespace, for exercises that read a global one."""
        self._called.pop(name, None)
        self._link.ask("assign", {"name": name}, (value,), called=name)

    def figure(self, of: Any = None) -> Figure:
        """What a figure shows, as plain structure: see :class:`grader.wire.figures.Figure`.

        Args:
            of: a name of the notebook's, or axes that :meth:`axes` or a call gave; without it the figure
                that the last call drew into with ``plt``, which is closed then.
        """
        called = of if type(of) is str else "the figure"
        args = () if of is None else (self.value(of) if type(of) is str else of,)
        if args and isinstance(args[0], Figure | Axes):
            return args[0] if isinstance(args[0], Figure) else Figure(axes=[args[0]])
        found = self._link.ask("figure", {}, args, called=called).value
        if found is None:
            raise UnusableAnswer("Nothing was drawn")
        if type(found) is not Figure:
            raise UnusableAnswer(f"{called} is no figure, but {describe(found)}")
        return found

    def axes(self) -> Remote:
        """Empty axes in the learner's kernel, to hand to a function that draws into them."""
        axes = self._link.ask("axes", {}, called="empty axes").value
        if not isinstance(axes, Remote):
            raise UnusableAnswer("there are no axes to draw into")
        return axes

    def text(self, cell: str) -> str:
        """A Markdown answer, by its cell's id, from what was handed in: the kernel is not asked.

        Raises:
            NotAttempted: nothing stands in it but what was given.
        """
        self._link.forget()  # whatever the check makes of the text is no fault of an earlier answer
        return self._written.text(cell)

    def file(self, name: str, most_bytes: int = 1 << 20) -> bytes:
        """What a file holds that the notebook wrote: the learner's word, to be looked at with care.

        Raises:
            NotAttempted: there is no such file.
            CheckFailure: it holds more than ``most_bytes``.
        """
        return read_file(self._link, name, most_bytes, self._written.files.get(name, ""))

    def operate(self, operation: str, *operands: Any) -> Any:
        """Apply an operator or a built-in in the learner's kernel, where objects of theirs take part.

        ``learner.operate("add", p, q)``, ``learner.operate("len", stack)``; names as in :mod:`operator`.
        What comes back is the learner's word: compare it with a value of your own.
        """
        labels = [item._label for item in operands if isinstance(item, Remote)]
        called = f"{operation} of {labels[0]}" if labels else operation
        return self._link.ask("operate", {"operation": operation}, operands, called=called).value

    def _remote(self, target: Target, class_name: str, is_callable: bool, called: str) -> Remote:
        return Remote(self._link, target, class_name, is_callable, called)

    def _node_of(self, value: object) -> dict[str, Any] | None:
        if type(value) is not Remote:
            return None
        if value._link is not self._link:
            raise LearnerDied("an object of a Python process that has ended", value._label)
        target = value._target
        return (
            {"$": "name", **target} if "name" in target else {"$": "handle", "h": target["handle"]}
        )


def observe(
    function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], *, after: bool = True
) -> Answer:
    """Call something of the learner's; with ``after``, also fetch the arguments as they are then."""
    if not isinstance(function, Remote):
        raise UnusableAnswer(f"a function was needed, not {type(function).__name__}")
    return function._link.ask(
        "call", function._target, args, kwargs, called=function._label, after=after
    )
