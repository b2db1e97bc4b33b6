"""A kernel is its learner's: other learners, other sites and visitors without a session find shut doors."""

import urllib.error
import urllib.request

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.browser.conftest import sign_in
from tests.browser.notebook_page import EXERCISE, NotebookPage, learner_state, new_notebook
from tests.browser.notebook_trouble import forgive, fresh_notebook, kernel_door, kernel_ids

__all__ = ["forgive", "fresh_notebook", "learner_state", "new_notebook"]

SUBPROTOCOL = "v1.kernel.websocket.jupyter.org"


def test_another_learners_kernel(fresh_notebook, new_page, product, forgive):
    forgive("404", "WebSocket")
    notebook = fresh_notebook("1 + 1")
    notebook.run(notebook.own(0))
    (kernel,) = kernel_ids(notebook)
    page = new_page()
    sign_in(page, "demo-mentor", product.demo_password("demo-mentor"))
    theirs = NotebookPage(page)
    page.goto(f"/exercises/{EXERCISE}/")
    for method, path in (
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/interrupt"),
        ("POST", "/restart"),
        ("GET", "/files"),
        ("GET", "/files/data/diabetes.csv"),
        ("PUT", "/files/mine.txt"),
    ):
        answer = kernel_door(theirs, method, f"/{kernel}{path}")
        assert answer.status == 404, (method, path)
    assert kernel not in kernel_ids(theirs)
    url = f"{product.url.replace('http', 'ws')}/kernel/{EXERCISE}/api/kernels/{kernel}/channels"
    code = page.evaluate(
        """([url, protocol]) => new Promise(resolve => {
            const socket = new WebSocket(url, protocol);
            socket.onopen = () => resolve("open");
            socket.onclose = ({code}) => resolve(code);
        })""",
        [url, SUBPROTOCOL],
    )
    assert code == 1006
    notebook.run(notebook.own(0))


def test_who_may_have_the_socket(fresh_notebook, product):
    notebook = fresh_notebook("1 + 1")
    notebook.run(notebook.own(0))
    (kernel,) = kernel_ids(notebook)
    url = f"{product.url.replace('http', 'ws')}/kernel/{EXERCISE}/api/kernels/{kernel}/channels"
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in notebook.page.context.cookies())
    ours = {"origin": product.url, "cookie": cookies, "protocol": SUBPROTOCOL}
    assert handshake(url, **ours) == 101
    assert handshake(url, **{**ours, "cookie": ""}) == 403
    assert handshake(url, **{**ours, "cookie": "sessionid=0123456789abcdef"}) == 403
    assert handshake(url, **{**ours, "origin": "http://elsewhere.example"}) == 403
    assert handshake(url, **{**ours, "origin": None}) == 403
    assert handshake(url, **{**ours, "protocol": "other"}) == 403


def handshake(url, origin, cookie, protocol):
    """The status that the server answers with."""
    try:
        with connect(
            url, origin=origin, subprotocols=[protocol], additional_headers={"Cookie": cookie}
        ):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


def test_the_doors_are_shut_without_a_session(product):
    for method, path in (("GET", ""), ("POST", "")):
        request = urllib.request.Request(
            f"{product.url}/kernel/{EXERCISE}/api/kernels{path}",
            method=method,
            headers={"Accept": "application/json"},
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        assert refused.value.code in (401, 403)
        assert refused.value.headers["Content-Type"].startswith("application/problem+json")
