"""The notebook without a mouse."""

from playwright.sync_api import expect

from tests.browser.notebook_page import PATIENCE, learner_state, new_notebook
from tests.browser.notebook_trouble import output_of

__all__ = ["learner_state", "new_notebook"]

MOST_STOPS = 80
# What has the focus: its words, and whether that can be seen on it or on what it stands in.
FOCUSED = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const isMarked = (element, pseudo) => {
        const style = getComputedStyle(element, pseudo);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    };
    let seen = false;
    for (let one = at; one && !seen; one = one.parentElement) {
        seen = isMarked(one) && (one === at || (at.matches('.cm-content') && one.matches('.nb-cell')));
    }
    const box = at.getBoundingClientRect();
    const bar = document.querySelector('.nb-bar').getBoundingClientRect();
    const beside = box.right <= bar.left || box.left >= bar.right;
    const under = !at.closest('.nb-bar') && !beside && box.bottom <= bar.bottom && box.top >= bar.top;
    return {
        name: at.getAttribute('aria-label') || at.textContent.trim().slice(0, 40) || at.id || at.tagName,
        cell: at.closest('.nb-cell')?.id ?? '',
        seen, under,
    };
}"""


def press(notebook, *keys):
    for key in keys:
        notebook.page.keyboard.press(key)


def test_cells_are_made_moved_changed_and_deleted_by_letters(new_notebook):
    notebook = new_notebook("one = 1")
    before = notebook.ids()
    notebook.choose(notebook.own(0))
    press(notebook, "b")
    below = notebook.ids()[1]
    expect(notebook.cell(below)).to_be_focused()
    press(notebook, "a")
    above = notebook.ids()[1]
    assert notebook.ids()[1:3] == [above, below]
    press(notebook, "m")
    expect(notebook.cell(above)).to_have_class("nb-cell is-markdown is-extra is-open is-chosen")
    press(notebook, "Escape", "y")
    expect(notebook.cell(above)).to_have_class("nb-cell is-code is-extra is-chosen")
    press(notebook, "ControlOrMeta+Shift+ArrowDown")
    assert notebook.ids()[1:3] == [below, above]
    press(notebook, "d", "d", "k", "d", "d")
    assert not {above, below} & set(notebook.ids())
    press(notebook, "z", "z")
    assert sorted(notebook.ids()) == sorted([*before, above, below])


def test_a_cell_is_run_and_the_next_one_written_without_a_pause(new_notebook):
    notebook = new_notebook("one = 1")
    ran = notebook.own(0)
    notebook.enter(ran)
    press(notebook, "Alt+Enter")
    below = notebook.cell(notebook.ids()[1])
    expect(below.locator(".cm-content")).to_be_focused()
    notebook.page.keyboard.type("one + 1")
    press(notebook, "Escape", "Alt+Enter")  # a chosen cell knows the keys, too
    between = notebook.ids()[2]
    expect(notebook.cell(between).locator(".cm-content")).to_be_focused()
    notebook.expect_state(ran, "ok")
    expect(output_of(below)).to_contain_text("2", timeout=PATIENCE)
    assert notebook.source(below) == "one + 1"


def test_lines_are_commented_and_indented_and_come_back(new_notebook):
    lines = "one = 1\ntwo = 2"
    notebook = new_notebook(lines)
    cell = notebook.own(0)
    notebook.enter(cell)
    press(notebook, "ControlOrMeta+a")
    for there, changed, back in (
        ("ControlOrMeta+/", "# one = 1\n# two = 2", "ControlOrMeta+/"),
        ("ControlOrMeta+]", "    one = 1\n    two = 2", "ControlOrMeta+["),
    ):
        press(notebook, there)
        assert notebook.source(cell) == changed
        press(notebook, back)
        assert notebook.source(cell) == lines


def test_arrows_and_letters_choose_cells(new_notebook):
    notebook = new_notebook("one = 1", "two = 2")
    notebook.choose(notebook.own(0))
    for key, chosen in (("j", 1), ("k", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", 0)):
        press(notebook, key)
        expect(notebook.own(chosen)).to_be_focused()


def test_from_the_toolbar_into_a_text_and_on(new_notebook):
    notebook = new_notebook("one = 1", "two = 2")
    page = notebook.page
    notebook.bar.get_by_role("button").last.focus()
    press(notebook, "Tab")
    expect(notebook.own(0)).to_be_focused()
    press(notebook, "Enter")
    expect(notebook.own(0).locator(".cm-content")).to_be_focused()
    press(notebook, "ControlOrMeta+End", "Enter")
    page.keyboard.type("three = 3")
    press(notebook, "Escape", "Escape")  # the first one may close completions
    expect(notebook.own(0)).to_be_focused()
    press(notebook, "ArrowDown")
    expect(notebook.own(1)).to_be_focused()
    assert notebook.source(notebook.own(0)) == "one = 1\nthree = 3"
    press(notebook, "Shift+Tab")
    assert page.evaluate("document.activeElement.closest('.nb-bar, .contents') !== null")


def test_the_bar_never_covers_the_line_that_is_written_in(new_notebook):
    notebook = new_notebook("\n".join(f"line_{number} = {number}" for number in range(80)))
    notebook.enter(notebook.own(0))
    press(notebook, "ControlOrMeta+End")
    line = notebook.own(0).locator(".cm-activeLine")
    for _ in range(70):
        press(notebook, "ArrowUp")
    bar, found = notebook.bar.bounding_box(), line.bounding_box()
    assert found["y"] >= bar["y"] + bar["height"]


def test_every_stop_of_the_tab_key_is_seen_and_none_holds_it(new_notebook):
    notebook = new_notebook("print('one')")
    notebook.run(notebook.own(0))
    page = notebook.page
    page.evaluate("scrollTo(0, 0); document.activeElement.blur()")
    stops = []
    for _ in range(MOST_STOPS):
        press(notebook, "Tab")
        page.wait_for_timeout(30)  # an editor marks itself a moment later
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        stops.append(focused)
        if page.evaluate("document.activeElement.matches('.cm-content')"):
            press(notebook, "Escape")  # in a text, Tab indents
    assert len(stops) < MOST_STOPS, [stop["name"] for stop in stops]
    assert not [stop["name"] for stop in stops if not stop["seen"]]
    assert not [stop["name"] for stop in stops if stop["under"]]
    # One cell is a stop, and the others are reached by arrows.
    assert {stop["cell"] for stop in stops if stop["cell"]} == {notebook.own(0).get_attribute("id")}


def test_menus_open_move_and_close_by_keys(new_notebook):
    notebook = new_notebook("one = 1")
    more = notebook.own(0).get_by_role("button", name="More about this cell")
    more.focus()
    press(notebook, "Enter")
    items = notebook.page.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    press(notebook, "ArrowUp")
    expect(items.last).to_be_focused()
    press(notebook, "Escape")
    expect(items).to_have_count(0)
    expect(more).to_be_focused()


def test_the_help_switches_single_letters_off(new_notebook):
    notebook = new_notebook("one = 1")
    before = notebook.ids()
    notebook.choose(notebook.own(0))
    press(notebook, "h")
    dialog = notebook.page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Insert a cell above")
    dialog.get_by_role("checkbox").uncheck()
    press(notebook, "Escape")
    expect(notebook.own(0)).to_be_focused()
    press(notebook, "a", "b")
    assert notebook.ids() == before
    press(notebook, "ArrowDown")
    expect(notebook.cells.nth(1)).to_be_focused()
