"""The notebook page in Chromium, and the way through bridge and kernel, on a Kilohour of its own.

    python -m bench.notebook [--json] [--without-peer]

A page counts as usable when its first editor was drawn: after the link on its section's page was pointed at
and clicked, as learners do, for the first exercise in that tab and for the ones after it; and by its address
in a new tab, whose process the browser starts first. The browser keeps its profile on disk, as theirs do: a
private window compiles all scripts anew. A page of ours
without a notebook shows what the machine and its browser take for any page, and Jupyter Notebook 7 opens the
same cells in the same browser, by address: seconds differ from machine to machine, the ratios hardly do.
Budgets of pages are for links. Prints a table; the last line is JSON (with ``--json`` it is the only one).
Exits with 1 over a budget.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import BrowserContext, Locator, Page, sync_playwright
from websockets.sync.client import ClientConnection, connect

from bench.exercises import ROOT
from bench.live_kernels import measure as measure_idle
from bench.peers.notebook import READY as PEER_READY
from bench.peers.notebook import JupyterNotebook, page_before
from tests.browser.conftest import ARGUMENTS, sign_in
from tests.browser.notebook_page import EXERCISE, NotebookPage
from tests.browser.notebook_trouble import end_kernels, kernel_ids, output_of
from tests.browser.product import Product

sys.path.append(str(ROOT / "platform"))
from workbench.live.frames import SUBPROTOCOL, Frame, pack, unpack

# Seconds; what the workbench promises on a machine with two processors.
BUDGETS = {
    "usable_few_seconds": 0.3,
    "usable_120_seconds": 0.8,
    "round_trip_seconds": 0.010,
    "sum_seconds": 0.030,
    "ready_seconds": 0.4,
}
MANY, IDLE_KERNELS = 120, 50
LOADS, TRIPS, SUMS, STARTS, KEYS = 7, 300, 40, 10, 50
# When the first editor stands in the page and a frame with it was drawn, since the navigation began.
WATCH_USABLE = """
window.usable = new Promise(resolve => new MutationObserver((_, watch) => {
  if (!document.querySelector("READY")) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() / 1000)));
}).observe(document, { childList: true, subtree: true }));
"""
READY = ".nb:has(.nb-bar) .nb-cell .cm-content"
BEFORE, PLAIN, PLAIN_READY = "/course/mathematics/optimisation/", "/about/", "main"
POINTED_MS = 300  # from pointing at a link to the click, for somebody quick
STAYED_MS = 1000  # a page that is closed at once leaves a browser no time to keep what it compiled
# From the press of the cell's button to the change of the page that shows the result.
RUN = """
cell => new Promise(resolve => {
  const began = performance.now();
  const watch = new MutationObserver(() => {
    if (cell.dataset.phase !== "idle" || cell.dataset.state !== "ok" || !cell.querySelector(".output-plain")) return;
    watch.disconnect();
    resolve((performance.now() - began) / 1000);
  });
  watch.observe(cell, { attributes: true, childList: true, subtree: true });
  cell.querySelector(".nb-run").click();
})
"""
# Milliseconds from each key to the next frame, as browsers measure it (W3C Event Timing); at least 16.
WATCH_KEYS = """
() => {
  window.keys = [];
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (entry.name === "keydown") window.keys.push(entry.duration);
  }).observe({ type: "event", durationThreshold: 16 });
}
"""
FLOOD = "while True:\n    print('x' * 1000)\n"
# From the same press to the word that Python is there.
START = """
cell => new Promise(resolve => {
  const began = performance.now();
  const pills = document.querySelector(".nb-pills");
  const watch = new MutationObserver(() => {
    if (!/Ready|Running/.test(pills.firstElementChild.textContent)) return;
    watch.disconnect();
    resolve((performance.now() - began) / 1000);
  });
  watch.observe(pills, { childList: true, characterData: true, subtree: true });
  cell.querySelector(".nb-run").click();
})
"""


def measure(*, peer: bool) -> dict[str, float]:
    """Seconds, megabytes, and counts, by name; with the ``peer``'s page beside ours."""
    folder = Path(tempfile.mkdtemp(prefix="kh-bench-"))
    product = Product.start(folder)
    try:
        with sync_playwright() as playwright:
            path = os.environ.get("CHROMIUM") or shutil.which("chromium")
            context = playwright.chromium.launch_persistent_context(
                folder / "profile", executable_path=path, args=ARGUMENTS, base_url=product.url
            )
            found, cells = _measure_page(context, product)
            if peer:
                found |= _measure_peer(context, folder, cells)
            context.close()
    finally:
        product.end()
        shutil.rmtree(folder, ignore_errors=True)
    idle = measure_idle("core", IDLE_KERNELS)
    return found | {f"idle_{name}": value for name, value in idle.items()}


def _measure_peer(
    context: BrowserContext, folder: Path, few: list[dict[str, str]]
) -> dict[str, float]:
    peer = JupyterNotebook(folder)
    peer.install()
    many = _numbered_cells(MANY - len(few)) + few
    found: dict[str, float] = {}
    for name, cells in (("peer_few", few), ("peer_120", many)):
        found |= _spread(name, _load_peer(context, peer, cells))
    return found


def _load_peer(
    context: BrowserContext, peer: JupyterNotebook, cells: list[dict[str, str]]
) -> list[float]:
    with peer.serve(cells) as url:
        return _times(LOADS, lambda: _load(context, page_before(url), url, PEER_READY))


def _numbered_cells(count: int) -> list[dict[str, str]]:
    return [{"type": "code", "source": f"value_{number} = {number}\n"} for number in range(count)]


def _measure_page(
    context: BrowserContext, product: Product
) -> tuple[dict[str, float], list[dict[str, str]]]:
    """Figures of ours, and the few cells that they were measured with."""
    page = context.new_page()
    sign_in(page, "demo-learner", product.demo_password("demo-learner"))
    notebook = NotebookPage(page).open("1 + 1")
    found: dict[str, float] = {"few_cells": notebook.cells.count()}
    found |= _spread("ready", _times(STARTS, lambda: _start(notebook)))
    notebook.run(notebook.own(0))
    found |= _spread("sum", _times(SUMS, lambda: notebook.own(0).evaluate(RUN)))
    found |= _spread("round_trip", _round_trips(notebook, product))
    end_kernels(notebook)
    cells = [{key: cell[key] for key in ("type", "source")} for cell in notebook.boot()["cells"]]
    found |= _loads(notebook, "few")
    found |= _spread("plain", _times(LOADS, lambda: _load_ours(notebook, PLAIN, PLAIN_READY)))
    own = _numbered_cells(MANY - len(cells) + 1)
    notebook.open(*(cell["source"] for cell in own))
    found["many_cells"] = notebook.cells.count()
    found |= _loads(notebook, "120")
    found |= _spread("key", _keys_beside_a_flood(notebook))
    return found, cells


def _start(notebook: NotebookPage) -> float:
    """A learner's first run on a page just opened."""
    end_kernels(notebook)
    notebook.visit()
    seconds: float = notebook.own(0).evaluate(START)
    _await_result(notebook.own(0))
    return seconds


def _keys_beside_a_flood(notebook: NotebookPage) -> list[float]:
    """Letters into one cell while another prints without end."""
    notebook.open(FLOOD, "# ")
    page = notebook.page
    notebook.own(0).get_by_role("button", name=re.compile("^Run cell")).click()
    output_of(notebook.own(0)).get_by_text("printed too much").wait_for()
    notebook.enter(notebook.own(1))
    page.evaluate(WATCH_KEYS)
    for _ in range(KEYS):
        page.keyboard.press("a")
        page.wait_for_timeout(100)
    slow: list[float] = page.evaluate("window.keys")
    return [each / 1000 for each in slow + [16.0] * (KEYS - len(slow))]


def _await_result(cell: Locator) -> None:
    output_of(cell).locator(".output-plain").wait_for()


def _loads(notebook: NotebookPage, cells: str) -> dict[str, float]:
    url = f"/exercises/{EXERCISE}/"
    gone_on = _times(LOADS, lambda: _load_ours(notebook, url, READY))
    new_tab = _times(LOADS, lambda: _load_ours(notebook, url, READY, before="about:blank"))
    found = _spread(f"usable_{cells}", gone_on) | _spread(f"new_tab_{cells}", new_tab)
    return found | _spread(f"next_{cells}", _load_next(notebook, url, READY))


def _load_next(notebook: NotebookPage, url: str, ready: str) -> list[float]:
    """One exercise after the other in one tab, with the section's page in between."""
    notebook.page.goto("about:blank")
    page = notebook.page.context.new_page()
    page.add_init_script(WATCH_USABLE.replace("READY", ready))
    seconds = _times(LOADS, lambda: _go_on(page, BEFORE, url))
    page.close()
    return seconds


def _load_ours(notebook: NotebookPage, url: str, ready: str, before: str = BEFORE) -> float:
    """In the only tab of ours: a second one shares its process, and tells the first that it is there."""
    notebook.page.goto("about:blank")
    return _load(notebook.page.context, before, url, ready)


def _load(context: BrowserContext, before: str, url: str, ready: str) -> float:
    """From leaving the page ``before`` in a tab until an element that ``ready`` selects was drawn."""
    page = context.new_page()
    page.add_init_script(WATCH_USABLE.replace("READY", ready))
    seconds = _go_on(page, before, url)
    page.close()
    return seconds


def _go_on(page: Page, before: str, url: str) -> float:
    page.goto(before, wait_until="networkidle")
    if before == BEFORE and url != PLAIN:
        _follow(page.locator(f'main a[href="{url}"]').first)
    else:
        page.goto(url)
    seconds: float = page.evaluate("window.usable")
    page.wait_for_timeout(STAYED_MS)
    return seconds


def _follow(link: Locator) -> None:
    """As learners do: they point, and click a little later."""
    link.hover()
    link.page.wait_for_timeout(POINTED_MS)
    address = link.get_attribute("href")
    link.click(no_wait_after=True)
    link.page.wait_for_url(f"**{address}", wait_until="commit")


def _round_trips(notebook: NotebookPage, product: Product) -> list[float]:
    """A question on the control channel and its answer, over a socket of its own."""
    (kernel,) = kernel_ids(notebook)
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in notebook.page.context.cookies())
    with cast(Any, connect)(
        f"{product.url.replace('http', 'ws')}/kernel/{EXERCISE}/api/kernels/{kernel}/channels",
        origin=product.url,
        subprotocols=[SUBPROTOCOL],
        additional_headers={"Cookie": cookies},
    ) as socket:
        return [_round_trip(socket) for _ in range(TRIPS)]


def _round_trip(socket: ClientConnection) -> float:
    time.sleep(0.025)  # below the 50 messages a second that a page may send
    name = uuid.uuid4().hex
    header = {"msg_id": name, "msg_type": "kernel_info_request", "session": name, "username": ""}
    header |= {"version": "5.3", "date": "2026-01-01T00:00:00Z"}
    frame = pack(Frame("control", json.dumps(header).encode()))
    began = time.perf_counter()
    socket.send(frame)
    while True:
        answer = unpack(socket.recv(10, decode=False))
        if answer.channel == "control" and name.encode() in answer.parent:
            return time.perf_counter() - began


def _times(count: int, once: Callable[[], Any]) -> list[float]:
    once()  # what is only slow the first time
    return [float(once()) for _ in range(count)]


def _spread(name: str, seconds: list[float]) -> dict[str, float]:
    p95 = sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * 0.95))]
    return {f"{name}_seconds": statistics.median(seconds), f"{name}_p95_seconds": p95}


ROWS = {
    "usable_few": "page usable, {few_cells:.0f} cells",
    "usable_120": "page usable, {many_cells:.0f} cells",
    "next_few": "the next one in that tab, {few_cells:.0f} cells",
    "next_120": "the next one in that tab, {many_cells:.0f} cells",
    "new_tab_few": "in a new tab, {few_cells:.0f} cells",
    "new_tab_120": "in a new tab, {many_cells:.0f} cells",
    "plain": "a page without a notebook",
    "round_trip": "message there and back",
    "sum": "1 + 1 to its result in the page",
    "ready": "click to kernel ready",
    "key": "a key to its frame, beside a flood",
    "peer_few": "Jupyter Notebook 7, {few_cells:.0f} cells",
    "peer_120": "Jupyter Notebook 7, {many_cells:.0f} cells",
}


def table(found: dict[str, float]) -> str:
    lines = [f"{'':36} {'median':>9} {'p95':>9} {'budget':>9}"]
    for name, words in ROWS.items():
        seconds, p95 = f"{name}_seconds", f"{name}_p95_seconds"
        if seconds in found:  # the peer may be left out
            numbers = [
                found[seconds],
                found[p95],
                *([BUDGETS[seconds]] if seconds in BUDGETS else []),
            ]
            shown = " ".join(f"{number * 1000:6.1f} ms" for number in numbers)
            lines.append(f"{words.format(**found):36} {shown}")
    lines.append(
        f"{found['idle_kernels']:.0f} idle live kernels: {found['idle_private_megabytes']:.1f} MB each of its own, "
        f"{found['idle_machine_megabytes_each']:.1f} MB each of the machine, together "
        f"{found['idle_idle_processor_share'] * 100:.1f} % of one processor"
    )
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    found = measure(peer="--without-peer" not in arguments)
    if "--json" not in arguments:
        print(table(found))
    print(json.dumps(found))
    return int(any(found[name] > budget for name, budget in BUDGETS.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
