"""The process that holds live kernels (uvicorn, one process): their sockets, and the pages as well.

Every view is synchronous. They run as under gunicorn, in a fixed number of threads that keep their
database connections; Django's own ASGI handler would make a thread for each request, store each body on
disk before it is looked at, and read files whole before it sends them.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from typing import Any

from a2wsgi import WSGIMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.wsgi import application as pages
from workbench.live import bridge
from workbench.live.pool import running_pool

THREADS = 8


def _pages(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A body of unknown length ends by itself here, as :class:`common.middleware.BodyLimitMiddleware` asks."""
    environ["wsgi.input_terminated"] = True
    return pages(environ, start_response)


_http = WSGIMiddleware(_pages, workers=THREADS)  # type: ignore[arg-type]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Pages over HTTP, kernels over WebSocket, the pool of kernels for as long as the process lives."""
    match scope["type"]:
        case "websocket":
            await bridge.serve(scope, receive, send)
        case "lifespan":
            await _live(receive, send)
        case _:
            await _http(scope, receive, send)


async def _live(receive: Any, send: Any) -> None:
    await receive()
    async with AsyncExitStack() as running:
        try:
            await running.enter_async_context(running_pool())
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})
