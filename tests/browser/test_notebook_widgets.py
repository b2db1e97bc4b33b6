"""ipywidgets on the page: they act while their kernel lives, and read as text afterwards."""

import re

from playwright.sync_api import expect

from tests.browser.notebook_page import learner_state, new_notebook
from tests.browser.notebook_trouble import end_kernels, output_of

__all__ = ["learner_state", "new_notebook"]

SLIDER = """\
import ipywidgets as widgets
slider = widgets.IntSlider(value=3, min=0, max=10, description="n")
seen = widgets.Output()

def show(change):
    with seen:
        print("now", change["new"])

slider.observe(show, names="value")
display(slider, seen)
"""
BAR = """\
import time
from tqdm.auto import tqdm
for step in tqdm(range(20), desc="steps"):
    time.sleep(0.02)
"""
CHUNK = 30_000  # ms; the library of widgets is large


def reload_saved(notebook):
    """Once the server has what the cells show."""
    shown = notebook.boot
    while not any(cell["outputs"] for cell in shown()["cells"]):
        notebook.page.wait_for_timeout(200)
    notebook.page.reload()


def test_a_slider_tells_its_observer(new_notebook):
    notebook = new_notebook(SLIDER, "slider.value")
    slider, value = notebook.own(0), notebook.own(1)
    notebook.run(slider)
    handle = slider.locator(".noUi-handle, [role=slider]").first
    expect(handle).to_be_visible(timeout=CHUNK)
    handle.focus()
    notebook.page.keyboard.press("ArrowRight")
    expect(output_of(slider)).to_contain_text("now 4")
    notebook.page.keyboard.press("ArrowRight")
    expect(output_of(slider)).to_contain_text(re.compile(r"now 4\s+now 5"))
    notebook.run(value)
    expect(output_of(value)).to_contain_text("5")


def test_python_moves_the_slider_too(new_notebook):
    notebook = new_notebook(SLIDER, "slider.value = 9")
    notebook.run(notebook.own(0))
    expect(notebook.own(0).locator(".widget-readout")).to_have_text("3", timeout=CHUNK)
    notebook.run(notebook.own(1))
    expect(notebook.own(0).locator(".widget-readout")).to_have_text("9")


def test_without_its_kernel_a_widget_reads_as_text(new_notebook):
    notebook = new_notebook(SLIDER, "1 + 1")
    slider, other = notebook.own(0), notebook.own(1)
    notebook.run(slider)
    expect(slider.locator(".widget-slider")).to_be_visible(timeout=CHUNK)
    reload_saved(notebook)
    expect(slider.locator(".widget-slider")).to_be_visible(timeout=CHUNK)  # its kernel lives
    notebook.page.goto("/course/")
    end_kernels(notebook)
    notebook.visit()
    expect(output_of(slider)).to_contain_text("IntSlider(value=3")
    notebook.run(other)
    expect(output_of(slider)).to_contain_text("IntSlider(value=3")
    expect(slider.locator(".widget-slider")).to_have_count(0)


def test_a_reload_finds_widgets_that_still_live(new_notebook):
    notebook = new_notebook(SLIDER, "slider.value = 7", "slider.value")
    slider, change = notebook.own(0), notebook.own(1)
    notebook.run(slider)
    expect(slider.locator(".widget-slider")).to_be_visible(timeout=CHUNK)
    reload_saved(notebook)
    notebook.run(change)
    expect(slider.locator(".widget-readout")).to_have_text("7", timeout=CHUNK)


def test_a_progress_bar_fills(new_notebook):
    notebook = new_notebook(BAR)
    bar = notebook.own(0)
    notebook.run(bar)
    expect(output_of(bar)).to_contain_text(
        re.compile("steps.*100%.*20/20", re.DOTALL), timeout=CHUNK
    )
    expect(output_of(bar).locator(".widget-hprogress")).to_have_count(1)
