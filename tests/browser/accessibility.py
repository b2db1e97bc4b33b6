"""What axe finds on a page, once the page has settled."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

WCAG = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


def settle(page: Page) -> None:
    """Formulas are set a few at a time; how wide they came out is known a frame later."""
    expect(page.locator(".math:not([data-set])")).to_have_count(0)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def axe_findings(page: Page, rules: list[str] | None = None) -> list[tuple[str, list[str]]]:
    """Each finding with the elements it is about; ``rules`` are tags of axe, all without them."""
    settle(page)
    options: dict[str, Any] = {"runOnly": rules} if rules else {}
    found = Axe().run(page, options=options).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
