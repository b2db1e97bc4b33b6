import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.product import Product

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def product(tmp_path_factory):
    product = Product.start(tmp_path_factory.mktemp("kh"))
    yield product
    product.end()


@pytest.fixture(scope="package")
def chromium():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium, product):
    """Makes pages of one's own browser profile; no test may leave an error in the console."""
    contexts, errors = [], []

    def make(viewport=DESKTOP, scheme="light", **options):
        context = chromium.new_context(
            viewport=viewport, color_scheme=scheme, base_url=product.url, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((product.url, "data:", "blob:"))
                else errors.append(f"asked another host: {request.url}")
            ),
        )
        return page

    make.errors = errors
    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture
def learner_page(new_page, product):
    """Signed in as the demo learner."""

    def make(**options):
        page = new_page(**options)
        sign_in(page, "demo-learner", product.demo_password("demo-learner"))
        return page

    return make


def sign_in(page, name, password):
    page.goto("/account/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")
