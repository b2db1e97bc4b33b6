"""What the script of the page asks for and sends, and what a hand-made request can do: nothing more."""

import json
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from accounts.models import User
from common.clock import now
from curriculum.models import Exercise
from grader.exercises import EXTRA_ID
from tests.workbench.sample import HIDDEN, SECRET, STARTER, definition, release
from workbench.live.records import record_end, record_start
from workbench.models import CellOutput, Draft, KeptVersion, LiveKernel

MINE = "def double(x):\n    return x + x"
OTHER = "def double(x):\n    return x * 2"
EXTRA = "x-abc123"


class Script:
    """The script of the notebook page, as far as the server sees it."""

    def __init__(self, client: Client, exercise: Exercise) -> None:
        self.client = client
        self.page = exercise.get_absolute_url()

    def boot(self) -> dict[str, Any]:
        return self.client.get(f"{self.page}notebook/").json()

    def send(self, method: str, path: str, body: Any) -> Any:
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.generic(
            method, f"{self.page}{path}", content, content_type="application/json"
        )

    def put(self, cells: list[dict[str, Any]], revision: int = 0, **more: Any) -> Any:
        return self.send("PUT", "notebook/", {"revision": revision, "cells": cells, **more})


@pytest.fixture
def script(client: Client, learner: User, exercise: Exercise) -> Script:
    client.force_login(learner)
    return Script(client, exercise)


def cell(name: str, source: str = "", kind: str = "code") -> dict[str, str]:
    return {"id": name, "type": kind, "source": source}


def whole(double: str = MINE, halve: str = "half = 1") -> list[dict[str, str]]:
    return [
        cell("code-1", "import numpy as np"),
        cell("double", double),
        cell("text-2", "Now *halve*.", "markdown"),
        cell("halve", halve),
    ]


def saved() -> dict[str, str]:
    return Draft.objects.get().answers["cells"]


def sources(boot: dict[str, Any]) -> dict[str, str]:
    return {cell["id"]: cell["source"] for cell in boot["cells"]}


# -- Boot ----------------------------------------------------------------------------------------------


def test_boot_says_all_that_the_page_needs(script: Script) -> None:
    boot = script.boot()
    assert boot["exercise"] == {
        "slug": "doubling",
        "title": "Doubling",
        "points": 3.0,
        "is_reviewed": False,
    }
    assert (boot["revision"], boot["saved_at"], boot["attempts_left"]) == (0, None, None)
    assert boot["limits"] == {"cell_seconds": 20, "memory_mb": 2048}
    assert boot["data"] == [{"name": "numbers.csv", "size": 6}]
    assert boot["urls"]["kernel"] == "/kernel/doubling/"
    assert boot["urls"]["notebook"] == f"{script.page}notebook/"
    assert "undo" not in boot
    code, double, text, _halve = boot["cells"]
    assert (code["role"], code["source"]) == ("locked", "import numpy as np")
    assert (double["role"], double["number"], double["starter"]) == ("answer", 1, STARTER)
    assert text["html"].strip() == "<p>Now <em>halve</em>.</p>"
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in boot["cells"])


def test_boot_on_the_page_is_the_same(script: Script) -> None:
    page = script.client.get(script.page)
    assert page.context["boot"].keys() == script.boot().keys()
    assert page.context["boot"]["cells"] == script.boot()["cells"]


def test_boot_hides_solutions_checks_and_who_the_learner_is(
    script: Script, learner: User, other_learner: User
) -> None:
    text = json.dumps(script.boot())
    assert SECRET not in text
    assert HIDDEN not in text
    assert learner.username not in script.boot()["learner"]
    mine = script.boot()["learner"]
    script.client.force_login(other_learner)
    assert script.boot()["learner"] != mine


# -- Saving --------------------------------------------------------------------------------------------


def test_a_draft_is_kept_and_there_again(script: Script) -> None:
    cells = whole()
    cells[2:2] = [cell(EXTRA, "double(2)"), cell("x-note01", "*hm*", "markdown")]
    answer = script.put(cells)
    assert answer.json()["revision"] == 1
    boot = script.boot()
    assert (boot["revision"], boot["saved_at"]) == (1, answer.json()["saved_at"])
    assert [(c["id"], c["role"]) for c in boot["cells"]] == [
        ("code-1", "locked"),
        ("double", "answer"),
        (EXTRA, "extra"),
        ("x-note01", "extra"),
        ("text-2", "locked"),
        ("halve", "answer"),
    ]
    assert sources(boot)["double"] == MINE


def test_own_cells_above_the_first_and_empty_ones_stay_in_place(script: Script) -> None:
    script.put([cell(EXTRA, "1"), *whole(), cell("x-empty1", "")])
    assert [c["id"] for c in script.boot()["cells"]][:1] == [EXTRA]
    assert [c["id"] for c in script.boot()["cells"]][-1:] == ["x-empty1"]


def test_own_cells_whose_place_has_left_the_exercise_go_to_the_end(
    script: Script, exercise: Exercise
) -> None:
    script.put([*whole(), cell(EXTRA, "1")])
    release(exercise, definition(cells=definition().cells[:3]))
    assert [c["id"] for c in script.boot()["cells"]] == ["code-1", "double", EXTRA]


def test_old_drafts_own_cells_are_named_once_and_for_all(
    script: Script, learner: User, exercise: Exercise
) -> None:
    extra = {"after": "double", "kind": "code", "source": "1"}
    answers = {"cells": {"double": MINE, "halve": ""}, "extras": [extra, extra], "notes": []}
    Draft.objects.create(
        learner=learner, exercise=exercise, answers=answers, revision=3, updated_at=now()
    )
    names = [c["id"] for c in script.boot()["cells"] if c["role"] == "extra"]
    assert len(set(names)) == 2
    assert all(EXTRA_ID.fullmatch(name) for name in names)
    assert names == [c["id"] for c in script.boot()["cells"] if c["role"] == "extra"]


def test_text_of_a_locked_cell_is_ignored(script: Script) -> None:
    cells = whole()
    cells[0]["source"] = "import os"
    assert script.put(cells).status_code == 200
    assert sources(script.boot())["code-1"] == "import numpy as np"
    assert "import os" not in json.dumps(Draft.objects.get().answers)


def test_a_deleted_locked_cell_comes_back(script: Script) -> None:
    assert script.put([c for c in whole() if c["id"] != "code-1"]).status_code == 200
    assert "code-1" in sources(script.boot())


def test_an_answer_that_is_not_sent_stays(script: Script) -> None:
    script.put(whole())
    script.put([cell("halve", "half = 2")], 1)
    assert saved() == {"double": MINE, "halve": "half = 2"}


def reversed_cells() -> list[dict[str, str]]:
    return list(reversed(whole()))


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ([*whole(), cell("secret-cell")], "cells.4.id"),
        ([*whole(), cell("x-UPPER1")], "cells.4.id"),
        ([*whole(), cell("extra-1")], "cells.4.id"),
        ([*whole(), cell("text-1", "# Other", "markdown")], "cells.4.id"),
        ([*whole(), cell("double", "twice")], "cells.4.id"),
        ([cell(EXTRA), cell(EXTRA)], "cells.1.id"),
        (reversed_cells(), "cells.1.id"),
        ([cell("double", "a\0b")], "cells.0.source"),
        ([cell("do\0uble", "ab")], "cells.0.id"),
        ([cell("double", "a", "raw")], "cells.0.type"),
        ([{**cell("double"), "metadata": {"role": "answer"}}], "cells.0.metadata"),
        ([{"id": "double", "type": "code"}], "cells.0.source"),
        ([{"id": "double", "type": "code", "source": ["a"]}], "cells.0.source"),
        ([cell("double", "x" * 1_000_001)], "answers.double"),
        ([cell("double", "x" * 600_000), cell("halve", "x" * 600_000)], "cells"),
        ([cell(EXTRA, "x" * 1_000_001)], f"cells.{EXTRA}"),
        ([cell(f"x-{n:06}") for n in range(501)], "cells"),
    ],
)
def test_a_hand_made_draft_is_refused_and_nothing_changes(
    script: Script, cells: list[dict[str, Any]], where: str
) -> None:
    script.put(whole(OTHER))
    answer = script.put(cells, 1)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert where in [error["where"] for error in answer.json()["errors"]]
    assert saved()["double"] == OTHER


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"print(1)", 400),
        (b"[" * 100_000, 400),
        (b'{"revision": 0, "cells": ' + b"[" * 100_000, 400),
        (b'{"revision": 0, "cells": "\xff"}', 400),
        (b'{"revision": 0, "cells": [{"id": "double", "type": "code", "source": "\\ud800"}]}', 400),
        (b'{"revision": 1e400, "cells": []}', 400),
        (b'{"revision": ' + b"9" * 10_000 + b', "cells": []}', 400),
        (b'{"revision": true, "cells": []}', 400),
        (b'{"revision": -1, "cells": []}', 400),
        (b'{"revision": 0, "cells": [], "learner": 7}', 400),
        (b'{"revision": 0, "cells": "' + b" " * 2_600_000 + b'"}', 413),
    ],
)
def test_what_is_no_draft_is_refused(script: Script, content: bytes, status: int) -> None:
    answer = script.send("PUT", "notebook/", content)
    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert not Draft.objects.exists()


# -- Conflicts -----------------------------------------------------------------------------------------


def test_a_stale_revision_is_a_conflict_and_tells_the_other_side(script: Script) -> None:
    script.put(whole(OTHER))
    answer = script.put(whole(MINE), 0)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "draft-conflict")
    assert problem["revision"] == 1
    assert problem["saved_at"]
    assert sources(problem)["double"] == OTHER
    assert saved()["double"] == OTHER


def test_keeping_mine_keeps_theirs_as_a_version(script: Script) -> None:
    script.put(whole(OTHER))
    assert script.put(whole(MINE), 0, overwrite=True).json()["revision"] == 2
    assert saved()["double"] == MINE
    assert KeptVersion.objects.get().answers["cells"]["double"] == OTHER


def test_loading_theirs_keeps_mine_as_a_version(script: Script) -> None:
    script.put(whole(OTHER))
    assert script.put(whole(MINE), 0, set_aside=True).json()["revision"] == 1
    assert saved()["double"] == OTHER
    assert KeptVersion.objects.get().answers["cells"]["double"] == MINE


def test_the_same_text_from_an_old_page_is_no_conflict(script: Script) -> None:
    script.put(whole())
    assert script.put(whole(), 0).json()["revision"] == 1


def test_a_cell_that_left_the_exercise_is_named(script: Script, exercise: Exercise) -> None:
    release(exercise, definition(cells=definition().cells[:3]))
    answer = script.put(whole())
    assert [error["where"] for error in answer.json()["errors"]] == ["cells.2.id", "cells.3.id"]


# -- Reset and restore ---------------------------------------------------------------------------------


def test_a_cell_is_reset_and_the_reset_undone(script: Script) -> None:
    script.put([*whole(), cell(EXTRA, "1")])
    boot = script.send("POST", "notebook/reset/", {"cell": "double"}).json()
    assert sources(boot) | {"text-2": ""} == {
        "code-1": "import numpy as np",
        "double": STARTER,
        "text-2": "",
        "halve": "half = 1",
        EXTRA: "1",
    }
    boot = script.send("POST", "notebook/restore/", {"version": boot["undo"]}).json()
    assert sources(boot)["double"] == MINE
    again = script.send("POST", "notebook/restore/", {"version": boot["undo"]}).json()
    assert sources(again)["double"] == STARTER


def test_everything_is_reset(script: Script) -> None:
    script.put([*whole(), cell(EXTRA, "1")])
    boot = script.send("POST", "notebook/reset/", {}).json()
    assert sources(boot)["double"] == STARTER
    assert EXTRA not in sources(boot)
    assert boot["revision"] == 2
    untouched = script.send("POST", "notebook/reset/", {}).json()
    assert "undo" not in untouched
    assert untouched["revision"] == 2


@pytest.mark.parametrize("name", ["code-1", "nothing", "x-abc123"])
def test_only_answers_can_be_reset(script: Script, name: str) -> None:
    assert script.send("POST", "notebook/reset/", {"cell": name}).status_code == 400


@pytest.mark.parametrize("body", [{"version": 0}, {"version": "1"}, {"version": 10**30}, {}, []])
def test_a_restore_without_a_version_is_refused(script: Script, body: Any) -> None:
    assert script.send("POST", "notebook/restore/", body).status_code == 400


# -- Whose it is ---------------------------------------------------------------------------------------

DOORS = [
    ("GET", "notebook/", ""),
    ("PUT", "notebook/", {"revision": 0, "cells": whole()}),
    ("PUT", "notebook/outputs/", {"outputs": {"double": {"outputs": []}}}),
    ("POST", "notebook/reset/", {}),
    ("POST", "notebook/restore/", {"version": 1}),
]


@pytest.mark.parametrize(("method", "path", "body"), DOORS)
def test_strangers_and_unknown_exercises_are_answered_with_problems(
    script: Script, method: str, path: str, body: Any
) -> None:
    script.client.logout()
    answer = script.send(method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (401, "signed-out")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path", "body"), DOORS)
def test_an_unknown_exercise_is_not_found(
    script: Script, method: str, path: str, body: Any
) -> None:
    script.page = "/exercises/nothing/"
    answer = script.send(method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(("method", "path", "body"), DOORS[1:])
def test_without_the_token_nothing_is_changed(
    learner: User, exercise: Exercise, method: str, path: str, body: Any
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    assert Script(client, exercise).send(method, path, body).status_code == 403
    assert not Draft.objects.exists()


def test_with_the_page_s_token_it_is(learner: User, exercise: Exercise) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    script = Script(client, exercise)
    token = client.get(script.page).context["csrf_token"]
    client.defaults["HTTP_X_CSRFTOKEN"] = str(token)
    assert script.put(whole()).status_code == 200


def test_one_learner_s_draft_is_nobody_else_s(script: Script, other_learner: User) -> None:
    script.put(whole())
    boot = script.send("POST", "notebook/reset/", {}).json()
    script.client.force_login(other_learner)
    assert sources(script.boot())["double"] == STARTER
    stolen = script.send("POST", "notebook/restore/", {"version": boot["undo"]})
    assert stolen.status_code == 404
    script.put(whole(OTHER))
    assert Draft.objects.count() == 2


# -- Outputs -------------------------------------------------------------------------------------------

SEVEN = {
    "output_type": "execute_result",
    "data": {"text/plain": "7"},
    "metadata": {},
    "execution_count": 3,
}


def show(script: Script, **cells: Any) -> Any:
    outputs = {
        name.replace("_", "-"): {"execution_count": 3, "outputs": shown}
        for name, shown in cells.items()
    }
    return script.send("PUT", "notebook/outputs/", {"outputs": outputs})


def shown(script: Script) -> dict[str, Any]:
    return {cell["id"]: cell["outputs"] for cell in script.boot()["cells"] if cell["outputs"]}


def test_outputs_are_there_again_and_on_the_page_without_script(script: Script) -> None:
    script.put([*whole(), cell(EXTRA, "1")])
    answer = show(script, double=[SEVEN], code_1=[SEVEN], **{EXTRA: [SEVEN]})
    assert answer.json() == {"dropped": []}
    assert shown(script) == {"code-1": [SEVEN], "double": [SEVEN], EXTRA: [SEVEN]}
    assert [c["execution_count"] for c in script.boot()["cells"]] == [3, 3, None, None, 3]
    page = script.client.get(script.page).content.decode()
    assert page.count('<div class="saved-output is-text">') == 3


def test_a_cell_s_outputs_replace_those_before_and_others_stay(script: Script) -> None:
    show(script, double=[SEVEN], halve=[SEVEN])
    show(script, double=[{**SEVEN, "data": {"text/plain": "8"}}])
    assert shown(script)["double"][0]["data"] == {"text/plain": "8"}
    assert "halve" in shown(script)
    script.send(
        "PUT", "notebook/outputs/", {"outputs": {"halve": {"execution_count": None, "outputs": []}}}
    )
    assert list(shown(script)) == ["double"]
    assert CellOutput.objects.count() == 1


def test_what_is_too_large_or_unknown_is_dropped_and_named(script: Script) -> None:
    show(script, double=[SEVEN])
    huge = {"output_type": "stream", "name": "stdout", "text": "x" * 1_100_000}
    answer = show(script, double=[huge], halve=[SEVEN], text_2=[SEVEN], nothing=[SEVEN])
    assert answer.json() == {"dropped": ["double", "text-2", "nothing"]}
    assert list(shown(script)) == ["halve"]


def test_all_together_have_a_limit(script: Script) -> None:
    large = {"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000}
    first = show(script, **{f"x-aaaaa{n}": [large] for n in range(4)})
    assert first.json() == {"dropped": []}
    second = show(script, **{f"x-bbbbb{n}": [large] for n in range(3)})
    assert second.json() == {"dropped": ["x-bbbbb1", "x-bbbbb2"]}


def test_which_text_ran_is_known_after_a_reload(script: Script) -> None:
    script.put(whole())
    for ran, known in (("1a2b3c", "1a2b3c"), ("<b>", ""), ("z" * 33, "")):
        shown = {"execution_count": 3, "outputs": [SEVEN], "ran": ran}
        script.send("PUT", "notebook/outputs/", {"outputs": {"double": shown}})
        cells = {cell["id"]: cell for cell in script.boot()["cells"]}
        assert (cells["double"]["ran"], cells["halve"]["ran"]) == (known, "")


def test_the_page_knows_that_a_kernel_of_the_exercise_lives(
    script: Script, learner: User, exercise: Exercise, other_learner: User
) -> None:
    record_start(public_id=uuid4(), learner_id=other_learner.pk, exercise_id=exercise.pk)
    assert script.boot()["has_kernel"] is False
    kernel = uuid4()
    record_start(public_id=kernel, learner_id=learner.pk, exercise_id=exercise.pk)
    assert script.boot()["has_kernel"] is True
    record_end(kernel, LiveKernel.Reason.IDLE)
    assert script.boot()["has_kernel"] is False


def test_outputs_of_a_cell_that_was_removed_go_too(script: Script) -> None:
    script.put([*whole(), cell(EXTRA, "1")])
    show(script, **{EXTRA: [SEVEN]})
    script.put(whole(), 1)
    assert not CellOutput.objects.exists()


def test_a_reset_forgets_what_the_old_text_showed(script: Script) -> None:
    script.put(whole())
    show(script, double=[SEVEN], halve=[SEVEN])
    script.send("POST", "notebook/reset/", {"cell": "double"})
    assert list(shown(script)) == ["halve"]
    script.send("POST", "notebook/reset/", {})
    assert not shown(script)


def test_hostile_outputs_are_text_on_the_page(script: Script) -> None:
    html = "<img src=x onerror=alert(1)><script>alert(2)</script><b hx-get='/'>bold</b>"
    output = {"output_type": "display_data", "data": {"text/html": html}, "metadata": {}}
    assert show(script, double=[output]).status_code == 200
    page = script.client.get(script.page).content.decode()
    assert "<b>bold</b>" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert not BeautifulSoup(page, "html.parser").select("#notebook [hx-get]")


@pytest.mark.parametrize(
    "body",
    [
        {"outputs": []},
        {"outputs": {"double": [SEVEN]}},
        {"outputs": {"double": {"outputs": "7"}}},
        {"outputs": {"double": {"outputs": [], "execution_count": "3"}}},
        {"outputs": {"x" * 65: {"outputs": []}}},
        {},
    ],
)
def test_what_are_no_outputs_is_refused(script: Script, body: Any) -> None:
    assert script.send("PUT", "notebook/outputs/", body).status_code == 400


@pytest.mark.parametrize("content", [b" " * 6_000_001, b"[" * 300_000 + b"{" * 300_000])
def test_too_much_at_once_is_refused(script: Script, content: bytes) -> None:
    assert script.send("PUT", "notebook/outputs/", content).status_code == 413


def test_deep_outputs_do_no_harm(script: Script) -> None:
    deep: Any = 0
    for _level in range(150):
        deep = [deep]
    output = {"output_type": "display_data", "data": {"application/json": deep}, "metadata": {}}
    assert show(script, double=[output]).status_code == 200
    assert script.client.get(script.page).status_code == 200
