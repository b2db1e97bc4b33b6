"""Texts and files that learners write. Run by test_exam.py under the core environment."""

import os
import tempfile
import time

from grader.exam import CheckFailure, NotAttempted, expect_headings, expect_rows, expect_words
from grader.exam.judge import run_checks
from grader.exam.learner import Learner
from grader.exam.prose import count_words
from grader.exam.written import MAX_CHARACTERS, TEXT_PLACEHOLDER, Written
from grader.verdict import Verdict
from tests.grader.exam.stage import job, raised, serve

STARTER = f"## Claim\n\n{TEXT_PLACEHOLDER}\n"
FILES = {"runs.csv": "One row for every run."}


def told(kind, function, *args, **kwargs) -> str:
    return str(raised(kind, function, *args, **kwargs))


def written(text: str) -> Written:
    return Written({"essay": text}, {"essay": STARTER}, FILES)


def learner_in(folder: str, text: str = "Mine") -> Learner:
    """A learner whose notebook ran in ``folder``."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        found = Learner(serve(""), written(text))
    finally:
        os.chdir(before)
    found._link.start(time.monotonic() + 10)
    return found


def judged(text: str, body: str):
    """The result of one check with this body on a notebook with one Markdown answer."""
    task = job("", f"@check(points=1, title='It', about='essay')\ndef it(learner):\n    {body}\n")
    task["notebook"]["cells"].append(
        {"id": "essay", "cell_type": "markdown", "source": text.splitlines(keepends=True)}
    )
    task["answer_ids"].append("essay")
    task["starters"]["essay"] = STARTER
    task["exercise"]["files"] = FILES
    results, author = run_checks(task, lambda: serve(""), lambda _event: None, 1e12)
    return results[0], author["errors"]


def case_text_is_the_learner_s_without_placeholders() -> None:
    text = f"## Claim\n\nIt is so.\n\n{TEXT_PLACEHOLDER}"
    assert written(text).text("essay") == "## Claim\n\nIt is so.\n"


def case_an_untouched_text_is_not_attempted() -> None:
    for text in (STARTER, "", "  \n", "## Claim\n", STARTER.replace("\n", "  \n")):
        assert "“essay” is not written yet" in told(NotAttempted, written(text).text, "essay")


def case_a_text_beyond_reading_is_refused() -> None:
    text = "a " * MAX_CHARACTERS
    assert "200,000 characters" in told(CheckFailure, written(text).text, "essay")


def case_the_judge_reads_texts_from_the_job() -> None:
    body = "expect_words(learner.text('essay'), 3, 5)"
    assert judged("Mine, word for word.", body)[0].verdict is Verdict.PASSED
    assert judged(STARTER, body)[0].verdict is Verdict.NOT_ATTEMPTED
    result, _ = judged("Too short.", body)
    assert result.verdict is Verdict.FAILED
    assert "has 2 words" in result.message
    assert "at least 3" in result.message


def case_an_unknown_text_is_our_mistake() -> None:
    result, errors = judged("Mine", "learner.has('f'); learner.text('poem')")
    assert result.verdict is Verdict.PLATFORM
    assert "poem" in errors[0]


def case_words_are_those_of_prose() -> None:
    assert count_words("It's a well-known 0.5, isn’t it?") == 6
    assert count_words("# Heading one\n\ntwo words\n") == 2
    assert count_words("one $x + y$ two [three](http://a.b/c) ![four](f.png)") == 4
    assert count_words("one\n\n```python\nx = 1  # two three\n```\n\ntwo") == 2
    assert count_words("one\n$$a = b + c$$\n$$\nx y z\n$$\ntwo") == 2
    assert count_words("one <!-- hidden\nwords --> two <!-- never closed, and more") == 2
    assert count_words("~~~\n```\nno words here\n~~~\none") == 1


def case_counting_is_quick_on_hostile_text() -> None:
    for piece in ("<!--", "[", "$", "$$\n", "](", "```\n", "# "):
        started = time.process_time()
        count_words(piece * (MAX_CHARACTERS // len(piece)))
        assert time.process_time() - started < 2, piece


def case_too_many_words_are_told() -> None:
    message = told(CheckFailure, expect_words, "one two three", 1, 2, "The part “Claim”")
    assert message.startswith("The part “Claim” has 3 words")
    assert "at most 2" in message


def case_headings_give_the_parts() -> None:
    text = "Before\n\n# claim:\n\nIt is $x$.\n\n### More\n\nand so on\n\n## *Doubt*\n\nMaybe\n\n$$y$$\n"
    parts = expect_headings(text, ["Claim", "Doubt"])
    assert "and so on" in parts["Claim"]
    assert "$$y$$" in parts["Doubt"]
    assert "Maybe" not in parts["Claim"]


def case_missing_and_empty_parts_are_told() -> None:
    assert "lacks “## Doubt”" in told(
        CheckFailure, expect_headings, "# Claim\nyes", ["Claim", "Doubt"]
    )
    hidden = "# Claim\nyes\n```\n# Doubt\n```\n"
    assert "lacks “## Doubt”" in told(CheckFailure, expect_headings, hidden, ["Claim", "Doubt"])
    message = told(CheckFailure, expect_headings, "# Claim\n## Doubt\nno", ["Claim", "Doubt"])
    assert "“Claim” has 0 words" in message


def case_a_file_is_read_in_pieces_and_whole() -> None:
    content = os.urandom(200_000)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "runs.csv"), "wb") as file:
            file.write(content)
        open(os.path.join(folder, "empty"), "wb").close()
        learner = learner_in(folder)
        assert learner.file("runs.csv") == content
        assert learner.file("empty") == b""
        message = told(CheckFailure, learner.file, "runs.csv", 100_000)
        assert "200,000 bytes; at most 100,000" in message


def case_a_missing_file_is_not_attempted_and_says_what_is_asked() -> None:
    with tempfile.TemporaryDirectory() as folder:
        learner = learner_in(folder)
        message = told(NotAttempted, learner.file, "runs.csv")
        assert (
            message
            == "Your notebook wrote no file “runs.csv”. It is asked for: One row for every run."
        )
        assert told(NotAttempted, learner.file, "x") == "Your notebook wrote no file “x”"


def case_only_plain_files_of_the_folder_are_read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.symlink("/etc/hostname", os.path.join(folder, "link"))
        os.mkfifo(os.path.join(folder, "pipe"))
        os.mkdir(os.path.join(folder, "folder"))
        learner = learner_in(folder)
        for name in ("link", "pipe", "folder", "/etc/hostname", "../x", ".hidden"):
            assert "cannot be read" in told(CheckFailure, learner.file, name), name


def case_a_forged_answer_about_a_file_is_a_finding() -> None:
    class Liar:
        last = None

        def __init__(self, *said) -> None:
            self.said = said

        def ask(self, *_args, **_kwargs):
            return type("Answer", (), {"value": self.said[0]})

    from grader.exam.written import read_file

    for said in (
        None,
        [1, 2],
        [{}, b""],
        [{"size": "9"}, b""],
        [{"size": 9}, "text"],
        [{}],
        [[], b""],
    ):
        assert "cannot be read" in told(CheckFailure, read_file, Liar(said), "f", 100, "")
    endless = Liar([{"size": 10**9}, b"x"])
    assert "at most 100" in told(CheckFailure, read_file, endless, "f", 100, "")


def case_what_a_check_cannot_use_is_the_file_s_fault() -> None:
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "runs.csv"), "w") as file:
            file.write("no number")
        before = os.getcwd()
        os.chdir(folder)
        try:
            result, _ = judged("Mine", "float(learner.file('runs.csv'))")
        finally:
            os.chdir(before)
    assert result.verdict is Verdict.FAILED
    assert result.message.startswith("the file “runs.csv” gave a value of type bytes")


def case_rows_come_by_column() -> None:
    content = b'\xef\xbb\xbfname, rate ,x\na,0.5,1\n\n"b, c",1e-3,2\n'
    rows = expect_rows(content, ["name", "rate"], ["rate"], at_least=2)
    assert rows == [{"name": "a", "rate": 0.5, "x": "1"}, {"name": "b, c", "rate": 0.001, "x": "2"}]


def case_what_is_wrong_with_a_table_is_told() -> None:
    for content, said in (
        (b"\xff\xfe", "not UTF-8"),
        (b"", "lacks the column x"),
        (b"a,b\n1,2\n", "lacks the column x: its first line is 'a,b'"),
        (b"x\n", "0 rows below its first line; at least 1"),
        (b"x,y\n1\n", "row 1 has 1 entries where the first line has 2"),
        (b"x\n1\nnan\n", "row 2: x is 'nan', which is no finite number"),
        (b"x\n1\nmany\n", "row 2: x is 'many'"),
        (b"x\n" + b"1\n" * 30_000, "at most 20,000"),
    ):
        message = told(CheckFailure, expect_rows, content, ["x"], ["x"], name="runs.csv")
        assert message.startswith("runs.csv")
        assert said in message, message
