"""Two texts, line by line."""

import time

from hypothesis import given
from hypothesis import strategies as st

from notebooks.diff import LINES, diff_lines


def told(old: str, new: str) -> list[str]:
    signs = {"same": " ", "old": "-", "new": "+"}
    return [
        f"… {line.left_out}" if line.kind == "gap" else signs[line.kind] + line.text
        for line in diff_lines(old, new)
    ]


def test_equal_texts_have_no_difference() -> None:
    assert diff_lines("a\nb", "a\nb") == []


def test_a_changed_line_is_shown_with_lines_around_it() -> None:
    old = "\n".join("abcdefghijklm")
    assert told(old, old.replace("g", "G")) == [
        "… 3", " d", " e", " f", "-g", "+G", " h", " i", " j", "… 3",
    ]  # fmt: skip


def test_lines_have_their_numbers_in_both_texts() -> None:
    found = [(line.kind, line.old, line.new) for line in diff_lines("a\nc", "b\na\nc")]
    assert found == [("new", None, 1), ("same", 1, 2), ("same", 2, 3)]


def test_long_texts_are_not_compared() -> None:
    old = "\n".join(str(number) for number in range(LINES + 1))
    found = told(old, "0")
    assert len(found) == LINES + 2
    assert found[-1] == "+0"


def test_texts_made_to_be_slow_are_compared_in_a_second() -> None:
    old = "\n".join(str(number % 100) for number in range(LINES))
    new = "\n".join(str(number * 7 % 100) for number in range(LINES))
    began = time.process_time()
    diff_lines(old, new)
    assert time.process_time() - began < 1


def test_an_empty_text_has_no_line() -> None:
    assert told("a\nb", "") == ["-a", "-b"]
    assert told("", "a\n") == ["+a", "+"]


LINES_OF_TEXT = st.lists(st.sampled_from(["a", "b", "", "    c"])).filter(
    lambda lines: lines != [""]
)


@given(LINES_OF_TEXT, LINES_OF_TEXT)
def test_both_texts_can_be_read_from_the_difference(old: list[str], new: list[str]) -> None:
    lines = diff_lines("\n".join(old), "\n".join(new))
    for line in lines:
        if line.old:
            assert old[line.old - 1] == line.text
        if line.new:
            assert new[line.new - 1] == line.text
    if lines:
        shown = sum(line.left_out if line.kind == "gap" else line.old is not None for line in lines)
        assert shown == len(old)
