"""The main job as a program does it, over real HTTP."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from grader.exercises import Problems, learner_notebook, load_exercise, solution_answers
from tests.browser.conftest import sign_in

EXERCISE = (
    Path(__file__).resolve().parents[2]
    / "curriculum/content/01-mathematics/1-linear-algebra/la-svd"
)


@pytest.fixture(scope="module")
def token(chromium, product):
    context = chromium.new_context(base_url=product.url)
    page = context.new_page()
    password = product.demo_password("demo-mentor")
    sign_in(page, "demo-mentor", password)
    page.goto("/account/token/")
    page.get_by_role("button", name="Make a token").click()
    if page.locator("input[name=password]").count():
        page.fill("input[name=password]", password)
        page.locator("form:has(input[name=password]) button").first.click()
    key = page.locator("#token-key")
    expect(key).to_be_visible()
    text = key.inner_text()
    context.close()
    return text.strip()


def ask(product, token, path, body=None, **headers):
    request = urllib.request.Request(
        product.url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Token {token}", "Content-Type": "application/json", **headers},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.load(error), error.headers


def test_hand_in_and_read_the_report(product, token):
    problems = Problems()
    exercise = load_exercise(EXERCISE, problems)
    notebook = learner_notebook(exercise, solution_answers(exercise))
    path = "/api/v1/exercises/la-svd/submissions/"
    status, first, _headers = ask(
        product, token, path, {"notebook": notebook}, **{"Idempotency-Key": "one"}
    )
    assert status == 202
    _, again, _ = ask(product, token, path, {"notebook": notebook}, **{"Idempotency-Key": "one"})
    assert again["public_id"] == first["public_id"]

    found = None
    for _ in range(60):
        _, found, _ = ask(product, token, f"/api/v1/submissions/{first['public_id']}/")
        if found["report"]:
            break
        time.sleep(0.5)
    assert found["report"]["points"] == found["report"]["max_points"] == exercise.points


def test_bad_input_is_named_field_by_field(product, token):
    path = "/api/v1/exercises/la-svd/submissions/"
    status, problem, headers = ask(
        product, token, path, {"notebook": {"cells": "none", "nbformat": 9}}
    )
    assert status == 400
    assert headers["Content-Type"].startswith("application/problem+json")
    assert problem["errors"]


def test_without_a_token_nothing_is_told(product):
    status, _, _ = ask(product, "0" * 40, "/api/v1/submissions/")
    assert status == 401
