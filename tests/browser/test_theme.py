"""Light or dark by choice, also where no script comes through."""

from playwright.sync_api import Page, expect


def choose(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def scheme(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.documentElement).colorScheme")


def test_a_choice_stays_and_needs_no_script(page):
    page.goto("/about/")
    choose(page, "Dark")
    assert scheme(page) == "dark"
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/course/")
    assert scheme(page) == "dark"
    page.unroute("**/*.js")
    page.goto("/about/")
    expect(page.get_by_role("button", name="Dark", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    choose(page, "System")
    page.goto("/course/")
    assert page.locator("html").get_attribute("data-theme") is None


def test_without_scripts_nothing_is_offered_that_needs_them(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/about/")
    expect(page.get_by_role("group", name="Theme")).to_be_hidden()
