"""Outputs that attack the page of whoever looks at them: nothing runs, nothing leaves its cell."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.notebook_page import learner_state, new_notebook
from tests.browser.notebook_trouble import LONG, PREVENTED, forgive, fresh_notebook, output_of

__all__ = ["forgive", "fresh_notebook", "learner_state", "new_notebook"]

HIT = "window.hit=1;document.title='hit'"
ATTACKS = {
    "handler": f'<img src=x onerror="{HIT}"><details open ontoggle="{HIT}">d</details>',
    "link": f'<a class="trap" href="javascript:{HIT}">follow</a>',
    "data link": f'<a class="trap" href="data:text/html,<script>{HIT}</script>">follow</a>',
    "form": '<form action="/account/logout/" method="post"><input name="a" autofocus><button class="trap">go</button></form>',
    "base": '<base href="/account/logout/"><p>base</p>',
    "refresh": '<meta http-equiv="refresh" content="0;url=/account/logout/"><p>refresh</p>',
    "styles": "<style>* { display: none !important } :host { position: fixed !important }</style><p>styles</p>",
    "overlay": '<div style="position:fixed;inset:0;z-index:99999;background:red">over everything</div>',
    "svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{HIT}"><circle r="9"/><foreignObject><iframe srcdoc="<b onclick={HIT}>"></iframe></foreignObject></svg>',
    "mglyph": f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={HIT}&gt;">',
    "htmx": '<p hx-post="/account/logout/" hx-trigger="load" data-hx-get="/account/logout/" data-hx-trigger="load">x</p>',
    "frame": f'<iframe src="javascript:{HIT}"></iframe><object data="/account/logout/"></object><embed src="/account/logout/">',
    "picture": '<img src="/account/logout/"><img srcset="/account/logout/ 1x"><video poster="/account/logout/"></video>',
    "names": '<img name="body"><a id="documentElement" name="cookie">x</a><form id="notebook"></form>',
}
SHOW_HTML = "from IPython.display import HTML, display\ndisplay(HTML({html!r}))"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{HIT}"><script>{HIT}</script></svg>'
MARKDOWN = f'<img src=x onerror="{HIT}"> [follow](javascript:{HIT})'
LATEX = r"$\href{javascript:window.hit=1}{x} \htmlData{hx-get=/}{y}$"
TERMINAL = f"\x1b]8;;javascript:{HIT}\x1b\\follow\x1b]8;;\x1b\\ <img src=x onerror={HIT}>"
FORGED = {"text/html": 5, "image/png": f'x" onerror="{HIT}', "text/plain": "instead"}
OTHERS = {
    "script": f"from IPython.display import Javascript\nJavascript({HIT!r})",
    "svg picture": f"from IPython.display import SVG\nSVG({SVG!r})",
    "markdown": f"from IPython.display import Markdown\nMarkdown({MARKDOWN!r})",
    "latex": f"from IPython.display import Latex\nLatex({LATEX!r})",
    "terminal": f"print({TERMINAL!r})",
    "error": f"raise type('Trap', (Exception,), {{}})({MARKDOWN!r})",
    "forged": f"display({FORGED!r}, raw=True)",
}
HTML = {name: SHOW_HTML.format(html=html) for name, html in ATTACKS.items()}


@pytest.mark.parametrize("attacks", [HTML, OTHERS], ids=["html", "others"])
def test_attacks_by_output(fresh_notebook, new_page, learner_state, forgive, attacks):
    """Each in a cell of its own; looked at as they come, and again as whoever comes back later."""
    forgive(PREVENTED, r"status of 40\d", "Refused to", "Error: <svg>|Error: <path>")
    notebook = fresh_notebook(*attacks.values(), "1 + 1")
    page = notebook.page
    expect_harmless = watch(page, page.url)
    last = notebook.own(len(attacks))
    for number, name in enumerate(attacks):
        notebook.run(notebook.own(number), "failed" if name == "error" else "ok")
        provoke_live(notebook, number)
        expect_harmless(notebook.bar, name)
        expect(last).to_be_visible()
    await_outputs(notebook, len(attacks))
    page.reload()
    for number, name in enumerate(attacks):
        provoke_live(notebook, number)
        expect_harmless(notebook.bar, name)
    # The page still does its work.
    notebook.run(last)
    without_script = new_page(java_script_enabled=False, storage_state=learner_state)
    look_at_saved(without_script, page.url, len(attacks))


def test_attacks_by_a_report(new_notebook, new_page, product):
    """Handed in; looked at by the learner, and by an operator, who may look at everybody's."""
    attacks = [*HTML.values(), *OTHERS.values()]
    notebook = new_notebook(*attacks)
    results = notebook.submit()
    expect(results).to_contain_text("Graded:", timeout=LONG)
    report = results.get_by_role("link", name="The full report").get_attribute("href")
    shown = len(attacks) - 1  # the grader takes the forged one for no output at all, and ends there
    look_at_saved(notebook.page, product.url + report, shown)
    page = new_page()
    sign_in(page, "demo-operator", product.demo_password("demo-operator"))
    look_at_saved(page, product.url + report, shown)
    expect(page.locator("main")).to_contain_text("by demo-learner")


def watch(page, address):
    """From now on; answers what asserts that no attack came through and that nothing lies over an element."""
    asked = []
    page.on("request", lambda one: asked.append(one.url) if "logout" in one.url else None)
    page.on("popup", lambda popup: asked.append(popup.url))

    def expect_harmless(element, name=""):
        assert not asked, name
        assert not page.evaluate("'hit' in window"), name
        assert page.title() != "hit", name
        assert page.url == address, name
        assert stands_free(page, element), name

    return expect_harmless


def look_at_saved(page, address, count):
    """Outputs as the server shows them, on the exercise page and in a report."""
    expect_harmless = watch(page, address)
    page.goto(address)
    expect(page.locator(".is-extra:has(.saved-output)")).to_have_count(count)
    provoke(page.locator(".is-extra .saved-output"))
    expect_harmless(page.get_by_role("heading", level=1))
    expect_harmless(page.get_by_role("contentinfo"))


def provoke_live(notebook, number):
    output = output_of(notebook.own(number))
    expect(output.locator(".output-item").first).to_be_attached()
    provoke(output)


def provoke(output):
    """Does what an attack hopes for."""
    for trap in output.locator(".trap, a, form, form *").all():
        trap.dispatch_event("click")
    output.page.wait_for_timeout(50)


def await_outputs(notebook, count):
    """Until the server has what the cells show."""
    while not all(cell["outputs"] for cell in notebook.boot()["cells"][:count]):
        notebook.page.wait_for_timeout(200)


def stands_free(page, element):
    """Nothing lies over the middle of an element."""
    element.scroll_into_view_if_needed()
    return element.evaluate(
        """element => {
            const {x, y, width, height} = element.getBoundingClientRect();
            const top = document.elementFromPoint(x + width / 2, y + height / 2);
            return element.contains(top);
        }"""
    )


PROBE = """
<b id="box">waiting</b>
<script>
const said = [origin];
try { said.push(parent.document.title); } catch (error) { said.push('no parent'); }
try { said.push(document.cookie || 'no cookie'); } catch (error) { said.push('no cookie'); }
try { localStorage.x = 1; said.push('storage'); } catch (error) { said.push('no storage'); }
try { top.location = '/account/logout/'; } catch (error) { said.push('no way up'); }
fetch('/account/').then(() => said.push('network'), () => said.push('no network'))
  .then(() => { document.getElementById('box').textContent = said.join(', '); });
</script>
"""


def test_scripts_run_in_a_frame_without_origin(fresh_notebook, forgive):
    forgive(PREVENTED, "Unsafe attempt|Failed to load|Refused to|Fetch API")
    notebook = fresh_notebook(SHOW_HTML.format(html=PROBE))
    address = notebook.page.url
    notebook.run(notebook.own(0))
    frame = notebook.own(0).frame_locator("iframe")
    expect(frame.locator("#box")).to_have_text(
        "null, no parent, no cookie, no storage, no way up, no network"
    )
    assert notebook.page.url == address
    assert notebook.own(0).locator("iframe").get_attribute("title")
    assert notebook.own(0).locator("iframe").bounding_box()["height"] <= 640
