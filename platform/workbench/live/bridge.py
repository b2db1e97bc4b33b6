"""The WebSocket side: a browser's frames to its kernel, the kernel's to the browser (plain ASGI)."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from workbench.live import pool, sessions, threads
from workbench.live.budgets import Bucket
from workbench.live.clients import Client, Close
from workbench.live.frames import SUBPROTOCOL, FrameError, unpack
from workbench.live.handshake import RefusedError, Scope, admit
from workbench.live.kernel import Kernel
from workbench.live.messages import MessageError

log = logging.getLogger(__name__)

# Over this a page is read more slowly, until the browser's own buffers are full.
MESSAGES_PER_SECOND, MESSAGES_AT_ONCE = 50, 200
SESSION_CHECK_SECONDS = 60.0

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """One WebSocket, from its handshake to its end."""
    try:
        await receive()  # websocket.connect
        try:
            kernel, key = await admit(scope, pool.find_current())
        except RefusedError as refusal:
            log.info("a socket was refused: %s", refusal)
            await send({"type": "websocket.close"})  # the browser gets a 403
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        await _bridge(kernel, Client(key), _awaited_run(scope), receive, send)
    except OSError:
        pass  # the browser is gone; uvicorn's ClientDisconnected is one, too


def _awaited_run(scope: Scope) -> str:
    """The run that the page has sent on an earlier socket and waits for; empty when there is none."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return query.get("run", [""])[0]


async def _bridge(kernel: Kernel, client: Client, run: str, receive: Receive, send: Send) -> None:
    kernel.attach(client, run)
    pumps = [
        asyncio.create_task(_read(kernel, client, receive)),
        asyncio.create_task(_write(client, send)),
        asyncio.create_task(_watch_session(client)),
    ]
    try:
        done, _ = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        await _hang_up(client, done, send)
    finally:
        kernel.detach(client)
        for pump in pumps:
            pump.cancel()


async def _hang_up(client: Client, done: set[asyncio.Task[None]], send: Send) -> None:
    """Close the socket with the reason: ours, or that a pump of ours has broken."""
    for pump in done:
        error = pump.exception()
        if isinstance(error, OSError):
            return
        if error is not None:
            log.error("a socket broke", exc_info=error)
            client.close(Close.INTERNAL)
    if client.closed is not None:
        with contextlib.suppress(OSError):
            await send({"type": "websocket.close", "code": int(client.closed)})


async def _read(kernel: Kernel, client: Client, receive: Receive) -> None:
    """Ends when the browser closes, or says what is no frame."""
    pace = Bucket(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE)
    while True:
        event = await receive()
        if event["type"] != "websocket.receive":
            return
        try:
            await kernel.take(client, unpack(event.get("bytes") or b""))
        except (FrameError, MessageError):
            client.close(Close.UNREADABLE)
            return
        await asyncio.sleep(pace.owe(1))


async def _write(client: Client, send: Send) -> None:
    """Ends when the client is to be closed and everything before that was sent."""
    while (packed := await client.take()) is not None:
        await send({"type": "websocket.send", "bytes": packed})


async def _watch_session(client: Client) -> None:
    """A sign-out in another process, or an account that was closed, ends the socket within a minute."""
    while True:
        await asyncio.sleep(SESSION_CHECK_SECONDS)
        if await threads.query(sessions.find_user, client.session_key) is None:
            client.close(Close.SESSION_ENDED)
            return
