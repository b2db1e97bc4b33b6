"""The frame of outputs that bring scripts: they run, and reach nothing."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse
from playwright.sync_api import Page, sync_playwright

from workbench.urls import urlpatterns as workbench_urls

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

OUTPUT = """
<p id="told">nothing</p>
<script>document.cookie</script>
<script>
  const told = [];
  try { document.cookie; told.push("cookies"); } catch { told.push("no cookies"); }
  try { parent.document.title; told.push("parent"); } catch { told.push("no parent"); }
  try { localStorage; told.push("storage"); } catch { told.push("no storage"); }
  told.push(`origin ${window.origin}`, eval("'eval'"));
  fetch("/account/login/", {mode: "no-cors"})
    .then(() => told.push("network"), () => told.push("no network"))
    .finally(() => { document.querySelector("#told").textContent = told.join(", "); });
</script>
<div style="block-size: 300px; background: navy"></div>
"""
AROUND = f"""<!doctype html><title>Around</title>
<iframe sandbox="allow-scripts" src="/notebook/frame/"></iframe>
<template>{OUTPUT}</template>
<script>
  const frame = document.querySelector("iframe");
  addEventListener("message", ({{data}}) => {{ frame.height = data.height; }});
  frame.addEventListener("load", () => frame.contentWindow.postMessage(
    {{html: document.querySelector("template").innerHTML, theme: "dark"}}, "*"));
</script>"""


def test_its_policy_is_its_own(client: Client, db: None) -> None:
    answer = client.get(reverse("workbench:script-frame"))
    policy = dict(rule.split(" ", 1) for rule in answer["Content-Security-Policy"].split("; "))
    assert policy == {
        "sandbox": "allow-scripts",
        "default-src": "'none'",
        "script-src": "'unsafe-inline' 'unsafe-eval' http://testserver/static/js/script-frame.js",
        "style-src": "'unsafe-inline'",
        "img-src": "data: blob:",
        "font-src": "data:",
        "connect-src": "'none'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
    }
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "Set-Cookie" not in answer


@pytest.fixture
def page(live_server: Any, settings: Any) -> Iterator[Page]:
    settings.ROOT_URLCONF = __name__
    # A page of this test's, whose own script must run; the frame's policy is its own affair.
    settings.CONTENT_SECURITY_POLICY = None
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "csp" not in m]
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.goto(f"{live_server.url}/around/")
        yield opened
        browser.close()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.django_db(transaction=True)
def test_scripts_run_and_reach_nothing(page: Page) -> None:
    told = page.frame_locator("iframe").locator("#told")
    told.filter(has_text="eval").wait_for()
    assert told.inner_text() == "no cookies, no parent, no storage, origin null, eval, no network"
    page.wait_for_function("document.querySelector('iframe').height > 300")
    assert int(page.locator("iframe").get_attribute("height") or 0) < 500


urlpatterns = [path("around/", lambda request: HttpResponse(AROUND)), *workbench_urls]
