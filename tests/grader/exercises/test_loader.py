"""From a folder to an exercise, and every mistake on the way with its place."""

from pathlib import Path

import pytest

from grader.errors import ExerciseError
from grader.exercises import Exercise, Problems, discover, load_exercise


def mistakes(folder: Path) -> list[str]:
    problems = Problems(root=folder)
    assert load_exercise(folder, problems) is None
    return [str(problem) for problem in problems.found]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_fields_of_the_yaml_are_those_of_the_exercise(exercise: Exercise):
    assert (exercise.slug, exercise.points, exercise.position) == ("centre-and-scale", 5, 7)
    assert exercise.environment == "core"
    assert exercise.limits.cell_seconds == 20
    assert exercise.attempts is None
    assert exercise.rules.forbidden_calls == ("scipy.stats.zscore",)
    assert exercise.data == {"small.csv": b"a,b\n1,2\n"}


def test_cells_have_given_or_derived_ids(exercise: Exercise):
    assert [(cell.id, cell.answer) for cell in exercise.cells] == [
        ("text-1", False),
        ("text-2", False),
        ("code-3", False),
        ("centre", True),
        ("text-4", False),
        ("scale", True),
        ("try-it", False),
    ]


def test_the_statement_is_the_leading_markdown(exercise: Exercise):
    assert exercise.statement == "# Centre and scale\n\nTwo functions, $x - \\bar x$ first."


def test_starter_and_solution_come_from_one_source(exercise: Exercise):
    scale = exercise.answer_cells[1]
    assert scale.source == (
        "def scale(x):\n    spread = None\n    raise NotImplementedError\n    return x / spread"
    )
    assert scale.solution == (
        "def scale(x):\n    spread = None\n    spread = x.std()\n    return x / spread"
    )


def test_public_cells_hold_no_solution(exercise: Exercise):
    assert all(cell.solution is None for cell in exercise.public_cells())
    assert "x.mean()" not in "".join(cell.source for cell in exercise.public_cells())


def test_magics_stay_as_written(exercise: Exercise):
    assert exercise.cells[2].source == "import numpy as np\n%matplotlib inline"


def test_a_wrong_answer_names_its_check_and_its_belief(exercise: Exercise):
    (wrong,) = exercise.wrong
    assert wrong.rejects == ("The mean is 0",)
    assert wrong.because == "subtracting the median centres just as well"
    assert wrong.answers == {"centre": "def centre(x):\n    return x - np.median(x)"}


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("exercise.yaml", "minutes: 15", "minutes: soon", "exercise.yaml:3: minutes: input"),
        ("exercise.yaml", "title:", "titel:", "exercise.yaml:1: titel: is not known here"),
        ("exercise.yaml", "points: 5\n", "", "exercise.yaml: points: is missing"),
        (
            "exercise.yaml",
            "points: 5",
            "points: 6",
            "exercise.yaml:5: points: the checks give 5 points, exercise.yaml promises 6",
        ),
        (
            "exercise.yaml",
            "position: 7",
            "files:\n  a.csv: Rows.",
            "exercise.yaml:11: files: no check reads a.csv",
        ),
        ("exercise.yaml", "difficulty: 2", "points: 9", "exercise.yaml:5: points stands twice"),
        ("exercise.yaml", "[numpy]", "[numpy", "exercise.yaml:7: "),
        ("exercise.yaml", "{forb", "{x: 1, forb", "exercise.yaml:8: rules.x: is not known here"),
        (
            "exercise.yaml",
            "rules:",
            "limits: {total_seconds: 1}\nrules:",
            "exercise.yaml:8: limits: ",
        ),
        (
            "exercise.yaml",
            "rules: {forbidden_calls: [scipy.stats.zscore]}",
            "rules:\n  forbidden_calls:\n    - sorted\n    - 3",
            "exercise.yaml:11: rules.forbidden_calls.1: ",
        ),
        (
            "exercise.yaml",
            "position: 7",
            "limits:\n  cell_seconds: 5\n  memory_mb: 1",
            "exercise.yaml:12: limits.memory_mb: ",
        ),
        (
            "notebook.py",
            "### BEGIN SOLUTION\n    return x - x.mean()\n    ### END SOLUTION",
            "return x - x.mean()",
            "wrong/no-centre.py:5: a cell here replaces an answer cell",
        ),
        ("notebook.py", "### END SOLUTION", "# end", "notebook.py:11: ### BEGIN SOLUTION is never"),
        ("notebook.py", "return x - x.mean()", "return x -", "notebook.py:11: is not Python"),
        (
            "notebook.py",
            '%% id="centre"',
            "%%",
            "notebook.py:8: a cell with a solution needs an id",
        ),
        (
            "notebook.py",
            'id="scale"',
            'id="centre"',
            'notebook.py:18: the id "centre" stands twice',
        ),
        ("notebook.py", '%% id="centre"', "%% centre", "notebook.py:8: after"),
        (
            "notebook.py",
            'id="try-it"',
            'id="text-1"',
            'the id "text-1" is what another cell is given',
        ),
        ("notebook.py", 'id="try-it"', 'id="extra-1"', 'must not begin with "extra-"'),
        (
            "notebook.py",
            "    return x - x.mean()\n",
            "",
            "notebook.py:11: this solution region is empty",
        ),
        ("notebook.py", "[markdown]", "[raw]", "notebook.py:1: a cell must be Markdown or code"),
        ("checks.py", "def centred(", "def centred", "checks.py:5: is not Python"),
        ("checks.py", "The spread is 1", "The mean is 0", "checks.py:9: the title “The mean is 0”"),
        (
            "wrong/no-centre.py",
            "The mean is 0",
            "The mean",
            "no-centre.py:1: rejects: no check is titled “The mean”",
        ),
        (
            "wrong/no-centre.py",
            "# because",
            "# since",
            'wrong/no-centre.py:1: "# because: <what the learner believes>',
        ),
        (
            "wrong/no-centre.py",
            'id="centre"',
            'id="center"',
            "wrong/no-centre.py:5: a cell here replaces",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(folder, file, old, new, expected):
    edit(folder / file, old, new)
    assert any(expected in line for line in mistakes(folder)), mistakes(folder)


def test_a_title_that_goes_on_below_has_the_line_that_it_begins_on(folder: Path):
    edit(
        folder / "wrong/no-centre.py",
        "The mean is 0",
        "The spread is 1\n# rejects: The mean\n#   is 9",
    )
    expected = "wrong/no-centre.py:2: rejects: no check is titled “The mean is 9”"
    assert mistakes(folder) == [expected]


def test_titles_are_compared_although_a_field_is_wrong(folder: Path):
    edit(folder / "exercise.yaml", "minutes: 15", "minutes: -1")
    edit(folder / "wrong" / "no-centre.py", "The mean is 0", "The mean")
    found = mistakes(folder)
    assert [line.partition(" ")[0] for line in found] == [
        "exercise.yaml:3:",
        "wrong/no-centre.py:1:",
    ]


def test_all_mistakes_are_found_at_once(folder: Path):
    edit(folder / "exercise.yaml", "minutes: 15", "minutes: -1")
    edit(folder / "notebook.py", "return x - x.mean()", "return (")
    (folder / "checks.py").unlink()
    (folder / "wrong" / "no-centre.py").unlink()
    (folder / "solution.py").write_text("")
    found = "\n".join(mistakes(folder))
    for part in ["minutes", "notebook.py:11", "checks.py: is missing", "wrong", "solution.py"]:
        assert part in found


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"title: \0", b"", b"- 1\n", b"a: &a [*a]\n? {}\n: 1"]
)
def test_a_yaml_file_that_is_none_is_a_mistake(folder: Path, content: bytes):
    (folder / "exercise.yaml").write_bytes(content)
    assert mistakes(folder)


def test_data_must_be_plain_files(folder: Path):
    (folder / "data" / "link.csv").symlink_to("/etc/hostname")
    (folder / "data" / ".hidden").write_text("")
    found = mistakes(folder)
    assert any("link.csv: data holds plain files only" in line for line in found)
    assert any(".hidden" in line for line in found)


def test_a_folder_name_is_an_address(folder: Path):
    assert any("lower case" in line for line in mistakes(folder.rename(folder.parent / "Centre_1")))


def test_a_folder_that_is_not_there(tmp_path: Path):
    assert any("exercise.yaml: is missing" in line for line in mistakes(tmp_path / "none"))


def test_windows_line_ends_are_ours(folder: Path, exercise: Exercise):
    for path in [folder / "notebook.py", folder / "checks.py"]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_exercise(folder, Problems()) == exercise


def test_discover_finds_exercises_below_and_at_a_path(folder: Path):
    assert discover(folder.parent) == [folder]
    assert discover(folder) == [folder]
    assert discover(folder / "wrong") == []


def test_a_scope_adds_to_the_whole_collection():
    problems = Problems(root=Path("/course"))
    scope = problems.at(Path("/course/a/exercise.yaml"))
    problems.raise_if_any()
    scope.add("is missing", field="title")
    assert len(scope) == len(problems) == 1
    with pytest.raises(ExerciseError) as raised:
        problems.raise_if_any()
    assert str(raised.value) == "a/exercise.yaml: title: is missing"
