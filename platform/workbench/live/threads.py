"""What blocks runs in threads: queries in a few that keep their connections, the kernel host in others."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

_queries = ThreadPoolExecutor(2, thread_name_prefix="live-query")
_orders = ThreadPoolExecutor(4, thread_name_prefix="live-order")


async def query(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call what asks the database."""

    def call() -> T:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_queries, call)


async def order(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call what asks the kernel host."""
    return await asyncio.get_running_loop().run_in_executor(
        _orders, lambda: function(*args, **kwargs)
    )
