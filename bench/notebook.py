"""The notebook page in Chromium, and the way through bridge and kernel, on a Kilohour of its own.

    python -m bench.notebook [--json]

Prints a table; the last line is JSON (with ``--json`` it is the only one). Exits with 1 over a budget.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from websockets.sync.client import ClientConnection, connect

from bench.exercises import ROOT
from bench.live_kernels import measure as measure_idle
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
LOADS, TRIPS, SUMS, STARTS = 7, 300, 40, 10
# When the first editor stands in the page and a frame with it was drawn, since the navigation began.
WATCH_USABLE = """
window.usable = new Promise(resolve => new MutationObserver((_, watch) => {
  if (!document.querySelector(".nb-bar") || !document.querySelector(".nb-cell .cm-content")) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() / 1000)));
}).observe(document, { childList: true, subtree: true }));
"""
# From the press of the cell's button to the change of the page that shows the result.
RUN = """
cell => new Promise(resolve => {
  const began = performance.now();
  const watch = new MutationObserver(() => {
    if (cell.dataset.state !== "ok" || !cell.querySelector(".output-plain")) return;
    watch.disconnect();
    resolve((performance.now() - began) / 1000);
  });
  watch.observe(cell, { attributes: true, childList: true, subtree: true });
  cell.querySelector(".nb-run").click();
})
"""
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


def measure() -> dict[str, float]:
    """Seconds, megabytes, and counts, by name."""
    folder = Path(tempfile.mkdtemp(prefix="kh-bench-"))
    product = Product.start(folder)
    try:
        with sync_playwright() as playwright:
            path = os.environ.get("CHROMIUM") or shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            found = _measure_page(browser, product)
            browser.close()
    finally:
        product.end()
        shutil.rmtree(folder, ignore_errors=True)
    idle = measure_idle("core", IDLE_KERNELS)
    return found | {f"idle_{name}": value for name, value in idle.items()}


def _measure_page(browser: Browser, product: Product) -> dict[str, float]:
    page = browser.new_context(base_url=product.url).new_page()
    sign_in(page, "demo-learner", product.demo_password("demo-learner"))
    notebook = NotebookPage(page).open("1 + 1")
    found: dict[str, float] = {"few_cells": notebook.cells.count()}
    found |= _spread("ready", _times(STARTS, lambda: _start(notebook)))
    notebook.run(notebook.own(0))
    found |= _spread("sum", _times(SUMS, lambda: notebook.own(0).evaluate(RUN)))
    found |= _spread("round_trip", _round_trips(notebook, product))
    end_kernels(notebook)
    found |= _spread("usable_few", _times(LOADS, lambda: _load(notebook)))
    own = [f"value_{number} = {number}\n" for number in range(MANY - int(found["few_cells"]) + 1)]
    notebook.open(*own)
    found["many_cells"] = notebook.cells.count()
    return found | _spread("usable_120", _times(LOADS, lambda: _load(notebook)))


def _start(notebook: NotebookPage) -> float:
    """A learner's first run on a page just opened."""
    end_kernels(notebook)
    notebook.visit()
    seconds: float = notebook.own(0).evaluate(START)
    _await_result(notebook.own(0))
    return seconds


def _await_result(cell: Locator) -> None:
    output_of(cell).locator(".output-plain").wait_for()


def _load(notebook: NotebookPage) -> float:
    """In the only tab: a second one shares its process, and tells the first that it is there."""
    notebook.page.goto("about:blank")
    page: Page = notebook.page.context.new_page()
    page.add_init_script(WATCH_USABLE)
    page.goto(f"/exercises/{EXERCISE}/")
    seconds: float = page.evaluate("window.usable")
    page.close()
    return seconds


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
    "round_trip": "message there and back",
    "sum": "1 + 1 to its result in the page",
    "ready": "click to kernel ready",
}


def table(found: dict[str, float]) -> str:
    lines = [f"{'':36} {'median':>9} {'p95':>9} {'budget':>9}"]
    for name, words in ROWS.items():
        numbers = (
            found[f"{name}_seconds"],
            found[f"{name}_p95_seconds"],
            BUDGETS[f"{name}_seconds"],
        )
        shown = " ".join(f"{number * 1000:6.1f} ms" for number in numbers)
        lines.append(f"{words.format(**found):36} {shown}")
    lines.append(
        f"{found['idle_kernels']:.0f} idle live kernels: {found['idle_private_megabytes']:.1f} MB each of its own, "
        f"{found['idle_machine_megabytes_each']:.1f} MB each of the machine, together "
        f"{found['idle_idle_processor_share'] * 100:.1f} % of one processor"
    )
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    found = measure()
    if "--json" not in arguments:
        print(table(found))
    print(json.dumps(found))
    return int(any(found[name] > budget for name, budget in BUDGETS.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
