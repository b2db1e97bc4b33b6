"""The main job as a stranger does it: sign up, open an exercise, hand in, read what is right and what is not."""

import re
import secrets

from playwright.sync_api import expect

from tests.browser.accessibility import WCAG, axe_findings
from tests.browser.conftest import PHONE, sign_in
from tests.browser.notebook_page import EXERCISE, NotebookPage

GRADED = re.compile(r"Graded: [\d.]+ of 20 points")
RIGHT_COST = """\
def cost(X, y, w, b):
    X, y, w = (np.asarray(value, dtype=float) for value in (X, y, w))
    return float(np.mean((X @ w + b - y) ** 2) / 2)
"""


def test_from_sign_up_to_report(page, product):
    sign_up(page, product)

    page.goto("/course/")
    page.get_by_role("link", name=re.compile("Optimisation")).first.click()
    page.get_by_role("link", name=re.compile("Gradient descent")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Gradient descent")

    notebook = NotebookPage(page)
    expect(notebook.bar).to_be_visible()
    cost = notebook.cell("cost")
    notebook.write(cost, "def cost(X, y, w, b):\n    return 0.0\n")
    results = notebook.submit()
    expect(results).to_contain_text("Graded: 0 of 20 points", timeout=40_000)
    expect(cost.locator(".check-result")).to_contain_text(["half the mean squared error"])
    results.get_by_role("link", name="The full report").click()

    expect(page.locator(".report-head")).to_contain_text("0 of 20 points")
    checks = page.locator(".checks > li")
    assert checks.count() == 12
    expect(checks.first).to_contain_text(re.compile("expected|got|0.0"))
    expect(page.locator("main")).to_contain_text("Your notebook, as it ran")

    page.get_by_role(
        "link", name=re.compile("Go on|Work on|Try again|Back to the exercise")
    ).first.click()
    expect(notebook.bar).to_be_visible()
    expect(cost).to_contain_text("return 0.0")
    notebook.write(cost, RIGHT_COST)
    expect(notebook.submit()).to_contain_text(re.compile("Graded: [1-9]"), timeout=40_000)
    expect(cost.get_by_text("Passed", exact=True).first).to_be_visible()

    page.goto("/course/")
    expect(page.locator("main")).to_contain_text(re.compile("tried", re.IGNORECASE))


def test_a_double_click_makes_one_submission(learner_page):
    page = learner_page()
    before = submissions_so_far(page)
    notebook = NotebookPage(page).visit()
    notebook.write(
        notebook.cell("cost"), f"def cost(X, y, w, b):\n    return {secrets.randbelow(1000)}\n"
    )
    notebook.bar.get_by_role("button", name="Submit", exact=True).click()
    page.get_by_role("button", name="Submit now").dblclick()
    expect(page.locator("#checks-panel")).to_contain_text(GRADED, timeout=40_000)
    assert submissions_so_far(page) == before + 1


def test_upload_says_what_is_wrong_and_keeps_the_draft(learner_page, new_page, tmp_path):
    page = learner_page()
    notebook = NotebookPage(page).visit()
    notebook.write(notebook.cell("gradient"), "# my draft\n")
    notebook.save()
    bad = tmp_path / "notes.ipynb"
    bad.write_bytes(b"\xff\xfe not a notebook")
    page.set_input_files("input[type=file]", bad)
    page.get_by_role("button", name=re.compile("Load into")).click()
    expect(page.locator("[role=alert], .banner.is-error, .banner.is-fail").first).to_be_visible()
    # The browser's own note of the answer's status.
    assert "400" in new_page.errors.pop()
    notebook.visit()
    expect(notebook.cell("gradient")).to_contain_text("my draft")


def test_everything_works_without_javascript(new_page, product):
    page = new_page(java_script_enabled=False)
    sign_in(page, "demo-learner", product.demo_password("demo-learner"))
    page.goto(f"/exercises/{EXERCISE}/")
    page.fill("#source-cost", "def cost(X, y, w, b):\n    return 1.0\n")
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/submissions/**")
    for _ in range(30):
        if page.locator(".report-head").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.locator(".report-head")).to_be_visible()


def test_a_phone_reads_and_writes_without_sideways_scroll(learner_page):
    page = learner_page(viewport=PHONE)
    for path in [
        "/",
        "/course/",
        "/schedule/",
        "/people/",
        f"/exercises/{EXERCISE}/",
        "/submissions/",
    ]:
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], f"{path} is {width} px wide"


def test_pages_meet_wcag_in_light_and_dark(learner_page):
    for scheme in ["light", "dark"]:
        page = learner_page(scheme=scheme)
        for path in [
            "/",
            "/course/",
            "/course/mathematics/",
            "/course/mathematics/linear-algebra/",
            "/schedule/",
            "/people/",
            f"/exercises/{EXERCISE}/",
            "/submissions/",
            "/account/",
        ]:
            page.goto(path)
            assert axe_findings(page, WCAG) == [], f"{path} ({scheme})"


def sign_up(page, product):
    name = f"visitor{secrets.token_hex(4)}"
    address = f"{name}@example.org"
    page.goto("/")
    page.get_by_role("link", name=re.compile("Sign up|Create|Start", re.IGNORECASE)).first.click()
    page.fill("input[name=email]", address)
    page.fill("input[name=username]", name)
    page.fill("input[name=password1]", "a quiet place to learn")
    page.get_by_role("button", name="Sign up", exact=True).click()
    # Nobody waits for a mail that cannot come.
    expect(page.locator("main")).to_contain_text("mail")
    page.fill("input[name=code]", product.mailed_code(address))
    page.locator("form:has(input[name=code]) button").first.click()
    page.wait_for_url("**/")


def submissions_so_far(page):
    page.goto(f"/exercises/{EXERCISE}/attempts/")
    return page.locator("main table tbody tr").count()
