"""May this browser have a socket to this kernel? Asked before anything is accepted."""

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from workbench.live import sessions, threads
from workbench.live.frames import SUBPROTOCOL
from workbench.live.kernel import MOST_CLIENTS, Kernel
from workbench.live.pool import Pool

_PATH = re.compile(r"/kernel/([-/\w]+)/api/kernels/([0-9a-f-]{36})/channels")
Scope = dict[str, Any]


class RefusedError(Exception):
    """There is no socket for this browser. A page sees none of it and asks by an ordinary request why."""


async def admit(scope: Scope, pool: Pool | None) -> tuple[Kernel, str]:
    """The kernel that is asked for, and the key of the session that may have it.

    Raises:
        RefusedError: not from one of our pages, not signed in, no such kernel, no such protocol, too many.
    """
    if not _is_from_our_page(scope):
        raise RefusedError("not from one of our pages")
    key = sessions.session_key(scope["headers"])
    user = await threads.query(sessions.find_user, key)
    if user is None:
        raise RefusedError("not signed in")
    kernel = _find(scope["path"], pool)
    if kernel is None or kernel.learner_id != user.pk:
        raise RefusedError("no such kernel of theirs")
    if SUBPROTOCOL not in scope["subprotocols"]:
        raise RefusedError("no protocol of ours")
    if len(kernel.clients) >= MOST_CLIENTS:
        raise RefusedError("too many sockets")
    return kernel, key


def _is_from_our_page(scope: Scope) -> bool:
    """Browsers send cookies along with sockets of any page; ours alone may use them."""
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1").lower()
    origin = urlsplit(headers.get(b"origin", b"").decode("latin-1").lower())
    domain, _ = split_domain_port(host)
    return (
        bool(host)
        and origin.scheme in ("http", "https")
        and origin.netloc == host
        and validate_host(domain, settings.ALLOWED_HOSTS)
    )


def _find(path: str, pool: Pool | None) -> Kernel | None:
    found = _PATH.fullmatch(path)
    if found is None or pool is None:
        return None
    try:
        kernel = pool.find(UUID(found[2]))
    except ValueError:
        return None
    return kernel if kernel and kernel.subject.path == found[1] else None
