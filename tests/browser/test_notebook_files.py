"""Files of the session: what a cell writes can be taken home, what is brought can be used."""

from playwright.sync_api import expect

from tests.browser.notebook_page import learner_state, new_notebook
from tests.browser.notebook_trouble import forgive, fresh_notebook, output_of

__all__ = ["forgive", "fresh_notebook", "learner_state", "new_notebook"]

WRITE = """\
import pathlib
pathlib.Path("results.csv").write_text("step,cost\\n1,5.8\\n")
pathlib.Path("plots").mkdir(exist_ok=True)
pathlib.Path("plots/page.html").write_text("<script>alert(1)</script>")
"""
READ = "print(open('brought.txt').read().upper())"


def files_of(notebook):
    panel = notebook.page.locator("details.files")
    # By key: a font that comes late moves what is under the pointer, and the click goes nowhere.
    panel.locator("summary").press("Enter")
    expect(panel).to_have_attribute("open", "")
    return panel


def test_what_a_cell_wrote_is_listed_and_downloaded(fresh_notebook):
    notebook = fresh_notebook(WRITE)
    panel = files_of(notebook)
    expect(panel.locator("li").filter(has_text="data/diabetes.csv")).to_contain_text("Public data")
    notebook.run(notebook.own(0))
    row = panel.get_by_role("link", name="results.csv")
    with notebook.page.expect_download() as download:
        row.click()
    assert download.value.suggested_filename == "results.csv"
    assert download.value.path().read_text() == "step,cost\n1,5.8\n"
    # Whatever it holds, it is a download and never a page of ours.
    link = panel.get_by_role("link", name="plots/page.html").get_attribute("href")
    answer = notebook.page.request.get(link)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_next_cell_uses_what_was_uploaded(fresh_notebook, tmp_path):
    notebook = fresh_notebook(READ)
    brought = tmp_path / "brought.txt"
    brought.write_text("from home")
    panel = files_of(notebook)
    with notebook.page.expect_file_chooser() as chooser:
        panel.get_by_role("button", name="Upload a file").click()
    chooser.value.set_files(brought)
    expect(panel.get_by_role("link", name="brought.txt")).to_be_visible()
    notebook.run(notebook.own(0))
    expect(output_of(notebook.own(0))).to_contain_text("FROM HOME")


def test_too_large_a_file_is_refused_before_it_is_sent(fresh_notebook, tmp_path):
    notebook = fresh_notebook()
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(5_000_001))
    panel = files_of(notebook)
    panel.locator("input[type=file]").set_input_files(large)
    expect(panel.get_by_role("alert")).to_contain_text("too large")


def test_a_restart_empties_the_list(fresh_notebook):
    notebook = fresh_notebook(WRITE)
    panel = files_of(notebook)
    notebook.run(notebook.own(0))
    expect(panel.get_by_role("link", name="results.csv")).to_be_visible()
    notebook.bar.get_by_role("button", name="Restart", exact=True).click()
    expect(panel.get_by_role("link", name="results.csv")).to_have_count(0)
    expect(panel.locator("li").filter(has_text="data/diabetes.csv")).to_be_visible()
