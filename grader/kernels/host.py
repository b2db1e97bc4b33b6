"""The kernel host: takes orders on a unix socket and makes sandboxes for them.

One connection is one order (``SOCK_SEQPACKET``, one JSON message each way, the channel's descriptor beside
the order). Closing the connection ends what it asked for. An order names an environment and limits, never
a path or a command.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import signal
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from grader.errors import HostUnavailableError
from grader.kernels import leftovers
from grader.kernels.cgroups import ControlGroups
from grader.kernels.environments import Environment
from grader.kernels.grading import Grading
from grader.kernels.memory import available_bytes
from grader.kernels.places import Places, grading_uids, live_uids
from grader.kernels.sandboxes import Builder
from grader.kernels.session import Session
from grader.kernels.templates import Template, Twin
from grader.sandbox.policy import Limits, Policy, load_policy
from grader.sandbox.template import MESSAGE_BYTES

log = logging.getLogger("grader.kernels")

ORDER_SECONDS = 5.0
GRADING_ROLES = ("learner", "examiner")


class Host:
    """Owns the templates, the places and the run folder. :meth:`serve` returns after :meth:`stop`."""

    def __init__(
        self,
        environments: dict[str, Environment],
        *,
        mode: str,
        allowed_uids: Sequence[int],
        places: int | None = None,
        live_places: int | None = None,
        sockets: Path | None = None,
    ) -> None:
        """``sockets`` is where folders with the sockets of live kernels may be made; without it there are
        no live kernels.
        """
        self.mode = mode
        self._allowed_uids = set(allowed_uids)
        policy = load_policy()
        self._live_memory_floor = policy.live_memory_floor_bytes
        self._lock = threading.Lock()
        temporary = Path(tempfile.gettempdir())
        leftovers.sweep(temporary, shutil.rmtree)
        self._folder, self._folder_handle = leftovers.claim(temporary)
        self._sockets, self._sockets_handle = temporary, -1
        if sockets:
            leftovers.sweep(sockets, shutil.rmtree)
            self._sockets, self._sockets_handle = leftovers.claim(sockets)
        self.groups = ControlGroups()
        self._builder = Builder(mode, policy, self.groups, self._folder)
        if places is None:
            places = policy.grading_places
        self._places = Places(places, grading_uids, self._builder)
        if live_places is None:
            live_places = policy.live_places
        self._live_places = Places(live_places if sockets else 0, live_uids, self._builder)
        self._templates = {
            name: self._make_templates(environment, policy)
            for name, environment in environments.items()
        }
        self._count = 0
        self._stopping = False

    def _make_templates(self, environment: Environment, policy: Policy) -> dict[str, Template]:
        """By role."""
        roles = {role: Template(environment, role, policy, self._folder) for role in GRADING_ROLES}
        if self._live_places.free:
            roles["live"] = Twin(roles["learner"], "live", policy)
        return roles

    def start(self) -> None:
        threading.Thread(target=self._start_templates, daemon=True).start()

    def _start_templates(self) -> None:
        """One environment after the other: the first serves while the rest still imports."""
        for roles in self._templates.values():
            for template in roles.values():
                template.start()
            for template in roles.values():
                with contextlib.suppress(HostUnavailableError):
                    template.wait()

    def serve(self, listener: socket.socket) -> None:
        """Answer orders, a thread each, until :meth:`stop`."""
        listener.settimeout(1.0)
        while not self._stopping:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                if self._stopping:
                    return
                raise
            threading.Thread(target=self._serve_one, args=[connection], daemon=True).start()

    def stop(self) -> None:
        self._stopping = True
        self._places.close()
        self._live_places.close()
        for roles in self._templates.values():
            for template in roles.values():
                template.stop()
        self.groups.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._folder_handle)
        if self._sockets_handle >= 0:
            shutil.rmtree(self._sockets, ignore_errors=True)
            os.close(self._sockets_handle)

    def status(self) -> dict[str, Any]:
        return {
            "mode": self.mode,
            "control_groups": self.groups.kind,
            "free": self._places.free,
            "free_live": self._live_places.free,
            "environments": {
                name: {role: template.state for role, template in roles.items()}
                for name, roles in self._templates.items()
            },
        }

    def _serve_one(self, connection: socket.socket) -> None:
        descriptors: list[int] = []
        with connection, contextlib.suppress(OSError):
            if _peer_uid(connection) not in self._allowed_uids:
                _say(connection, state="refused", reason="not one of the listed users")
                return
            connection.settimeout(ORDER_SECONDS)
            try:
                message, descriptors, _, _ = socket.recv_fds(connection, MESSAGE_BYTES, 1)
                order = json.loads(message or b"{}")
                if order.get("order") == "status":
                    _say(connection, state="status", **self.status())
                elif order.get("order") == "grade" and len(descriptors) == 1:
                    self._grade(connection, order, descriptors[0])
                elif order.get("order") == "live" and len(descriptors) == 1:
                    self._live(connection, order, socket.socket(fileno=descriptors.pop()))
                else:
                    _say(connection, state="refused", reason="no such order")
            except (ValueError, AttributeError) as error:
                _say(connection, state="refused", reason=f"not an order: {error}")
            finally:
                for number in descriptors:
                    os.close(number)

    def _grade(self, connection: socket.socket, order: dict[str, Any], channel: int) -> None:
        found = self._read_order(connection, order)
        if found is None:
            return
        templates, limits = found
        with self._places.take() as place:
            if place is None:
                _say(connection, state="busy", reason="places")
                return
            with _failures_told(connection, "a run"):
                for role in GRADING_ROLES:
                    templates[role].wait()
                _say(connection, state="accepted")
                folder = self._folder / str(self._next_number())
                grading = Grading(self._builder, templates, limits, folder, place)
                ended = grading.run(connection, channel)
                with contextlib.suppress(OSError):  # whoever has the report has left already
                    _say(connection, state="ended", reason=ended)

    def _live(self, connection: socket.socket, order: dict[str, Any], line: socket.socket) -> None:
        with line:
            found = self._read_order(connection, order)
            if found is None:
                return
            templates, limits = found
            if available_bytes() < self._live_memory_floor:
                _say(connection, state="busy", reason="memory")
                return
            with self._live_places.take() as place:
                if place is None:
                    _say(connection, state="busy", reason="places")
                    return
                with _failures_told(connection, "a live kernel"):
                    template = templates["live"]
                    template.wait()
                    folder = self._sockets / str(self._next_number())
                    name = f"{self._sockets.name}/{folder.name}"
                    _say(connection, state="accepted", folder=name)
                    session = Session(
                        self._builder, template, limits, folder, live_uids(place)["live"]
                    )
                    ended = session.run(connection, line, _peer_uid(connection))
                    with contextlib.suppress(OSError):
                        _say(connection, state="ended", reason=ended)

    def _read_order(
        self, connection: socket.socket, order: dict[str, Any]
    ) -> tuple[dict[str, Template], Limits] | None:
        """Templates and limits, or ``None`` when the order is refused.

        Raises:
            ValueError: the limits are none.
        """
        templates = self._templates.get(str(order.get("environment")))
        if templates is None:
            _say(connection, state="refused", reason=f"no environment {order.get('environment')!r}")
            return None
        return templates, Limits.from_json(order.get("limits", {}))

    def _next_number(self) -> int:
        with self._lock:
            self._count += 1
            return self._count


@contextlib.contextmanager
def _failures_told(connection: socket.socket, what: str) -> Iterator[None]:
    try:
        yield
    except HostUnavailableError as error:
        log.error("%s could not be served: %s", what, error)
        _say(connection, state="failed", reason=str(error))
    except Exception as error:
        # A control group that would not go, a slip of ours: what ran inside may have caused it.
        log.exception("%s could not be served", what)
        _say(connection, state="ended", reason=f"{type(error).__name__}: {error}")


def _say(connection: socket.socket, **answer: Any) -> None:
    connection.send(json.dumps(answer).encode())


def _peer_uid(connection: socket.socket) -> int:
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    _, uid, _ = struct.unpack("iII", credentials)
    return int(uid)


def listen(path: Path) -> socket.socket:
    """The order socket; replaces one that no host answers at any more.

    Raises:
        HostUnavailableError: a host answers there already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
        else:
            raise HostUnavailableError(f"a kernel host serves {path} already")
    # Under another name until it listens: whoever finds the socket may connect at once.
    unready = path.with_name(f"{path.name}.{os.getpid()}")
    unready.unlink(missing_ok=True)
    listener.bind(str(unready))
    # Who may order is decided by the peer's uid; the folder decides who gets that far.
    os.chmod(unready, 0o666)
    listener.listen(64)
    unready.rename(path)
    return listener


def run(
    path: Path,
    environments: dict[str, Environment],
    *,
    mode: str,
    allowed_uids: Sequence[int],
    places: int | None = None,
    live_places: int | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT."""
    listener = listen(path)
    host = Host(
        environments,
        mode=mode,
        allowed_uids=allowed_uids,
        places=places,
        live_places=live_places,
        sockets=path.parent,
    )

    def end(_signal: int, _frame: object) -> None:
        host._stopping = True
        listener.close()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        host.start()
        log.info("%s mode, control groups %s, orders at %s", mode, host.groups.kind, path)
        host.serve(listener)
    finally:
        path.unlink(missing_ok=True)
        host.stop()
