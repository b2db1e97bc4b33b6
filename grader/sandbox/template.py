"""One process per environment and role that has imported its libraries and is forked.

It speaks with the kernel host over one socket (``SOCK_SEQPACKET``): an order is JSON with descriptors
beside it, one message each. It tells of every sandbox's beginning and end over that sandbox's own socket.

A template with a second thread would leave locks held for ever in its children, so it refuses to fork.

On an order of its own it forks a twin: a template too, which first does what only its forks need. A fork
costs by what its template holds, and so gradings do not pay for what live kernels complete and explain with.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from grader import wire
from grader.sandbox import linux, walls
from grader.sandbox.policy import load_policy

MESSAGE_BYTES = 1 << 16
MOST_DESCRIPTORS = 16

# Behind the walls our own code cannot be found any more, so nothing of it may be left to import.
_WIRE = [f"grader.wire.{module.name}" for module in pkgutil.iter_modules(wire.__path__)]
# What each role imports before it forks. Names that an environment does not have are passed over.
IMPORTS = {
    "learner": [
        "numpy", "numpy.testing", "pandas", "scipy.linalg", "scipy.stats", "scipy.sparse",
        "scipy.optimize", "matplotlib.pyplot", "matplotlib_inline.backend_inline",
        "sklearn.linear_model", "sklearn.model_selection", "sklearn.metrics", "sklearn.datasets",
        "torch", "torch.nn.functional", "debugpy", "jedi", "ipykernel.ipkernel",
        "ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completer",
        "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect",
        "IPython.extensions.storemagic", "tornado.platform.asyncio", "tornado.queues",
        *_WIRE, "grader.sandbox.guard", "grader.sandbox.kernel",
    ],
    "examiner": [
        "numpy", "numpy.testing", "pandas", "pandas.testing", "scipy.linalg", "scipy.stats",
        "torch", "torch.nn.functional", "nbclient", "nbformat.v4", "jupyter_client.asynchronous",
        "encodings.unicode_escape", "hypothesis.extra.numpy", *_WIRE, "grader.exam.examiner",
    ],
}  # fmt: skip
ENTRIES = {
    "learner": "grader.sandbox.kernel:main",
    "examiner": "grader.exam.examiner:main",
}
# What a twin does before it forks for its role.
TWINS = {"live": "grader.sandbox.kernel:warm_live"}


@dataclass(frozen=True, slots=True)
class Order:
    """One fork: where its walls stand, and what its entry point is told."""

    site: walls.Site
    arguments: dict[str, Any]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Order:
        site = {**data["site"], "mounts": tuple(data["site"]["mounts"])}
        site["cgroups"] = tuple(site["cgroups"])
        return cls(walls.Site(**site), data["arguments"])


def main(role: str, descriptor: int) -> None:
    """Import, tell the host, then fork for every order until the host goes away."""
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    host = socket.socket(fileno=descriptor)
    entry = _prepare(role)
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        host.send(json.dumps({"error": f"{threads} threads after importing"}).encode())
        return
    _serve(host, role, entry)


def _serve(host: socket.socket, role: str, entry: Callable[..., None]) -> None:
    host.send(json.dumps({"ready": role}).encode())
    forks = _Forks(entry)
    while True:
        ready, _, _ = select.select([host.fileno(), *forks.handles], [], [])
        for handle in ready:
            if handle != host.fileno():
                forks.bury(handle)
        if host.fileno() in ready:
            message, descriptors, _, _ = socket.recv_fds(host, MESSAGE_BYTES, MOST_DESCRIPTORS)
            if not message:
                return
            order = json.loads(message)
            if "twin" in order:
                forks.make_twin(order["twin"], descriptors[0])
            else:
                forks.make(Order.from_json(order), descriptors)


class _Forks:
    """What the template forked and has not buried yet, by pidfd.

    As root one fork makes a sandbox: copying the page tables of a process with everything imported is the
    dearest part of it. As user a keeper must stand between, since the pid namespace needs a user namespace.
    """

    def __init__(self, entry: Callable[..., None]) -> None:
        self._entry = entry
        self._ourselves = os.pidfd_open(os.getpid())
        self._pid_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self._alive: dict[int, tuple[int, socket.socket | None]] = {}

    @property
    def handles(self) -> list[int]:
        return list(self._alive)

    def make(self, order: Order, descriptors: list[int]) -> None:
        """The first of the descriptors speaks with the host; the rest belong to the entry point."""
        if order.site.mode == "user":
            self._make_with_keeper(order, descriptors)
            return
        walls.begin_pid_namespace(self._pid_namespace)
        pid = os.fork()
        if pid == 0:
            _begin(order, descriptors[1:], self._entry, self._ourselves)
        handle, report = os.pidfd_open(pid), socket.socket(fileno=descriptors[0])
        self._alive[handle] = (pid, report)
        _say_started(report, handle)
        for number in descriptors[1:]:
            os.close(number)

    def make_twin(self, role: str, descriptor: int) -> None:
        """The descriptor is the twin's socket to the host."""
        pid = os.fork()
        if pid == 0:
            _become(role, descriptor, self._entry, self._ourselves)
        self._alive[os.pidfd_open(pid)] = (pid, None)
        os.close(descriptor)

    def _make_with_keeper(self, order: Order, descriptors: list[int]) -> None:
        pid = os.fork()
        if pid == 0:
            _keep(order, descriptors, self._entry)
        self._alive[os.pidfd_open(pid)] = (pid, None)
        for number in descriptors:
            os.close(number)

    def bury(self, handle: int) -> None:
        """Reap what has ended, and tell the host of it unless a keeper does."""
        pid, report = self._alive.pop(handle)
        _, code = os.waitpid(pid, 0)
        os.close(handle)
        if report:
            _say_ended(report, code)


def _say_started(report: socket.socket, handle: int) -> None:
    with contextlib.suppress(OSError):  # the host wants it no more: then it closes its channels
        socket.send_fds(report, [b"started"], [handle])


def _say_ended(report: socket.socket, code: int) -> None:
    with report, contextlib.suppress(OSError):
        report.send(json.dumps({"ended": os.waitstatus_to_exitcode(code)}).encode())


def _begin(
    order: Order, descriptors: list[int], entry: Callable[..., None], template: int
) -> NoReturn:
    """The first process of a pid namespace that the template made."""
    try:
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        walls.enter_cgroups(order.site)
        walls.leave_namespaces(order.site, but="pid-namespace")
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    _run(order, descriptors, entry, template)


def _become(role: str, descriptor: int, entry: Callable[..., None], origin: int) -> NoReturn:
    """A twin of the template; it ends with it, or when the host closes its socket."""
    status = 1
    try:
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        if select.select([origin], [], [], 0)[0]:
            # It died before we had asked to die with it.
            os._exit(status)
        walls.close_descriptors([descriptor])
        _find(TWINS[role])()
        gc.collect()
        gc.freeze()
        _serve(socket.socket(fileno=descriptor), role, entry)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _find(name: str) -> Callable[..., None]:
    module, _, function = name.partition(":")
    found: Callable[..., None] = getattr(importlib.import_module(module), function)
    return found


def _prepare(role: str) -> Callable[..., None]:
    for name in IMPORTS[role]:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if (error.name or "grader").startswith("grader"):
                raise
    entry = _find(ENTRIES[role])
    warm = getattr(sys.modules[entry.__module__], "warm", None)
    if warm:
        warm()
    gc.collect()
    gc.freeze()
    return entry


def _keep(order: Order, descriptors: list[int], entry: Callable[..., None]) -> NoReturn:
    """The keeper, as user: makes the namespaces, forks the sandbox's first process and tells the host of both.

    The first of the descriptors speaks with the host; the rest belong to the entry point.
    """
    status = 1
    try:
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        walls.close_descriptors(descriptors)
        report = socket.socket(fileno=descriptors[0])
        walls.enter_cgroups(order.site)
        walls.leave_namespaces(order.site)
        ourselves = os.pidfd_open(os.getpid())
        pid = os.fork()
        if pid == 0:
            report.close()
            _run(order, descriptors[1:], entry, ourselves)
        os.close(ourselves)
        for number in descriptors[1:]:
            os.close(number)
        _say_started(report, os.pidfd_open(pid))
        _, code = os.waitpid(pid, 0)
        _say_ended(report, code)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _run(order: Order, descriptors: list[int], entry: Callable[..., None], keeper: int) -> NoReturn:
    status = 1
    try:
        walls.close_in(order.site, load_policy(), [*descriptors, keeper])
        if select.select([keeper], [], [], 0)[0]:
            # It died before we had asked to die with it.
            os._exit(status)
        os.close(keeper)
        sys.path[:] = [path for path in sys.path if path.startswith((sys.prefix, sys.base_prefix))]
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _reseed()
        entry(order.arguments, descriptors)
        status = 0
    except SystemExit:
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _reseed() -> None:
    """Two forks must not draw the same numbers."""
    import random

    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
