"""Projects and reviewed writing: Markdown answers, files to write, and what their files say about each other."""

from pathlib import Path

import pytest

from grader.exercises import Exercise, Problems, job, load_exercise, starter_answers
from grader.exercises.printing import explain_lines
from grader.exercises.regions import TEXT_PLACEHOLDER
from tests.grader.exercises.test_loader import edit, mistakes

FILES = {
    "exercise.yaml": """\
kind: writing
title: A short essay
summary: Say what you found.
minutes: 30
difficulty: 1
points: 2
files:
  found.csv: "One row for each try."
""",
    "notebook.py": """\
# %% [markdown]
# # A short essay
# %% id="try-it"
### BEGIN SOLUTION
open("found.csv", "w").write("x\\n1\\n")
### END SOLUTION

# %% [markdown] id="essay"
# ## Claim
#
# ### BEGIN SOLUTION
# It is so.
#
# - for one reason
# ### END SOLUTION
#
# ## Doubt
#
# ### BEGIN SOLUTION
# It may be otherwise.
# ### END SOLUTION
""",
    "checks.py": """\
from grader.exam import check, expect_headings, expect_rows


@check(points=1, title="The text has its parts", about="essay")
def parts(learner):
    expect_headings(learner.text("essay"), ["Claim", "Doubt"])


@check(points=1, title="The file is there", about="try-it")
def file(learner):
    expect_rows(learner.file("found.csv"), ["x"])
""",
    "wrong/no-doubt.py": """\
# rejects: The text has its parts
# because: who is right need not doubt

# %% [markdown] id="essay"
# ## Claim
#
# It is so.
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "short-essay"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def essay(folder: Path) -> Exercise:
    problems = Problems()
    exercise = load_exercise(folder, problems)
    assert exercise is not None, problems.found
    return exercise


def test_a_markdown_answer_has_starter_and_solution(essay: Exercise):
    cell = essay.answer_cells[1]
    assert (cell.id, cell.kind) == ("essay", "markdown")
    assert cell.source == f"## Claim\n\n{TEXT_PLACEHOLDER}\n\n## Doubt\n\n{TEXT_PLACEHOLDER}"
    assert cell.solution == (
        "## Claim\n\nIt is so.\n\n- for one reason\n\n## Doubt\n\nIt may be otherwise."
    )
    assert "reason" not in "".join(public.source for public in essay.public_cells())


def test_a_wrong_answer_may_be_text(essay: Exercise):
    assert essay.wrong[0].answers == {"essay": "## Claim\n\nIt is so."}


def test_kind_and_files_travel(essay: Exercise):
    payload = essay.payload()
    assert (payload["kind"], payload["files"]) == (
        "writing",
        {"found.csv": "One row for each try."},
    )
    assert Exercise.from_payload(payload) == essay
    task = job(essay, starter_answers(essay), seed=1)
    assert task["exercise"]["files"] == {"found.csv": "One row for each try."}
    assert task["starters"]["essay"] == essay.answer_cells[1].source


def test_versions_from_before_stay_what_they_were(exercise: Exercise):
    payload = exercise.payload()
    assert not {"kind", "files"} & set(payload)
    again = Exercise.from_payload(payload)
    assert (again.kind, dict(again.files), again.digest) == ("exercise", {}, exercise.digest)


def test_explained_with_kind_and_files(essay: Exercise):
    lines = list(explain_lines(essay))
    assert "A short essay (writing, reviewed by a mentor)" in lines[0]
    assert "  must write found.csv: One row for each try." in lines


def test_both_sides_know_one_placeholder():
    # The examiner's side is loaded under the kernels' interpreter only.
    examiners = Path(__file__).parents[3] / "grader" / "exam" / "written.py"
    assert f'TEXT_PLACEHOLDER = "{TEXT_PLACEHOLDER}"' in examiners.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("exercise.yaml", "kind: writing", "kind: poem", "exercise.yaml:1: kind: "),
        ("exercise.yaml", "found.csv:", "../found.csv:", "exercise.yaml:7: files: "),
        ("exercise.yaml", "found.csv:", "data/found.csv:", "exercise.yaml:7: files: "),
        ("exercise.yaml", '"One row for each try."', '""', "exercise.yaml:8: files.found.csv: "),
        (
            "exercise.yaml",
            "  found.csv:",
            "  other.csv: Nothing.\n  found.csv:",
            "exercise.yaml:8: files: no check reads other.csv",
        ),
        ("checks.py", '"found.csv"', '"lost.csv"', 'checks.py:11: learner.file("lost.csv")'),
        ("checks.py", 'text("essay")', 'text("poem")', 'checks.py:6: learner.text("poem")'),
        ("checks.py", 'text("essay")', 'text("try-it")', 'checks.py:6: learner.text("try-it")'),
        (
            "notebook.py",
            ' id="essay"',
            "",
            'notebook.py:8: a cell with a solution needs an id: # %% [markdown] id="…"',
        ),
        (
            "notebook.py",
            "# It may be otherwise.\n",
            "",
            "notebook.py:19: this solution region is empty",
        ),
        (
            "notebook.py",
            "# ### END SOLUTION\n#",
            "#",
            "notebook.py:18: ### BEGIN SOLUTION again before ### END SOLUTION",
        ),
        (
            "wrong/no-doubt.py",
            "# %% [markdown]",
            "# %%",
            'wrong/no-doubt.py:4: the answer “essay” begins with # %% [markdown] id="…"',
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(folder, file, old, new, expected):
    edit(folder / file, old, new)
    assert any(expected in line for line in mistakes(folder)), mistakes(folder)
