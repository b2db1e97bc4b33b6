"""The exercise page, by its buttons alone: every one works without JavaScript."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from curriculum.models import Exercise
from grader.exercises import Answers, learner_notebook
from submissions.models import Submission
from tests.workbench.sample import HIDDEN, SECRET, STARTER, definition
from workbench.models import Draft, KeptVersion

MINE = "def double(x):\n    return x + x"
OTHER = "def double(x):\n    return x * 2"


class Page:
    """A browser without JavaScript: reads the form and presses its buttons."""

    def __init__(self, client: Client, exercise: Exercise) -> None:
        self.client = client
        self.url = reverse("workbench:exercise", args=[exercise.slug])
        self.read(client.get(self.url))

    def read(self, response: Any) -> None:
        self.response = response
        self.soup = BeautifulSoup(response.content, "html.parser")
        self.fields = {
            field["name"]: field.get("value", "")
            for field in self.soup.select("#work input[name]:not([type=file])")
        }
        for area in self.soup.select("#work textarea"):
            # A parser of HTML drops the line break right after the tag.
            self.fields[area["name"]] = re.sub(r"\A\n", "", area.text)

    @property
    def text(self) -> str:
        return " ".join(self.soup.get_text(" ").split())

    def write(self, text: str, cell: str = "double") -> None:
        self.fields[f"cell-{cell}"] = text

    def press(self, label: str, files: dict[str, Any] | None = None) -> None:
        button = next(b for b in self.soup.select("button") if label in b.get_text())
        data = {**self.fields, **(files or {})}
        if button.get("name"):
            data[button["name"]] = button["value"]
        # Browsers send line ends of text areas as CR LF.
        data = {k: v.replace("\n", "\r\n") if isinstance(v, str) else v for k, v in data.items()}
        action = button.get("formaction") or self.soup.select_one("#work")["action"]
        self.read(self.client.post(action, data, follow=True))


@pytest.fixture
def page(client: Client, learner: User, exercise: Exercise) -> Page:
    client.force_login(learner)
    return Page(client, exercise)


@pytest.fixture
def another_tab(client: Client, page: Page, exercise: Exercise) -> Callable[[], Page]:
    return lambda: Page(client, exercise)


def test_the_page_says_what_to_do_and_under_which_terms(page: Page) -> None:
    assert page.soup.select_one("h1").get_text() == "Doubling"
    assert page.soup.select_one(".statement .math").get_text() == "2x"
    assert len(page.soup.select("h1")) == 1, "the notebook's own title is not said twice"
    for fact in ("15 minutes", "2 of 5", "core", "Unlimited", "Not tried yet", "arithmetic"):
        assert fact in page.text
    for more in ("Elements, book VII", "np.double", "sklearn", "20 seconds", "2048 MB"):
        assert more in page.text
    assert "import numpy as np" in page.soup.select_one("#cell-code-1").get_text()
    assert page.fields["cell-double"] == STARTER


def test_nobody_sees_solutions_or_checks(client: Client, page: Page, exercise: Exercise) -> None:
    addresses = [
        page.url,
        *(reverse(f"workbench:{name}", args=[exercise.slug]) for name in ("starter", "mine")),
    ]
    for address in addresses:
        content = client.get(address).content.decode()
        assert SECRET not in content
        assert HIDDEN not in content


def test_strangers_read_and_are_asked_to_sign_in(client: Client, exercise: Exercise) -> None:
    page = Page(client, exercise)
    assert "Write your own answer" in page.text
    assert not page.soup.select("form#work, textarea, #notebook-data, script[src*=notebook]")
    assert page.soup.select_one("#cell-double pre").get_text().strip() == STARTER
    link = page.soup.select_one('a[href*="next="]')
    assert link["href"].endswith(f"?next={page.url}")


def test_the_files_that_the_notebook_reads_can_be_taken_away(client: Client, page: Page) -> None:
    link = page.soup.select_one('a[href*="numbers.csv"]')
    answer = client.get(link["href"])
    assert b"".join(answer.streaming_content) == b"1,2,4\n"
    assert answer["Content-Disposition"] == 'attachment; filename="numbers.csv"'
    assert client.get(f"{page.url}data/../settings.py").status_code == 404


def test_an_unknown_exercise_is_not_found(client: Client, db: None) -> None:
    assert client.get("/exercises/nothing/").status_code == 404


def test_saving_keeps_the_text(page: Page, another_tab: Callable[[], Page]) -> None:
    text = "\n\n  # two empty lines before\n" + MINE + "\n"
    page.write(text)
    page.press("Save")
    assert "Saved." in page.text
    assert another_tab().fields["cell-double"] == text


def test_submitting_goes_to_the_submission(page: Page, learner: User) -> None:
    page.write(MINE)
    page.press("Submit")
    submission = Submission.objects.get()
    assert page.response.redirect_chain[0][0] == submission.get_absolute_url()
    assert submission.answers["cells"]["double"] == MINE
    assert Draft.objects.get(learner=learner).answers["cells"]["double"] == MINE


def test_a_double_click_makes_one_submission(page: Page, client: Client) -> None:
    data = {**page.fields, "cell-double": MINE}
    answers = [client.post(f"{page.url}submit/", data) for _click in range(2)]
    assert {answer.url for answer in answers} == {Submission.objects.get().get_absolute_url()}


def test_a_refused_submission_keeps_the_text(
    page: Page, settings: Any, another_tab: Callable[[], Page]
) -> None:
    settings.SUBMISSIONS_WAITING_PER_LEARNER = 1
    page.write(MINE)
    page.press("Submit")
    page = another_tab()
    page.write(OTHER)
    page.press("Submit")
    assert page.response.status_code == 429
    assert "waiting to be graded" in page.text
    assert page.fields["cell-double"] == OTHER
    page.write(MINE)
    page.press("Save")
    assert page.response.status_code == 200, "the page goes on from what it has saved"


def test_attempts_that_are_used_up_are_said_before(
    client: Client, learner: User, exercise: Exercise
) -> None:
    from tests.workbench.sample import release

    release(exercise, definition(attempts=1))
    client.force_login(learner)
    page = Page(client, exercise)
    assert "1 of 1 left" in page.text
    page.write(MINE)
    page.press("Submit")
    page = Page(client, exercise)
    assert "0 of 1 left" in page.text
    assert page.soup.select_one("button[formaction$='/submit/']").has_attr("disabled")


def test_the_history_shows_what_became_of_submissions(
    page: Page, another_tab: Callable[[], Page]
) -> None:
    page.write(MINE)
    page.press("Submit")
    attempts = another_tab().soup.select(".attempts li")
    assert len(attempts) == 1
    assert "No. 1" in attempts[0].get_text()
    assert "Queued" in attempts[0].get_text()


# -- Two tabs ------------------------------------------------------------------------------------------


@pytest.fixture
def conflict(page: Page, another_tab: Callable[[], Page]) -> Page:
    """A page that was refused: another tab has saved ``OTHER`` since, this one has ``MINE``."""
    second = another_tab()
    second.write(OTHER)
    second.press("Save")
    page.write(MINE)
    page.press("Save")
    return page


def test_a_conflict_shows_both_texts(conflict: Page) -> None:
    assert conflict.response.status_code == 409
    assert conflict.fields["cell-double"] == MINE
    assert OTHER in conflict.soup.select_one(".conflict").get_text()
    conflict.press("Save")
    assert conflict.response.status_code == 409, "saving again does not decide it"


def test_keeping_this_page_sets_the_other_aside(
    conflict: Page, another_tab: Callable[[], Page]
) -> None:
    conflict.press("Keep what is on this page")
    assert another_tab().fields["cell-double"] == MINE
    assert KeptVersion.objects.get().answers["cells"]["double"] == OTHER


def test_loading_the_other_sets_this_page_aside(conflict: Page) -> None:
    conflict.press("Load the other version")
    assert conflict.fields["cell-double"] == OTHER
    assert KeptVersion.objects.get().answers["cells"]["double"] == MINE


# -- Resets and uploads --------------------------------------------------------------------------------


def test_resetting_one_cell_keeps_what_stands_in_the_others(page: Page) -> None:
    page.write(MINE)
    page.write("half = 1", "halve")
    page.press("Reset this cell")
    assert page.response.redirect_chain[0][0].endswith("#cell-double")
    assert page.fields["cell-double"] == STARTER
    assert page.fields["cell-halve"] == "half = 1"


def test_resetting_everything(page: Page) -> None:
    page.write(MINE)
    page.press("Reset the whole exercise")
    assert page.fields["cell-double"] == STARTER
    assert KeptVersion.objects.get().answers["cells"]["double"] == MINE


def upload(page: Page, content: bytes, name: str = "work.ipynb") -> None:
    page.press("Load into this page", {"notebook": SimpleUploadedFile(name, content)})


def notebook(**cells: str) -> dict[str, Any]:
    return learner_notebook(definition(), Answers(cells))


def test_my_work_can_be_taken_away_and_brought_back(page: Page, client: Client) -> None:
    page.write(MINE)
    page.press("Save")
    taken = client.get(f"{page.url}mine.ipynb")
    assert taken["Content-Disposition"] == 'attachment; filename="doubling-mine.ipynb"'
    page.press("Reset the whole exercise")
    upload(page, taken.content)
    assert page.fields["cell-double"] == MINE


def test_an_upload_says_what_it_ignored_and_shows_own_cells(page: Page) -> None:
    sent = notebook(double=MINE)
    sent["cells"][1]["source"] = "import os"
    sent["cells"].insert(3, {"cell_type": "code", "source": "double(4)", "metadata": {}})
    page.write("def double(x):\n    return 'typed, not saved'")
    upload(page, json.dumps(sent).encode())
    assert "“code-1” was left out" in page.text
    assert page.fields["cell-double"] == MINE
    assert page.fields["extra-0"] == "double(4)"
    name = page.fields["extra-0-id"]
    page.write(MINE + "  # more")
    page.press("Save")
    assert page.fields["extra-0-id"] == name
    assert "typed, not saved" in KeptVersion.objects.first().answers["cells"]["double"]
    page.fields["extra-0"] = ""
    page.press("Save")
    assert "extra-0" not in page.fields


def test_as_many_cells_as_an_upload_may_have_can_be_saved(page: Page) -> None:
    sent = notebook(double=MINE)
    more = 500 - len(sent["cells"])
    sent["cells"] += [
        {"cell_type": "code", "source": f"x = {number}", "metadata": {}} for number in range(more)
    ]
    upload(page, json.dumps(sent).encode())
    page.fields[f"extra-{more - 1}"] = "x = 'last'"
    page.press("Save")
    assert page.fields[f"extra-{more - 1}"] == "x = 'last'"


BROKEN = {
    "nothing": (b"", "is empty"),
    "no JSON": (b"print(1)", "is not JSON"),
    "another format": (b'{"nbformat": 3, "nbformat_minor": 0, "cells": []}', "must be 4"),
    "no cells": (b'{"nbformat": 4, "nbformat_minor": 5, "cells": []}', "no cells"),
    "another exercise": (
        b'{"nbformat": 4, "nbformat_minor": 5, "cells": [{"cell_type": "code", "source": "1"}]}',
        "none of this exercise",
    ),
    "NUL": (b'{"nbformat": 4\0}', "NUL"),
    "not UTF-8": (b'{"a": "\xff\xfe"}', "not UTF-8"),
    "too large": (b" " * (5 * 1024 * 1024 + 1), "at most 5.0"),
    "deep": (b"[" * 50_000, "nested deeper"),
}


def test_a_part_of_a_notebook_is_merged_cell_by_cell(page: Page) -> None:
    page.write("half = 3", "halve")
    sent = notebook(double=MINE)
    sent["cells"] = [cell for cell in sent["cells"] if cell["id"] != "halve"]
    upload(page, json.dumps(sent).encode())
    assert page.fields["cell-double"] == MINE
    assert page.fields["cell-halve"] == "half = 3"
    assert "“halve” is missing; what you had in it stays." in page.text


def test_the_upload_beside_the_script_s_notebook_needs_no_text(page: Page, client: Client) -> None:
    page.write("half = 3", "halve")
    page.press("Save")
    form = page.soup.select_one("form.with-script")
    fields = {field["name"]: field.get("value", "") for field in form.select("[type=hidden]")}
    file = SimpleUploadedFile("work.ipynb", json.dumps(notebook(double=MINE)).encode())
    client.post(form["action"], {**fields, "notebook": file})
    assert Draft.objects.get().answers["cells"]["double"] == MINE


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_explained_and_the_text_stays(page: Page, name: str) -> None:
    content, reason = BROKEN[name]
    page.write(MINE)
    upload(page, content)
    assert page.response.status_code == 400
    assert reason in page.soup.select_one('[role="alert"]').get_text().replace("\xa0", " ")
    assert page.fields["cell-double"] == MINE
    assert Draft.objects.get().answers["cells"]["double"] == MINE
    assert not KeptVersion.objects.exists()


def test_an_upload_without_a_file_says_so(page: Page) -> None:
    page.press("Load into this page")
    assert "Choose a notebook" in page.text


# -- Programs that press the buttons -------------------------------------------------------------------


def autosave(client: Client, page: Page, **changes: Any) -> Any:
    data = {**page.fields, **changes}
    return client.post(f"{page.url}draft/", data, headers={"Accept": "application/json"})


def test_submitting_without_a_text_hands_in_what_is_saved(page: Page, client: Client) -> None:
    page.write(MINE)
    page.fields |= {"extra-0": "double(2)", "extra-0-kind": "code", "extra-0-after": "double"}
    page.press("Save")
    order = {name: page.fields[name] for name in ("csrfmiddlewaretoken", "revision", "key")}
    assert client.post(f"{page.url}submit/", {**order, "revision": 0}).status_code == 409
    answers = [client.post(f"{page.url}submit/", order) for _click in range(2)]
    submission = Submission.objects.get()
    assert [answer.url for answer in answers] == [submission.get_absolute_url()] * 2
    assert submission.answers["cells"]["double"] == MINE
    assert [extra["source"] for extra in submission.answers["extras"]] == ["double(2)"]


@pytest.mark.parametrize(
    ("changes", "status", "where"),
    [
        ({"cell-double": "a\0b"}, 400, "answers.double"),
        ({"revision": "latest"}, 400, "revision"),
        ({"extra-0": "a\0", "extra-0-kind": "code", "extra-0-after": ""}, 400, ""),
        ({"extra-0": "1", "extra-0-kind": "raw", "extra-0-after": ""}, 400, ""),
        ({"extra-0": "1", "extra-0-kind": "code", "extra-0-id": "double"}, 400, ""),
    ],
)
def test_autosave_is_refused_field_by_field(
    page: Page, client: Client, changes: dict[str, str], status: int, where: str
) -> None:
    answer = autosave(client, page, **changes)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["where"] for error in answer.json()["errors"]] == [where]


def test_autosave_from_an_old_page_is_a_conflict(conflict: Page, client: Client) -> None:
    answer = autosave(client, conflict)
    assert (answer.status_code, answer.json()["code"]) == (409, "draft-conflict")


def test_a_session_that_ended_keeps_the_text_on_the_page(page: Page, client: Client) -> None:
    page.write(MINE)
    client.logout()
    assert autosave(client, page).status_code == 403
    page.press("Submit")
    assert page.response.status_code == 403
    assert "signed out" in page.text
    assert page.fields["cell-double"] == MINE
    assert not Submission.objects.exists()


# -- Guards ----------------------------------------------------------------------------------------------

POSTS = ["draft", "reset", "upload", "submit", "restore", "notebook-reset", "notebook-restore"]


@pytest.mark.parametrize("name", POSTS)
def test_changes_need_the_form_s_token(learner: User, exercise: Exercise, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    address = reverse(f"workbench:{name}", args=[exercise.slug])
    assert client.post(address, {"revision": 0, "cell-double": MINE}).status_code == 403
    assert client.get(address).status_code == 405
    assert not Draft.objects.exists()


def test_a_learner_s_text_is_text(page: Page) -> None:
    page.write("</textarea><script>alert(1)</script>")
    page.press("Save")
    assert "alert(1)" in page.fields["cell-double"]
    assert b"<script>alert" not in page.response.content


def test_no_inline_script_or_style(page: Page) -> None:
    inline = [script for script in page.soup.select("script") if not script.get("src")]
    assert {script["type"] for script in inline} == {"application/json"}
    assert not page.soup.select("style, [style]")
    policy = page.response["Content-Security-Policy"] + ";"
    assert "script-src 'self';" in policy
    assert "style-src 'self' 'unsafe-inline';" in policy
    other = page.client.get(reverse("study:map"))["Content-Security-Policy"] + ";"
    assert "style-src 'self';" in other, "and nowhere else"


@pytest.mark.parametrize(
    ("known", "waits"), [("nb.js", True), ("nb.0123456789ab.js", False), ("", False), (None, False)]
)
def test_drawing_waits_for_a_script_that_the_browser_has(
    page: Page, known: str | None, waits: bool
) -> None:
    if known is not None:
        page.client.cookies["notebook"] = known
    page.read(page.client.get(page.url))
    (script,) = page.soup.select('script[src$="notebook/nb.js"]')
    assert (script.get("blocking") == "render") is waits


def test_the_page_asks_few_questions(
    page: Page, client: Client, django_assert_max_num_queries: Any
) -> None:
    for text in (MINE, OTHER):
        page.write(text)
        page.press("Reset this cell")
    page.press("Submit")
    # Session, user, exercise, draft, outputs, grade, submissions, their runs, the live kernel.
    with django_assert_max_num_queries(9):
        client.get(page.url)
