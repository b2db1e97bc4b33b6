"""The live process in a thread of the test run, and a browser's part played by hand."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import uvicorn
from django.test import Client
from websockets.sync.client import ClientConnection, connect

from workbench.live.frames import SUBPROTOCOL, Frame, pack

SECONDS = 15.0
CSRF = "c" * 32


@contextmanager
def running_server() -> Iterator[int]:
    """uvicorn as the Procfile starts it; answers the port."""
    from config.asgi import application

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            port=port,
            log_level="warning",
            ws="websockets-sansio",
            ws_max_size=1 << 20,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=2,
            proxy_headers=False,
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


@dataclass
class Answer:
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """Signed in as somebody (or nobody), for one exercise."""

    def __init__(self, port: int, slug: str, client: Client | None = None) -> None:
        self.port, self.slug = port, slug
        self.session = client.cookies["sessionid"].value if client else ""

    @property
    def cookies(self) -> str:
        return f"csrftoken={CSRF}" + (f"; sessionid={self.session}" if self.session else "")

    def ask(
        self,
        method: str,
        path: str = "",
        body: bytes = b"",
        base: str | None = None,
        **headers: str,
    ) -> Answer:
        base = f"/kernel/{self.slug}/api/kernels" if base is None else base
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"Cookie": self.cookies, "X-CSRFToken": CSRF, **headers}
        line.request(method, base + path, body=body or None, headers=sent)
        answer = line.getresponse()
        found = Answer(answer.status, answer.headers, answer.read())
        line.close()
        return found

    def start(self) -> dict[str, Any]:
        answer = self.ask("POST")
        assert answer.status in (200, 201), answer.body
        return dict(answer.json)

    def open(self, kernel_id: str, run: str = "", **changes: Any) -> Page:
        """``run``: the request that a page waits for which was away."""
        host = f"127.0.0.1:{self.port}"
        options = {
            "origin": f"http://{host}",
            "subprotocols": [SUBPROTOCOL],
            "additional_headers": {"Cookie": self.cookies},
            "max_size": None,
            **changes,
        }
        url = f"ws://{host}/kernel/{self.slug}/api/kernels/{kernel_id}/channels"
        url += f"?run={run}" if run else ""
        return Page(connect(url, legacy=True, **options))


@dataclass
class Message:
    """What came, unpacked by other code than ours."""

    channel: str
    header: dict[str, Any]
    parent: dict[str, Any]
    metadata: dict[str, Any]
    content: dict[str, Any]
    size: int

    @property
    def type(self) -> str:
        return str(self.header["msg_type"])


def read(data: bytes) -> Message:
    count = int.from_bytes(data[:8], "little")
    offsets = [int.from_bytes(data[8 * n : 8 * n + 8], "little") for n in range(1, count + 1)]
    parts = [data[offsets[n] : offsets[n + 1]] for n in range(count - 1)]
    return Message(parts[0].decode(), *(json.loads(part) for part in parts[1:5]), len(data))


def request(channel: str, kind: str, content: dict[str, Any]) -> tuple[str, bytes]:
    """The id, and the frame."""
    key = uuid4().hex
    header = {"msg_id": key, "msg_type": kind, "session": "s", "username": "", "version": "5.3"}
    return key, pack(
        Frame(channel, json.dumps(header).encode(), content=json.dumps(content).encode())
    )


class Page:
    """One open socket."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line
        self.seen: list[Message] = []

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()

    def send(self, channel: str, kind: str, **content: Any) -> str:
        key, frame = request(channel, kind, content)
        self.line.send(frame)
        return key

    def execute(self, code: str, **more: Any) -> str:
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": True}
        return self.send("shell", "execute_request", **content, **more)

    def next(self, seconds: float = SECONDS) -> Message:
        message = read(self.line.recv(timeout=seconds))
        self.seen.append(message)
        return message

    def until(self, is_it: Callable[[Message], bool], seconds: float = SECONDS) -> Message:
        deadline = time.monotonic() + seconds
        while True:
            message = self.next(max(0.01, deadline - time.monotonic()))
            if is_it(message):
                return message

    def finish(self, key: str, seconds: float = SECONDS) -> list[Message]:
        """Everything that answers a run, once both its reply and its idle are here."""
        has_reply = has_idle = False
        found = []
        deadline = time.monotonic() + seconds
        while not (has_reply and has_idle):
            message = self.next(max(0.01, deadline - time.monotonic()))
            if message.parent.get("msg_id") != key:
                continue
            found.append(message)
            has_reply |= message.type == "execute_reply"
            has_idle |= message.content.get("execution_state") == "idle"
        return found

    def run(self, code: str, seconds: float = SECONDS) -> str:
        """What the run printed, showed or raised."""
        return text_of(self.finish(self.execute(code), seconds))

    def closed_with(self, seconds: float = SECONDS) -> int:
        """Reads on until the server closes; answers its code."""
        from websockets.exceptions import ConnectionClosed

        deadline = time.monotonic() + seconds
        try:
            while time.monotonic() < deadline:
                self.next(max(0.01, deadline - time.monotonic()))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        raise AssertionError("still open")


def text_of(messages: list[Message]) -> str:
    return "".join(
        message.content.get("text")
        or message.content.get("ename")
        or message.content.get("data", {}).get("text/plain", "")
        for message in messages
        if message.channel == "iopub" and message.type != "status"
    )


def has_state(state: str, **ours: Any) -> Callable[[Message], bool]:
    def is_it(message: Message) -> bool:
        content = message.content
        return (
            message.type == "status"
            and content.get("execution_state") == state
            and (not ours or content.get("kilohour") == ours)
        )

    return is_it
